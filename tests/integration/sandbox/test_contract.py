import asyncio
import inspect
import json
import re
from pathlib import Path

import aiogram.methods
import httpx
import pytest
from aiogram.methods import Response
from aiogram.types import Message

from sandbox.telegram.contract import CONTRACT_FILE, Contract
from sandbox.telegram.contract_source import derive_answers, derive_contract, render_contract
from sandbox.telegram.methods.registry import HANDLERS

pytestmark = pytest.mark.asyncio

ANSWERS = derive_answers()
HOUSE = Path(__file__).parents[3]
PRODUCT = ("api", "bot", "config", "services", "workers")


async def test_the_contract_file_says_what_the_installed_aiogram_says():
    assert render_contract(derive_contract()) == CONTRACT_FILE.read_bytes()


async def test_every_handler_carries_out_a_method_of_the_bot_api():
    assert HANDLERS.keys() <= derive_contract()["methods"].keys()
    assert all(inspect.iscoroutinefunction(handler) for handler in HANDLERS.values())


async def test_the_sandbox_speaks_every_method_that_the_product_names():
    """Finds the names of aiogram's methods and shortcuts in the product's sources."""
    methods = {
        name: method.__api_method__
        for name in aiogram.methods.__all__
        if hasattr(method := getattr(aiogram.methods, name), "__api_method__") and name != "TelegramMethod"
    }
    calls = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): spoken for name, spoken in methods.items()}
    shortcuts = {
        name: methods[str(inspect.signature(function, eval_str=False).return_annotation)]
        for name, function in inspect.getmembers(Message, inspect.isfunction)
        if str(inspect.signature(function, eval_str=False).return_annotation) in methods
    }
    assert shortcuts["answer_photo"] == "sendPhoto"
    used: set[str] = set()
    for folder in PRODUCT:
        for file in (HOUSE / folder).rglob("*.py"):
            source = file.read_text()
            used |= {calls[name] for name in re.findall(r"\bbot\.(\w+)\(", source) if name in calls}
            used |= {shortcuts[name] for name in re.findall(r"\.(\w+)\(", source) if name in shortcuts}
            used |= {methods[name] for name in re.findall(r"\b([A-Z]\w+)\(", source) if name in methods}
    assert len(used) > 5
    assert used <= HANDLERS.keys()


async def test_an_unknown_method_is_not_found(sandbox):
    answer = await sandbox.http.get(f"/bot{sandbox.bot.token}/sendMassage")
    assert (answer.status_code, answer.json()) == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found"},
    )


async def test_a_method_the_sandbox_does_not_speak_says_so(sandbox):
    answer = await sandbox.http.get(f"/bot{sandbox.bot.token}/sendDice", params={"chat_id": 1})
    assert answer.status_code == 501
    assert "sendDice" in answer.json()["description"]


async def test_a_wrong_token_is_unauthorized(sandbox):
    answer = await sandbox.http.get("/bot4242:other/getMe")
    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("method", "parameters", "reason"),
    [
        ("sendMessage", {"chat_id": 1, "text": "a", "txt": "b"}, "unknown parameter"),
        ("sendMessage", {"chat_id": 1, "text": 5}, "must be a String"),
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"text": "a"}, "chat_id is empty"),
        ("deleteMessage", {"chat_id": 1, "message_id": "one"}, "must be an Integer"),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": {}}}, "must be an Array"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": "{"},
            "can't parse reply keyboard markup JSON object",
        ),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": "[]"}, "object expected as reply markup"),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": 5}, "object expected as reply markup"),
        ("sendMessage", {"chat_id": 1, "text": "a", "entities": "["}, "can't parse entities JSON object"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "entities": [{"type": "bold", "length": 1}]},
            "can't parse MessageEntity: Can't find field \"offset\"",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": 5, "url": "t.me"}]]}},
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"url": "t.me"}]]}},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        ("deleteMessages", {"chat_id": 1, "message_ids": 5}, "expected an Array of message identifiers"),
        ("setMyCommands", {"commands": {}}, "expected an Array of BotCommand"),
        (
            "setMyCommands",
            {"commands": [{"command": "a"}]},
            "can't parse BotCommand: Can't find field \"description\"",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"txt": "x"}]]}},
            "unknown field txt",
        ),
        ("sendMediaGroup", {"chat_id": 1, "media": [{"type": "photo"}]}, "can't parse InputMedia: media not found"),
        ("sendMediaGroup", {"chat_id": 1, "media": "photo"}, "can't parse media JSON object"),
        ("sendMediaGroup", {"chat_id": 1}, "can't parse media JSON object"),
        ("answerCallbackQuery", {}, "query is too old and response timeout expired or query ID is invalid"),
        ("sendInvoice", {"chat_id": 1, "description": "d"}, 'parameter "title" is required'),
    ],
)
async def test_a_parameter_that_does_not_fit_is_a_bad_request(sandbox, method, parameters, reason):
    answer = await sandbox.http.post(f"/bot{sandbox.bot.token}/{method}", json=parameters)
    assert answer.status_code == 400
    assert reason in answer.json()["description"]


