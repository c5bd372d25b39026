"""Buttons, commands, the bot's own keyboard, and paying."""

from collections.abc import Awaitable, Callable

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Sandbox

pytestmark = pytest.mark.long
OpenChat = Callable[[int], Awaitable[Page]]


async def test_a_pressed_button_waits_until_the_bot_answers_with_a_notice(
    sandbox: Sandbox, open_chat: OpenChat
) -> None:
    person = await sandbox.reader()
    keyboard = {"inline_keyboard": [[{"text": "Again", "callback_data": "again"}]]}
    await sandbox.bot("sendMessage", chat_id=person, text="Ready", reply_markup=keyboard)
    page = await open_chat(person)
    await page.click(".key", "Again")
    await page.sees(".key.waiting", "Again")
    query = await sandbox.bot.update("callback_query")
    assert query["data"] == "again"
    await sandbox.bot("answerCallbackQuery", callback_query_id=query["id"], text="On its way")
    await page.sees(".toast", "On its way")
    await page.misses(".key.waiting")


async def test_an_alert_stands_until_it_is_read(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    keyboard = {"inline_keyboard": [[{"text": "Balance", "callback_data": "balance"}]]}
    await sandbox.bot("sendMessage", chat_id=person, text="Menu", reply_markup=keyboard)
    page = await open_chat(person)
    await page.click(".key", "Balance")
    query = await sandbox.bot.update("callback_query")
    await sandbox.bot("answerCallbackQuery", callback_query_id=query["id"], text="12 tokens", show_alert=True)
    await page.sees("dialog.alert", "12 tokens")
    await page.key("Enter")
    await page.misses("dialog.alert")


async def test_the_styles_of_buttons_are_seen(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    styles = ("primary", "success", "danger")
    row = [{"text": style, "callback_data": style, "style": style} for style in styles]
    await sandbox.bot("sendMessage", chat_id=person, text="Colours", reply_markup={"inline_keyboard": [row]})
    page = await open_chat(person)
    await page.sees(".key", "danger")
    grounds = "[...document.querySelectorAll('.key')].map(n => getComputedStyle(n).backgroundColor)"
    assert len(set(await page.js(grounds))) == len(styles)


async def test_the_keyboard_follows_the_bots_edit(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    keyboard = {"inline_keyboard": [[{"text": "☐ HD", "callback_data": "hd"}]]}
    sent = await sandbox.bot("sendMessage", chat_id=person, text="Options", reply_markup=keyboard)
    page = await open_chat(person)
    await page.sees(".key", "☐ HD")
    keyboard = {"inline_keyboard": [[{"text": "☑ HD", "callback_data": "hd"}]]}
    await sandbox.bot("editMessageReplyMarkup", chat_id=person, message_id=sent["message_id"], reply_markup=keyboard)
    await page.sees(".key", "☑ HD")
    await page.misses(".key", "☐ HD")


async def test_a_slash_offers_the_commands_that_fit_in_the_persons_language(
    sandbox: Sandbox, open_chat: OpenChat
) -> None:
    await sandbox.bot("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
    own = [{"command": "balance", "description": "Баланс"}, {"command": "buy", "description": "Купить"}]
    await sandbox.bot("setMyCommands", commands=own, language_code="ru")
    person = await sandbox.reader("Анна", language_code="ru")
    page = await open_chat(person)
    await page.sees(".menu-button")
    await page.type("/b")
    await page.sees(".commands", "Купить")
    await page.misses(".commands", "Begin")
    await page.key("ArrowDown")
    await page.key("Enter")
    assert (await sandbox.bot.update("message"))["text"] == "/buy"
    await page.misses(".commands")
    await page.click(".menu-button")
    await page.sees(".commands", "Баланс")
    await page.key("Escape")
    await page.misses(".commands")


async def test_the_bots_own_keyboard_sends_its_texts_and_goes_when_taken_away(
    sandbox: Sandbox, open_chat: OpenChat
) -> None:
    person = await sandbox.reader()
    keyboard = {"keyboard": [[{"text": "Yes"}, {"text": "No"}]], "resize_keyboard": True}
    await sandbox.bot("sendMessage", chat_id=person, text="Sure?", reply_markup=keyboard)
    page = await open_chat(person)
    await page.click(".own-keyboard button", "Yes")
    assert (await sandbox.bot.update("message"))["text"] == "Yes"
    await sandbox.bot("sendMessage", chat_id=person, text="Good", reply_markup={"remove_keyboard": True})
    await page.misses(".own-keyboard")


async def test_an_invoice_is_paid_in_its_sheet(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    await sandbox.bot(
        "sendInvoice",
        chat_id=person,
        title="120 tokens",
        description="Enough for 30 photos",
        payload="pack:120",
        currency="XTR",
        prices=[{"label": "120 tokens", "amount": 250}],
    )
    page = await open_chat(person)
    await page.sees(".invoice", "120 tokens")
    await page.click(".key")
    await page.sees("dialog.pay", "250 ⭐")
    await page.key("Enter")
    checkout = await sandbox.bot.update("pre_checkout_query")
    await sandbox.bot(
        "answerPreCheckoutQuery", pre_checkout_query_id=checkout["id"], ok=False, error_message="Sold out"
    )
    await page.sees("dialog.pay .refusal", "Sold out")
    await page.click("dialog.pay .main")
    checkout = await sandbox.bot.update("pre_checkout_query")
    await sandbox.bot("answerPreCheckoutQuery", pre_checkout_query_id=checkout["id"], ok=True)
    await page.misses("dialog.pay")
    await page.sees(".service", "You paid 250 ⭐")
    await page.sees(".invoice", "Paid")
    await page.sees(".key:disabled", "Paid")
    assert (await sandbox.bot.update("message"))["successful_payment"]["invoice_payload"] == "pack:120"
