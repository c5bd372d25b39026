"""aiogram's types are built when they are used, and come to the same as when it builds them itself."""

import json
import subprocess
import sys

from tests.conftest import ROOT

BUILD_THEM_ALL = """
import json
import bot
from aiogram import methods, types
from pydantic import BaseModel
named = [getattr(room, name) for room in (types, methods) for name in room.__all__]
every = [one for one in named if hasattr(one, "model_fields")]
before = sum(one.__pydantic_complete__ for one in every)
def build():
    for one in every:
        one.__pydantic_validator__.title, one.__pydantic_serializer__.to_python
build()
after = sum(one.__pydantic_complete__ for one in every)
print(json.dumps([len(every), before, after, BaseModel.model_rebuild.__func__.__qualname__]))
"""
READ_AN_UPDATE = """
import json, sys
{first}
from aiogram.types import Update
print(Update.model_validate(json.loads(sys.argv[1])).model_dump_json(exclude_none=True))
"""
UPDATE = {
    "update_id": 5,
    "callback_query": {
        "id": "1",
        "chat_instance": "2",
        "from": {"id": 9, "is_bot": False, "first_name": "Ada", "a_field_of_tomorrow": 1},
        "data": "open:menu:0",
        "message": {
            "message_id": 7,
            "date": 1_780_000_000,
            "chat": {"id": 9, "type": "private"},
            "photo": [{"file_id": "f", "file_unique_id": "u", "width": 90, "height": 60}],
            "reply_markup": {"inline_keyboard": [[{"text": "Menu", "callback_data": "open:menu:0"}]]},
        },
    },
}


def said(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_few_are_built_at_the_start_and_each_of_them_can_be():
    every, before, after, rebuild = json.loads(said(BUILD_THEM_ALL))
    assert every > 500
    assert before < every / 4, "these cost seconds at each start"
    assert after == every
    assert rebuild == "BaseModel.model_rebuild", "nobody else's models wait"


def test_an_update_is_read_as_aiogram_itself_reads_it():
    deferred, at_once = (said(READ_AN_UPDATE.format(first=first), json.dumps(UPDATE)) for first in ("import bot", ""))
    assert json.loads(deferred) == json.loads(at_once)
    assert json.loads(deferred)["callback_query"]["message"]["photo"][0]["width"] == 90


def test_where_aiogram_is_there_already_nothing_changes():
    late = said("import aiogram.types as types, bot; print(types.Story.__pydantic_complete__)")
    assert late.strip() == "True"