async def test_parameters_come_by_query_form_json_and_multipart_alike(sandbox):
    person = await sandbox.reader()
    url = f"/bot{sandbox.bot.token}/sendmessage"
    markup = '{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}'
    fields = {"chat_id": str(person.id), "text": "same", "reply_markup": markup, "protect_content": "true"}
    answers = [
        await sandbox.http.get(url, params=fields),
        await sandbox.http.post(url, data=fields),
        await sandbox.http.post(url, json={**fields, "chat_id": person.id, "protect_content": True}),
        await sandbox.http.post(url, files={name: (None, value) for name, value in fields.items()}),
    ]
    results = [answer.raise_for_status().json()["result"] for answer in answers]
    assert len({result.pop("message_id") for result in results}) == 4
    assert all(result["reply_markup"] and result["has_protected_content"] for result in results)


async def test_every_answer_is_of_the_type_that_the_bot_api_promises(sandbox, picture):
    """Goes through all methods; each raw answer has all fields of its type, no other, and aiogram parses it."""
    promised = Contract(ANSWERS)
    person = await sandbox.reader("Ann", username="ann_of_sandbox")
    returned = {
        cls.__api_method__: cls.__returning__
        for name in aiogram.methods.__all__
        if hasattr(cls := getattr(aiogram.methods, name), "__api_method__") and name != "TelegramMethod"
    }

    async def call(method, files=None, **parameters):
        fields = {k: v if isinstance(v, str) else json.dumps(v) for k, v in parameters.items()}
        answer = await sandbox.http.post(f"/bot{sandbox.bot.token}/{method}", data=fields, files=files)
        parsed = Response[returned[method]].model_validate(answer.json())
        assert parsed.ok, answer.text
        promised.check_value(ANSWERS["answers"][method], answer.json()["result"])
        done.add(method)
        return answer.json()["result"]

    done: set[str] = set()
    to = {"chat_id": person.id}
    photo = {"file": ("a.png", picture(), "image/png")}
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = await call("sendMessage", text="<b>x</b>", parse_mode="HTML", reply_markup=keyboard, **to)
    await call("editMessageText", text="y", message_id=sent["message_id"], **to)
    await call("editMessageReplyMarkup", message_id=sent["message_id"], reply_markup=keyboard, **to)
    shown = await call("sendPhoto", files=photo, photo="attach://file", caption="c", **to)
    file_id = shown["photo"][-1]["file_id"]
    await call("editMessageCaption", message_id=shown["message_id"], caption="d", **to)
    other = {"other": ("b.png", picture(colour="red"), "image/png")}
    await call(
        "editMessageMedia",
        files=other,
        message_id=shown["message_id"],
        media={"type": "photo", "media": "attach://other"},
        **to,
    )
    await call("sendDocument", files=photo, document="attach://file", **to)
    await call("sendVideo", files={"file": ("v.mp4", b"video", "video/mp4")}, video="attach://file", **to)
    await call("sendAnimation", files={"file": ("g.mp4", b"move", "video/mp4")}, animation="attach://file", **to)
    await call("sendAudio", files={"file": ("a.mp3", b"music", "audio/mpeg")}, audio="attach://file", **to)
    await call("sendVoice", files={"file": ("a.ogg", b"voice", "audio/ogg")}, voice="attach://file", **to)
    await call("sendVideoNote", files={"file": ("r.mp4", b"round", "video/mp4")}, video_note="attach://file", **to)
    await call("sendSticker", files={"file": ("s.webp", b"sticker", "image/webp")}, sticker="attach://file", **to)
    await call("sendLocation", latitude=55.7, longitude=37.6, **to)
    await call("sendVenue", latitude=55.7, longitude=37.6, title="Studio", address="Street 1", **to)
    await call("sendContact", phone_number="+70000000000", first_name="Ann", **to)
    await call("sendMessageDraft", draft_id=1, text="gro", **to)
    await call("sendMediaGroup", media=[{"type": "photo", "media": file_id}] * 2, **to)
    await call("getFile", file_id=file_id)
    await call("sendChatAction", action="typing", **to)
    both = {"from_chat_id": person.id, "message_ids": [sent["message_id"], shown["message_id"]]}
    await call("forwardMessages", **both, **to)
    await call("copyMessages", **both, **to)
    await call("pinChatMessage", message_id=sent["message_id"], **to)
    await call("forwardMessage", from_chat_id=person.id, message_id=sent["message_id"], **to)
    copied = await call("copyMessage", from_chat_id=person.id, message_id=sent["message_id"], **to)
    await call(
        "setMessageReaction",
        message_id=sent["message_id"],
        reaction=[{"type": "emoji", "emoji": "👍"}],
        **to,
    )
    await call("deleteMessage", message_id=copied["message_id"], **to)
    await call("deleteMessages", message_ids=[copied["message_id"], shown["message_id"]], **to)
    await call("getMe")
    await call("getChat", **to)
    await call("unpinChatMessage", **to)
    await call("unpinAllChatMessages", **to)
    await call("getChatMember", user_id=person.id, **to)
    await call("getChatMemberCount", **to)
    await call("getUserProfilePhotos", user_id=person.id)
    for text in ("Name", "Description", "ShortDescription"):
        key = {"Name": "name", "Description": "description", "ShortDescription": "short_description"}[text]
        await call(f"setMy{text}", **{key: "A"})
        assert await call(f"getMy{text}") == {key: "A"}
    await call("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
    assert await call("getMyCommands") == [{"command": "start", "description": "Begin"}]
    await call("deleteMyCommands")
    await call("setChatMenuButton", menu_button={"type": "commands"})
    await call("getChatMenuButton", **to)

    pressing = asyncio.create_task(person.post("press", json={"message_id": sent["message_id"], "data": "go"}))
    updates = await call("getUpdates", timeout=5)
    await call("answerCallbackQuery", callback_query_id=updates[0]["callback_query"]["id"])
    await pressing
    invoice = await call(
        "sendInvoice",
        title="T",
        description="D",
        payload="p",
        currency="XTR",
        prices=[{"label": "T", "amount": 5}],
        **to,
    )
    paying = asyncio.create_task(person.post("pay", json={"message_id": invoice["message_id"]}))
    updates = await call("getUpdates", offset=updates[-1]["update_id"] + 1, timeout=5)
    await call("answerPreCheckoutQuery", pre_checkout_query_id=updates[0]["pre_checkout_query"]["id"], ok=True)
    charge = (await paying)["telegram_payment_charge_id"]
    link = await call(
        "createInvoiceLink",
        title="T",
        description="D",
        payload="p",
        currency="XTR",
        prices=[{"label": "T", "amount": 5}],
        subscription_period=2592000,
    )
    paying = asyncio.create_task(person.post("pay", json={"link": link}))
    updates = await call("getUpdates", offset=updates[-1]["update_id"] + 2, timeout=5)
    await call("answerPreCheckoutQuery", pre_checkout_query_id=updates[0]["pre_checkout_query"]["id"], ok=True)
    subscription = (await paying)["telegram_payment_charge_id"]
    of_it = {"user_id": person.id, "telegram_payment_charge_id": subscription}
    await call("editUserStarSubscription", is_canceled=True, **of_it)
    await call("refundStarPayment", user_id=person.id, telegram_payment_charge_id=charge)
    await call("getStarTransactions")
    await call("getMyStarBalance")
    await call("setWebhook", url="http://127.0.0.1:1/")
    await call("getWebhookInfo")
    await call("deleteWebhook")
    await call("close")
    await call("logOut")
    assert done == HANDLERS.keys()


async def test_a_page_from_elsewhere_cannot_reach_the_server(sandbox):
    foreign = {"Origin": "https://example.org"}
    answer = await sandbox.http.post("/sim/users", json={"first_name": "M"}, headers=foreign)
    assert answer.status_code == 403
    async with httpx.AsyncClient(base_url=sandbox.url, headers={"Host": "rebound.example.org"}) as http:
        assert (await http.get("/sim/users")).status_code == 403
