-- migrate:up

-- A theme of many photos: its looks take turns.
CREATE TABLE "Pack" (
    code TEXT PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,40}$'),
    title_ru TEXT NOT NULL,
    title_en TEXT NOT NULL,
    emoji TEXT NOT NULL,
    position INTEGER NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE
);
CREATE TABLE "PackLook" (
    pack TEXT NOT NULL REFERENCES "Pack" (code) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    style TEXT REFERENCES "Style" (code),
    prompt TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (pack, position),
    CHECK (style IS NOT NULL OR prompt <> '')
);
INSERT INTO "Pack" (code, title_ru, title_en, emoji, position) VALUES
('career', 'Карьера', 'Career', '💼', 10),
('cinema', 'Главная роль', 'Leading role', '🎬', 20),
('museum', 'Музей', 'Museum', '🖼', 30),
('four_seasons', 'Четыре времени года', 'Four seasons', '🍂', 40),
('wonderland', 'Страна чудес', 'Wonderland', '✨', 50),
('print_shop', 'Типография', 'Print shop', '🗞', 60);
INSERT INTO "PackLook" (pack, position, style, prompt) VALUES
('career', 1, 'business', ''),
('career', 2, 'studio', ''),
('career', 3, 'high_key', ''),
('career', 4, 'magazine', ''),
('career', 5, 'business', 'blue evening light'),
('career', 6, 'studio', 'black backdrop'),
('cinema', 1, 'blockbuster', ''),
('cinema', 2, 'noir', ''),
('cinema', 3, 'neon', ''),
('cinema', 4, 'vintage', ''),
('cinema', 5, 'double_exposure', ''),
('cinema', 6, 'golden_hour', ''),
('museum', 1, 'oil', ''),
('museum', 2, 'watercolor', ''),
('museum', 3, 'sketch', ''),
('museum', 4, 'stained_glass', ''),
('museum', 5, 'engraving', ''),
('museum', 6, 'oil', 'gold'),
('four_seasons', 1, 'winter', ''),
('four_seasons', 2, 'sakura', ''),
('four_seasons', 3, 'golden_hour', 'summer'),
('four_seasons', 4, 'autumn', ''),
('wonderland', 1, 'cosmos', ''),
('wonderland', 2, 'underwater', ''),
('wonderland', 3, 'enchanted', ''),
('wonderland', 4, 'double_exposure', 'magic violet'),
('wonderland', 5, 'winter', 'magic violet'),
('print_shop', 1, 'pop_art', ''),
('print_shop', 2, 'comic', ''),
('print_shop', 3, 'poster', ''),
('print_shop', 4, 'engraving', ''),
('print_shop', 5, 'glitch', ''),
('print_shop', 6, 'magazine', '');
INSERT INTO "Price" (kind, tokens) VALUES ('dataset', 4);

-- One order of many photos, whose finished pictures may carry noise (a share of full scale).
CREATE TABLE "Dataset" (
    dataset_id SERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    generation_id INTEGER NOT NULL UNIQUE REFERENCES "Generation" (generation_id) ON DELETE CASCADE,
    task_id UUID NOT NULL UNIQUE REFERENCES "Task" (task_id),
    pack TEXT REFERENCES "Pack" (code),
    class_label TEXT NOT NULL CHECK (class_label <> ''),
    noise_level DOUBLE PRECISION NOT NULL CHECK (noise_level BETWEEN 0 AND 1),
    output_size INTEGER NOT NULL CHECK (output_size > 0),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX dataset_of_user ON "Dataset" (user_id, dataset_id DESC);

-- What became of it is told by the rows that know: nothing is written twice.
CREATE VIEW "DatasetEntry" AS
SELECT d.dataset_id, d.user_id, d.generation_id, d.task_id, d.pack, d.class_label, d.noise_level, d.output_size,
       t.status, t.units AS ordered_count, 'outputs' AS output_directory,
       (SELECT count(*) FROM "File" f WHERE f.generation_id = d.generation_id) AS file_count,
       (SELECT coalesce(sum(f.size_bytes), 0)::bigint FROM "File" f WHERE f.generation_id = d.generation_id)
           AS size_bytes,
       extract(epoch FROM t.finished_at - t.started_at)::double precision AS generation_time,
       (SELECT c.backend FROM "VendorCall" c WHERE c.task_id = d.task_id ORDER BY c.step DESC LIMIT 1) AS device_used,
       CASE WHEN t.finished_at IS NOT NULL THEN t.status = 'completed' END AS is_successful,
       t.error_code AS error_message,
       d.created_at, coalesce(t.finished_at, t.started_at, d.created_at) AS updated_at
FROM "Dataset" d JOIN "Task" t ON t.task_id = d.task_id;

-- migrate:down
DROP VIEW "DatasetEntry";
DROP TABLE "Dataset";
DELETE FROM "Price" WHERE kind = 'dataset';
DROP TABLE "PackLook";
DROP TABLE "Pack";
