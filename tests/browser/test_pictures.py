"""Pictures and files: dropped, pasted, laid out, looked at in full; and what sounds or moves."""

import base64
import json
from collections.abc import Awaitable, Callable

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Sandbox

pytestmark = pytest.mark.long
OpenChat = Callable[[int], Awaitable[Page]]


async def _bring(page: Page, how: str, files: dict[str, tuple[str, bytes]]) -> None:
    """Let files come by "drop" or "paste", as from the desktop or the clipboard."""
    spelled = json.dumps([[name, kind, base64.b64encode(content).decode()] for name, (kind, content) in files.items()])
    event = {
        "drop": "new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true })",
        "paste": "new ClipboardEvent('paste', { clipboardData: carried, bubbles: true, cancelable: true })",
    }[how]
    await page.js(
        f"""(() => {{
            const carried = new DataTransfer();
            for (const [name, type, content] of {spelled}) {{
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                carried.items.add(new File([bytes], name, {{ type }}));
            }}
            document.getElementById('messages').dispatchEvent({event});
        }})()"""
    )


async def test_dropped_photos_become_an_album_with_a_caption(
    sandbox: Sandbox, open_chat: OpenChat, pictures: list[bytes]
) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.sees("textarea")
    await _bring(page, "drop", {f"{n}.png": ("image/png", content) for n, content in enumerate(pictures[:3])})
    await page.until("document.querySelectorAll('.tray img').length === 3")
    await page.click(".take-out")
    await page.until("document.querySelectorAll('.tray img').length === 2")
    await page.type("My selfies")
    await page.key("Enter")
    await page.misses(".tray")
    first, second = await sandbox.bot.update("message"), await sandbox.bot.update("message")
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], "caption" in second) == ("My selfies", False)
    await page.until("document.querySelectorAll('.message.user .mosaic .photo img').length === 2")
    await page.misses(".pending")


async def test_a_pasted_picture_can_go_as_a_file(sandbox: Sandbox, open_chat: OpenChat, portrait: bytes) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.sees("textarea")
    await _bring(page, "paste", {"portrait.png": ("image/png", portrait)})
    await page.click(".segment", "As file")
    await page.click(".send")
    message = await sandbox.bot.update("message")
    assert (message["document"]["file_name"], message["document"]["file_size"]) == ("portrait.png", len(portrait))
    await page.sees(".message.user .file", "portrait.png")
    await page.sees(".message.user .file small", "KB")


async def test_ten_pictures_are_laid_out_without_gaps(
    sandbox: Sandbox, open_chat: OpenChat, pictures: list[bytes]
) -> None:
    person = await sandbox.reader()
    await sandbox.bot.album(person, pictures, caption="Ten")
    page = await open_chat(person)
    await page.until("document.querySelectorAll('.mosaic .photo img').length === 10")
    covered, whole = await page.js(
        """(() => {
            const area = (node) => { const box = node.getBoundingClientRect(); return box.width * box.height; };
            const tiles = [...document.querySelectorAll('.mosaic .photo')];
            return [tiles.reduce((sum, tile) => sum + area(tile), 0), area(document.querySelector('.mosaic'))];
        })()"""
    )
    assert covered > 0.96 * whole


async def test_the_viewer_walks_through_the_chats_photos_and_comes_closer(
    sandbox: Sandbox, open_chat: OpenChat, pictures: list[bytes]
) -> None:
    person = await sandbox.reader()
    await sandbox.bot.album(person, pictures[:3], caption="Three")
    page = await open_chat(person)
    await page.until("document.querySelectorAll('.mosaic .photo').length === 3")
    await page.click(".mosaic .photo")
    await page.sees(".viewer .counter", "Photo 3 of 3")
    await page.key("ArrowRight")
    await page.sees(".viewer .counter", "Photo 1 of 3")
    await page.sees(".viewer .caption", "Three")
    await page.key("ArrowLeft")
    await page.sees(".viewer .counter", "Photo 3 of 3")
    await page.swipe(".viewer img", 160)
    await page.sees(".viewer .counter", "Photo 2 of 3")
    await page.swipe(".viewer img", -160)
    await page.sees(".viewer .counter", "Photo 3 of 3")
    await page.key("+")
    await page.until("document.querySelector('.viewer .stage').classList.contains('zoomed')")
    await page.key("Escape")
    await page.misses(".viewer")
    await page.until("document.activeElement.matches('.photo')")


async def test_a_hidden_picture_is_shown_by_a_press(sandbox: Sandbox, open_chat: OpenChat, portrait: bytes) -> None:
    person = await sandbox.reader()
    await sandbox.bot("sendPhoto", {"p": portrait}, chat_id=person, photo="attach://p", has_spoiler=True)
    page = await open_chat(person)
    await page.click(".photo.veiled")
    await page.misses(".photo.veiled")
    await page.misses(".viewer")


async def test_files_music_voices_and_stickers_have_their_looks(
    sandbox: Sandbox, open_chat: OpenChat, portrait: bytes
) -> None:
    person = await sandbox.reader()
    await sandbox.bot(
        "sendDocument", {"pack": portrait}, chat_id=person, document="attach://pack", caption="All photos"
    )
    film = {"film.mp4": b"no film"}
    await sandbox.bot("sendVideo", film, chat_id=person, video="attach://film.mp4", width=320, height=240)
    page = await open_chat(person)
    await page.sees(".file", "pack.png")
    await page.sees(".message.bot .text", "All photos")
    await page.until("document.querySelector('video.film').getBoundingClientRect().width > 200")
    for kind, name in {"voice": "a.ogg", "audio": "a.mp3", "sticker": "a.png", "video_note": "a.mp4"}.items():
        sent = await sandbox.http.post(f"/sim/users/{person}/messages", files={kind: (name, portrait)})
        assert sent.is_success, sent.text
    await page.until("document.querySelectorAll('.player').length === 2")
    await page.sees(".sticker")
    await page.sees("video.note")


async def test_a_place_and_a_number_are_cards(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    place, number = {"text": "My place", "request_location": True}, {"text": "My number", "request_contact": True}
    keyboard = {"keyboard": [[place, number]]}
    await sandbox.bot("sendMessage", chat_id=person, text="Where are you?", reply_markup=keyboard)
    page = await open_chat(person)
    await page.click(".own-keyboard button", "My place")
    assert "location" in await sandbox.bot.update("message")
    await page.click(".own-keyboard button", "My number")
    assert (await sandbox.bot.update("message"))["contact"]["user_id"] == person
    await page.sees(".card", "Place")
    await page.sees(".card", f"+{person}")
