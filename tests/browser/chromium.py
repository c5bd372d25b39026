"""A headless Chromium over the DevTools protocol: just what the page's tests need."""

import asyncio
import base64
import itertools
import json
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp

_START_SECONDS = 60.0
_ANSWER_SECONDS = 30.0
_WAIT_MS = 8000
_KEYS = {
    "Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, ""), "ArrowUp": (38, ""), "ArrowDown": (40, ""),
    "ArrowLeft": (37, ""), "ArrowRight": (39, ""), "ContextMenu": (93, ""),
}  # fmt: skip
_SHIFT = 8


@contextmanager
def chromium(binary: str) -> Iterator[str]:
    """Run a browser with a profile of its own; gives the address of its DevTools socket."""
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                binary,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _address(process, Path(profile) / "DevToolsActivePort")
        finally:
            process.terminate()
            process.wait(timeout=20)


def _address(process: "subprocess.Popen[bytes]", told: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        lines = told.read_text().splitlines() if told.exists() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        if process.poll() is not None:
            raise RuntimeError(f"Chromium ended with {process.returncode} before it listened")
        time.sleep(0.05)
    raise RuntimeError("Chromium did not listen in time")


class Browser:
    """A connection to a running Chromium."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}

    async def read(self) -> None:
        """Hand out answers and events until the connection ends."""
        async for message in self._socket:
            news = json.loads(message.data)
            if answer := self._answers.pop(news.get("id", 0), None):
                answer.set_result(news)
            elif page := self._pages.get(news.get("sessionId", "")):
                page.note(news["method"], news["params"])

    async def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Call a DevTools method; raises RuntimeError where the browser refuses."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(
            {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        )
        answer = await asyncio.wait_for(self._answers[number], _ANSWER_SECONDS)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    async def page(self, language: str = "en-US") -> "Page":
        """Open a page with cookies and storage of its own."""
        context = (await self.call("Target.createBrowserContext"))["browserContextId"]
        target = (await self.call("Target.createTarget", url="about:blank", browserContextId=context))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        page = self._pages[session] = Page(self, session, context)
        for method in ("Page.enable", "Runtime.enable", "Log.enable"):
            await page.call(method)
        await self.call("Browser.grantPermissions", permissions=["clipboardReadWrite"], browserContextId=context)
        await page.call("Emulation.setFocusEmulationEnabled", enabled=True)
        await page.script(f"Object.defineProperty(navigator, 'language', {{ value: {json.dumps(language)} }})")
        await page.size(1280, 800)
        return page


class Page:
    """One tab: what a person does in it, and what stands in it."""

    def __init__(self, browser: Browser, session: str, context: str) -> None:
        self._browser = browser
        self._session = session
        self._context = context
        self.problems: list[str] = []

    def note(self, event: str, parameters: dict[str, Any]) -> None:
        """Keep what went wrong in the page: exceptions, and errors that the browser logged."""
        if event == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.problems.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a DevTools method for this page."""
        return await self._browser.call(method, self._session, **parameters)

    async def close(self) -> None:
        """Close the tab and forget its storage."""
        await self._browser.call("Target.disposeBrowserContext", browserContextId=self._context)

    async def script(self, source: str) -> None:
        """Run a script in every document before its own ones."""
        await self.call("Page.addScriptToEvaluateOnNewDocument", source=source)

    async def goto(self, address: str) -> None:
        """Open an address."""
        await self.call("Page.navigate", url=address)

    async def js(self, expression: str) -> Any:
        """Return an expression's value, awaited; raises AssertionError with what the page threw."""
        answer = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if details := answer.get("exceptionDetails"):
            raise AssertionError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    async def until(self, expression: str, within_ms: int = _WAIT_MS) -> Any:
        """Return an expression's value as soon as it is true; fails loudly where it never is."""
        reason = json.dumps(f"never true: {expression}")
        return await self.js(
            f"""new Promise((done, fail) => {{
                const end = Date.now() + {within_ms};
                const look = async () => {{
                    // What is asked for may not be there yet: that is "not true", no failure.
                    const value = await (async () => ({expression}))().catch(() => null);
                    if (value) done(value);
                    else if (Date.now() > end) fail(new Error({reason} + "\\n" + document.body.innerText));
                    else setTimeout(look, 20);
                }};
                look();
            }})"""
        )

    async def sees(self, selector: str, text: str = "") -> None:
        """Wait for an element on the screen, with a text."""
        await self.until(
            f"[...document.querySelectorAll({json.dumps(selector)})].some(n => n.checkVisibility() "
            f"&& (n.innerText ?? n.textContent).includes({json.dumps(text)}))"
        )

    async def misses(self, selector: str, text: str = "") -> None:
        """Wait until there is no such element on the screen."""
        await self.until(
            f"![...document.querySelectorAll({json.dumps(selector)})].some(n => n.checkVisibility() "
            f"&& n.innerText.includes({json.dumps(text)}))"
        )

    async def click(self, selector: str, text: str = "", count: int = 1, button: str = "left") -> None:
        """Press the last visible element that fits, where a finger would."""
        x, y = await self.until(
            f"""(() => {{
                const node = [...document.querySelectorAll({json.dumps(selector)})]
                    .filter(n => n.checkVisibility() && (n.innerText ?? '').includes({json.dumps(text)})).at(-1);
                if (!node) return null;
                node.scrollIntoView({{ block: 'nearest' }});
                const box = node.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )
        for turn in range(1, count + 1):
            for kind in ("mousePressed", "mouseReleased"):
                await self.call(
                    "Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, clickCount=turn, buttons=1
                )

    async def swipe(self, selector: str, step: int) -> None:
        """Draw an element sideways by so many pixels."""
        x, y = await self.js(
            f"(b => [b.x + b.width / 2, b.y + b.height / 2])(document.querySelector({json.dumps(selector)})"
            ".getBoundingClientRect())"
        )
        for kind, way in (("mousePressed", 0.0), ("mouseMoved", 0.5), ("mouseMoved", 1.0), ("mouseReleased", 1.0)):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x + step * way, y=y, button="left", buttons=1)

    async def type(self, text: str) -> None:
        """Write into what has the focus."""
        await self.call("Input.insertText", text=text)

    async def key(self, name: str, shift: bool = False) -> None:
        """Press a key by its DOM name."""
        code, text = _KEYS.get(name, (ord(name.upper()[0]), name))
        common = {"key": name, "code": name, "windowsVirtualKeyCode": code, "modifiers": _SHIFT if shift else 0}
        await self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    async def size(self, width: int, height: int, touch: bool = False, scale: float = 1) -> None:
        """Give the window a size in CSS pixels."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=touch
        )

    async def prefers(self, **features: str) -> None:
        """Set media features, e.g. `color_scheme="dark"`, `reduced_motion="reduce"`."""
        wanted = [{"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in features.items()]
        await self.call("Emulation.setEmulatedMedia", features=wanted)

    async def shot(self, kind: str = "png", quality: int | None = None) -> bytes:
        """Return what is on the screen as a picture."""
        more = {"quality": quality} if quality else {}
        return base64.b64decode((await self.call("Page.captureScreenshot", format=kind, **more))["data"])


@asynccontextmanager
async def connect(address: str) -> AsyncIterator[Browser]:
    """Connect to a running Chromium for the length of a test."""
    async with aiohttp.ClientSession() as http, http.ws_connect(address, max_msg_size=0) as socket:
        browser = Browser(socket)
        reading = asyncio.create_task(browser.read())
        try:
            yield browser
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
