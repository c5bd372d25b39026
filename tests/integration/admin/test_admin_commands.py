"""Whoever becomes an admin sees the admins' commands, in their language, and loses them with the right."""

from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from bot.admin_commands import REFUSED_PAUSE, AdminCommands
from db.pool import Database
from services.accounts import Accounts, Profile
from services.admin_news import AdminNews
from tests.integration.conftest import Telegram
from tests.texts import TEXTS


@dataclass
class Office:
    """Who sets the lists, and its clock."""

    telegram: Telegram
    database: Database
    redis: Redis
    admin_ids: tuple[int, ...] = ()
    clock: float = 1.0

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.database, "ru")
        self.starts_again()

    def starts_again(self) -> None:
        """Be another process."""
        self.commands = AdminCommands(
            *(self.telegram.bot, AdminNews(self.database, self.admin_ids), self.accounts, TEXTS),
            *(self.redis, "test", lambda: self.clock),
        )

    async def meets(self, language_code: str = "en") -> int:
        person_id = await self.telegram.person()
        await self.accounts.register(Profile(person_id, None, "Anna", None, language_code))
        return person_id

    async def listed(self, person_id: int) -> dict[str, str]:
        """The commands of a chat's own list."""
        answer = await self.telegram.http.post(
            f"/bot{self.telegram.bot.token}/getMyCommands", json={"scope": {"type": "chat", "chat_id": person_id}}
        )
        return {command["command"]: command["description"] for command in answer.json()["result"]}

    async def demotes(self, person_id: int) -> None:
        await self.database.reading.execute("""UPDATE "User" SET is_admin = FALSE WHERE user_id = $1""", person_id)


@pytest.fixture
def office(telegram: Telegram, database: Database, arq: Redis) -> Office:
    return Office(telegram, database, arq)


async def test_who_becomes_an_admin_sees_their_commands_in_their_language(office: Office) -> None:
    anna, masha, ben = await office.meets("en"), await office.meets("ru"), await office.meets("en")
    await office.commands.look()
    assert await office.listed(anna) == {}
    await office.accounts.grant_admin(anna)
    await office.accounts.grant_admin(masha)
    await office.commands.look()
    assert (await office.listed(anna))["admin_report"] == "Admin: report of a day"
    assert (await office.listed(masha))["admin_report"] == "Админу: отчёт за день"
    assert (await office.listed(anna))["start"] == "Main menu"
    assert await office.listed(ben) == {}


async def test_who_stands_in_the_settings_has_them_from_the_start(office: Office) -> None:
    anna = await office.meets()
    office.admin_ids = (anna,)
    office.starts_again()
    await office.commands.look()
    assert "admin_promo" in await office.listed(anna)


@pytest.mark.parametrize("restarted", [False, True])
async def test_who_is_no_admin_any_more_loses_them(office: Office, restarted: bool) -> None:
    anna = await office.meets()
    await office.accounts.grant_admin(anna)
    await office.commands.look()
    await office.demotes(anna)
    if restarted:
        office.starts_again()
    await office.commands.look()
    listed = await office.listed(anna)
    assert "start" in listed
    assert not [command for command in listed if command.startswith("admin")]
    assert await office.redis.keys("test:admin-commands:*") == []


async def test_another_language_is_followed_and_nothing_is_sent_twice(office: Office) -> None:
    anna = await office.meets()
    await office.accounts.grant_admin(anna)
    for _ in range(3):
        await office.commands.look()
    assert len(await office.telegram.calls("setMyCommands")) == 1
    await office.accounts.set_locale(anna, "ru")
    await office.commands.look()
    assert (await office.listed(anna))["admin_cases"] == "Админу: возвраты, которые ждут решения"


async def test_an_admin_whose_chat_telegram_does_not_know_holds_nobody_up_and_is_tried_again(office: Office) -> None:
    anna = await office.meets()
    await office.accounts.grant_admin(4040)
    await office.accounts.grant_admin(anna)
    await office.commands.look()
    await office.commands.look()
    assert "admin_report" in await office.listed(anna)
    assert len(await office.telegram.calls("setMyCommands")) == 2
    office.clock += REFUSED_PAUSE
    await office.commands.look()
    assert len(await office.telegram.calls("setMyCommands")) == 3
