"""What the bot waits for while a pack is being chosen."""

from aiogram.fsm.state import State, StatesGroup


class ChoosingPack(StatesGroup):
    """The dialog's data keep the pack_draft_id beside the state."""

    photo = State()
    """A button, or another photo to start from."""
