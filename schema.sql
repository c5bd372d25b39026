-- Written from db/migrations by `python -m db.migrate dump`; do not edit.

CREATE FUNCTION public.refuse_ledger_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END
$$;

CREATE TABLE public."Account" (
    account_id bigint NOT NULL,
    user_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE SEQUENCE public."Account_account_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Account_account_id_seq" OWNED BY public."Account".account_id;

CREATE TABLE public."Bonus" (
    kind text NOT NULL,
    tokens bigint NOT NULL,
    CONSTRAINT "Bonus_tokens_check" CHECK ((tokens >= 0))
);

CREATE TABLE public."Dataset" (
    dataset_id integer NOT NULL,
    user_id bigint NOT NULL,
    generation_id integer NOT NULL,
    task_id uuid NOT NULL,
    pack text,
    class_label text NOT NULL,
    noise_level double precision NOT NULL,
    output_size integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "Dataset_class_label_check" CHECK ((class_label <> ''::text)),
    CONSTRAINT "Dataset_noise_level_check" CHECK (((noise_level >= (0)::double precision) AND (noise_level <= (1)::double precision))),
    CONSTRAINT "Dataset_output_size_check" CHECK ((output_size > 0))
);

CREATE TABLE public."File" (
    file_id uuid NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    generation_id integer,
    "position" integer,
    storage_key text NOT NULL,
    thumbnail_key text,
    media_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    seed bigint,
    source_key text,
    telegram_file_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    order_kind text,
    favorite_at timestamp with time zone,
    notes text DEFAULT ''::text NOT NULL,
    CONSTRAINT "File_height_check" CHECK ((height > 0)),
    CONSTRAINT "File_kind_check" CHECK ((kind = ANY (ARRAY['photo'::text, 'output'::text]))),
    CONSTRAINT "File_notes_check" CHECK ((char_length(notes) <= 1000)),
    CONSTRAINT "File_size_bytes_check" CHECK ((size_bytes > 0)),
    CONSTRAINT "File_width_check" CHECK ((width > 0)),
    CONSTRAINT an_output_has_a_place CHECK (((kind <> 'output'::text) OR ((generation_id IS NOT NULL) AND ("position" IS NOT NULL) AND (order_kind IS NOT NULL))))
);

CREATE TABLE public."Task" (
    task_id uuid NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    lane text NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    idempotency_key text NOT NULL,
    order_hash bytea NOT NULL,
    order_json text NOT NULL,
    unit_price bigint NOT NULL,
    units integer NOT NULL,
    units_made integer DEFAULT 0 NOT NULL,
    turn bigint NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    crash_count integer DEFAULT 0 NOT NULL,
    failure_count integer DEFAULT 0 NOT NULL,
    progress smallint DEFAULT 0 NOT NULL,
    time_limit interval NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    deadline_at timestamp with time zone,
    lease_until timestamp with time zone,
    cancel_requested_at timestamp with time zone,
    finished_at timestamp with time zone,
    error_code text,
    correlation_id text NOT NULL,
    CONSTRAINT "Task_check" CHECK (((units_made >= 0) AND (units_made <= units))),
    CONSTRAINT "Task_lane_check" CHECK ((lane = ANY (ARRAY['provider'::text, 'cpu'::text, 'training'::text, 'gpu'::text]))),
    CONSTRAINT "Task_progress_check" CHECK (((progress >= 0) AND (progress <= 100))),
    CONSTRAINT "Task_status_check" CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT "Task_unit_price_check" CHECK ((unit_price >= 0)),
    CONSTRAINT "Task_units_check" CHECK ((units > 0))
)
WITH (fillfactor='70');

CREATE TABLE public."VendorCall" (
    call_id uuid NOT NULL,
    task_id uuid NOT NULL,
    attempt integer NOT NULL,
    step integer NOT NULL,
    backend text NOT NULL,
    state text DEFAULT 'prepared'::text NOT NULL,
    vendor_ref text,
    cost_microusd bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "VendorCall_state_check" CHECK ((state = ANY (ARRAY['prepared'::text, 'sent'::text, 'done'::text, 'failed'::text, 'unknown'::text])))
);

CREATE VIEW public."DatasetEntry" AS
 SELECT d.dataset_id,
    d.user_id,
    d.generation_id,
    d.task_id,
    d.pack,
    d.class_label,
    d.noise_level,
    d.output_size,
    t.status,
    t.units AS ordered_count,
    'outputs'::text AS output_directory,
    ( SELECT count(*) AS count
           FROM public."File" f
          WHERE (f.generation_id = d.generation_id)) AS file_count,
    ( SELECT (COALESCE(sum(f.size_bytes), (0)::numeric))::bigint AS "coalesce"
           FROM public."File" f
          WHERE (f.generation_id = d.generation_id)) AS size_bytes,
    (EXTRACT(epoch FROM (t.finished_at - t.started_at)))::double precision AS generation_time,
    ( SELECT c.backend
           FROM public."VendorCall" c
          WHERE (c.task_id = d.task_id)
          ORDER BY c.step DESC
         LIMIT 1) AS device_used,
        CASE
            WHEN (t.finished_at IS NOT NULL) THEN (t.status = 'completed'::text)
            ELSE NULL::boolean
        END AS is_successful,
    t.error_code AS error_message,
    d.created_at,
    COALESCE(t.finished_at, t.started_at, d.created_at) AS updated_at
   FROM (public."Dataset" d
     JOIN public."Task" t ON ((t.task_id = d.task_id)));

CREATE SEQUENCE public."Dataset_dataset_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Dataset_dataset_id_seq" OWNED BY public."Dataset".dataset_id;

CREATE TABLE public."Draft" (
    draft_id bigint NOT NULL,
    user_id bigint NOT NULL,
    content jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE SEQUENCE public."Draft_draft_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Draft_draft_id_seq" OWNED BY public."Draft".draft_id;

CREATE TABLE public."ErasableFile" (
    storage_key text NOT NULL,
    noted_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public."Erasure" (
    erasure_id bigint NOT NULL,
    reference text NOT NULL,
    user_id bigint,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    vendor_cost_microusd bigint DEFAULT 0 NOT NULL,
    requested_at timestamp with time zone DEFAULT now() NOT NULL,
    rows_erased_at timestamp with time zone,
    completed_at timestamp with time zone,
    CONSTRAINT "Erasure_check" CHECK (((completed_at IS NULL) = (user_id IS NOT NULL))),
    CONSTRAINT "Erasure_check1" CHECK (((completed_at IS NULL) OR (rows_erased_at IS NOT NULL)))
);

CREATE SEQUENCE public."Erasure_erasure_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Erasure_erasure_id_seq" OWNED BY public."Erasure".erasure_id;

CREATE TABLE public."ExtraLora" (
    lora_id integer NOT NULL,
    name text NOT NULL,
    air text NOT NULL,
    weight double precision DEFAULT 1 NOT NULL,
    trigger_words text DEFAULT ''::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "ExtraLora_weight_check" CHECK (((weight >= ('-4'::integer)::double precision) AND (weight <= (4)::double precision)))
);

CREATE SEQUENCE public."ExtraLora_lora_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."ExtraLora_lora_id_seq" OWNED BY public."ExtraLora".lora_id;

CREATE TABLE public."FileTag" (
    file_id uuid NOT NULL,
    tag text NOT NULL,
    user_id bigint NOT NULL,
    generation_id integer NOT NULL,
    "position" integer NOT NULL,
    CONSTRAINT "FileTag_tag_check" CHECK (((char_length(tag) >= 1) AND (char_length(tag) <= 32)))
);

CREATE TABLE public."Generation" (
    generation_id integer NOT NULL,
    user_id bigint NOT NULL,
    model_id integer,
    task_id uuid,
    prompt_text text NOT NULL,
    style text,
    status text DEFAULT 'queued'::text NOT NULL,
    result_url text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    kind text DEFAULT 'text_to_image'::text NOT NULL,
    search tsvector DEFAULT ''::tsvector NOT NULL,
    CONSTRAINT "Generation_status_check" CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text])))
);

