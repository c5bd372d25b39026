"""What the bot waits for in the gallery."""

from aiogram.fsm.state import State, StatesGroup


class Searching(StatesGroup):
    """The dialog's data keep the filter beside the state."""

    words = State()
