-- migrate:up

-- What happens once in a person's life, or once to a charge, whoever is erased meanwhile: a digest that leads to
-- nothing else. It is keyed with this installation's pepper, so that nobody can try out all ids elsewhere.
ALTER TABLE "Installation" ADD COLUMN pepper BYTEA;
UPDATE "Installation" SET pepper = sha256(convert_to(
    (SELECT string_agg(random()::text, ' ') FROM generate_series(1, 16))
    || clock_timestamp() || pg_backend_pid() || txid_current(), 'UTF8'));  -- of a new installation it comes from the system's own source of randomness
ALTER TABLE "Installation" ALTER COLUMN pepper SET NOT NULL;
CREATE TABLE "SpentKey" (
    digest BYTEA PRIMARY KEY
);
CREATE FUNCTION spent_key(key TEXT) RETURNS BYTEA LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN sha256((SELECT pepper FROM public."Installation") || convert_to(key, 'UTF8'));
END
$$;

-- The welcome had the person's id in its key for ever. Entries are never changed but here, once.
ALTER TABLE "LedgerEntry" DISABLE TRIGGER ledger_is_append_only;
INSERT INTO "SpentKey" (digest)
SELECT spent_key(idempotency_key) FROM "LedgerEntry" WHERE kind = 'welcome' AND idempotency_key LIKE 'welcome:%';
UPDATE "LedgerEntry" SET idempotency_key = 'welcome:account:' || account_id
WHERE kind = 'welcome' AND idempotency_key LIKE 'welcome:%';
ALTER TABLE "LedgerEntry" ENABLE TRIGGER ledger_is_append_only;

-- A debt: tokens that were spent and whose payment Telegram gave back. Frozen: the books of this person do not add up.
ALTER TABLE "User"
    ADD COLUMN tokens_owed BIGINT NOT NULL DEFAULT 0 CHECK (tokens_owed >= 0),
    ADD COLUMN frozen_at TIMESTAMPTZ;

CREATE TABLE "Product" (
    code TEXT PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,24}$'),
    tokens BIGINT NOT NULL CHECK (tokens BETWEEN 1 AND 1000000),
    position INTEGER NOT NULL,
    is_sold BOOLEAN NOT NULL DEFAULT TRUE
);

-- In minor units; a Star (XTR) has none smaller, and Telegram takes at most 1000000 in one invoice.
CREATE TABLE "ProductPrice" (
    product_code TEXT NOT NULL REFERENCES "Product" (code) ON DELETE CASCADE,
    currency TEXT NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    amount BIGINT NOT NULL CHECK (amount BETWEEN 1 AND 1000000000),
    PRIMARY KEY (product_code, currency),
    CHECK (currency <> 'XTR' OR amount <= 1000000)
);
INSERT INTO "Product" (code, tokens, position) VALUES
    ('tokens_50', 50, 1), ('tokens_150', 150, 2), ('tokens_500', 500, 3), ('tokens_1500', 1500, 4);
INSERT INTO "ProductPrice" (product_code, currency, amount) VALUES
    ('tokens_50', 'XTR', 75), ('tokens_150', 'XTR', 200), ('tokens_500', 'XTR', 600), ('tokens_1500', 'XTR', 1600),
    ('tokens_50', 'RUB', 14900), ('tokens_150', 'RUB', 39900), ('tokens_500', 'RUB', 119900),
    ('tokens_1500', 'RUB', 319900),
    ('tokens_50', 'USD', 149), ('tokens_150', 'USD', 399), ('tokens_500', 'USD', 1199), ('tokens_1500', 'USD', 3199),
    ('tokens_50', 'EUR', 149), ('tokens_150', 'EUR', 399), ('tokens_500', 'EUR', 1199), ('tokens_1500', 'EUR', 3199);

