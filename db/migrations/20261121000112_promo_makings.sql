-- migrate:up
-- The very command that made a code: told again after a crash, it is answered as it was the first time. A digest, as
-- the message that it stands for leads to a person.
ALTER TABLE "PromoCode" ADD COLUMN making_digest BYTEA;

-- migrate:down
ALTER TABLE "PromoCode" DROP COLUMN making_digest;
