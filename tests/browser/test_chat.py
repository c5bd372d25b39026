"""The chat itself: what the bot sends is shown, what the person does reaches the bot."""

from collections.abc import Awaitable, Callable

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Sandbox

pytestmark = pytest.mark.long
OpenChat = Callable[[int], Awaitable[Page]]


async def test_a_first_visit_makes_a_person_and_start_reaches_the_bot(page: Page, sandbox: Sandbox) -> None:
    await sandbox.bot("setMyDescription", description="Photos of you in any style.")
    await page.goto(sandbox.url)
    await page.sees(".welcome", "Photos of you in any style.")
    await page.click(".start", "Start")
    assert (await sandbox.bot.update("message"))["text"] == "/start"
    await page.sees(".message.user", "/start")
    await page.until("document.activeElement.tagName === 'TEXTAREA'")
