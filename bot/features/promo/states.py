"""What the bot waits for with promo codes."""

from aiogram.fsm.state import State, StatesGroup


class Redeeming(StatesGroup):
    """Nothing is kept beside the state."""

    code = State()
