-- migrate:up

-- Photos that a person took out of a set: a message that is told again does not bring them back. A digest, as the
-- message leads to a person; it is forgotten once Telegram tells of the message no more.
CREATE TABLE "RemovedPhoto" (
    user_id    BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    key_digest BYTEA NOT NULL,
    removed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key_digest)
);

CREATE INDEX removed_photo_age ON "RemovedPhoto" (removed_at);

-- migrate:down

DROP TABLE "RemovedPhoto";
