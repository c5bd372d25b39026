"""What the bot waits for while photos for a model are collected."""

from aiogram.fsm.state import State, StatesGroup


class TrainingStep(StatesGroup):
    """The dialog's data keep the training_set beside the state. A photo is one for this set, whatever the state."""

    card = State()
    """The live card is on the screen, and kept true while it is."""
    page = State()
    """Another page of the set; the next photo brings the card back."""
    name = State()
    """The model's name."""
