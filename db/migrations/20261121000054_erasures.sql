-- migrate:up

-- The end of a person's data: asked for, rows gone, bytes and Redis gone. The id goes last; the receipt stays.
CREATE TABLE "Erasure" (
    erasure_id BIGSERIAL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    user_id BIGINT,
    counts JSONB NOT NULL DEFAULT '{}',
    vendor_cost_microusd BIGINT NOT NULL DEFAULT 0,
    requested_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    rows_erased_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    CHECK ((completed_at IS NULL) = (user_id IS NOT NULL)),
    CHECK (completed_at IS NULL OR rows_erased_at IS NOT NULL)
);
CREATE UNIQUE INDEX erasure_asked_for ON "Erasure" (user_id) WHERE rows_erased_at IS NULL;
CREATE INDEX erasure_open ON "Erasure" (erasure_id) WHERE completed_at IS NULL;

-- What goes with a person must be found by the person.
CREATE INDEX notification_of_user ON "Notification" (user_id);
CREATE INDEX generation_by_model ON "Generation" (model_id) WHERE model_id IS NOT NULL;

-- migrate:down
DROP INDEX generation_by_model;
DROP INDEX notification_of_user;
DROP TABLE "Erasure";
