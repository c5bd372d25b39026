"""How the page looks: light and dark, wide and narrow, by keyboard alone, without motion, in two languages."""

from collections.abc import Awaitable, Callable

import pytest

from tests.browser.chromium import Page
from tests.browser.conftest import Sandbox

pytestmark = pytest.mark.long
OpenChat = Callable[[int], Awaitable[Page]]
GROUND = "getComputedStyle(document.querySelector('#header')).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(28, 29, 41)"


async def test_colours_follow_the_system_until_somebody_chooses(sandbox: Sandbox, open_chat: OpenChat) -> None:
    page = await open_chat(await sandbox.reader())
    await page.prefers(color_scheme="light")
    await page.until(f"{GROUND} === '{LIGHT}'")
    await page.prefers(color_scheme="dark")
    await page.until(f"{GROUND} === '{DARK}'")
    await page.click("[aria-label='Light or dark']")
    await page.until(f"{GROUND} === '{LIGHT}'")
    await page.call("Page.reload")
    await page.sees("#header small", "bot")
    assert await page.js(GROUND) == LIGHT


@pytest.mark.parametrize("width", [320, 360, 414, 768, 1280])
async def test_nothing_is_wider_than_the_window(
    sandbox: Sandbox, open_chat: OpenChat, pictures: list[bytes], width: int
) -> None:
    person = await sandbox.reader("Konstantin", last_name="Konstantinopolsky")
    await sandbox.bot.album(person, pictures[:5], caption="A caption")
    keyboard = {"inline_keyboard": [[{"text": "A rather long word on it", "callback_data": str(n)} for n in range(3)]]}
    words = "Donaudampfschifffahrtsgesellschaftskapitän" * 3
    await sandbox.bot("sendMessage", chat_id=person, text=words, reply_markup=keyboard)
    await sandbox.bot("sendMessage", chat_id=person, parse_mode="HTML", text=f"<pre>{'x' * 300}</pre>")
    page = await open_chat(person)
    await page.size(width, 720, touch=width < 500)
    await page.sees(".message.bot pre")
    wide = """[...document.querySelectorAll('body *')].filter((n) => n.checkVisibility()
        && !n.closest('pre, .effects, .skip')
        && n.getBoundingClientRect().right > innerWidth + 1).map((n) => n.tagName + '.' + n.className)"""
    assert await page.js(wide) == []
    assert await page.js("document.documentElement.scrollWidth <= innerWidth")


async def test_a_phone_shows_the_list_or_a_chat(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.size(360, 720, touch=True)
    await page.misses("#people")
    await page.click("#header .back")
    await page.sees("#people")
    await page.misses("#chat")
    await page.click(".person")
    await page.sees("#chat")
    await page.misses("#people")


async def test_a_phone_opens_the_drawer_from_the_menu_and_closes_it(sandbox: Sandbox, open_chat: OpenChat) -> None:
    page = await open_chat(await sandbox.reader())
    await page.size(360, 720, touch=True)
    await page.click("#header [title='Options']")
    await page.click(".menu button", "Developer tools")
    await page.sees("#drawer")
    assert await page.js("document.getElementById('drawer').getBoundingClientRect().width <= innerWidth")
    await page.key("Escape")
    await page.misses("#drawer")


async def test_the_page_speaks_both_languages_and_remembers_which(sandbox: Sandbox, open_chat: OpenChat) -> None:
    page = await open_chat(await sandbox.reader())
    await page.sees(".people h1", "People")
    await page.click(".language")
    await page.sees(".people h1", "Люди")
    await page.until("document.documentElement.lang === 'ru'")
    await page.call("Page.reload")
    await page.sees(".people h1", "Люди")
    missing = """Promise.all([import('/script/words/en.js'), import('/script/words/ru.js')]).then(([{ en }, { ru }]) =>
        [...Object.keys(en).filter((key) => !(key in ru)), ...Object.keys(ru).filter((key) => !(key in en))])"""
    assert await page.js(missing) == []


async def test_every_control_has_a_name_and_the_keyboard_reaches_the_messages(
    sandbox: Sandbox, open_chat: OpenChat
) -> None:
    person = await sandbox.reader()
    await sandbox.bot("sendMessage", chat_id=person, text="The newest")
    page = await open_chat(person)
    await page.sees(".message.bot", "The newest")
    await page.click("#header .tools")
    await page.sees("#drawer")
    nameless = """[...document.querySelectorAll('button, a, input, textarea, select')]
        .filter((n) => n.checkVisibility()
            && !(n.ariaLabel || n.innerText?.trim() || n.title || n.labels?.length || n.placeholder))
        .map((n) => n.outerHTML)"""
    assert await page.js(nameless) == []
    await page.js("document.querySelector('.message.bot').focus()")
    await page.key("ArrowUp")
    await page.until("document.activeElement.matches('.message.user')")
    await page.key("Enter")
    await page.sees(".menu", "Reply")
    await page.key("Escape")
    await page.misses(".menu")


async def test_who_wants_calm_gets_no_bursts(sandbox: Sandbox, open_chat: OpenChat) -> None:
    person = await sandbox.reader()
    page = await open_chat(person)
    await page.prefers(reduced_motion="reduce")
    await page.sees(".message.user", "/start")
    await sandbox.bot("sendMessage", chat_id=person, text="Done!", message_effect_id="5046509860389126442")
    await page.sees(".message.bot", "Done!")
    assert await page.js("document.querySelectorAll('#effects span').length") == 0


async def test_the_page_needs_nothing_from_elsewhere_and_stays_small(sandbox: Sandbox, open_chat: OpenChat) -> None:
    page = await open_chat(await sandbox.reader())
    await page.sees(".message.user", "/start")
    loaded = await page.js("performance.getEntriesByType('resource').map((e) => [e.name, e.decodedBodySize])")
    assert [name for name, _ in loaded if not name.startswith(sandbox.url)] == []
    assert sum(size for _, size in loaded) < 250_000
