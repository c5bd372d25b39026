import asyncio, time, json
from tests.integration.conftest import telegram
from bot.polling import Polling
async def test_window(telegram, capsys):
    a = await telegram.person("A"); b = await telegram.person("B"); await telegram.confirm_all()
    await telegram.write(a, *[str(n) for n in range(120)])
    await telegram.write(b, "hello")
    done = asyncio.Event(); began = time.monotonic()
    async def handle(update):
        if update.message.from_user.id == a: await asyncio.sleep(0.2)
        else: done.set()
    stop = asyncio.Event(); task = asyncio.create_task(Polling(telegram.bot, handle, ["message"]).run(stop, 0.1))
    await asyncio.wait_for(done.wait(), 60)
    with capsys.disabled(): print("B waited", round(time.monotonic()-began, 2))
    stop.set(); await task
