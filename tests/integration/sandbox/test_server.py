import asyncio
import re
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from aiogram.types import BotCommand, BufferedInputFile

PAGE = Path(__file__).parents[3] / "sandbox" / "telegram" / "page"

pytestmark = pytest.mark.asyncio


async def test_a_restart_keeps_people_chats_files_updates_and_ids(start_sandbox, tmp_path, picture):
    async with start_sandbox(tmp_path) as before:
        person = await before.reader("Anna", username="anna", language_code="ru")
        photo = BufferedInputFile(picture(), "a.png")
        sent = await before.bot.send_photo(person.id, photo, caption="kept")
        deleted = await before.bot.send_message(person.id, "deleted")
        await deleted.delete()
        await before.bot.set_my_commands([BotCommand(command="start", description="Begin")])
        await person.writes("not yet confirmed")
        pending = await before.updates()
        messages = (await person.chat())["messages"]
    async with start_sandbox(tmp_path) as after:
        assert (await after.http.get("/sim/users")).json()["users"][0]["username"] == "anna"
        person.http = after.http
        chat = await person.chat()
        assert chat["messages"] == messages
        assert chat["bot"]["commands"] == [{"command": "start", "description": "Begin"}]
        assert await after.updates() == pending
        again = await after.bot.send_photo(person.id, sent.photo[-1].file_id)
        assert again.message_id > messages[-1]["message_id"]
        assert (await after.bot.download(again.photo[-1])).read()
        await person.writes("next")
        assert [u.update_id for u in await after.updates()] == [
            pending[0].update_id,
            pending[0].update_id + 1,
        ]


async def test_a_running_long_poll_does_not_hold_up_the_stop(start_sandbox, tmp_path):
    async with asyncio.timeout(5):
        async with start_sandbox(tmp_path) as sandbox:
            poll = f"{sandbox.url}/bot{sandbox.bot.token}/getUpdates?timeout=40&allowed_updates=%5B%22message%22%5D"
            polling = asyncio.create_task(_get(poll))
            while (await sandbox.bot.get_webhook_info()).allowed_updates is None:
                assert not polling.done()
        assert await polling == {"ok": True, "result": []}


async def _get(url: str) -> object:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.json()


async def test_the_page_is_served_and_needs_nothing_from_outside(sandbox):
    page = await sandbox.http.get("/")
    assert "script/main.js" in page.text
    files = [file for file in PAGE.rglob("*") if file.is_file()]
    for file in files:
        served = await sandbox.http.get(f"/{file.relative_to(PAGE)}")
        assert served.content == file.read_bytes()
        outside = served.text.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://[\w.]", outside)


async def test_an_address_that_others_could_reach_is_refused():
    command = [sys.executable, "-m", "sandbox.telegram", "--host", "0.0.0.0", "--token", "1:a"]  # noqa: S104
    finished = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, cwd=Path(__file__).parents[3], check=False
    )
    assert finished.returncode != 0
    assert "serves only this machine" in finished.stderr
