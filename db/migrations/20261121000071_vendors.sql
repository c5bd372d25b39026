-- migrate:up
-- What an order may name as its model, whoever makes it.
CREATE TABLE "BaseModel" (
    code text PRIMARY KEY,
    title_ru text NOT NULL,
    title_en text NOT NULL,
    architecture text NOT NULL,
    is_active boolean NOT NULL DEFAULT true
);

-- What a vendor calls it, what it can do there and what it costs. Without a row a vendor is never asked.
CREATE TABLE "VendorModel" (
    backend text NOT NULL,
    model text NOT NULL REFERENCES "BaseModel" (code),
    kind text NOT NULL,
    vendor_id text NOT NULL,
    min_side integer NOT NULL DEFAULT 256 CHECK (min_side > 0),
    max_side integer NOT NULL DEFAULT 2048,
    max_steps integer NOT NULL DEFAULT 50 CHECK (max_steps > 0),
    takes_negative_prompt boolean NOT NULL DEFAULT true,
    max_loras integer NOT NULL DEFAULT 0 CHECK (max_loras >= 0),
    unit_microusd bigint NOT NULL CHECK (unit_microusd >= 0),
    is_active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (backend, model, kind),
    CHECK (max_side >= min_side)
);

-- Where a LoRA is ready to be used, and under which name.
CREATE TABLE "ModelServing" (
    model_id integer NOT NULL REFERENCES "Model" (model_id) ON DELETE CASCADE,
    backend text NOT NULL,
    vendor_id text NOT NULL,
    architecture text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model_id, backend)
);
CREATE TABLE "ExtraLoraServing" (
    lora_id integer NOT NULL REFERENCES "ExtraLora" (lora_id) ON DELETE CASCADE,
    backend text NOT NULL,
    vendor_id text NOT NULL,
    architecture text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (lora_id, backend)
);
INSERT INTO "ExtraLoraServing" (lora_id, backend, vendor_id, architecture)
SELECT lora_id, 'runware', air, 'flux1' FROM "ExtraLora";

INSERT INTO "BaseModel" (code, title_ru, title_en, architecture) VALUES
    ('runware:100@1', 'Быстрая', 'Fast', 'flux1'),
    ('runware:101@1', 'Подробная', 'Detailed', 'flux1'),
    ('runware:504@1', 'Увеличение', 'Upscaler', 'upscaler'),
    ('tencent:hunyuan-3d@3.1-rapid', 'Фигура из картинки или слов', 'A figure from a picture or words', 'solid'),
    ('microsoft:trellis-2@4b', 'Фигура из картинки', 'A figure from a picture', 'solid');

INSERT INTO "VendorModel"
    (backend, model, kind, vendor_id, max_steps, takes_negative_prompt, max_loras, unit_microusd) VALUES
    ('runware', 'runware:100@1', 'text_to_image', 'runware:100@1', 50, true, 5, 1300),
    ('runware', 'runware:100@1', 'image_to_image', 'runware:100@1', 50, true, 5, 1300),
    ('runware', 'runware:101@1', 'text_to_image', 'runware:101@1', 50, true, 5, 3800),
    ('runware', 'runware:101@1', 'image_to_image', 'runware:101@1', 50, true, 5, 3800),
    ('runware', 'runware:504@1', 'upscale', 'runware:504@1', 50, true, 0, 2000),
    ('runware', 'tencent:hunyuan-3d@3.1-rapid', 'image_to_3d', 'tencent:hunyuan-3d@3.1-rapid', 50, true, 0, 225000),
    ('runware', 'microsoft:trellis-2@4b', 'image_to_3d', 'microsoft:trellis-2@4b', 50, true, 0, 25000),
    ('replicate', 'runware:100@1', 'text_to_image', 'black-forest-labs/flux-schnell', 4, false, 0, 3000),
    ('replicate', 'runware:100@1', 'image_to_image', 'black-forest-labs/flux-dev', 50, false, 0, 25000),
    ('replicate', 'runware:101@1', 'text_to_image', 'black-forest-labs/flux-dev-lora', 50, false, 2, 32000),
    ('replicate', 'runware:101@1', 'image_to_image', 'black-forest-labs/flux-dev-lora', 50, false, 2, 32000),
    ('replicate', 'runware:504@1', 'upscale', 'nightmareai/real-esrgan', 50, false, 0, 2500),
    ('replicate', 'tencent:hunyuan-3d@3.1-rapid', 'image_to_3d', 'tencent/hunyuan-3d-3.1', 50, false, 0, 160000);

INSERT INTO "Price" (kind, tokens) VALUES ('image_to_3d', 40);

-- Money outside the ledger, in millionths of a US dollar: what a token brings, what may be spent on vendors.
CREATE TABLE "Rate" (
    kind text PRIMARY KEY,
    microusd bigint NOT NULL CHECK (microusd >= 0)
);
INSERT INTO "Rate" (kind, microusd) VALUES ('token', 13000), ('vendor_spending_a_day', 50000000);

