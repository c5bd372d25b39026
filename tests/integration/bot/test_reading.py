"""What there is to read: help by topics, terms, privacy, support; each in place, with a way back."""

import pytest

from bot.buttons import Open, Section
from bot.commands import admin_commands, commands, set_commands
from bot.features.help.keyboards import HelpTopic
from bot.features.help.topics import Topic
from tests.integration.bot.test_generate import buttons_of

pytestmark = pytest.mark.asyncio

TOPICS = {
    "📸 Photos": "up to 5 MB",
    "🎨 Styles": "decides how the picture will look",
    "✍️ Words": "How to describe a picture",
    "🧬 Personal model": "trained anew once for free in /models: the photos of last time are there already",
    "🪙 Tokens": "A personal model: 250 tokens",
    "📦 Photo packs": "many photos on one theme",
    "🔒 Privacy": "Only you see your photos",
    "🛟 When something is wrong": "Send the code from the message to support",
}


async def button_under(front, chat, data: str) -> None:
    """Put a button under the bot's last message."""
    await front.bot.edit_message_reply_markup(
        chat_id=chat.id,
        message_id=(await chat.last())["message_id"],
        reply_markup={"inline_keyboard": [[{"text": "?!", "callback_data": data}]]},
    )


async def test_every_topic_of_the_help_opens_in_place_and_leads_back(anna):
    await anna.presses("Help")
    menu = await anna.last()
    for title, words in TOPICS.items():
        assert (await anna.presses(title))["answered"]
        assert words in await anna.text()
        await anna.presses("All topics")
        assert "What would you like to know" in await anna.text()
    assert [message["message_id"] for message in await anna.from_bot()] == [menu["message_id"]]


@pytest.mark.parametrize("topic", Topic)
async def test_from_any_topic_one_press_leads_back_to_the_picture(front, anna, selfie, topic):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await button_under(front, anna, HelpTopic(topic=topic).pack())
    await anna.presses("?!")
    assert buttons_of(await anna.last())[0] == "↩️ Back to the picture"
    await anna.presses("All topics")
    await anna.presses("Back to the picture")
    assert "Look 00" in await anna.text()


async def test_what_has_no_price_is_left_out_of_prices(front, anna):
    await front.house.db.reading.execute("""DELETE FROM "Price" """)
    await anna.writes("/balance")
    assert "Available: 30 tokens" in await anna.text()
    assert "Prices" not in await anna.text()
    await anna.writes("/help")
    await anna.presses("Tokens")
    assert "Tokens pay for pictures" in await anna.text()


async def test_the_balance_tells_prices_and_where_tokens_are_sold(anna):
    await anna.presses("Balance")
    text = await anna.text()
    for words in (
        "enough for 6 pictures",
        "A picture: 5 tokens",
        "A photo in a pack: 4 tokens",
    ):
        assert words in text
    assert {"⭐ Buy tokens", "🧾 My payments"} <= set(buttons_of(await anna.last()))


async def test_terms_privacy_and_deletion_lead_to_one_another(anna):
    await anna.writes("/terms")
    assert "What the bot does" in await anna.text()
    await anna.presses("Privacy")
    assert "What is kept" in await anna.text()
    await anna.presses("Terms")
    await anna.presses("Privacy")
    await anna.presses("Delete my data")
    assert "This goes for good" in await anna.text()
    await anna.presses("Privacy")
    await anna.presses("Settings")
    assert "Which language" in await anna.text()
    assert {"📄 Terms", "🔒 Privacy", "🗑 Delete my data"} <= set(buttons_of(await anna.last()))
    await anna.presses("Menu")
    assert len(await anna.from_bot()) == 1


async def test_the_menu_says_what_comes_first(anna):
    assert buttons_of(await anna.last()) == [
        "📸 Make a picture",
        "🧬 My models",
        "📦 Photo packs",
        "🖼 My pictures",
        "❤️ Favourites",
        "🪙 Balance",
        "⭐ Buy tokens",
        "🎁 Invite friends",
        "⚙️ Settings",
        "❓ Help",
    ]


async def test_the_commands_are_told_by_scope_and_language(front, anna):
    await set_commands(front.bot, front.house.texts)
    calls = [call["parameters"] for call in await front.calls("setMyCommands")]
    told = [(call["scope"]["type"], call.get("language_code")) for call in calls]
    both = [(scope, locale) for scope in ("default", "all_private_chats") for locale in (None, "en", "ru")]
    assert sorted(told, key=str) == sorted(both, key=str)
    for call in calls:
        names = [command["command"] for command in call["commands"]]
        assert {"pack", "favorites", "paysupport", "terms", "privacy", "delete_me"} <= set(names)


async def test_every_command_of_the_list_is_understood(front, anna):
    for command in commands(front.house.texts.bound("en")):
        if command.command == "favorites":
            continue  # the gallery's own
        await anna.writes(f"/{command.command}")
        assert "I don’t know this command" not in await anna.text(), command


async def test_every_section_that_the_menu_names_is_there_below_a_result_too(front, anna):
    for section in (Section.PACKS, Section.MENU):
        await button_under(front, anna, Open(section=section, below=True).pack())
        before = await anna.last()
        await anna.presses("?!")
        after = await anna.last()
        assert after["message_id"] != before["message_id"]


async def test_every_command_of_the_admins_is_understood_from_an_admin(front, anna):
    t = front.house.texts.bound("en")
    await front.house.accounts.grant_admin(anna.id)
    everybodys = {command.command for command in commands(t)}
    for command in admin_commands(t):
        if command.command not in everybodys:
            before = await anna.from_bot()
            await anna.writes(f"/{command.command}")
            assert await anna.from_bot() != before, command
            assert "I don’t know this command" not in await anna.text(), command
