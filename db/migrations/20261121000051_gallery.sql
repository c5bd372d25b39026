-- migrate:up

-- What a person keeps about a picture. The kind of its order stands here too, so that an index can serve a filter.
ALTER TABLE "File" ADD COLUMN order_kind TEXT;
ALTER TABLE "File" ADD COLUMN favorite_at TIMESTAMPTZ;
ALTER TABLE "File" ADD COLUMN notes TEXT NOT NULL DEFAULT '' CHECK (char_length(notes) <= 1000);

-- The kind of an order, and its words as <user_id>:<word>: one index finds the words of one person.
ALTER TABLE "Generation" ADD COLUMN kind TEXT NOT NULL DEFAULT 'text_to_image';
ALTER TABLE "Generation" ADD COLUMN search TSVECTOR NOT NULL DEFAULT '';
UPDATE "Generation" g SET kind = t.kind FROM "Task" t WHERE t.task_id = g.task_id;
UPDATE "Generation" SET search = array_to_tsvector(ARRAY(
    SELECT DISTINCT user_id || ':' || word
    FROM regexp_split_to_table(lower(prompt_text), '[^[:alnum:]]+') AS word WHERE word <> ''
));
UPDATE "File" f SET order_kind = g.kind FROM "Generation" g WHERE g.generation_id = f.generation_id;
ALTER TABLE "File" ADD CONSTRAINT an_output_has_a_place CHECK (
    kind <> 'output' OR (generation_id IS NOT NULL AND position IS NOT NULL AND order_kind IS NOT NULL)
);

CREATE INDEX picture_of_user ON "File" (user_id, generation_id DESC, position DESC) WHERE kind = 'output';
CREATE INDEX picture_of_kind ON "File" (user_id, order_kind, generation_id DESC, position DESC) WHERE kind = 'output';
CREATE INDEX picture_favorite ON "File" (user_id, generation_id DESC, position DESC)
    WHERE kind = 'output' AND favorite_at IS NOT NULL;
CREATE INDEX generation_of_status ON "Generation" (user_id, status, generation_id DESC);
CREATE INDEX generation_of_kind ON "Generation" (user_id, kind, generation_id DESC);
CREATE INDEX generation_of_model ON "Generation" (user_id, model_id, generation_id DESC) WHERE model_id IS NOT NULL;
CREATE INDEX generation_of_date ON "Generation" (user_id, created_at, generation_id);
CREATE INDEX generation_search ON "Generation" USING gin (search);

-- The picture's place stands in each row: a page of one tag is one stretch of one index.
CREATE TABLE "FileTag" (
    file_id UUID NOT NULL REFERENCES "File" (file_id) ON DELETE CASCADE,
    tag TEXT NOT NULL CHECK (char_length(tag) BETWEEN 1 AND 32),
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    generation_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (file_id, tag)
);
CREATE INDEX file_tag_of_user ON "FileTag" (user_id, tag, generation_id DESC, position DESC);

-- Bytes whose row is gone; they go next. A crash between the two loses neither.
CREATE TABLE "ErasableFile" (
    storage_key TEXT PRIMARY KEY,
    noted_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- A picture as the gallery shows it.
CREATE VIEW "Picture" AS
SELECT f.file_id, f.user_id, f.kind, f.generation_id, f.position, f.storage_key, f.thumbnail_key, f.media_type, f.width,
       f.height, f.size_bytes, f.sha256, f.seed, f.telegram_file_id, f.created_at, f.order_kind,
       f.favorite_at IS NOT NULL AS is_favorite, f.favorite_at, f.notes,
       g.prompt_text, g.style, g.model_id, g.status,
       ARRAY(SELECT t.tag FROM "FileTag" t WHERE t.file_id = f.file_id ORDER BY t.tag) AS tags
FROM "File" f JOIN "Generation" g ON g.generation_id = f.generation_id
WHERE f.kind = 'output';

-- migrate:down
DROP VIEW "Picture";
DROP TABLE "ErasableFile";
DROP TABLE "FileTag";
DROP INDEX generation_search;
DROP INDEX generation_of_date;
DROP INDEX generation_of_model;
DROP INDEX generation_of_kind;
DROP INDEX generation_of_status;
DROP INDEX picture_favorite;
DROP INDEX picture_of_kind;
DROP INDEX picture_of_user;
ALTER TABLE "File" DROP CONSTRAINT an_output_has_a_place;
ALTER TABLE "Generation" DROP COLUMN search;
ALTER TABLE "Generation" DROP COLUMN kind;
ALTER TABLE "File" DROP COLUMN notes;
ALTER TABLE "File" DROP COLUMN favorite_at;
ALTER TABLE "File" DROP COLUMN order_kind;
