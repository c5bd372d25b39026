-- migrate:up

-- People of one inviter who paid and had it back after which the owner looks; tries of a person at promo codes.
INSERT INTO "Limit" (kind, amount) VALUES ('referral_refunds', 3), ('promo_tries_an_hour', 10);

-- The owner has looked at a flagged invitation and found it good: the same ring is not flagged again.
ALTER TABLE "ReferralInvite" ADD COLUMN cleared_at TIMESTAMPTZ;

-- migrate:down
ALTER TABLE "ReferralInvite" DROP COLUMN cleared_at;
DELETE FROM "Limit" WHERE kind IN ('referral_refunds', 'promo_tries_an_hour');
