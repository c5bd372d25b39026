-- migrate:up
-- A model is trained once at a time: of two who ask at once for a new training, one gets it.
CREATE UNIQUE INDEX model_version_training ON "ModelVersion" (model_id) WHERE status = 'training';
-- A training is sold in equal parts: so many of them are charged where it is stopped after a vendor has begun with it.
ALTER TABLE "ModelVersion" ADD COLUMN stop_units integer NOT NULL DEFAULT 0 CHECK (stop_units >= 0);

-- migrate:down
ALTER TABLE "ModelVersion" DROP COLUMN stop_units;
DROP INDEX model_version_training;