CREATE SEQUENCE public."Generation_generation_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Generation_generation_id_seq" OWNED BY public."Generation".generation_id;

CREATE TABLE public."Hold" (
    task_id uuid NOT NULL,
    account_id bigint NOT NULL,
    tokens bigint NOT NULL,
    captured bigint,
    settled_at timestamp with time zone,
    CONSTRAINT "Hold_check" CHECK (((captured >= 0) AND (captured <= tokens))),
    CONSTRAINT "Hold_check1" CHECK (((captured IS NULL) = (settled_at IS NULL))),
    CONSTRAINT "Hold_tokens_check" CHECK ((tokens > 0))
);

CREATE TABLE public."Installation" (
    singleton boolean DEFAULT true NOT NULL,
    life text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "Installation_life_check" CHECK ((life = ANY (ARRAY['sandbox'::text, 'production'::text]))),
    CONSTRAINT "Installation_singleton_check" CHECK (singleton)
);

CREATE TABLE public."LedgerEntry" (
    entry_id bigint NOT NULL,
    idempotency_key text NOT NULL,
    debit_account text NOT NULL,
    credit_account text NOT NULL,
    amount bigint NOT NULL,
    kind text NOT NULL,
    account_id bigint,
    task_id uuid,
    payment_id integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "LedgerEntry_amount_check" CHECK ((amount > 0)),
    CONSTRAINT "LedgerEntry_check" CHECK ((credit_account <> debit_account))
);