-- What a person was offered, at the price of that moment. It may be paid more than once.
CREATE TABLE "Invoice" (
    invoice_id BIGSERIAL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    product_code TEXT NOT NULL,
    tokens BIGINT NOT NULL CHECK (tokens > 0),
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX invoice_of_user ON "Invoice" (user_id);

-- mismatch: why it was not credited as the invoice said; NULL where it was.
-- is_recovered: no message told of it, Telegram's list did.
ALTER TABLE "Payment" DROP CONSTRAINT "Payment_tokens_check";
ALTER TABLE "Payment"
    ADD CHECK (tokens >= 0),
    ADD COLUMN account_id BIGINT REFERENCES "Account" (account_id),
    ADD COLUMN invoice_id BIGINT REFERENCES "Invoice" (invoice_id) ON DELETE SET NULL,
    ADD COLUMN product_code TEXT,
    ADD COLUMN provider_charge_id TEXT,
    ADD COLUMN mismatch TEXT,
    ADD COLUMN is_recovered BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN refunded_at TIMESTAMPTZ;
UPDATE "Payment" SET account_id = (SELECT account_id FROM "Account" a WHERE a.user_id = "Payment".user_id);
CREATE INDEX payment_of_invoice ON "Payment" (invoice_id);
CREATE INDEX payment_of_account ON "Payment" (account_id);

-- A payment is given back whole, once. user_id and charge_id: whom Telegram has to pay, for as long as it must be told.
CREATE TABLE "Refund" (
    refund_id BIGSERIAL PRIMARY KEY,
    payment_id INTEGER NOT NULL UNIQUE REFERENCES "Payment" (payment_id),
    origin TEXT NOT NULL CHECK (origin IN ('self', 'admin', 'telegram')),
    state TEXT NOT NULL CHECK (state IN ('case', 'sending', 'done', 'declined', 'failed')),
    tokens_taken BIGINT NOT NULL DEFAULT 0 CHECK (tokens_taken >= 0),
    tokens_owed BIGINT NOT NULL DEFAULT 0 CHECK (tokens_owed >= 0),
    user_id BIGINT,
    charge_id TEXT,
    error TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    due_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    lease_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    closed_at TIMESTAMPTZ,
    CHECK ((state IN ('done', 'declined', 'failed')) = (closed_at IS NOT NULL)),
    CHECK (state <> 'sending' OR (user_id IS NOT NULL AND charge_id IS NOT NULL))
);
CREATE INDEX refund_to_send ON "Refund" (due_at) WHERE state = 'sending';
CREATE INDEX refund_case ON "Refund" (refund_id) WHERE state = 'case';

-- Tokens for invitations: they wait until the payment behind them cannot be taken back any more.
ALTER TABLE "ReferralInvite" ADD COLUMN flagged_at TIMESTAMPTZ;
CREATE TABLE "ReferralReward" (
    reward_id BIGSERIAL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES "Account" (account_id),
    invite_id INTEGER REFERENCES "ReferralInvite" (invite_id) ON DELETE SET NULL,
    payment_id INTEGER REFERENCES "Payment" (payment_id),
    kind TEXT NOT NULL CHECK (kind IN ('invited', 'inviter', 'share')),
    tokens BIGINT NOT NULL CHECK (tokens > 0),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'vested', 'cancelled')),
    vests_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    closed_at TIMESTAMPTZ,
    CHECK ((state = 'waiting') = (closed_at IS NULL)),
    UNIQUE (invite_id, kind, payment_id)
);
CREATE UNIQUE INDEX referral_bonus_once ON "ReferralReward" (invite_id, kind) WHERE kind <> 'share';
CREATE INDEX referral_reward_due ON "ReferralReward" (vests_at) WHERE state = 'waiting';
CREATE INDEX referral_reward_of_account ON "ReferralReward" (account_id);
CREATE INDEX referral_reward_of_payment ON "ReferralReward" (payment_id);
INSERT INTO "Bonus" (kind, tokens) VALUES ('referral_invited', 10), ('referral_inviter', 20);
-- Days in which a person may have an unspent payment back by themselves; percent of an invited person's payments that
-- go to the inviter; invitations of one inviter in a day after which the rest is looked at.
INSERT INTO "Limit" (kind, amount) VALUES
    ('refund_window_days', 14), ('referral_share_percent', 10), ('referral_invites_a_day', 20);

