"""A Bot API server that agrees to everything at once: what it costs is the same for both sides.

Every file that is asked for is the same photograph. `python -m tests.bench.quick_telegram PORT`.
"""

import sys

from aiohttp import web

from tests.bench.photo import TELEGRAM, portrait

_MESSAGE = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'
_TRUE = b'{"ok":true,"result":true}'


_FILE = b'{"ok":true,"result":{"file_id":"photo","file_unique_id":"photo","file_path":"photo.jpg"}}'
_PHOTO = web.AppKey("photo", bytes)


async def tell_file(request: web.Request) -> web.Response:
    return web.Response(body=_FILE, content_type="application/json")


async def download(request: web.Request) -> web.Response:
    return web.Response(body=request.app[_PHOTO], content_type="image/jpeg")


async def agree(request: web.Request) -> web.Response:
    await request.read()
    sends = request.match_info["method"].startswith(("send", "editMessage"))
    return web.Response(body=_MESSAGE if sends else _TRUE, content_type="application/json")


def main() -> None:
    app = web.Application()
    app[_PHOTO] = portrait(TELEGRAM)
    app.router.add_route("*", "/bot{token}/getFile", tell_file)
    app.router.add_get("/file/bot{token}/{path}", download)
    app.router.add_route("*", "/bot{token}/{method}", agree)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
