"""What the bot waits for while a picture is being composed."""

from aiogram.fsm.state import State, StatesGroup


class Composing(StatesGroup):
    """The dialog's data keep the draft_id beside the state. Words that come unasked are the description."""

    choosing = State()
    """A style or a button; words are welcome too."""
    words = State()
    """The description, and nothing else."""
    unwanted = State()
    """What the picture should not show."""
    variation = State()
    """A number."""
