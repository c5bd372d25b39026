"""What the admins are told: many events are one message, what is urgent comes first, and nothing is a flood."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.admin_news import PAUSE, AdminNewsTeller
from config.failpoints import Write
from db.pool import Database
from repository.admin_events import AdminEventRepository
from services.accounts import Accounts, Profile
from services.admin_news import URGENT, AdminNews
from services.reports import Reports
from tests.integration.conftest import Telegram
from tests.texts import TEXTS


@dataclass
class Newsroom:
    """The teller, its clock, and those whom it tells."""

    telegram: Telegram
    database: Database
    admin_ids: set[int] = field(default_factory=set)
    clock: float = 0.0
    now: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.database, "ru")
        self.teller = AdminNewsTeller(
            self.telegram.bot,
            AdminNews(self.database, self.admin_ids),
            Reports(self.database),
            self.accounts,
            TEXTS,
            lambda: self.clock,
            lambda: self.now,
        )

    async def admin(self, locale: str = "en", *, named: bool = False) -> int:
        user_id = await self.telegram.person("Olga", language_code=locale)
        await self.accounts.register(Profile(user_id, None, "Olga", None, locale))
        if named:
            self.admin_ids.add(user_id)
        else:
            await self.accounts.grant_admin(user_id)
        return user_id

    async def note(self, kind: str, subject: str = "s", **details: int | str) -> None:
        await AdminEventRepository(self.database.writing(Write.ADMIN_EVENT)).note(kind, subject, details)

    async def untold(self) -> int:
        return int(await self.database.reading.fetchval('SELECT count(*) FROM "AdminEvent" WHERE told_at IS NULL'))

    async def texts(self, user_id: int) -> list[str]:
        return [message["text"] for message in await self.telegram.messages(user_id)]


@pytest.fixture
async def room(telegram: Telegram, database: Database) -> Newsroom:
    return Newsroom(telegram, database)


async def test_ten_thousand_payments_are_one_line_of_one_message(room: Newsroom, database: Database) -> None:
    admin = await room.admin()
    await database.reading.execute(
        """
        INSERT INTO "AdminEvent" (kind, subject, details, closed_at)
        SELECT 'payment', 'payment ' || n, '{"amount": 200, "currency": "XTR", "tokens": 150}', now()
        FROM generate_series(1, 10000) AS n
        """
    )
    assert await room.teller.tell_news()
    [text] = await room.texts(admin)
    assert "10000 payments, 2,000,000 ⭐" in text.replace("10,000", "10000")
    assert await room.untold() == 0


async def test_ten_thousand_events_of_all_kinds_are_one_message_that_telegram_takes(
    room: Newsroom, database: Database
) -> None:
    admin = await room.admin()
    await database.reading.execute(
        """
        INSERT INTO "AdminEvent" (kind, subject, details)
        SELECT 'kind_' || n % 500, repeat('<&', 200) || n, '{}' FROM generate_series(1, 10000) AS n
        """
    )
    assert await room.teller.tell_news()
    assert len(await room.texts(admin)) == 1
    assert await room.untold() == 0


async def test_each_admin_is_told_in_their_language_by_right_or_by_name(room: Newsroom) -> None:
    english, russian = await room.admin("en"), await room.admin("ru", named=True)
    stranger = await room.telegram.person("Boris")
    await room.accounts.register(Profile(stranger, None, "Boris", None, "en"))
    await room.note("payment", amount=200, currency="XTR")
    await room.teller.tell_news()
    assert "1 payment, 200 ⭐" in (await room.texts(english))[-1]
    assert "1 платёж, 200 ⭐" in (await room.texts(russian))[-1]
    assert await room.texts(stranger) == []


async def test_a_minute_lies_between_two_messages_and_what_is_urgent_does_not_wait_for_it(room: Newsroom) -> None:
    admin = await room.admin()
    await room.note("payment", amount=75, currency="XTR")
    assert await room.teller.tell_news()
    room.clock += 5
    await room.note("payment", amount=75, currency="XTR")
    assert not await room.teller.tell_news()
    account = await room.database.reading.fetchval('SELECT account_id FROM "Account" WHERE user_id = $1', admin)
    await room.note("ledger_gap", f"account {account}", tokens=5)
    assert await room.teller.tell_news()
    latest = (await room.texts(admin))[-1]
    assert latest.index(f"/admin_unfreeze: {admin}") < latest.index("1 payment")
    room.clock += 5
    await room.note("ledger_gap", "account 8", tokens=5)
    assert not await room.teller.tell_news(), "a flood of gaps is no flood of messages"
    room.clock += PAUSE
    assert await room.teller.tell_news()
    assert len(await room.texts(admin)) == 3


async def test_what_could_be_told_to_nobody_yet_is_told_later(room: Newsroom) -> None:
    admin = await room.admin()
    await room.note("payment", amount=75, currency="XTR")
    await room.telegram.fault(method="sendMessage", error_code=502, times=1)
    assert not await room.teller.tell_news()
    assert await room.untold() == 1
    assert await room.teller.tell_news()
    assert len(await room.texts(admin)) == 1


async def test_an_admin_who_blocked_the_bot_holds_nobody_up(room: Newsroom, database: Database) -> None:
    gone, there = await room.admin(), await room.admin()
    await room.telegram.block(gone)
    await room.note("payment", amount=75, currency="XTR")
    assert await room.teller.tell_news()
    assert len(await room.texts(there)) == 1
    blocked = await database.reading.fetchval('SELECT blocked_bot_at FROM "User" WHERE user_id = $1', gone)
    assert blocked is not None


async def test_where_there_is_no_admin_nothing_piles_up(room: Newsroom) -> None:
    await room.note("payment", amount=75, currency="XTR")
    await room.teller.tell_news()
    assert await room.untold() == 0


async def test_an_event_that_is_committed_late_is_told_although_its_number_is_smaller(
    room: Newsroom, database: Database
) -> None:
    admin = await room.admin()
    async with database.transaction(Write.ADMIN_EVENT) as tx:
        await AdminEventRepository(tx).note("payment", "early", {"amount": 75, "currency": "XTR"})
        await room.note("payment", "late", amount=80, currency="XTR")
        assert await room.teller.tell_news()
    room.clock += PAUSE
    assert await room.teller.tell_news()
    assert ["80 ⭐" in text for text in await room.texts(admin)] == [True, False]


@pytest.mark.parametrize("locale", ["en", "ru"])
async def test_every_urgent_kind_has_its_sentence_and_an_unknown_one_is_called_by_its_name(
    room: Newsroom, locale: str
) -> None:
    admin = await room.admin(locale)
    for number, kind in enumerate([*URGENT, "something_new"]):
        await room.note(kind, f"account {number}", amount=75, currency="XTR", tokens=5)
    await room.teller.tell_news()
    [text] = await room.texts(admin)
    assert "something_new" in text
    assert not [kind for kind in URGENT if f"{kind}:" in text]


async def test_a_day_is_reported_once_to_each_admin(room: Newsroom, database: Database) -> None:
    await database.reading.execute("""UPDATE "Installation" SET created_at = '2026-11-01'""")
    first = await room.admin()
    assert await room.teller.tell_report()
    second = await room.admin()
    for _ in range(3):
        room.clock += PAUSE
        assert not await room.teller.tell_report()
    assert ["2026-11-20" in text for text in await room.texts(first)] == [True]
    room.now += timedelta(days=1)
    room.clock += PAUSE
    assert await room.teller.tell_report()
    assert len(await room.texts(first)) == 2
    assert ["2026-11-21" in text for text in await room.texts(second)] == [True]


async def test_who_has_a_report_does_not_get_it_again_because_telegram_failed_for_somebody_else(
    room: Newsroom, database: Database
) -> None:
    await database.reading.execute("""UPDATE "Installation" SET created_at = '2026-11-01'""")
    admins = [await room.admin(), await room.admin()]
    await room.telegram.fault(method="sendMessage", error_code=502, times=1)
    assert await room.teller.tell_report()
    room.clock += PAUSE
    assert await room.teller.tell_report()
    assert [len(await room.texts(admin)) for admin in admins] == [1, 1]


async def test_nothing_is_reported_from_before_the_installation(room: Newsroom) -> None:
    await room.admin()
    assert not await room.teller.tell_report()
