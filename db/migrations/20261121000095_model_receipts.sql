-- migrate:up
-- That a model was deleted, and what went with it; from the first moment without a word of whose it was.
CREATE TABLE "ModelReceipt" (
    reference text PRIMARY KEY,
    counts jsonb NOT NULL DEFAULT '{}',
    erased_at timestamptz NOT NULL DEFAULT now()
);

-- The receipt, of a model or of a person, that tells of a copy at a vendor; nobody behind it either.
ALTER TABLE "VendorCopy" ADD COLUMN receipt text;
CREATE INDEX vendor_copy_receipt ON "VendorCopy" (receipt) WHERE receipt IS NOT NULL;
-- Copies whose version is gone, however it went.
CREATE INDEX vendor_copy_orphan ON "VendorCopy" (copy_id) WHERE version_id IS NULL AND state = 'kept';
CREATE INDEX vendor_copy_photos ON "VendorCopy" (copy_id) WHERE kind = 'photos' AND state = 'kept';

-- Photos of trainings that are over, oldest first, and open sets that nobody has touched.
CREATE INDEX training_set_untouched ON "TrainingSet" (updated_at) WHERE state = 'open';
ALTER TABLE "TrainingSet" ADD COLUMN photos_erased_at timestamptz;
CREATE INDEX training_set_used ON "TrainingSet" (updated_at) WHERE state = 'used' AND photos_erased_at IS NULL;

-- Trainings of late, for the owner.
CREATE INDEX model_version_created ON "ModelVersion" (created_at);
-- What must be let go of when a model or a version goes must be found by it.
CREATE INDEX user_default_model ON "User" (default_model_id) WHERE default_model_id IS NOT NULL;
CREATE INDEX model_version_in_use ON "Model" (version_id) WHERE version_id IS NOT NULL;

-- A model as its owner sees it: the version in use, the latest training with its task and tokens, what it has made.
CREATE VIEW "ModelEntry" AS
SELECT m.model_id, m.user_id, m.name, m.trigger_word, m.status, m.created_at, m.updated_at, m.subject_class,
       m.characteristics, m.version_id,
       v.number AS version, v.photos, v.finished_at AS trained_at,
       l.number AS latest, l.status AS latest_status, l.task_id, l.photos AS latest_photos,
       t.status AS task_status, t.progress, t.error_code, t.cancel_requested_at IS NOT NULL AS is_stopping,
       h.tokens AS tokens_held, h.captured AS tokens_captured,
       p.pictures, p.likeness, p.faceless
FROM "Model" m
LEFT JOIN "ModelVersion" v ON v.version_id = m.version_id
LEFT JOIN LATERAL (
    SELECT number, status, task_id, photos FROM "ModelVersion" WHERE model_id = m.model_id
    ORDER BY number DESC LIMIT 1
) l ON true
LEFT JOIN "Task" t ON t.task_id = l.task_id
LEFT JOIN "Hold" h ON h.task_id = l.task_id
CROSS JOIN LATERAL (
    SELECT count(*) AS pictures, avg(f.likeness)::real AS likeness, avg((NOT f.has_face)::integer)::real AS faceless
    FROM "Generation" g JOIN "File" f USING (generation_id) WHERE g.model_id = m.model_id
) p;

-- migrate:down
DROP VIEW "ModelEntry";
DROP INDEX model_version_in_use;
DROP INDEX user_default_model;
DROP INDEX model_version_created;
ALTER TABLE "TrainingSet" DROP COLUMN photos_erased_at;
DROP INDEX training_set_untouched;
DROP INDEX vendor_copy_photos;
DROP INDEX vendor_copy_orphan;
ALTER TABLE "VendorCopy" DROP COLUMN receipt;
DROP TABLE "ModelReceipt";
