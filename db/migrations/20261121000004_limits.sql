-- migrate:up

-- What keeps one person from taking the house for themselves; changed by the owner, never by a deployment.
CREATE TABLE "Limit" (
    kind TEXT PRIMARY KEY,
    amount BIGINT NOT NULL CHECK (amount >= 0)
);
INSERT INTO "Limit" (kind, amount) VALUES ('open_tasks', 20);

-- migrate:down
DROP TABLE "Limit";