CREATE SEQUENCE public."LedgerEntry_entry_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."LedgerEntry_entry_id_seq" OWNED BY public."LedgerEntry".entry_id;

CREATE TABLE public."Limit" (
    kind text NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT "Limit_amount_check" CHECK ((amount >= 0))
);

CREATE TABLE public."Model" (
    model_id integer NOT NULL,
    user_id bigint NOT NULL,
    name text NOT NULL,
    trigger_word text NOT NULL,
    status text DEFAULT 'training'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "Model_status_check" CHECK ((status = ANY (ARRAY['training'::text, 'ready'::text, 'error'::text])))
);

CREATE SEQUENCE public."Model_model_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Model_model_id_seq" OWNED BY public."Model".model_id;

CREATE TABLE public."Notification" (
    notification_id bigint NOT NULL,
    user_id bigint NOT NULL,
    task_id uuid,
    kind text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    albums_sent integer DEFAULT 0 NOT NULL,
    closed_at timestamp with time zone,
    outcome text,
    CONSTRAINT "Notification_check" CHECK (((closed_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT "Notification_outcome_check" CHECK ((outcome = ANY (ARRAY['delivered'::text, 'undeliverable'::text])))
);

CREATE SEQUENCE public."Notification_notification_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Notification_notification_id_seq" OWNED BY public."Notification".notification_id;

CREATE TABLE public."Pack" (
    code text NOT NULL,
    title_ru text NOT NULL,
    title_en text NOT NULL,
    emoji text NOT NULL,
    "position" integer NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    CONSTRAINT "Pack_code_check" CHECK ((code ~ '^[a-z0-9_]{1,40}$'::text))
);

CREATE TABLE public."PackLook" (
    pack text NOT NULL,
    "position" integer NOT NULL,
    style text,
    prompt text DEFAULT ''::text NOT NULL,
    CONSTRAINT "PackLook_check" CHECK (((style IS NOT NULL) OR (prompt <> ''::text)))
);

CREATE TABLE public."Payment" (
    payment_id integer NOT NULL,
    user_id bigint,
    date timestamp with time zone DEFAULT now() NOT NULL,
    amount bigint NOT NULL,
    currency text DEFAULT 'XTR'::text NOT NULL,
    tokens bigint NOT NULL,
    charge_id text,
    CONSTRAINT "Payment_amount_check" CHECK ((amount > 0)),
    CONSTRAINT "Payment_tokens_check" CHECK ((tokens > 0))
);

CREATE SEQUENCE public."Payment_payment_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."Payment_payment_id_seq" OWNED BY public."Payment".payment_id;

CREATE VIEW public."Picture" AS
 SELECT f.file_id,
    f.user_id,
    f.kind,
    f.generation_id,
    f."position",
    f.storage_key,
    f.thumbnail_key,
    f.media_type,
    f.width,
    f.height,
    f.size_bytes,
    f.sha256,
    f.seed,
    f.telegram_file_id,
    f.created_at,
    f.order_kind,
    (f.favorite_at IS NOT NULL) AS is_favorite,
    f.favorite_at,
    f.notes,
    g.prompt_text,
    g.style,
    g.model_id,
    g.status,
    ARRAY( SELECT t.tag
           FROM public."FileTag" t
          WHERE (t.file_id = f.file_id)
          ORDER BY t.tag) AS tags
   FROM (public."File" f
     JOIN public."Generation" g ON ((g.generation_id = f.generation_id)))
  WHERE (f.kind = 'output'::text);

CREATE TABLE public."Price" (
    kind text NOT NULL,
    tokens bigint NOT NULL,
    CONSTRAINT "Price_tokens_check" CHECK ((tokens >= 0))
);

CREATE TABLE public."ProgressMessage" (
    task_id uuid NOT NULL,
    chat_id bigint NOT NULL,
    message_id bigint NOT NULL,
    shown_progress smallint DEFAULT '-1'::integer NOT NULL,
    shown_status text DEFAULT 'queued'::text NOT NULL
);

CREATE TABLE public."ReferralInvite" (
    invite_id integer NOT NULL,
    referrer_id bigint NOT NULL,
    referred_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "ReferralInvite_check" CHECK ((referrer_id <> referred_id))
);

CREATE SEQUENCE public."ReferralInvite_invite_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."ReferralInvite_invite_id_seq" OWNED BY public."ReferralInvite".invite_id;

CREATE TABLE public."SafetyPolicy" (
    only_row boolean DEFAULT true NOT NULL,
    adult_allowed boolean DEFAULT false NOT NULL,
    nsfw_threshold double precision DEFAULT 0.8 NOT NULL,
    CONSTRAINT "SafetyPolicy_nsfw_threshold_check" CHECK (((nsfw_threshold >= (0)::double precision) AND (nsfw_threshold <= (1)::double precision))),
    CONSTRAINT "SafetyPolicy_only_row_check" CHECK (only_row)
);

CREATE TABLE public."SafetyRule" (
    rule_id integer NOT NULL,
    code text NOT NULL,
    locale text NOT NULL,
    pattern text NOT NULL,
    unless text[] DEFAULT '{}'::text[] NOT NULL,
    verdict text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT "SafetyRule_code_check" CHECK ((code ~ '^[a-z0-9_]{1,40}$'::text)),
    CONSTRAINT "SafetyRule_locale_check" CHECK ((locale = ANY (ARRAY['ru'::text, 'en'::text, 'any'::text]))),
    CONSTRAINT "SafetyRule_pattern_check" CHECK (((char_length(pattern) >= 2) AND (char_length(pattern) <= 200))),
    CONSTRAINT "SafetyRule_unless_check" CHECK ((cardinality(unless) <= 40)),
    CONSTRAINT "SafetyRule_verdict_check" CHECK ((verdict = ANY (ARRAY['blocked'::text, 'adult'::text, 'suggestive'::text, 'minor'::text])))
);

CREATE SEQUENCE public."SafetyRule_rule_id_seq"
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."SafetyRule_rule_id_seq" OWNED BY public."SafetyRule".rule_id;

CREATE TABLE public."Style" (
    code text NOT NULL,
    title_ru text NOT NULL,
    title_en text NOT NULL,
    emoji text NOT NULL,
    style_group text NOT NULL,
    prompt text NOT NULL,
    "position" integer NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_adult boolean DEFAULT false NOT NULL,
    CONSTRAINT "Style_code_check" CHECK ((code ~ '^[a-z0-9_]{1,40}$'::text))
);

CREATE TABLE public."StyleGroup" (
    code text NOT NULL,
    title_ru text NOT NULL,
    title_en text NOT NULL,
    emoji text NOT NULL,
    "position" integer NOT NULL,
    CONSTRAINT "StyleGroup_code_check" CHECK ((code ~ '^[a-z0-9_]{1,40}$'::text))
);

CREATE TABLE public."TaskEvent" (
    event_id bigint NOT NULL,
    task_id uuid NOT NULL,
    attempt integer NOT NULL,
    kind text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE SEQUENCE public."TaskEvent_event_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public."TaskEvent_event_id_seq" OWNED BY public."TaskEvent".event_id;

CREATE TABLE public."User" (
    user_id bigint NOT NULL,
    username text,
    first_name text,
    last_name text,
    locale text DEFAULT 'ru'::text NOT NULL,
    activation_date timestamp with time zone DEFAULT now() NOT NULL,
    tokens_left bigint DEFAULT 0 NOT NULL,
    tokens_held bigint DEFAULT 0 NOT NULL,
    tokens_spent bigint DEFAULT 0 NOT NULL,
    referral_code text,
    is_admin boolean DEFAULT false NOT NULL,
    banned_at timestamp with time zone,
    blocked_bot_at timestamp with time zone,
    CONSTRAINT "User_locale_check" CHECK ((locale = ANY (ARRAY['ru'::text, 'en'::text]))),
    CONSTRAINT "User_tokens_held_check" CHECK ((tokens_held >= 0)),
    CONSTRAINT "User_tokens_left_check" CHECK ((tokens_left >= 0)),
    CONSTRAINT "User_tokens_spent_check" CHECK ((tokens_spent >= 0))
)
WITH (fillfactor='80');

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);

ALTER TABLE ONLY public."Account" ALTER COLUMN account_id SET DEFAULT nextval('public."Account_account_id_seq"'::regclass);

ALTER TABLE ONLY public."Dataset" ALTER COLUMN dataset_id SET DEFAULT nextval('public."Dataset_dataset_id_seq"'::regclass);

ALTER TABLE ONLY public."Draft" ALTER COLUMN draft_id SET DEFAULT nextval('public."Draft_draft_id_seq"'::regclass);

ALTER TABLE ONLY public."Erasure" ALTER COLUMN erasure_id SET DEFAULT nextval('public."Erasure_erasure_id_seq"'::regclass);

ALTER TABLE ONLY public."ExtraLora" ALTER COLUMN lora_id SET DEFAULT nextval('public."ExtraLora_lora_id_seq"'::regclass);

ALTER TABLE ONLY public."Generation" ALTER COLUMN generation_id SET DEFAULT nextval('public."Generation_generation_id_seq"'::regclass);

ALTER TABLE ONLY public."LedgerEntry" ALTER COLUMN entry_id SET DEFAULT nextval('public."LedgerEntry_entry_id_seq"'::regclass);

ALTER TABLE ONLY public."Model" ALTER COLUMN model_id SET DEFAULT nextval('public."Model_model_id_seq"'::regclass);

ALTER TABLE ONLY public."Notification" ALTER COLUMN notification_id SET DEFAULT nextval('public."Notification_notification_id_seq"'::regclass);

ALTER TABLE ONLY public."Payment" ALTER COLUMN payment_id SET DEFAULT nextval('public."Payment_payment_id_seq"'::regclass);

ALTER TABLE ONLY public."ReferralInvite" ALTER COLUMN invite_id SET DEFAULT nextval('public."ReferralInvite_invite_id_seq"'::regclass);

ALTER TABLE ONLY public."SafetyRule" ALTER COLUMN rule_id SET DEFAULT nextval('public."SafetyRule_rule_id_seq"'::regclass);

ALTER TABLE ONLY public."TaskEvent" ALTER COLUMN event_id SET DEFAULT nextval('public."TaskEvent_event_id_seq"'::regclass);

ALTER TABLE ONLY public."Account"
    ADD CONSTRAINT "Account_pkey" PRIMARY KEY (account_id);

ALTER TABLE ONLY public."Account"
    ADD CONSTRAINT "Account_user_id_key" UNIQUE (user_id);

ALTER TABLE ONLY public."Bonus"
    ADD CONSTRAINT "Bonus_pkey" PRIMARY KEY (kind);

ALTER TABLE ONLY public."Dataset"
    ADD CONSTRAINT "Dataset_generation_id_key" UNIQUE (generation_id);

ALTER TABLE ONLY public."Dataset"
    ADD CONSTRAINT "Dataset_pkey" PRIMARY KEY (dataset_id);

ALTER TABLE ONLY public."Dataset"
    ADD CONSTRAINT "Dataset_task_id_key" UNIQUE (task_id);

ALTER TABLE ONLY public."Draft"
    ADD CONSTRAINT "Draft_pkey" PRIMARY KEY (draft_id);

ALTER TABLE ONLY public."ErasableFile"
    ADD CONSTRAINT "ErasableFile_pkey" PRIMARY KEY (storage_key);

ALTER TABLE ONLY public."Erasure"
    ADD CONSTRAINT "Erasure_pkey" PRIMARY KEY (erasure_id);

ALTER TABLE ONLY public."Erasure"
    ADD CONSTRAINT "Erasure_reference_key" UNIQUE (reference);

ALTER TABLE ONLY public."ExtraLora"
    ADD CONSTRAINT "ExtraLora_name_key" UNIQUE (name);

ALTER TABLE ONLY public."ExtraLora"
    ADD CONSTRAINT "ExtraLora_pkey" PRIMARY KEY (lora_id);

ALTER TABLE ONLY public."FileTag"
    ADD CONSTRAINT "FileTag_pkey" PRIMARY KEY (file_id, tag);

ALTER TABLE ONLY public."File"
    ADD CONSTRAINT "File_generation_id_position_key" UNIQUE (generation_id, "position");

ALTER TABLE ONLY public."File"
    ADD CONSTRAINT "File_pkey" PRIMARY KEY (file_id);

ALTER TABLE ONLY public."File"
    ADD CONSTRAINT "File_storage_key_key" UNIQUE (storage_key);

ALTER TABLE ONLY public."File"
    ADD CONSTRAINT "File_thumbnail_key_key" UNIQUE (thumbnail_key);

ALTER TABLE ONLY public."File"
    ADD CONSTRAINT "File_user_id_source_key_key" UNIQUE (user_id, source_key);

ALTER TABLE ONLY public."Generation"
    ADD CONSTRAINT "Generation_pkey" PRIMARY KEY (generation_id);

ALTER TABLE ONLY public."Generation"
    ADD CONSTRAINT "Generation_task_id_key" UNIQUE (task_id);

ALTER TABLE ONLY public."Hold"
    ADD CONSTRAINT "Hold_pkey" PRIMARY KEY (task_id);

ALTER TABLE ONLY public."Installation"
    ADD CONSTRAINT "Installation_pkey" PRIMARY KEY (singleton);

ALTER TABLE ONLY public."LedgerEntry"
    ADD CONSTRAINT "LedgerEntry_idempotency_key_key" UNIQUE (idempotency_key);

ALTER TABLE ONLY public."LedgerEntry"
    ADD CONSTRAINT "LedgerEntry_pkey" PRIMARY KEY (entry_id);

ALTER TABLE ONLY public."Limit"
    ADD CONSTRAINT "Limit_pkey" PRIMARY KEY (kind);

ALTER TABLE ONLY public."Model"
    ADD CONSTRAINT "Model_pkey" PRIMARY KEY (model_id);

ALTER TABLE ONLY public."Notification"
    ADD CONSTRAINT "Notification_pkey" PRIMARY KEY (notification_id);

ALTER TABLE ONLY public."Notification"
    ADD CONSTRAINT "Notification_task_id_key" UNIQUE (task_id);

ALTER TABLE ONLY public."PackLook"
    ADD CONSTRAINT "PackLook_pkey" PRIMARY KEY (pack, "position");

ALTER TABLE ONLY public."Pack"
    ADD CONSTRAINT "Pack_pkey" PRIMARY KEY (code);

ALTER TABLE ONLY public."Payment"
    ADD CONSTRAINT "Payment_charge_id_key" UNIQUE (charge_id);

ALTER TABLE ONLY public."Payment"
    ADD CONSTRAINT "Payment_pkey" PRIMARY KEY (payment_id);

ALTER TABLE ONLY public."Price"
    ADD CONSTRAINT "Price_pkey" PRIMARY KEY (kind);

ALTER TABLE ONLY public."ProgressMessage"
    ADD CONSTRAINT "ProgressMessage_pkey" PRIMARY KEY (task_id);

ALTER TABLE ONLY public."ReferralInvite"
    ADD CONSTRAINT "ReferralInvite_pkey" PRIMARY KEY (invite_id);

ALTER TABLE ONLY public."ReferralInvite"
    ADD CONSTRAINT "ReferralInvite_referred_id_key" UNIQUE (referred_id);

ALTER TABLE ONLY public."SafetyPolicy"
    ADD CONSTRAINT "SafetyPolicy_pkey" PRIMARY KEY (only_row);

ALTER TABLE ONLY public."SafetyRule"
    ADD CONSTRAINT "SafetyRule_pattern_verdict_key" UNIQUE (pattern, verdict);

ALTER TABLE ONLY public."SafetyRule"
    ADD CONSTRAINT "SafetyRule_pkey" PRIMARY KEY (rule_id);

ALTER TABLE ONLY public."StyleGroup"
    ADD CONSTRAINT "StyleGroup_pkey" PRIMARY KEY (code);

ALTER TABLE ONLY public."Style"
    ADD CONSTRAINT "Style_pkey" PRIMARY KEY (code);

ALTER TABLE ONLY public."TaskEvent"
    ADD CONSTRAINT "TaskEvent_pkey" PRIMARY KEY (event_id);

ALTER TABLE ONLY public."Task"
    ADD CONSTRAINT "Task_pkey" PRIMARY KEY (task_id);

ALTER TABLE ONLY public."Task"
    ADD CONSTRAINT "Task_user_id_idempotency_key_key" UNIQUE (user_id, idempotency_key);

ALTER TABLE ONLY public."User"
    ADD CONSTRAINT "User_pkey" PRIMARY KEY (user_id);

ALTER TABLE ONLY public."User"
    ADD CONSTRAINT "User_referral_code_key" UNIQUE (referral_code);

ALTER TABLE ONLY public."VendorCall"
    ADD CONSTRAINT "VendorCall_pkey" PRIMARY KEY (call_id);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

CREATE INDEX dataset_of_user ON public."Dataset" USING btree (user_id, dataset_id DESC);

CREATE INDEX draft_of_user ON public."Draft" USING btree (user_id, draft_id DESC);

CREATE UNIQUE INDEX erasure_asked_for ON public."Erasure" USING btree (user_id) WHERE (rows_erased_at IS NULL);

CREATE INDEX erasure_open ON public."Erasure" USING btree (erasure_id) WHERE (completed_at IS NULL);

CREATE INDEX file_tag_of_user ON public."FileTag" USING btree (user_id, tag, generation_id DESC, "position" DESC);

CREATE INDEX generation_by_model ON public."Generation" USING btree (model_id) WHERE (model_id IS NOT NULL);

CREATE INDEX generation_of_date ON public."Generation" USING btree (user_id, created_at, generation_id);

CREATE INDEX generation_of_kind ON public."Generation" USING btree (user_id, kind, generation_id DESC);

CREATE INDEX generation_of_model ON public."Generation" USING btree (user_id, model_id, generation_id DESC) WHERE (model_id IS NOT NULL);

CREATE INDEX generation_of_status ON public."Generation" USING btree (user_id, status, generation_id DESC);

CREATE INDEX generation_of_user ON public."Generation" USING btree (user_id, generation_id DESC);

CREATE INDEX generation_search ON public."Generation" USING gin (search);

CREATE INDEX hold_of_account ON public."Hold" USING btree (account_id) WHERE (settled_at IS NULL);

CREATE INDEX ledger_entry_of_account ON public."LedgerEntry" USING btree (account_id, entry_id DESC);

CREATE INDEX model_of_user ON public."Model" USING btree (user_id, model_id DESC);

CREATE INDEX notification_due ON public."Notification" USING btree (due_at, notification_id) WHERE (closed_at IS NULL);

CREATE INDEX notification_of_user ON public."Notification" USING btree (user_id);

CREATE INDEX payment_of_user ON public."Payment" USING btree (user_id, payment_id DESC);

CREATE INDEX photo_of_user ON public."File" USING btree (user_id, created_at DESC) WHERE (kind = 'photo'::text);

CREATE INDEX picture_favorite ON public."File" USING btree (user_id, generation_id DESC, "position" DESC) WHERE ((kind = 'output'::text) AND (favorite_at IS NOT NULL));

CREATE INDEX picture_of_kind ON public."File" USING btree (user_id, order_kind, generation_id DESC, "position" DESC) WHERE (kind = 'output'::text);

CREATE INDEX picture_of_user ON public."File" USING btree (user_id, generation_id DESC, "position" DESC) WHERE (kind = 'output'::text);

CREATE INDEX referral_invite_of_referrer ON public."ReferralInvite" USING btree (referrer_id, invite_id DESC);

CREATE INDEX style_of_group ON public."Style" USING btree (style_group, "position", code) WHERE is_active;

CREATE INDEX task_completed ON public."Task" USING btree (kind, units, finished_at DESC) WHERE (status = 'completed'::text);

CREATE INDEX task_event_of_task ON public."TaskEvent" USING btree (task_id, event_id);

CREATE INDEX task_open_of_user ON public."Task" USING btree (user_id, lane) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX task_queue ON public."Task" USING btree (lane, turn, created_at) WHERE (status = 'queued'::text);

CREATE INDEX task_running ON public."Task" USING btree (task_id) WHERE (status = 'running'::text);

CREATE INDEX vendor_call_of_task ON public."VendorCall" USING btree (task_id, step);

CREATE TRIGGER ledger_is_append_only BEFORE DELETE OR UPDATE ON public."LedgerEntry" FOR EACH ROW EXECUTE FUNCTION public.refuse_ledger_change();

CREATE TRIGGER ledger_is_never_emptied BEFORE TRUNCATE ON public."LedgerEntry" FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_ledger_change();

ALTER TABLE ONLY public."Account"
    ADD CONSTRAINT "Account_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE SET NULL;

ALTER TABLE ONLY public."Dataset"
    ADD CONSTRAINT "Dataset_generation_id_fkey" FOREIGN KEY (generation_id) REFERENCES public."Generation"(generation_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."Dataset"
    ADD CONSTRAINT "Dataset_pack_fkey" FOREIGN KEY (pack) REFERENCES public."Pack"(code);

ALTER TABLE ONLY public."Dataset"
    ADD CONSTRAINT "Dataset_task_id_fkey" FOREIGN KEY (task_id) REFERENCES public."Task"(task_id);

ALTER TABLE ONLY public."Dataset"
    ADD CONSTRAINT "Dataset_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."Draft"
    ADD CONSTRAINT "Draft_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."FileTag"
    ADD CONSTRAINT "FileTag_file_id_fkey" FOREIGN KEY (file_id) REFERENCES public."File"(file_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."FileTag"
    ADD CONSTRAINT "FileTag_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."File"
    ADD CONSTRAINT "File_generation_id_fkey" FOREIGN KEY (generation_id) REFERENCES public."Generation"(generation_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."File"
    ADD CONSTRAINT "File_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."Generation"
    ADD CONSTRAINT "Generation_model_id_fkey" FOREIGN KEY (model_id) REFERENCES public."Model"(model_id) ON DELETE SET NULL;

ALTER TABLE ONLY public."Generation"
    ADD CONSTRAINT "Generation_style_fkey" FOREIGN KEY (style) REFERENCES public."Style"(code);

ALTER TABLE ONLY public."Generation"
    ADD CONSTRAINT "Generation_task_id_fkey" FOREIGN KEY (task_id) REFERENCES public."Task"(task_id);

ALTER TABLE ONLY public."Generation"
    ADD CONSTRAINT "Generation_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."Hold"
    ADD CONSTRAINT "Hold_account_id_fkey" FOREIGN KEY (account_id) REFERENCES public."Account"(account_id);

ALTER TABLE ONLY public."Hold"
    ADD CONSTRAINT "Hold_task_id_fkey" FOREIGN KEY (task_id) REFERENCES public."Task"(task_id);

ALTER TABLE ONLY public."LedgerEntry"
    ADD CONSTRAINT "LedgerEntry_account_id_fkey" FOREIGN KEY (account_id) REFERENCES public."Account"(account_id);

ALTER TABLE ONLY public."LedgerEntry"
    ADD CONSTRAINT "LedgerEntry_payment_id_fkey" FOREIGN KEY (payment_id) REFERENCES public."Payment"(payment_id);

ALTER TABLE ONLY public."Model"
    ADD CONSTRAINT "Model_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."Notification"
    ADD CONSTRAINT "Notification_task_id_fkey" FOREIGN KEY (task_id) REFERENCES public."Task"(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."Notification"
    ADD CONSTRAINT "Notification_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."PackLook"
    ADD CONSTRAINT "PackLook_pack_fkey" FOREIGN KEY (pack) REFERENCES public."Pack"(code) ON DELETE CASCADE;

ALTER TABLE ONLY public."PackLook"
    ADD CONSTRAINT "PackLook_style_fkey" FOREIGN KEY (style) REFERENCES public."Style"(code);

ALTER TABLE ONLY public."Payment"
    ADD CONSTRAINT "Payment_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE SET NULL;

ALTER TABLE ONLY public."ProgressMessage"
    ADD CONSTRAINT "ProgressMessage_task_id_fkey" FOREIGN KEY (task_id) REFERENCES public."Task"(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."ReferralInvite"
    ADD CONSTRAINT "ReferralInvite_referred_id_fkey" FOREIGN KEY (referred_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."ReferralInvite"
    ADD CONSTRAINT "ReferralInvite_referrer_id_fkey" FOREIGN KEY (referrer_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."TaskEvent"
    ADD CONSTRAINT "TaskEvent_task_id_fkey" FOREIGN KEY (task_id) REFERENCES public."Task"(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."Task"
    ADD CONSTRAINT "Task_user_id_fkey" FOREIGN KEY (user_id) REFERENCES public."User"(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."VendorCall"
    ADD CONSTRAINT "VendorCall_task_id_fkey" FOREIGN KEY (task_id) REFERENCES public."Task"(task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public."Style"
    ADD CONSTRAINT style_has_a_group FOREIGN KEY (style_group) REFERENCES public."StyleGroup"(code);

INSERT INTO public.schema_migrations (version) VALUES
    ('20261121000001'),
    ('20261121000002'),
    ('20261121000003'),
    ('20261121000004'),
    ('20261121000005'),
    ('20261121000051'),
    ('20261121000052'),
    ('20261121000053'),
    ('20261121000054'),
    ('20261121000061'),
    ('20261121000072');