CREATE TABLE "PromoCode" (
    code TEXT PRIMARY KEY CHECK (code ~ '^[A-Z0-9_-]{3,32}$'),
    tokens BIGINT NOT NULL CHECK (tokens BETWEEN 1 AND 1000000),
    uses_left INTEGER CHECK (uses_left >= 0),
    starts_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ends_at TIMESTAMPTZ,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TABLE "PromoUse" (
    code TEXT NOT NULL REFERENCES "PromoCode" (code),
    account_id BIGINT NOT NULL REFERENCES "Account" (account_id),
    tokens BIGINT NOT NULL,
    used_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (code, account_id)
);

-- Telegram's list of Star transactions as far as it was read; a digest stands for its id, which names a charge.
CREATE TABLE "StarTransaction" (
    digest BYTEA NOT NULL,
    is_incoming BOOLEAN NOT NULL,
    stars BIGINT NOT NULL,
    partner TEXT NOT NULL,
    happened_at TIMESTAMPTZ NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('waiting', 'matched', 'recovered', 'foreign', 'unexplained')),
    payment_id INTEGER REFERENCES "Payment" (payment_id),
    read_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (digest, is_incoming)
);
CREATE INDEX star_transaction_open ON "StarTransaction" (happened_at) WHERE verdict IN ('waiting', 'unexplained');

-- How far each comparison of the books has come, and what it found.
CREATE TABLE "Reconciliation" (
    kind TEXT PRIMARY KEY,
    position BIGINT NOT NULL DEFAULT 0,
    gaps BIGINT NOT NULL DEFAULT 0,
    details JSONB NOT NULL DEFAULT '{}',
    checked_at TIMESTAMPTZ
);

-- Told to the admins, or not yet.
ALTER TABLE "AdminEvent" ADD COLUMN told_at TIMESTAMPTZ;
CREATE INDEX admin_event_untold ON "AdminEvent" (event_id) WHERE told_at IS NULL;
UPDATE "AdminEvent" SET told_at = now();

CREATE TABLE "DailyReport" (
    day DATE PRIMARY KEY,
    content JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    told_at TIMESTAMPTZ
);

-- What a message about money says: tokens, amount, the payment it is about.
ALTER TABLE "Notification" ADD COLUMN details JSONB NOT NULL DEFAULT '{}';

-- migrate:down
ALTER TABLE "Notification" DROP COLUMN details;
DROP TABLE "DailyReport";
ALTER TABLE "AdminEvent" DROP COLUMN told_at;
DROP TABLE "Reconciliation";
DROP TABLE "StarTransaction";
DROP TABLE "PromoUse";
DROP TABLE "PromoCode";
DELETE FROM "Limit" WHERE kind IN ('refund_window_days', 'referral_share_percent', 'referral_invites_a_day');
DELETE FROM "Bonus" WHERE kind LIKE 'referral_%';
DROP TABLE "ReferralReward";
ALTER TABLE "ReferralInvite" DROP COLUMN flagged_at;
DROP TABLE "Refund";
ALTER TABLE "Payment" DROP COLUMN refunded_at, DROP COLUMN is_recovered, DROP COLUMN mismatch,
    DROP COLUMN provider_charge_id, DROP COLUMN product_code, DROP COLUMN invoice_id, DROP COLUMN account_id;
DROP TABLE "Invoice";
DROP TABLE "ProductPrice";
DROP TABLE "Product";
ALTER TABLE "User" DROP COLUMN frozen_at, DROP COLUMN tokens_owed;
DROP FUNCTION spent_key;
DROP TABLE "SpentKey";
ALTER TABLE "Installation" DROP COLUMN pepper;
