"""A day of the house in figures, counted once and kept."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from repository.base import Repository, only


class DailyReportRepository(Repository):
    """The tables "DailyReport" and "DailyReportTold", and the counting over everything."""

    async def get(self, day: date) -> Mapping[str, Any] | None:
        """The figures of a day as they were counted, or None."""
        content: Mapping[str, Any] | None = await self._sql.fetchval(
            """SELECT content FROM "DailyReport" WHERE day = $1""", day
        )
        return content

    async def add(self, day: date, content: Mapping[str, Any]) -> None:
        """Keep the figures of a day, once: those that stand stay."""
        await self._sql.execute(
            """INSERT INTO "DailyReport" (day, content) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING""",
            day,
            dict(content),
        )

    async def is_told(self, day: date) -> bool:
        """Whether everybody who was to be told has the report."""
        return bool(
            await self._sql.fetchval(
                """SELECT EXISTS (SELECT FROM "DailyReport" WHERE day = $1 AND told_at IS NOT NULL)""", day
            )
        )

    async def get_told(self, day: date) -> set[int]:
        """Who has the report."""
        rows = await self._sql.fetch(
            """
            SELECT t.user_id FROM "User" u JOIN "DailyReportTold" t ON t.user_id = u.user_id AND t.day = $1
            """,
            day,
        )
        return {row["user_id"] for row in rows}

    async def mark_told(self, day: date, user_id: int) -> None:
        """Somebody has it."""
        await self._sql.execute(
            """
            INSERT INTO "DailyReportTold" (user_id, day) SELECT user_id, $1 FROM "User" WHERE user_id = $2
            ON CONFLICT DO NOTHING
            """,
            day,
            user_id,
        )

    async def close(self, day: date) -> None:
        """Everybody has it."""
        await self._sql.execute("""UPDATE "DailyReport" SET told_at = now() WHERE day = $1 AND told_at IS NULL""", day)

    async def get_first_day(self) -> date:
        """The day of the installation (UTC)."""
        day: date = only(
            await self._sql.fetchval("""SELECT (created_at AT TIME ZONE 'UTC')::date FROM "Installation" """)
        )
        return day

    async def count(self, begins: datetime, ends: datetime) -> Mapping[str, Any]:
        """The figures between two moments, and how the house stands now. One statement, so one snapshot.

        Whoever is erased by then is not counted, but for what their payments brought.
        """
        row = await self._sql.fetchrow(
            """
            WITH new_people AS (
                SELECT count(*) AS people FROM "User" WHERE activation_date >= $1 AND activation_date < $2
            ), active AS (
                SELECT user_id FROM "Task" WHERE created_at >= $1 AND created_at < $2
                UNION
                SELECT user_id FROM "Payment" WHERE date >= $1 AND date < $2 AND user_id IS NOT NULL
            ), ended AS (
                SELECT status, count(*) AS tasks,
                       coalesce(sum(units_made) FILTER (WHERE kind <> 'train'), 0) AS pictures
                FROM "Task"
                WHERE finished_at >= $1 AND finished_at < $2 GROUP BY status
            ), paid AS (
                SELECT currency, count(*) AS payments, sum(amount)::bigint AS amount FROM "Payment"
                WHERE date >= $1 AND date < $2 GROUP BY currency
            ), refunded AS (
                SELECT currency, count(*) AS payments, sum(amount)::bigint AS amount FROM "Payment"
                WHERE refunded_at >= $1 AND refunded_at < $2 GROUP BY currency
            ), moved AS (
                SELECT coalesce(sum(amount) FILTER (WHERE kind = 'payment'), 0)::bigint AS sold,
                       coalesce(sum(amount) FILTER (WHERE kind = 'capture'), 0)::bigint AS spent,
                       coalesce(sum(amount) FILTER (WHERE debit_account = 'bonus'), 0)::bigint AS given,
                       coalesce(sum(CASE kind WHEN 'refund_returned' THEN -amount ELSE amount END)
                                FILTER (WHERE kind IN ('refund', 'refund_debt', 'refund_returned')), 0)::bigint
                           AS taken_back
                FROM "LedgerEntry" WHERE created_at >= $1 AND created_at < $2
            ), margin AS (
                SELECT coalesce(sum(cost_microusd), 0)::bigint AS cost,
                       coalesce(sum(margin_microusd), 0)::bigint AS margin
                FROM "TaskMargin" WHERE finished_at >= $1 AND finished_at < $2
            ), waited AS (
                SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
                    ORDER BY extract(epoch FROM started_at - created_at)::float8) AS seconds
                FROM "Task" WHERE created_at >= $1 AND created_at < $2 AND started_at IS NOT NULL
            ), queue AS (
                SELECT count(*) AS tasks, coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS oldest
                FROM "Task" WHERE status = 'queued'
            )
            SELECT (SELECT people FROM new_people) AS new_people,
                   (SELECT count(*) FROM active) AS active_people,
                   (SELECT coalesce(jsonb_object_agg(status, tasks), '{}') FROM ended) AS orders,
                   (SELECT coalesce(sum(pictures), 0)::bigint FROM ended) AS pictures,
                   (SELECT coalesce(sum(payments), 0)::bigint FROM paid) AS payments,
                   (SELECT coalesce(jsonb_object_agg(currency, amount), '{}') FROM paid) AS received,
                   (SELECT coalesce(sum(payments), 0)::bigint FROM refunded) AS refunds,
                   (SELECT coalesce(jsonb_object_agg(currency, amount), '{}') FROM refunded) AS given_back,
                   moved.sold AS tokens_sold, moved.spent AS tokens_spent, moved.given AS tokens_given,
                   moved.taken_back AS tokens_taken_back,
                   margin.cost AS cost_microusd, margin.margin AS margin_microusd,
                   coalesce((SELECT seconds[1] FROM waited), 0) AS usual_wait_seconds,
                   coalesce((SELECT seconds[2] FROM waited), 0) AS longest_wait_seconds,
                   queue.tasks AS tasks_waiting, greatest(queue.oldest, 0) AS oldest_waiting_seconds,
                   (SELECT coalesce(sum(gaps), 0)::bigint FROM "Reconciliation") AS gaps,
                   (SELECT count(*) FROM "User" WHERE frozen_at IS NOT NULL) AS frozen_people,
                   (SELECT count(*) FROM "Refund" WHERE state = 'case') AS refund_cases
            FROM moved, margin, queue
            """,
            begins,
            ends,
        )
        return dict(only(row))
