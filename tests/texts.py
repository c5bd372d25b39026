"""Everything the bot says, read once for all tests of a process: to read it takes longer than most of them."""

from bot.texts import Texts

TEXTS = Texts.load()
