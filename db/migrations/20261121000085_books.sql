-- migrate:up

-- Whoever takes a due comparison moves it on: of many processes one makes a round.
ALTER TABLE "Reconciliation" ADD COLUMN due_at TIMESTAMPTZ NOT NULL DEFAULT now();
-- Tasks from before stay unlooked at: nothing says which of their pictures people deleted.
INSERT INTO "Reconciliation" (kind, position) VALUES
    ('ledger', 0), ('stars', 0), ('star_payments', 0), ('tasks', extract(epoch FROM now()) * 1000000);

-- A picture that a person deleted was made all the same.
ALTER TABLE "Generation" ADD COLUMN pictures_deleted INTEGER NOT NULL DEFAULT 0 CHECK (pictures_deleted >= 0);

CREATE INDEX task_finished ON "Task" (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX person_frozen ON "User" (user_id) WHERE frozen_at IS NOT NULL;
CREATE INDEX person_is_admin ON "User" (user_id) WHERE is_admin;
CREATE INDEX payment_refunded ON "Payment" (refunded_at) WHERE refunded_at IS NOT NULL;

-- An ended task and what of it does not fit; nothing, most likely.
CREATE VIEW "TaskBooks" AS
SELECT t.task_id, t.finished_at, array_remove(ARRAY[
    -- Counted, as EXISTS may be planned as a scan of all calls.
    CASE WHEN (SELECT count(*) FROM "VendorCall" c
               WHERE c.task_id = t.task_id AND c.state IN ('prepared', 'sent')) > 0 THEN 'call_open' END,
    CASE WHEN h.task_id IS NOT NULL AND h.settled_at IS NULL THEN 'hold_open' END,
    CASE WHEN h.task_id IS NULL AND t.unit_price > 0 THEN 'hold_missing' END,
    CASE WHEN h.captured <> t.units_made * t.unit_price THEN 'captured' END,
    CASE WHEN t.status = 'completed' AND t.units_made <> made.files THEN 'files' END
], NULL) AS reasons
FROM "Task" t
LEFT JOIN "Hold" h ON h.task_id = t.task_id
LEFT JOIN LATERAL (
    SELECT g.pictures_deleted + (SELECT count(*) FROM "File" f
                                 WHERE f.generation_id = g.generation_id AND f.kind = 'output') AS files
    FROM "Generation" g WHERE g.task_id = t.task_id
) made ON TRUE
WHERE t.finished_at IS NOT NULL;

-- What a day's report counts lies together on the disk: a few pages of index lead to it.
CREATE INDEX ledger_entry_by_day ON "LedgerEntry" USING brin (created_at);
CREATE INDEX task_by_day ON "Task" USING brin (created_at);
CREATE INDEX payment_by_day ON "Payment" USING brin (date);
CREATE INDEX person_by_day ON "User" USING brin (activation_date);

-- Who has a day's report already.
CREATE TABLE "DailyReportTold" (
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    day DATE NOT NULL REFERENCES "DailyReport" (day) ON DELETE CASCADE,
    PRIMARY KEY (user_id, day)
);

-- migrate:down
DROP TABLE "DailyReportTold";
DROP VIEW "TaskBooks";
DROP INDEX person_by_day;
DROP INDEX payment_by_day;
DROP INDEX task_by_day;
DROP INDEX ledger_entry_by_day;
DROP INDEX payment_refunded;
DROP INDEX person_is_admin;
DROP INDEX person_frozen;
DROP INDEX task_finished;
ALTER TABLE "Generation" DROP COLUMN pictures_deleted;
DELETE FROM "Reconciliation" WHERE kind IN ('ledger', 'stars', 'star_payments', 'tasks');
ALTER TABLE "Reconciliation" DROP COLUMN due_at;
