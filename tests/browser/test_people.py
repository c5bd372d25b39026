"""Several people beside one bot, each in a chat and a language of their own."""

from collections.abc import Awaitable, Callable

import pytest

from tests.browser.chromium import Browser, Page
from tests.browser.conftest import Sandbox

pytestmark = pytest.mark.long
OpenChat = Callable[[int], Awaitable[Page]]


async def test_a_new_person_comes_with_a_language_and_an_own_chat(sandbox: Sandbox, open_chat: OpenChat) -> None:
    await sandbox.bot("setMyDescription", description="Send a selfie.")
    await sandbox.bot("setMyDescription", description="Пришлите селфи.", language_code="ru")
    page = await open_chat(await sandbox.reader())
    await page.click(".people .add")
    await page.type("Макс")
    await page.js("document.querySelector('dialog [name=language_code]').value = 'ru'")
    await page.click("dialog .main", "Create")
    await page.sees(".person[aria-current]", "Макс")
    await page.sees(".welcome", "Пришлите селфи.")
    await page.click(".start")
    assert (await sandbox.bot.update("message"))["from"]["language_code"] == "ru"


async def test_who_is_not_looked_at_gets_a_count_of_unread(sandbox: Sandbox, open_chat: OpenChat) -> None:
    anna, max_ = await sandbox.reader(), await sandbox.reader("Max")
    page = await open_chat(anna)
    await sandbox.bot("sendMessage", chat_id=max_, text="Your portrait is ready")
    await sandbox.bot("sendMessage", chat_id=max_, text="One more?")
    row = f".person[data-id='{max_}']"
    await page.sees(f"{row} .unread", "2")
    await page.sees(row, "One more?")
    await page.click(row)
    await page.sees(".message.bot", "One more?")
    await page.misses(f"{row} .unread")


async def test_a_begun_text_waits_for_who_began_it(sandbox: Sandbox, open_chat: OpenChat) -> None:
    anna, max_ = await sandbox.reader(), await sandbox.reader("Max")
    page = await open_chat(anna)
    await page.sees(".message.user", "/start")
    await page.type("half a thou")
    await page.click(f".person[data-id='{max_}']")
    await page.sees(f".person[data-id='{anna}']", "Draft: half a thou")
    await page.until("document.querySelector('textarea').value === ''")
    await page.click(f".person[data-id='{anna}']")
    await page.until("document.querySelector('textarea').value === 'half a thou'")


async def test_two_people_write_side_by_side(sandbox: Sandbox, browser: Browser, open_chat: OpenChat) -> None:
    anna, max_ = await sandbox.reader(), await sandbox.reader("Max")
    first = await open_chat(anna)
    second = await browser.page("ru-RU")
    await second.goto(f"{sandbox.url}/#{max_}")
    await second.sees(".people h1", "Люди")
    await sandbox.bot("sendMessage", chat_id=anna, text="for Anna")
    await sandbox.bot("sendMessage", chat_id=max_, text="for Max")
    await first.sees(".message.bot", "for Anna")
    await second.sees(".message.bot", "for Max")
    await first.misses(".message.bot", "for Max")
    await second.misses(".message.bot", "for Anna")
    assert second.problems == []
    await second.close()


async def test_a_restarted_page_shows_the_chat_that_was_open(sandbox: Sandbox, open_chat: OpenChat) -> None:
    anna = await sandbox.reader()
    await sandbox.reader("Max")
    page = await open_chat(anna)
    await page.sees(".message.user", "/start")
    await page.goto("about:blank")
    await page.goto(sandbox.url)
    await page.sees(".person[aria-current]", "Anna")
