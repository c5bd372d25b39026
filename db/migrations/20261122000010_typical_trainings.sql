-- migrate:up

-- The trainings that were finished last: how long one takes depends on who trains, and not on what it costs.
CREATE INDEX task_trained ON "Task" (finished_at DESC) WHERE kind = 'train' AND status = 'completed';

-- migrate:down

DROP INDEX task_trained;
