"""What must hold of the books at any moment, whatever happened before: read in one statement, one snapshot."""

from typing import Any

from db.pool import Executor

_WRONG = """
WITH movement AS (
    SELECT e.*, side.account, side.tokens FROM "LedgerEntry" e, LATERAL (
        VALUES (e.credit_account, e.amount), (e.debit_account, -e.amount)
    ) AS side (account, tokens)
), paid_back AS (
    SELECT payment_id, sum(CASE kind WHEN 'refund_returned' THEN -amount ELSE amount END) AS tokens
    FROM "LedgerEntry"
    WHERE kind IN ('refund', 'refund_debt', 'refund_returned') AND idempotency_key NOT LIKE '%reward:%'
    GROUP BY payment_id
)
SELECT 'the sum of all accounts is not zero' AS wrong, sum(tokens)::text AS about FROM movement HAVING sum(tokens) <> 0
UNION ALL
SELECT 'a balance is below zero', user_id::text FROM "User"
WHERE least(tokens_left, tokens_held, tokens_spent, tokens_owed) < 0
UNION ALL
SELECT 'an account holds less than nothing', account FROM movement
WHERE account LIKE 'wallet:%' OR account LIKE 'held:%' GROUP BY account HAVING sum(tokens) < 0
UNION ALL
SELECT 'a balance is not what the ledger says', u.user_id::text
FROM "User" u JOIN "Account" a USING (user_id), LATERAL (
    SELECT coalesce(sum(tokens) FILTER (WHERE account LIKE 'wallet:%'), 0) AS wallet,
           coalesce(sum(tokens) FILTER (WHERE account LIKE 'held:%'), 0) AS held,
           coalesce(-sum(tokens) FILTER (WHERE account = 'debt'), 0) AS owed,
           coalesce(sum(tokens) FILTER (WHERE account = 'sales'), 0) AS spent
    FROM movement m WHERE m.account_id = a.account_id
) AS ledger
WHERE (u.tokens_left, u.tokens_held, u.tokens_owed, u.tokens_spent)
      <> (ledger.wallet, ledger.held, ledger.owed, ledger.spent)
UNION ALL
SELECT 'a hold is not settled once', h.task_id::text FROM "Hold" h, LATERAL (
    SELECT count(*) FILTER (WHERE kind = 'hold') AS holds, count(*) FILTER (WHERE kind = 'capture') AS captures,
           count(*) FILTER (WHERE kind = 'release') AS releases,
           coalesce(sum(amount) FILTER (WHERE kind <> 'hold'), 0) AS settled
    FROM "LedgerEntry" e WHERE e.task_id = h.task_id
) AS seen
WHERE (seen.holds, seen.settled) <> (1, CASE WHEN h.settled_at IS NULL THEN 0 ELSE h.tokens END)
   OR seen.captures > 1 OR seen.releases > 1
UNION ALL
SELECT 'a payment is not credited once', p.payment_id::text FROM "Payment" p, LATERAL (
    SELECT count(*) AS entries, coalesce(sum(amount), 0) AS tokens FROM "LedgerEntry" e
    WHERE e.payment_id = p.payment_id AND e.kind = 'payment'
) AS credited
WHERE (credited.entries, credited.tokens) <> (1, p.tokens)
UNION ALL
SELECT 'what went back of a payment is not what it brought', p.payment_id::text
FROM "Payment" p LEFT JOIN "Refund" r USING (payment_id) LEFT JOIN paid_back b USING (payment_id)
WHERE coalesce(b.tokens, 0) <> CASE
          WHEN r.state IN ('sending', 'done') THEN r.tokens_taken + r.tokens_owed
          -- Refused when its payer was erased already: there is no wallet to which the tokens could return.
          WHEN r.state = 'failed' AND p.user_id IS NULL AND b.tokens > 0 THEN r.tokens_taken + r.tokens_owed
          ELSE 0 END
   OR (r.state IN ('sending', 'done')) IS TRUE <> (p.refunded_at IS NOT NULL)
   OR (p.user_id IS NOT NULL AND r.state IN ('sending', 'done') AND r.tokens_taken + r.tokens_owed <> p.tokens)
UNION ALL
SELECT 'a closed refund still names somebody', refund_id::text FROM "Refund"
WHERE closed_at IS NOT NULL AND (user_id IS NOT NULL OR charge_id IS NOT NULL)
UNION ALL
SELECT 'a reward is not credited as it should', w.reward_id::text FROM "ReferralReward" w, LATERAL (
    SELECT count(*) AS entries, coalesce(sum(amount), 0) AS tokens FROM "LedgerEntry"
    WHERE idempotency_key IN ('reward:' || w.reward_id,
                              CASE w.kind WHEN 'invited' THEN 'invited:account:' || w.account_id END)
) AS credited
WHERE CASE w.state WHEN 'vested' THEN (credited.entries, credited.tokens) <> (1, w.tokens)
                   WHEN 'waiting' THEN credited.entries <> 0 ELSE credited.entries > 1 END
UNION ALL
SELECT 'a reward outlives its payment', w.reward_id::text FROM "ReferralReward" w JOIN "Refund" r USING (payment_id)
WHERE (r.state = 'done' AND w.state <> 'cancelled') OR (r.state = 'sending' AND w.state = 'waiting')
UNION ALL
SELECT 'a promo code was used more often than it may', p.code FROM "PromoCode" p
WHERE p.uses_left < 0
UNION ALL
SELECT 'a message for one task or payment came twice', min(notification_id)::text FROM "Notification"
WHERE kind = 'payment_credited' GROUP BY details ->> 'payment_id'
HAVING count(*) > 1 AND details ->> 'payment_id' IS NOT NULL
"""


async def what_is_wrong(sql: Executor) -> list[str]:
    """Everything in the books that must not be; empty where they add up."""
    return [f"{row['wrong']}: {row['about']}" for row in await sql.fetch(_WRONG)]


async def who_is_named(sql: Executor, words: list[str]) -> list[str]:
    """The tables and columns in which one of these words stands, in whatever type: as a whole value, or within it."""
    columns = await sql.fetch(
        """
        SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t
               USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
        """
    )
    found: list[str] = []
    for column in columns:
        table, name = column["table_name"], column["column_name"]
        count: Any = await sql.fetchval(
            f'SELECT count(*) FROM "{table}" WHERE "{name}"::text ~ ANY($1)',  # noqa: S608 - names from the catalogue
            [rf"(^|[^0-9A-Za-z]){word}($|[^0-9A-Za-z])" for word in words],
        )
        if count:
            found.append(f"{table}.{name}")
    return found
