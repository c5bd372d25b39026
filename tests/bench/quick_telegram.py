"""A Bot API server that agrees to everything at once: what it costs is the same for both sides.

`python -m tests.bench.quick_telegram PORT`.
"""

import sys

from aiohttp import web

_MESSAGE = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'
_TRUE = b'{"ok":true,"result":true}'


async def agree(request: web.Request) -> web.Response:
    await request.read()
    sends = request.match_info["method"].startswith(("send", "editMessage"))
    return web.Response(body=_MESSAGE if sends else _TRUE, content_type="application/json")


def main() -> None:
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", agree)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
