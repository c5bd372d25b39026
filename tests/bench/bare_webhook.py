"""The baseline: aiogram's own webhook server with one handler that inserts a row and replies.

`python -m tests.bench.bare_webhook PORT TELEGRAM_URL` with DATABASE_URL set. The table "BareUpdate" must be there.
"""

import gc
import os
import sys

import asyncpg
import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web


async def build() -> web.Application:
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=8)
    session = AiohttpSession(api=TelegramAPIServer.from_base(sys.argv[2]))
    bot = Bot("42:BENCH", session=session)
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def reply(message: Message) -> None:
        await pool.execute(
            """INSERT INTO "BareUpdate" (user_id, text) VALUES ($1, $2)""", message.chat.id, message.text
        )
        await message.answer("Hello!")

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False).register(app, path="/webhooks/telegram")
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    return app


if __name__ == "__main__":
    uvloop.install()
    web.run_app(build(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
