"""Whatever a bot sends, the server answers: no call breaks it, and what it keeps can be told."""

import random

import orjson
import pytest

from sandbox.telegram.bot_api import BotApi
from sandbox.telegram.contract import CONTRACT_FILE
from sandbox.telegram.messages import post_as_bot, post_as_person
from sandbox.telegram.methods.registry import HANDLERS
from sandbox.telegram.sim.chat_view import view_chat
from sandbox.telegram.wire import Upload
from sandbox.telegram.world import open_world

CALLS = 60
# These wait, or send to the outside.
LEFT_OUT = {"getUpdates", "setWebhook", "logOut"}
SOURCE = orjson.loads(CONTRACT_FILE.read_bytes())
TEXTS = ["", " ", "x", "<b>x</b>", "<x>", "*x", "😀" * 3, "\u202e", "@anna", "/start", "typing", "HTML", "MarkdownV2"]
TEXTS += ["XTR", "ru", "photo", "bold", "https://a.example", "tg://user?id=1", "x" * 5000, "1", "0", "👍", "attach://x"]
NUMBERS = [0, 1, 2, 3, 4, -1, 75, 2_592_000, 1 << 31, (1 << 63) - 1, 1 << 70]


class Chance:
    """Draws values of the contract's types, now and then of another."""

    def __init__(self, seed: int, chat_id: int) -> None:
        self.draw = random.Random(seed)
        self.chat_id = chat_id

    def parameters(self, method: str) -> dict:
        shape = SOURCE["methods"][method]
        wanted = [name for name in shape["fields"] if name in shape["required"] or self.draw.random() < 0.3]
        return {name: self.field(name, shape["fields"][name]) for name in wanted if self.draw.random() < 0.97}

    def field(self, name: str, kind) -> object:
        if name in ("chat_id", "from_chat_id", "user_id") and self.draw.random() < 0.9:
            return self.chat_id
        if name == "message_id" and self.draw.random() < 0.8:
            return self.draw.randint(1, 4)
        return self.value(kind, 0)

    def value(self, kind, depth: int) -> object:
        if self.draw.random() < 0.03 or depth > 6:
            return self.draw.choice([None, 5, "x", [], {}, True, 1.5])
        if isinstance(kind, list):
            match kind[0]:
                case "list":
                    return [self.value(kind[1], depth + 1) for _ in range(self.draw.randint(0, 3))]
                case "literal":
                    return self.draw.choice(kind[1:])
                case _:
                    return self.value(self.draw.choice(kind[1:]), depth + 1)
        match kind:
            case "int":
                return self.draw.choice(NUMBERS)
            case "float":
                return self.draw.choice([0.0, 1.5, -200.0, 1e300])
            case "bool":
                return self.draw.random() < 0.5
            case "str":
                return self.draw.choice(TEXTS)
            case "file":
                return Upload(self.draw.choice(["a.png", "s.webp", "x"]), "image/png", self.draw.choice([b"", b"x"]))
            case "any":
                return {}
        shape = SOURCE["objects"][kind]
        wanted = [name for name in shape["fields"] if name in shape["required"] or self.draw.random() < 0.3]
        return {name: self.value(shape["fields"][name], depth + 1) for name in wanted}


@pytest.mark.parametrize("method", sorted(HANDLERS.keys() - LEFT_OUT))
async def test_no_call_breaks_the_server(method, tmp_path):
    world = open_world("1:a", tmp_path, "a_bot", flood_rate=0)
    anna = world.people.add("Anna", username="anna")
    post_as_person(world, anna, {"text": "/start"})
    keyboard = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    post_as_bot(world, anna, {"text": "x"}, {"reply_markup": keyboard})
    bot = BotApi(world)
    chance = Chance(len(method), anna.id)
    answered = set()
    for _ in range(CALLS):
        outcome = await bot.call(method, chance.parameters(method))
        orjson.dumps(outcome.body)
        orjson.dumps(view_chat(world, anna))
        answered.add(outcome.body.get("error_code", 200))
    assert answered <= {200, 400, 403, 413}
    await world.journal.close()
