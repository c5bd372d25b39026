"""What Telegram refuses, with its codes and its words."""

import pytest

INVOICE = {
    "title": "50 tokens",
    "description": "Fifty tokens",
    "payload": "order-1",
    "currency": "XTR",
    "prices": [{"label": "50 tokens", "amount": 75}],
}
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
WRONG_PORT = "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
LOOPBACK = "http://127.0.0.1:1/"


def keyboard(*buttons):
    return {"inline_keyboard": [list(buttons)]}


@pytest.fixture
async def anna(sandbox):
    return await sandbox.reader("Anna", username="anna_of_sandbox")


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "x", "callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "", "callback_data": "a"}, "inline keyboard button text must be non-empty"),
        ({"text": "x"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "url": "nowhere"}, "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
        (
            {"text": "x", "url": "ftp://a.example"},
            "inline keyboard button URL 'ftp://a.example' is invalid: Unsupported URL protocol",
        ),
        (
            {"text": "x", "web_app": {"url": "http://a.example/"}},
            "inline keyboard button Web App URL 'http://a.example/' is invalid: Only HTTPS links are allowed",
        ),
        ({"text": "x", "pay": True}, "BUTTON_TYPE_INVALID"),
        ({"text": "x", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        (
            {"text": "x", "callback_data": "a", "style": "loud"},
            "can't parse inline keyboard button: invalid button style specified",
        ),
    ],
)
async def test_a_button_that_cannot_be_is_refused(sandbox, anna, button, words):
    refused = await sandbox.refusal("sendMessage", chat_id=anna.id, text="x", reply_markup=keyboard(button))
    assert refused == (400, f"Bad Request: {words}")
    assert len((await anna.chat())["messages"]) == 1


async def test_keyboards_that_are_too_large_are_refused(sandbox, anna):
    wide = keyboard(*[{"text": "x", "callback_data": "a"}] * 9)
    many = {"inline_keyboard": [[{"text": "x", "callback_data": "a"}]] * 101}
    for markup in (wide, many):
        code, words = await sandbox.refusal("sendMessage", chat_id=anna.id, text="x", reply_markup=markup)
        assert (code, words.partition(":")[2].strip()[:24]) == (400, "reply markup is too long")


async def test_sixty_four_bytes_of_data_and_links_to_this_machines_mini_app_pass(sandbox, anna):
    buttons = keyboard(
        {"text": "x", "callback_data": "я" * 32},
        {"text": "y", "web_app": {"url": "http://127.0.0.1:8000/app"}},
        {"text": "z", "url": "t.me/somebody", "style": "Primary"},
    )
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x", reply_markup=buttons)
    assert sent["reply_markup"]["inline_keyboard"][0][2] == {
        "text": "z",
        "url": "http://t.me/somebody",
        "style": "primary",
    }


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {"text": " "}, "text must be non-empty"),
        ("sendMessage", {"text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ("sendMessage", {"text": "x", "message_effect_id": "1"}, "EFFECT_ID_INVALID"),
        ("sendMessage", {"text": "x", "message_thread_id": 5}, "message thread not found"),
        ("sendMessage", {"text": "x", "business_connection_id": "b"}, "business connection not found"),
        ("sendMessage", {"text": "x", "reply_parameters": {"message_id": 99999}}, "message to be replied not found"),
        ("sendMessageDraft", {"draft_id": 0, "text": "x"}, "RANDOM_ID_INVALID"),
        ("sendMessageDraft", {"draft_id": 1, "text": "x" * 4097}, "message is too long"),
        ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
        ("sendLocation", {"latitude": 91, "longitude": 0}, "wrong location specified"),
        ("sendContact", {"phone_number": "", "first_name": "x"}, 'parameter "phone_number" is required'),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "AgACAgInothing"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"photo": "https://a.example/a.jpg"}, "failed to get HTTP URL content"),
        ("sendDocument", {"document": "garbage"}, "wrong file identifier/HTTP URL specified"),
        ("sendMediaGroup", {"media": []}, "there are no messages to send"),
        ("editMessageText", {"message_id": 99999, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"text": "x"}, "message to edit not found"),
        ("editMessageCaption", {"message_id": 99999, "caption": "x"}, "message to edit not found"),
        ("editMessageReplyMarkup", {"message_id": 99999}, "message to edit not found"),
        ("deleteMessage", {"message_id": 99999}, "message to delete not found"),
        ("deleteMessage", {}, "message identifier is not specified"),
        ("deleteMessages", {"message_ids": []}, "message identifiers are not specified"),
        ("deleteMessages", {"message_ids": list(range(1, 102))}, "too many message identifiers specified"),
        ("deleteMessages", {"message_ids": [0]}, "invalid message identifier specified"),
        ("forwardMessage", {"from_chat_id": 99, "message_id": 1}, "chat not found"),
        ("pinChatMessage", {"message_id": 99999}, "message to pin not found"),
        ("unpinChatMessage", {}, "message to unpin not found"),
        ("setMessageReaction", {"message_id": 99999}, "message to react not found"),
        ("getChatMember", {"user_id": 99}, "PARTICIPANT_ID_INVALID"),
        ("sendInvoice", INVOICE | {"title": ""}, "INVOICE_TITLE_INVALID"),
        ("sendInvoice", INVOICE | {"description": "x" * 256}, "INVOICE_DESCRIPTION_INVALID"),
        ("sendInvoice", INVOICE | {"payload": "я" * 65}, "INVOICE_PAYLOAD_INVALID"),
        ("sendInvoice", INVOICE | {"prices": []}, "there must be at least one price"),
        ("sendInvoice", INVOICE | {"prices": [{"label": "x", "amount": 0}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        ("sendInvoice", INVOICE | {"provider_token": "1:T"}, "PAYMENT_PROVIDER_INVALID"),
        ("sendInvoice", INVOICE | {"currency": "stars"}, "CURRENCY_INVALID"),
        ("sendInvoice", INVOICE | {"reply_markup": keyboard({"text": "x", "url": "t.me"})}, "REPLY_MARKUP_BUY_EMPTY"),
    ],
)
async def test_a_call_about_a_chat_is_refused_in_telegrams_words(sandbox, anna, method, parameters, words):
    assert await sandbox.refusal(method, chat_id=anna.id, **parameters) == (400, f"Bad Request: {words}")
    assert len((await anna.chat())["messages"]) == 1


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "", "text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "@nobody_at_all", "text": "x"}, "chat not found"),
        ("getFile", {"file_id": "garbage"}, "invalid file_id"),
        ("getFile", {"file_id": ""}, "file_id not specified"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, TOO_OLD),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
        ("answerCallbackQuery", {"callback_query_id": "1", "url": "https://a.example"}, "URL_INVALID"),
        (
            "answerPreCheckoutQuery",
            {"pre_checkout_query_id": "1", "ok": False},
            'parameter "error_message" is required',
        ),
        ("answerPreCheckoutQuery", {"pre_checkout_query_id": "1", "ok": True}, TOO_OLD),
        ("refundStarPayment", {"user_id": 99, "telegram_payment_charge_id": "x"}, "USER_ID_INVALID"),
        ("createInvoiceLink", INVOICE | {"subscription_period": 60}, "SUBSCRIPTION_PERIOD_INVALID"),
        ("setMyCommands", {"commands": [{"command": "Стар", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "start", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyCommands", {"commands": [{"command": "a", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ("setMyName", {"name": "x" * 65}, "bot name is too long"),
        ("setMyDescription", {"description": "x" * 513}, "bot description is too long"),
        ("setMyName", {"name": "x", "language_code": "english"}, "LANG_CODE_INVALID"),
        ("setWebhook", {"url": "http://bot.example/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ("setWebhook", {"url": "https://bot.example:8080/"}, WRONG_PORT),
        ("setWebhook", {"url": LOOPBACK, "secret_token": "no spaces"}, "secret token contains unallowed characters"),
        ("setWebhook", {"url": LOOPBACK, "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
async def test_a_call_about_the_bot_is_refused_in_telegrams_words(sandbox, method, parameters, words):
    assert await sandbox.refusal(method, **parameters) == (400, f"Bad Request: {words}")


async def test_an_account_that_is_deleted_is_forbidden(sandbox, anna):
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    await anna.changes(deactivated=True)
    gone = (403, "Forbidden: user is deactivated")
    assert await sandbox.refusal("sendMessage", chat_id=anna.id, text="x") == gone
    edit = {"chat_id": anna.id, "message_id": sent["message_id"], "text": "y"}
    assert await sandbox.refusal("editMessageText", **edit) == gone
    assert (await anna.refused("messages", json={"text": "x"}))[0] == 409


async def test_a_blocked_bot_may_edit_but_not_write(sandbox, anna):
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    await anna.post("block", json={"blocked": True})
    blocked = (403, "Forbidden: bot was blocked by the user")
    for method, more in (
        ("sendMessage", {"text": "x"}),
        ("sendChatAction", {"action": "typing"}),
        ("sendInvoice", INVOICE),
        ("deleteMessage", {"message_id": sent["message_id"]}),
    ):
        assert await sandbox.refusal(method, chat_id=anna.id, **more) == blocked
    await sandbox.call("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="y")


async def test_a_person_whom_the_bot_knows_only_by_contact_cannot_be_written_to(sandbox, anna):
    boris = await sandbox.person("Boris")
    assert await sandbox.refusal("sendMessage", chat_id=boris.id, text="x") == (400, "Bad Request: chat not found")
    contact = {"phone_number": "+70000000000", "first_name": "Boris", "user_id": boris.id}
    await anna.post("messages", json={"contact": contact})
    assert await sandbox.refusal("sendMessage", chat_id=boris.id, text="x") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    await boris.writes("/start")
    assert await sandbox.call("sendMessage", chat_id=boris.id, text="x")
