"""The developer's drawer: calls as they come, what waits, faults to inject, the person's account."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Sandbox

pytestmark = pytest.mark.long
OpenChat = Callable[[int], Awaitable[Page]]


async def test_calls_appear_as_they_come_and_open(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.click("#header .tools")
    await page.sees("#drawer")
    await sandbox.bot("sendMessage", chat_id=person, text="seen in the drawer")
    await page.sees(".call", "sendMessage")
    await page.click(".call summary", "sendMessage")
    await page.sees(".call .json", "seen in the drawer")
    await page.click(".fold button")
    await page.sees(".fold button[aria-expanded=true]")


async def test_the_filter_leaves_what_fits(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.click("#header .tools")
    await sandbox.bot("sendMessage", chat_id=person, text="good")
    await sandbox.bot.try_call("sendMessage", chat_id=1, text="to nobody")
    await page.sees(".call", "chat not found")
    await page.click(".tick", "Errors only")
    await page.misses(".call", "good")
    await page.sees(".call .state", "400")
    await page.click(".tick", "Errors only")
    await page.click(".call-tools input[type=search]")
    await page.type("nobody")
    await page.misses(".call", "good")
    await page.sees(".call", "chat not found")


async def test_updates_that_wait_for_the_bot_are_listed(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.click("#header .tools")
    await page.click("#tab-updates")
    await page.sees(".updates", "Nothing waits")
    await sandbox.writes(person, "are you there?")
    await page.sees(".updates .call", "are you there?")
    await sandbox.bot.update("message")
    await page.sees(".updates", "Nothing waits")


async def test_a_preset_fault_fails_the_next_call(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.click("#header .tools")
    await page.click("#tab-faults")
    await page.click(".presets button", "429 once")
    await page.sees(".injected", "429")
    refused = await sandbox.bot.try_call("sendMessage", chat_id=person, text="too soon")
    assert (refused["error_code"], refused["parameters"]["retry_after"]) == (429, 3)
    assert (await sandbox.bot.try_call("sendMessage", chat_id=person, text="now"))["ok"]


async def test_a_fault_of_ones_own_hits_its_method_and_only_that(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.click("#header .tools")
    await page.click("#tab-faults")
    await page.click(".fault-form [name=method]")
    await page.type("sendMessage")
    await page.click(".fault-form [name=error_code]")
    await page.type("500")
    await page.click(".fault-form .main")
    await page.sees(".injected", "sendMessage")
    assert (await sandbox.bot.try_call("sendChatAction", chat_id=person, action="typing"))["ok"]
    assert (await sandbox.bot.try_call("sendMessage", chat_id=person, text="x"))["error_code"] == 500


async def test_updates_come_again_when_wanted(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.click("#header .tools")
    await page.click("#tab-faults")
    coming = asyncio.create_task(sandbox.bot("getUpdates", offset=0, timeout=5))
    await page.click(".presets button", "Redeliver")
    assert [update["message"]["text"] for update in await coming] == ["/start"]


async def test_the_persons_language_changes_what_the_bot_is_told(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader(language_code="en")
    page = await open_chat(person)
    await page.click("#header .tools")
    await page.click("#tab-person")
    await page.js(
        "(s => { s.value = 'ru'; s.dispatchEvent(new Event('change')); })(document.querySelector('.tongue select'))"
    )
    await page.until("fetch('/sim/users').then(a => a.json()).then(a => a.users[0].language_code === 'ru')")
    await sandbox.writes(person, "Привет")
    assert (await sandbox.bot.update("message"))["from"]["language_code"] == "ru"
    await page.click(".drawer .quiet", "Edit person")
    await page.js("document.querySelector('dialog [name=first_name]').value = ''")
    await page.click("dialog [name=first_name]")
    await page.type("Anya")
    await page.click("dialog .main", "Save")
    await page.sees(".portrait", "Anya")
    await page.sees(".person", "Anya")


async def test_the_servers_clock_goes_ahead_and_comes_back(sandbox: Sandbox, open_chat: OpenChat) -> None:
    page = await open_chat(await sandbox.reader())
    await page.click("#header .tools")
    await page.click("#tab-faults")
    await page.click(".clock-buttons button", "+30 days")
    shift = "fetch('/sim/settings').then(a => a.json()).then(a => a.clock_shift {})"
    await page.until(shift.format("> 2500000"))
    await page.click(".clock-buttons button", "Now")
    await page.until(shift.format("=== 0"))
