"""What the bot waits for with personal models."""

from aiogram.fsm.state import State, StatesGroup


class Naming(StatesGroup):
    """The dialog's data keep the model_id beside the state."""

    name = State()
    """The name, as words."""
