"""`/referral` in the chat: the link works, the numbers are the owner's, both languages are whole."""

import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from bot.features.referral.qr import draw_qr
from tests.integration.bot.conftest import Chat, Front

pytestmark = pytest.mark.asyncio


async def link_of(chat: Chat) -> str:
    """The link that the screen shows, as a person presses it."""
    (entity,) = [one for one in (await chat.last())["entities"] if one["type"] == "text_link"]
    return str(entity["url"])


async def buttons(chat: Chat) -> list[dict[str, Any]]:
    return [button for row in (await chat.last())["buttons"] for button in row]


async def follow(front: Front, link: str, first_name: str, language_code: str = "en") -> Chat:
    friend = await front.meet(first_name, language_code, start=None)
    await front.act(friend.id, "open", json={"link": link})
    return friend


async def test_a_friend_who_follows_the_link_is_welcomed_with_the_bonus(front: Front, anna: Chat) -> None:
    await anna.writes("/referral")
    ben = await follow(front, await link_of(anna), "Ben")
    assert "40 tokens" in await ben.text()
    assert "You were invited, so your gift is 10 tokens larger." in await ben.text()
    assert (await ben.person()).tokens_left == 40
    await anna.writes("/referral")
    assert "Came by your link: 1, bought tokens: 0" in await anna.text()


async def test_the_screen_names_what_both_sides_get_and_when(front: Front, anna: Chat) -> None:
    await anna.presses("Invite friends")
    text = await anna.text()
    for words in ("10 tokens at once", "20 tokens for their first purchase", "10% of the tokens", "14 days after"):
        assert words in text
    assert (await anna.last())["photo"]
    await anna.presses("Menu")
    assert "You have 30 tokens" in await anna.text()


async def test_the_screen_speaks_russian(front: Front) -> None:
    masha = await front.meet("Маша", "ru")
    await masha.presses("Пригласить друзей")
    text = await masha.text()
    for words in ("Пригласите друзей", "10 токенов сверх приветственных", "20 токенов", "через 14 дней после покупки"):
        assert words in text
    friend = await follow(front, await link_of(masha), "Олег", "ru")
    assert "Вас пригласили, поэтому в подарке на 10 токенов больше." in await friend.text()


async def test_the_numbers_are_those_of_the_database(front: Front, anna: Chat) -> None:
    await front.house.db.reading.execute("""UPDATE "Bonus" SET tokens = 0 WHERE kind = 'referral_inviter'""")
    await front.house.db.reading.execute("""UPDATE "Bonus" SET tokens = 1 WHERE kind = 'referral_invited'""")
    await anna.writes("/referral")
    assert "1 token at once" in await anna.text()
    assert "first purchase" not in await anna.text()


async def test_the_link_can_be_shared_and_copied(front: Front, anna: Chat) -> None:
    await anna.writes("/referral")
    link = await link_of(anna)
    share, copy, *_ = await buttons(anna)
    assert share["url"].startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2F")
    assert copy["copy"] == link


async def test_what_waits_is_shown_with_its_day_and_what_is_looked_at_without(front: Front, anna: Chat) -> None:
    await anna.writes("/referral")
    await follow(front, await link_of(anna), "Ben")
    cat = await follow(front, await link_of(anna), "Cat")
    db = front.house.db.reading
    for position, (days, tokens) in enumerate([(3, 5), (4, 1), (5, 2), (6, 3), (7, 4), (8, 5)]):
        await db.execute(
            """
            INSERT INTO "ReferralReward" (account_id, kind, tokens, vests_at)
            SELECT account_id, 'share', $2, TIMESTAMPTZ '2027-03-01 12:00Z' + make_interval(days => $3::integer)
            FROM "Account" WHERE user_id = $1
            """,
            anna.id,
            tokens,
            days,
        )
        assert position < 6
    await db.execute('UPDATE "ReferralInvite" SET flagged_at = now() WHERE referred_id = $1', cat.id)
    await db.execute(
        """
        INSERT INTO "ReferralReward" (account_id, invite_id, kind, tokens, vests_at)
        SELECT account_id, invite_id, 'inviter', 20, now() FROM "ReferralInvite"
        JOIN "Account" ON user_id = referrer_id WHERE referred_id = $1
        """,
        cat.id,
    )
    await anna.writes("/referral")
    text = await anna.text()
    for words in ("March 4, 2027 — 5 tokens", "March 5, 2027 — 1 token", "later — 9 more tokens", "Being checked: 20"):
        assert words in text
    assert len(text) < 1024


async def test_only_admins_clear_an_account(front: Front, anna: Chat) -> None:
    before = await anna.from_bot()
    await anna.writes("/admin_clear_referrals 1")
    assert await anna.from_bot() == before
    await front.house.accounts.grant_admin(anna.id)
    for wrong in ("", " x", " 9999999999999999999999", " -1"):
        await anna.writes(f"/admin_clear_referrals{wrong}")
        assert "ACCOUNT" in await anna.text()
    await anna.writes("/admin_clear_referrals 1")
    assert "Nothing of this account" in await anna.text()


@pytest.mark.parametrize("username", ["a_bot", "a_bot_with_the_longest_name_bot"])
async def test_a_camera_reads_the_code(username: str) -> None:
    link = f"https://t.me/{username}?start=ref_0123ABCD"
    picture = np.array(Image.open(io.BytesIO(draw_qr(link))).convert("L"))
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert read == link
