"""People who have bought, and what the books say of them."""

from dataclasses import dataclass
from typing import Any

from arq import ArqRedis

from db.pool import Database
from repository.ledger import LedgerRepository
from repository.refunds import PaymentStanding, Refund, RefundRepository
from repository.users import User, UserRepository
from services.doorbell import Doorbell
from services.money.payments import Payments, Receipt
from services.money.refunds import Refunds
from tests.integration.money.conftest import Meet

WELCOME = 30
PRODUCT, STARS, TOKENS = "tokens_150", 200, 150


@dataclass
class Shop:
    """A cashier who gives back as well, over a real database."""

    db: Database
    payments: Payments
    refunds: Refunds
    meet: Meet

    async def bought(self, user_id: int = 7, charge: str = "charge-1") -> tuple[User, int]:
        """Somebody with 30 tokens of the welcome and 150 that they paid for; their payment."""
        person = await self.meet(user_id)
        to_send = await self.payments.invoice(person, PRODUCT)
        received = await self.payments.receive(user_id, Receipt(to_send.payload, "XTR", STARS, charge))
        assert received is not None
        return await self.person(user_id), received.payment_id

    async def person(self, user_id: int = 7) -> User:
        person = await UserRepository(self.db.reading).get_user(user_id)
        assert person is not None
        return person

    async def spend(self, tokens: int, user_id: int = 7) -> None:
        await UserRepository(self.db.reading).update_tokens(user_id, -tokens)

    async def balance(self, user_id: int = 7) -> tuple[int, int]:
        """Tokens left and owed."""
        person = await self.person(user_id)
        return person.tokens_left, person.tokens_owed

    async def refund_of(self, payment_id: int) -> Refund:
        refund_id = await self.db.reading.fetchval('SELECT refund_id FROM "Refund" WHERE payment_id = $1', payment_id)
        refund = await RefundRepository(self.db.reading).get(refund_id)
        assert refund is not None
        return refund

    async def standing_of(self, payment_id: int) -> PaymentStanding:
        standing = await RefundRepository(self.db.reading).get_standing(payment_id)
        assert standing is not None
        return standing

    async def told(self, kind: str, user_id: int = 7) -> list[dict[str, Any]]:
        """What the outbox has for a person, of one kind."""
        rows = await self.db.reading.fetch(
            'SELECT details FROM "Notification" WHERE user_id = $1 AND kind = $2 ORDER BY notification_id',
            user_id,
            kind,
        )
        return [row["details"] for row in rows]

    async def open_events(self) -> list[tuple[str, str]]:
        """What the admins have not done with."""
        rows = await self.db.reading.fetch('SELECT kind, subject FROM "AdminEvent" WHERE closed_at IS NULL')
        return [(row["kind"], row["subject"]) for row in rows]

    async def written(self, table: str) -> int:
        return int(await self.db.reading.fetchval(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - a name of a test

    async def age(self, payment_id: int, days: int) -> None:
        await self.db.reading.execute(
            """UPDATE "Payment" SET date = now() - $2 * interval '1 day' WHERE payment_id = $1""", payment_id, days
        )

    async def books_add_up(self) -> bool:
        return await LedgerRepository(self.db.reading).find_gaps() == []

    async def reward(self, payment_id: int, user_id: int, tokens: int, state: str) -> int:
        """Tokens that somebody earned by a payment; paid out where the state is vested."""
        reward_id: int = await self.db.reading.fetchval(
            """
            INSERT INTO "ReferralReward" (account_id, payment_id, kind, tokens, state, vests_at, closed_at)
            SELECT account_id, $1, 'share', $3, $4::text, now(), CASE WHEN $4 <> 'waiting' THEN now() END
            FROM "Account" WHERE user_id = $2 RETURNING reward_id
            """,
            payment_id,
            user_id,
            tokens,
            state,
        )
        if state == "vested":
            await LedgerRepository(self.db.reading).credit(
                user_id, tokens, source="bonus", kind="referral", key=f"reward:{reward_id}"
            )
        return reward_id

    async def state_of_reward(self, reward_id: int) -> str:
        state: str = await self.db.reading.fetchval(
            'SELECT state FROM "ReferralReward" WHERE reward_id = $1', reward_id
        )
        return state


def open_shop(database: Database, arq: ArqRedis, payments: Payments, meet: Meet) -> Shop:
    return Shop(database, payments, Refunds(database, Doorbell(arq, "test")), meet)
