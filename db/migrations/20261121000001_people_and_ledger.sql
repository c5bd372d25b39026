-- migrate:up

-- Which life this database belongs to. Simulated money must never be counted as revenue.
CREATE TABLE "Installation" (
    singleton BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (singleton),
    life TEXT NOT NULL CHECK (life IN ('sandbox', 'production')),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Telegram people have their Telegram id; accounts that exist only on the web have negative ids.
CREATE TABLE "User" (
    user_id BIGINT PRIMARY KEY,
    username TEXT,
    first_name TEXT,
    last_name TEXT,
    locale TEXT NOT NULL DEFAULT 'ru' CHECK (locale IN ('ru', 'en')),
    activation_date TIMESTAMPTZ NOT NULL DEFAULT now(),
    tokens_left BIGINT NOT NULL DEFAULT 0 CHECK (tokens_left >= 0),
    tokens_held BIGINT NOT NULL DEFAULT 0 CHECK (tokens_held >= 0),
    tokens_spent BIGINT NOT NULL DEFAULT 0 CHECK (tokens_spent >= 0),
    referral_code TEXT UNIQUE,
    is_admin BOOLEAN NOT NULL DEFAULT FALSE,
    banned_at TIMESTAMPTZ,
    blocked_bot_at TIMESTAMPTZ
) WITH (fillfactor = 80);

-- Stands in the books for a person; the link is cut when the person is erased.
CREATE TABLE "Account" (
    account_id BIGSERIAL PRIMARY KEY,
    user_id BIGINT UNIQUE REFERENCES "User" (user_id) ON DELETE SET NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE "Payment" (
    payment_id SERIAL PRIMARY KEY,
    user_id BIGINT REFERENCES "User" (user_id) ON DELETE SET NULL,
    date TIMESTAMPTZ NOT NULL DEFAULT now(),
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL DEFAULT 'XTR',
    tokens BIGINT NOT NULL CHECK (tokens > 0),
    charge_id TEXT UNIQUE
);
CREATE INDEX payment_of_user ON "Payment" (user_id, payment_id DESC);

-- Double entry: every movement of tokens leaves one account and enters another.
-- wallet:<account_id> and held:<account_id> are a person's; sales, revenue, bonus, debt, adjustment are the house's.
CREATE TABLE "LedgerEntry" (
    entry_id BIGSERIAL PRIMARY KEY,
    idempotency_key TEXT NOT NULL UNIQUE,
    debit_account TEXT NOT NULL,
    credit_account TEXT NOT NULL CHECK (credit_account <> debit_account),
    amount BIGINT NOT NULL CHECK (amount > 0),
    kind TEXT NOT NULL,
    account_id BIGINT REFERENCES "Account" (account_id),
    task_id UUID,
    payment_id INTEGER REFERENCES "Payment" (payment_id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ledger_entry_of_account ON "LedgerEntry" (account_id, entry_id DESC);

CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END
$$;
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON "LedgerEntry"
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER ledger_is_never_emptied BEFORE TRUNCATE ON "LedgerEntry"
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();

CREATE TABLE "ReferralInvite" (
    invite_id SERIAL PRIMARY KEY,
    referrer_id BIGINT NOT NULL REFERENCES "User" (user_id) ON DELETE CASCADE,
    referred_id BIGINT NOT NULL UNIQUE REFERENCES "User" (user_id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (referrer_id <> referred_id)
);
CREATE INDEX referral_invite_of_referrer ON "ReferralInvite" (referrer_id, invite_id DESC);

-- What the house gives and asks; changed by the owner, never by a deployment.
CREATE TABLE "Bonus" (
    kind TEXT PRIMARY KEY,
    tokens BIGINT NOT NULL CHECK (tokens >= 0)
);
CREATE TABLE "Price" (
    kind TEXT PRIMARY KEY,
    tokens BIGINT NOT NULL CHECK (tokens >= 0)
);
INSERT INTO "Bonus" (kind, tokens) VALUES ('welcome', 30);
INSERT INTO "Price" (kind, tokens) VALUES ('text_to_image', 5), ('image_to_image', 5);

-- migrate:down
DROP TABLE "Price";
DROP TABLE "Bonus";
DROP TABLE "ReferralInvite";
DROP TABLE "LedgerEntry";
DROP FUNCTION refuse_ledger_change;
DROP TABLE "Payment";
DROP TABLE "Account";
DROP TABLE "User";
DROP TABLE "Installation";
