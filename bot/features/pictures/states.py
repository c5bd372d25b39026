"""What the bot waits for beside a picture."""

from aiogram.fsm.state import State, StatesGroup


class Marking(StatesGroup):
    """The dialog's data keep the picture's file_id and the origin beside the state."""

    tags = State()
    note = State()
