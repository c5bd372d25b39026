"""Reading: the newest stays in sight, and nothing moves under the eyes of who reads above."""

from collections.abc import Awaitable, Callable

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Sandbox

pytestmark = pytest.mark.long
OpenChat = Callable[[int], Awaitable[Page]]
AT_END = "(s => s.scrollHeight - s.scrollTop - s.clientHeight < 2)(document.getElementById('scroller'))"


async def _talk(sandbox: Sandbox, person: int, count: int) -> None:
    """Fill a chat; the person talks, whom no flood control holds back."""
    for number in range(count):
        await sandbox.writes(person, f"message {number} " + "word " * (number % 30))


async def test_a_chat_opens_at_its_end_and_stays_there(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    await _talk(sandbox, person, 40)
    page = await open_chat(person)
    await page.sees(".message.user", "message 39")
    await page.until(AT_END)
    await sandbox.bot("sendMessage", chat_id=person, text="the newest")
    await page.sees(".message.bot", "the newest")
    await page.until(AT_END)


async def test_what_arrives_below_does_not_move_what_is_read(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    await _talk(sandbox, person, 40)
    page = await open_chat(person)
    await page.until(AT_END)
    await page.js("document.getElementById('scroller').scrollTop = 600")
    await page.sees(".to-bottom")
    where = "[...document.querySelectorAll('.message')].find(n => n.getBoundingClientRect().top > 80)"
    before = await page.js(f"window.read = {where}, window.read.getBoundingClientRect().top")
    await sandbox.bot("sendMessage", chat_id=person, text="arrives below")
    await page.sees(".to-bottom .unread", "1")
    assert await page.js("window.read.isConnected")
    assert abs(await page.js("window.read.getBoundingClientRect().top") - before) <= 1
    await page.click(".to-bottom")
    await page.until(AT_END)
    await page.sees(".message.bot", "arrives below")


async def test_a_long_chat_draws_its_older_rows_when_they_are_wanted(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    await _talk(sandbox, person, 180)
    page = await open_chat(person)
    await page.until(AT_END)
    assert await page.js("document.querySelectorAll('.message').length") < 100
    for _ in range(6):
        await page.js("document.getElementById('scroller').scrollTop = 0")
        await page.js("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    await page.until("document.querySelectorAll('.message').length === 181")


async def test_a_keyboard_of_the_bot_does_not_hide_the_newest_message(sandbox: Sandbox, open_chat: OpenChat) -> None:
    anna, max_ = await sandbox.reader(), await sandbox.reader("Max")
    await _talk(sandbox, anna, 30)
    page = await open_chat(anna)
    await page.until(AT_END)
    await page.click(f".person[data-id='{max_}']")
    await page.sees(f".person[aria-current][data-id='{max_}']")
    keyboard = {"keyboard": [[{"text": "Yes"}], [{"text": "No"}], [{"text": "Later"}]]}
    await sandbox.bot("sendMessage", chat_id=anna, text="Sure?", reply_markup=keyboard)
    await page.sees(f".person[data-id='{anna}']", "Sure?")
    await page.click(f".person[data-id='{anna}']")
    await page.sees(".own-keyboard button", "Later")
    await page.until(AT_END)
    await page.sees(".unread-bar", "Unread messages")
