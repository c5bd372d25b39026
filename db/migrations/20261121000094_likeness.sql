-- migrate:up
-- The training of its model that an order was made with: likeness is counted for each by itself.
ALTER TABLE "Generation" ADD COLUMN version_id integer REFERENCES "ModelVersion" (version_id) ON DELETE SET NULL;
CREATE INDEX generation_of_version ON "Generation" (version_id) WHERE version_id IS NOT NULL;

-- Made twice, as the first was not like enough: this is the better of the two.
ALTER TABLE "File" ADD COLUMN is_remade boolean NOT NULL DEFAULT false;
CREATE INDEX portrait_of_user ON "File" (user_id) INCLUDE (likeness, is_remade) WHERE has_face IS NOT NULL;

CREATE OR REPLACE VIEW "Picture" AS
SELECT f.file_id, f.user_id, f.kind, f.generation_id, f.position, f.storage_key, f.thumbnail_key, f.media_type,
       f.width, f.height, f.size_bytes, f.sha256, f.seed, f.telegram_file_id, f.created_at, f.order_kind,
       f.favorite_at IS NOT NULL AS is_favorite, f.favorite_at, f.notes,
       g.prompt_text, g.style, g.model_id, g.status,
       ARRAY(SELECT t.tag FROM "FileTag" t WHERE t.file_id = f.file_id ORDER BY t.tag) AS tags,
       f.preview_key, f.likeness, f.has_face, f.is_remade
FROM "File" f JOIN "Generation" g ON g.generation_id = f.generation_id
WHERE f.kind = 'output';

-- migrate:down
DROP VIEW "Picture";
CREATE VIEW "Picture" AS
SELECT f.file_id, f.user_id, f.kind, f.generation_id, f.position, f.storage_key, f.thumbnail_key, f.media_type,
       f.width, f.height, f.size_bytes, f.sha256, f.seed, f.telegram_file_id, f.created_at, f.order_kind,
       f.favorite_at IS NOT NULL AS is_favorite, f.favorite_at, f.notes,
       g.prompt_text, g.style, g.model_id, g.status,
       ARRAY(SELECT t.tag FROM "FileTag" t WHERE t.file_id = f.file_id ORDER BY t.tag) AS tags,
       f.preview_key
FROM "File" f JOIN "Generation" g ON g.generation_id = f.generation_id
WHERE f.kind = 'output';
DROP INDEX portrait_of_user;
ALTER TABLE "File" DROP COLUMN is_remade;
DROP INDEX generation_of_version;
ALTER TABLE "Generation" DROP COLUMN version_id;
