-- migrate:up

-- A person's own LoRA.
CREATE TABLE "Model" (
    model_id SERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    trigger_word TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'training' CHECK (status IN ('training', 'ready', 'error')),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX model_of_user ON "Model" (user_id, model_id DESC);

-- LoRAs of the house that an order may stack.
CREATE TABLE "ExtraLora" (
    lora_id SERIAL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    air TEXT NOT NULL,
    weight DOUBLE PRECISION NOT NULL DEFAULT 1 CHECK (weight BETWEEN -4 AND 4),
    trigger_words TEXT NOT NULL DEFAULT '',
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE "Style" (
    code TEXT PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,40}$'),
    title_ru TEXT NOT NULL,
    title_en TEXT NOT NULL,
    emoji TEXT NOT NULL,
    style_group TEXT NOT NULL,
    prompt TEXT NOT NULL,
    position INTEGER NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE
);

-- One unit of AI work. PostgreSQL is the truth about it; Redis only wakes the workers.
CREATE TABLE "Task" (
    task_id UUID PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL CHECK (lane IN ('provider', 'cpu', 'training', 'gpu')),
    status TEXT NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    idempotency_key TEXT NOT NULL,
    order_hash BYTEA NOT NULL,
    order_json TEXT NOT NULL,
    unit_price BIGINT NOT NULL CHECK (unit_price >= 0),
    units INTEGER NOT NULL CHECK (units > 0),
    units_made INTEGER NOT NULL DEFAULT 0 CHECK (units_made BETWEEN 0 AND units),
    turn BIGINT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    crash_count INTEGER NOT NULL DEFAULT 0,
    failure_count INTEGER NOT NULL DEFAULT 0,
    progress SMALLINT NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    time_limit INTERVAL NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    due_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    deadline_at TIMESTAMPTZ,
    lease_until TIMESTAMPTZ,
    cancel_requested_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    error_code TEXT,
    correlation_id TEXT NOT NULL,
    UNIQUE (user_id, idempotency_key)
) WITH (fillfactor = 70);
-- No index holds progress or lease_until: renewing a lease stays a heap-only update.
CREATE INDEX task_queue ON "Task" (lane, turn, created_at) WHERE status = 'queued';
CREATE INDEX task_open_of_user ON "Task" (user_id, lane) WHERE status IN ('queued', 'running');
CREATE INDEX task_running ON "Task" (task_id) WHERE status = 'running';
CREATE INDEX task_completed ON "Task" (kind, units, finished_at DESC) WHERE status = 'completed';

-- Tokens set aside for a task; settled once: what was made is captured, the rest released.
CREATE TABLE "Hold" (
    task_id UUID PRIMARY KEY REFERENCES "Task" (task_id),
    account_id BIGINT NOT NULL REFERENCES "Account" (account_id),
    tokens BIGINT NOT NULL CHECK (tokens > 0),
    captured BIGINT CHECK (captured BETWEEN 0 AND tokens),
    settled_at TIMESTAMPTZ,
    CHECK ((captured IS NULL) = (settled_at IS NULL))
);
CREATE INDEX hold_of_account ON "Hold" (account_id) WHERE settled_at IS NULL;

-- One order as the gallery shows it.
CREATE TABLE "Generation" (
    generation_id SERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    model_id INTEGER REFERENCES "Model" (model_id) ON DELETE SET NULL,
    task_id UUID UNIQUE REFERENCES "Task" (task_id),
    prompt_text TEXT NOT NULL,
    style TEXT REFERENCES "Style" (code),
    status TEXT NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    result_url TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at TIMESTAMPTZ
);
CREATE INDEX generation_of_user ON "Generation" (user_id, generation_id DESC);

-- A stored picture: a photo that came in or an output that was made.
CREATE TABLE "File" (
    file_id UUID PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('photo', 'output')),
    generation_id INTEGER REFERENCES "Generation" (generation_id) ON DELETE CASCADE,
    position INTEGER,
    storage_key TEXT NOT NULL UNIQUE,
    thumbnail_key TEXT UNIQUE,
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL CHECK (width > 0),
    height INTEGER NOT NULL CHECK (height > 0),
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    sha256 BYTEA NOT NULL,
    seed BIGINT,
    source_key TEXT,
    telegram_file_id TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (generation_id, position),
    UNIQUE (user_id, source_key)
);

-- What a person is composing. Read by the order, never taken.
CREATE TABLE "Draft" (
    draft_id BIGSERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    content JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX draft_of_user ON "Draft" (user_id, draft_id DESC);

-- Each call to a vendor, written before it is sent.
CREATE TABLE "VendorCall" (
    call_id UUID PRIMARY KEY,
    task_id UUID NOT NULL REFERENCES "Task" (task_id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    step INTEGER NOT NULL,
    backend TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'prepared' CHECK (state IN ('prepared', 'sent', 'done', 'failed', 'unknown')),
    vendor_ref TEXT,
    cost_microusd BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX vendor_call_of_task ON "VendorCall" (task_id, step);

-- The story of a task, read by support, admins and REST alike.
CREATE TABLE "TaskEvent" (
    event_id BIGSERIAL PRIMARY KEY,
    task_id UUID NOT NULL REFERENCES "Task" (task_id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    kind TEXT NOT NULL,
    details JSONB NOT NULL DEFAULT '{}',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX task_event_of_task ON "TaskEvent" (task_id, event_id);

-- The outbox: what a person must still be told.
CREATE TABLE "Notification" (
    notification_id BIGSERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    task_id UUID UNIQUE REFERENCES "Task" (task_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    due_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    attempt INTEGER NOT NULL DEFAULT 0,
    lease_until TIMESTAMPTZ,
    albums_sent INTEGER NOT NULL DEFAULT 0,
    closed_at TIMESTAMPTZ,
    outcome TEXT CHECK (outcome IN ('delivered', 'undeliverable')),
    CHECK ((closed_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX notification_due ON "Notification" (due_at, notification_id) WHERE closed_at IS NULL;

-- The message in a chat that shows a running task; gone once the outbox has closed it.
CREATE TABLE "ProgressMessage" (
    task_id UUID PRIMARY KEY REFERENCES "Task" (task_id) ON DELETE CASCADE,
    chat_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    shown_progress SMALLINT NOT NULL DEFAULT -1,
    shown_status TEXT NOT NULL DEFAULT 'queued'
);

-- migrate:down
DROP TABLE "ProgressMessage";
DROP TABLE "Notification";
DROP TABLE "TaskEvent";
DROP TABLE "VendorCall";
DROP TABLE "Draft";
DROP TABLE "File";
DROP TABLE "Generation";
DROP TABLE "Hold";
DROP TABLE "Task";
DROP TABLE "Style";
DROP TABLE "ExtraLora";
DROP TABLE "Model";