-- One row a day (UTC): what was spent, and what calls under way may still cost.
CREATE TABLE "VendorSpending" (
    day date PRIMARY KEY,
    microusd bigint NOT NULL DEFAULT 0
);

ALTER TABLE "VendorCall"
    ADD COLUMN estimated_microusd bigint NOT NULL DEFAULT 0,
    -- What it counts for in "VendorSpending": its estimate until it is known what it cost.
    ADD COLUMN booked_microusd bigint NOT NULL DEFAULT 0,
    ADD COLUMN failure_kind text CHECK (failure_kind IN ('order', 'vendor', 'ours')),
    ADD COLUMN error_code text;
UPDATE "VendorCall" SET booked_microusd = cost_microusd;

-- The outputs of a step that is done, while other steps of its task are not.
CREATE TABLE "CallOutput" (
    call_id uuid NOT NULL REFERENCES "VendorCall" (call_id) ON DELETE CASCADE,
    position integer NOT NULL,
    file_id uuid NOT NULL,
    storage_key text NOT NULL UNIQUE,
    thumbnail_key text UNIQUE,
    preview_key text UNIQUE,
    media_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    seed bigint,
    PRIMARY KEY (call_id, position)
);

-- The moving picture that shows a solid from all sides.
ALTER TABLE "File" ADD COLUMN preview_key text UNIQUE;
CREATE OR REPLACE VIEW "Picture" AS
SELECT f.file_id, f.user_id, f.kind, f.generation_id, f.position, f.storage_key, f.thumbnail_key, f.media_type,
       f.width, f.height, f.size_bytes, f.sha256, f.seed, f.telegram_file_id, f.created_at, f.order_kind,
       f.favorite_at IS NOT NULL AS is_favorite, f.favorite_at, f.notes,
       g.prompt_text, g.style, g.model_id, g.status,
       ARRAY(SELECT t.tag FROM "FileTag" t WHERE t.file_id = f.file_id ORDER BY t.tag) AS tags,
       f.preview_key
FROM "File" f JOIN "Generation" g ON g.generation_id = f.generation_id
WHERE f.kind = 'output';

-- What the owner should know of: one open row for each thing that is wrong.
CREATE TABLE "AdminEvent" (
    event_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    subject text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);
CREATE UNIQUE INDEX admin_event_open ON "AdminEvent" (kind, subject) WHERE closed_at IS NULL;

-- What a task brought and what its vendors billed for it.
CREATE VIEW "TaskMargin" AS
SELECT t.task_id, t.user_id, t.kind, t.status, t.finished_at,
       coalesce(h.captured, 0) AS tokens,
       coalesce(c.estimated_microusd, 0)::bigint AS estimated_microusd,
       coalesce(c.cost_microusd, 0)::bigint AS cost_microusd,
       (coalesce(h.captured, 0) * (SELECT r.microusd FROM "Rate" r WHERE r.kind = 'token')
        - coalesce(c.cost_microusd, 0))::bigint AS margin_microusd
FROM "Task" t
LEFT JOIN "Hold" h ON h.task_id = t.task_id
LEFT JOIN LATERAL (
    SELECT sum(v.estimated_microusd) AS estimated_microusd, sum(v.booked_microusd) AS cost_microusd
    FROM "VendorCall" v WHERE v.task_id = t.task_id
) c ON true;

-- migrate:down
DROP VIEW "TaskMargin";
DROP TABLE "AdminEvent";
DROP VIEW "Picture";
CREATE VIEW "Picture" AS
SELECT f.file_id, f.user_id, f.kind, f.generation_id, f.position, f.storage_key, f.thumbnail_key, f.media_type,
       f.width, f.height, f.size_bytes, f.sha256, f.seed, f.telegram_file_id, f.created_at, f.order_kind,
       f.favorite_at IS NOT NULL AS is_favorite, f.favorite_at, f.notes,
       g.prompt_text, g.style, g.model_id, g.status,
       ARRAY(SELECT t.tag FROM "FileTag" t WHERE t.file_id = f.file_id ORDER BY t.tag) AS tags
FROM "File" f JOIN "Generation" g ON g.generation_id = f.generation_id
WHERE f.kind = 'output';
ALTER TABLE "File" DROP COLUMN preview_key;
DROP TABLE "CallOutput";
ALTER TABLE "VendorCall" DROP COLUMN estimated_microusd, DROP COLUMN booked_microusd,
    DROP COLUMN failure_kind, DROP COLUMN error_code;
DROP TABLE "VendorSpending";
DROP TABLE "Rate";
DELETE FROM "Price" WHERE kind = 'image_to_3d';
DROP TABLE "ExtraLoraServing";
DROP TABLE "ModelServing";
DROP TABLE "VendorModel";
DROP TABLE "BaseModel";
