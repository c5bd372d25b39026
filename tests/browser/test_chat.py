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


async def test_a_written_text_reaches_the_bot_and_its_answer_appears(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.sees(".message.user", "/start")
    await page.type("Hello, bot")
    await page.key("Enter")
    await page.sees(".message.user.on-the-way", "Hello, bot")
    assert (await sandbox.bot.update("message"))["text"] == "Hello, bot"
    await page.misses(".on-the-way")
    await sandbox.bot("sendMessage", chat_id=person, text="Hello, Anna")
    await page.sees(".message.bot", "Hello, Anna")
    assert await page.js("document.querySelector('textarea').value") == ""


async def test_an_edit_changes_one_row_and_leaves_the_others_as_they_are(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    first = await sandbox.bot("sendMessage", chat_id=person, text="stays")
    second = await sandbox.bot("sendMessage", chat_id=person, text="before")
    page = await open_chat(person)
    await page.sees(".message.bot", "before")
    await page.js(f"window.kept = document.querySelector('[data-id=\"{first['message_id']}\"]')")
    await sandbox.bot("editMessageText", chat_id=person, message_id=second["message_id"], text="after")
    await page.sees(".message.bot", "after")
    await page.sees(".message.bot .meta", "edited")
    assert await page.js("window.kept.isConnected")
    await sandbox.bot("deleteMessage", chat_id=person, message_id=second["message_id"])
    await page.misses(".message.bot", "after")


async def test_formatted_text_is_shown_as_telegram_shows_it(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    await sandbox.bot(
        "sendMessage",
        chat_id=person,
        parse_mode="HTML",
        text='<b>bold</b> <i>slanted</i> <code>code</code> <a href="https://example.com/x">link</a> '
        "<tg-spoiler>secret</tg-spoiler>\n<pre>block</pre>"
        "<blockquote expandable>one\ntwo\nthree\nfour\nfive</blockquote>",
    )
    page = await open_chat(person)
    await page.sees(".text b", "bold")
    await page.sees(".text i", "slanted")
    await page.sees(".text pre", "block")
    assert await page.js("document.querySelector('.text a').href") == "https://example.com/x"
    await page.until("getComputedStyle(document.querySelector('.spoiler > span')).visibility === 'hidden'")
    await page.click(".spoiler")
    await page.until("getComputedStyle(document.querySelector('.spoiler > span')).visibility === 'visible'")
    low = await page.js("document.querySelector('.expandable').offsetHeight")
    await page.click(".expand")
    await page.until(f"document.querySelector('.expandable').offsetHeight > {low}")


async def test_markup_that_somebody_wrote_stays_text(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader("<img src=x onerror=window.broken=1>")
    await sandbox.bot("sendMessage", chat_id=person, text="<script>window.broken = 1</script><b>x</b>")
    page = await open_chat(person)
    await page.sees(".message.bot .text", "<script>window.broken = 1</script><b>x</b>")
    assert await page.js("window.broken === undefined")


async def test_a_reply_carries_its_quote_and_the_quote_leads_back(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    asked = await sandbox.bot("sendMessage", chat_id=person, text="Which style?")
    page = await open_chat(person)
    await page.sees(".message.bot", "Which style?")
    await page.click(".message.bot .text", "Which style?", button="right")
    await page.click(".menu button", "Reply")
    await page.sees(".subject", "Which style?")
    await page.type("Cinema")
    await page.key("Enter")
    answer = await sandbox.bot.update("message")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    await page.click(".message.user .quote", "Which style?")
    await page.sees(".message.found", "Which style?")


async def test_the_last_own_text_is_changed_by_arrow_up(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.sees(".message.user", "/start")
    await page.key("ArrowUp")
    await page.sees(".subject", "/start")
    await page.js("document.querySelector('textarea').value = ''")
    await page.type("changed")
    await page.key("Enter")
    assert (await sandbox.bot.update("edited_message"))["text"] == "changed"
    await page.sees(".message.user", "changed")
    await page.sees(".message.user .meta", "edited")


async def test_a_person_deletes_and_reacts(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    await sandbox.bot("sendMessage", chat_id=person, text="Do you like it?")
    page = await open_chat(person)
    await page.click(".message.bot .text", "Do you like it?", button="right")
    await page.click(".choices button", "🔥")
    await page.sees(".reaction.own", "🔥")
    assert (await sandbox.chat(person))["messages"][-1]["person_reaction"] == "🔥"
    await page.click(".message.bot .text", "Do you like it?", button="right")
    await page.click(".menu button", "Delete")
    await page.click(".dialog .main", "Delete")
    await page.misses(".message.bot")
    assert [message["from"] for message in (await sandbox.chat(person))["messages"]] == ["user"]


async def test_effects_reactions_and_service_lines_are_seen(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.sees(".message.user", "/start")
    await sandbox.bot("sendMessage", chat_id=person, text="Done!", message_effect_id="5046509860389126442")
    await page.sees(".message.bot .effect", "🎉")
    await page.sees("#effects span", "🎉")
    own = (await sandbox.chat(person))["messages"][0]["message_id"]
    await sandbox.bot("setMessageReaction", chat_id=person, message_id=own, reaction=[{"type": "emoji", "emoji": "👍"}])
    await page.sees(".message.user .reaction", "👍")


async def test_a_pinned_message_stands_under_the_head_and_leads_to_its_place(
    sandbox: Sandbox, open_chat: OpenChat
) -> None:
    person = await sandbox.reader()
    sent = await sandbox.bot("sendMessage", chat_id=person, text="Your model is ready")
    page = await open_chat(person)
    await sandbox.bot("pinChatMessage", chat_id=person, message_id=sent["message_id"])
    await page.sees("#pinned", "Your model is ready")
    await page.sees(".service", "Your model is ready")
    await page.click("#pinned button")
    await page.sees(".message.found", "Your model is ready")
    await sandbox.bot("unpinChatMessage", chat_id=person)
    await page.misses("#pinned")


async def test_the_head_tells_what_the_bot_is_doing(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await sandbox.bot("sendChatAction", chat_id=person, action="typing")
    await page.sees("#header small", "typing…")
    await sandbox.bot("sendMessage", chat_id=person, text="Here it is")
    await page.sees("#header small", "bot")
    await sandbox.bot("sendChatAction", chat_id=person, action="upload_photo")
    await page.sees("#header small", "sending a photo…")


async def test_a_draft_grows_in_one_row_until_the_message_comes(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await sandbox.bot("sendMessageDraft", chat_id=person, draft_id=1, text="Once", can_stop=True)
    await page.sees(".draft .text", "Once")
    await page.js("window.kept = document.querySelector('.draft')")
    await sandbox.bot("sendMessageDraft", chat_id=person, draft_id=1, text="Once upon a time", can_stop=True)
    await page.sees(".draft .text", "Once upon a time")
    assert await page.js("window.kept === document.querySelector('.draft')")
    await page.click(".draft .stop")
    await sandbox.bot.update("stopped_message_generation")
    await sandbox.bot("sendMessage", chat_id=person, text="Once upon a time.")
    await page.misses(".draft")
    await page.sees(".message.bot", "Once upon a time.")


async def test_a_person_who_blocked_the_bot_cannot_write_until_they_unblock_it(
    sandbox: Sandbox, open_chat: OpenChat
) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.sees(".message.user", "/start")
    await page.click("#header [title='Options']")
    await page.click(".menu button", "Block the bot")
    assert (await sandbox.bot.update("my_chat_member"))["new_chat_member"]["status"] == "kicked"
    await page.sees(".start", "Unblock the bot")
    await page.misses("textarea")
    refused = await sandbox.bot.try_call("sendMessage", chat_id=person, text="?")
    assert refused["error_code"] == 403
    await page.click(".start", "Unblock the bot")
    await page.sees("textarea")


async def test_a_page_finds_the_sandbox_again_after_its_restart(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.sees(".message.user", "/start")
    sandbox.server.stop()
    await page.sees("#header small", "connecting…")
    sandbox.server.start()
    await sandbox.answers()
    await sandbox.bot("sendMessage", chat_id=person, text="Here again")
    await page.sees(".message.bot", "Here again")
    await page.sees("#header small", "bot")
    # While it was away the browser could not but log that.
    page.problems.clear()


async def test_what_did_not_get_through_can_be_sent_again(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.sees(".message.user", "/start")
    sandbox.server.stop()
    await page.sees("#header small", "connecting…")
    await page.type("not lost")
    await page.key("Enter")
    await page.sees(".pending.failed", "not lost")
    sandbox.server.start()
    await sandbox.answers()
    await page.click(".again button", "Send again")
    assert (await sandbox.bot.update("message"))["text"] == "not lost"
    await page.misses(".pending")
    await page.sees(".message.user", "not lost")
    page.problems.clear()
