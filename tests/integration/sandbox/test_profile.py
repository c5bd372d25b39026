"""What the bot tells about itself, by language and by scope."""

import pytest

ABOUT = [("Name", "name"), ("Description", "description"), ("ShortDescription", "short_description")]


@pytest.mark.parametrize(("method", "field"), ABOUT)
async def test_a_text_is_told_in_the_persons_language_or_in_none(sandbox, method, field):
    russian = await sandbox.reader("Анна", language_code="ru")
    german = await sandbox.reader("Anna", language_code="de")
    await sandbox.call(f"setMy{method}", **{field: "Photos"})
    await sandbox.call(f"setMy{method}", **{field: "Фото", "language_code": "ru"})
    assert await sandbox.call(f"getMy{method}", language_code="ru") == {field: "Фото"}
    assert await sandbox.call(f"getMy{method}", language_code="de") == {field: "Photos"}
    shown = "first_name" if field == "name" else field
    assert (await russian.chat())["bot"][shown] == "Фото"
    assert (await german.chat())["bot"][shown] == "Photos"
    await sandbox.call(f"setMy{method}", language_code="ru")
    assert await sandbox.call(f"getMy{method}", language_code="ru") == {field: "Photos"}


async def test_commands_are_told_for_exactly_one_scope_and_language(sandbox):
    person = await sandbox.reader(language_code="ru")
    menu = {"default": "help", "all_private_chats": "make"}
    for scope, command in menu.items():
        listed = [{"command": f"/{command}", "description": command}]
        await sandbox.call("setMyCommands", commands=listed, scope={"type": scope})
    own = {"type": "chat", "chat_id": f"{person.id}"}
    await sandbox.call("setMyCommands", commands=[{"command": "admin", "description": "a"}], scope=own)
    assert await sandbox.call("getMyCommands", scope={"type": "chat", "chat_id": person.id}) == [
        {"command": "admin", "description": "a"}
    ]
    assert await sandbox.call("getMyCommands", language_code="ru") == []
    for scope, command in (({"type": "chat", "chat_id": person.id}, "admin"), ({"type": "all_private_chats"}, "make")):
        assert (await person.chat())["bot"]["commands"][0]["command"] == command
        await sandbox.call("deleteMyCommands", scope=scope)
    assert (await person.chat())["bot"]["commands"][0]["command"] == "help"


async def test_a_scope_of_groups_cannot_be_a_private_chat(sandbox):
    person = await sandbox.reader()
    scope = {"type": "chat_administrators", "chat_id": person.id}
    assert await sandbox.refusal("getMyCommands", scope=scope) == (
        400,
        "Bad Request: can't use specified scope in private chats",
    )
    stranger = {"type": "chat", "chat_id": 99}
    assert await sandbox.refusal("getMyCommands", scope=stranger) == (400, "Bad Request: chat not found")


async def test_the_menu_button_of_a_chat_goes_before_that_of_all(sandbox):
    person = await sandbox.reader()
    app = {"type": "web_app", "text": "Open", "web_app": {"url": "https://app.example/"}}
    await sandbox.call("setChatMenuButton", menu_button={"type": "commands"})
    await sandbox.call("setChatMenuButton", chat_id=person.id, menu_button=app)
    assert await sandbox.call("getChatMenuButton") == {"type": "commands"}
    assert await sandbox.call("getChatMenuButton", chat_id=person.id) == app
    assert (await person.chat())["bot"]["menu_button"] == app


async def test_a_chat_tells_who_the_person_is_now(sandbox):
    person = await sandbox.reader("Anna", username="anna_old", language_code="en")
    await person.changes(first_name="Anne", username="anne_new", language_code="fr")
    chat = await sandbox.call("getChat", chat_id="@anne_new")
    assert (chat["first_name"], chat["active_usernames"]) == ("Anne", ["anne_new"])
    await person.writes("hello")
    sender = (await sandbox.updates())[-1].message.from_user
    assert (sender.first_name, sender.language_code) == ("Anne", "fr")
    assert await sandbox.refusal("getChat", chat_id="@anna_old") == (400, "Bad Request: chat not found")


async def test_the_bot_sees_whether_it_is_blocked(sandbox):
    person = await sandbox.reader()
    bot_id = (await sandbox.call("getMe"))["id"]
    of_bot = {"chat_id": person.id, "user_id": bot_id}
    assert (await sandbox.call("getChatMember", **of_bot))["status"] == "member"
    await person.post("block", json={})
    assert (await sandbox.call("getChatMember", **of_bot))["status"] == "kicked"


async def test_a_bot_that_logged_out_is_not_served_until_it_is_let_in_again(sandbox):
    assert await sandbox.call("logOut") is True
    assert await sandbox.refusal("getMe") == (400, "Logged out")
    await sandbox.settings(logged_out=False)
    assert (await sandbox.call("getMe"))["is_bot"] is True
