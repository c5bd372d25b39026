"""The admins' commands, and the silence that everybody else meets."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.bot.conftest import Chat, Front

COMMANDS = ("/admin_report", "/admin_payments", "/admin_payments 2026-11", "/admin_unfreeze 7", "/admin_unfreeze")


@pytest.fixture
async def admin(front: Front) -> Chat:
    chat = await front.meet("Olga")
    await front.house.accounts.grant_admin(chat.id)
    return chat


@pytest.mark.parametrize("command", COMMANDS)
async def test_whoever_is_no_admin_hears_nothing(anna: Chat, command: str) -> None:
    before = await anna.messages()
    await anna.writes(command)
    after = await anna.from_bot()
    assert after == [message for message in before if message["from"] == "bot"]


@pytest.mark.parametrize(
    "command", ["/admin_report", "/admin_cases", "/admin_promo", "/admin_clear_referrals", "/admin_x"]
)
async def test_whom_the_settings_name_is_an_admin_to_every_command(front: Front, anna: Chat, command: str) -> None:
    before = await anna.from_bot()
    front.dispatcher["admin_ids"] = frozenset({anna.id})
    await anna.writes(command)
    assert await anna.from_bot() != before


async def test_a_report_is_shown_for_a_day(admin: Chat) -> None:
    today = datetime.now(UTC).date()
    await admin.writes(f"/admin_report {today}")
    assert str(today) in await admin.text()
    assert "New people: 1" in (await admin.text()).replace("<b>", "").replace("</b>", "")
    await admin.writes(f"/admin_report {today - timedelta(days=400)}")
    assert "no report" in await admin.text()
    await admin.writes("/admin_report yesterday")
    assert "/admin_report 2026-11-20" in await admin.text()


async def test_payments_come_as_a_file(admin: Chat, front: Front) -> None:
    await admin.writes("/admin_payments 2020-01")
    assert "No payments" in await admin.text()
    await admin.writes("/admin_payments never")
    assert "/admin_payments 2026-11" in await admin.text()
    await front.house.db.reading.execute('INSERT INTO "Payment" (amount, tokens) VALUES (75, 50)')
    await admin.writes("/admin_payments")
    [sent] = await front.calls("sendDocument")
    assert sent["answer"]["ok"]
    document = sent["answer"]["result"]["document"]
    assert document["file_name"] == "payments-all-1.csv"
    assert document["file_size"] > 100


async def test_a_frozen_person_is_let_go_by_hand(admin: Chat, anna: Chat, front: Front) -> None:
    await front.house.db.reading.execute(
        'UPDATE "User" SET frozen_at = now(), tokens_left = tokens_left + 1 WHERE user_id = $1', anna.id
    )
    await admin.writes(f"/admin_unfreeze {anna.id}")
    assert "stay frozen" in await admin.text()
    await front.house.db.reading.execute('UPDATE "User" SET tokens_left = tokens_left - 1 WHERE user_id = $1', anna.id)
    await admin.writes(f"/admin_unfreeze {anna.id}")
    assert "Done" in await admin.text()
    assert (await anna.person()).frozen_at is None
    for words, answer in ((str(anna.id), "not frozen"), ("99", "do not know"), ("Anna", "Like this"), ("", "Like")):
        await admin.writes(f"/admin_unfreeze {words}")
        assert answer in await admin.text()
