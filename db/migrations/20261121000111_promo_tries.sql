-- migrate:up
-- The very try that brought the tokens: told again after a crash, it is answered as it was the first time. A digest,
-- as the message that it stands for leads to a person.
ALTER TABLE "PromoUse" ADD COLUMN try_digest BYTEA;

-- migrate:down
ALTER TABLE "PromoUse" DROP COLUMN try_digest;
