"""What counts as something that a person said."""

from aiogram.enums import ContentType
from aiogram.types import Message

_SAID = frozenset(
    {
        ContentType.ANIMATION,
        ContentType.AUDIO,
        ContentType.CONTACT,
        ContentType.DICE,
        ContentType.DOCUMENT,
        ContentType.GAME,
        ContentType.LOCATION,
        ContentType.PAID_MEDIA,
        ContentType.PHOTO,
        ContentType.POLL,
        ContentType.STICKER,
        ContentType.STORY,
        ContentType.TEXT,
        ContentType.VENUE,
        ContentType.VIDEO,
        ContentType.VIDEO_NOTE,
        ContentType.VOICE,
    }
)


def says_something(message: Message) -> bool:
    """Whether a person sent it to the bot; as messages Telegram also tells of pins, payments and the like."""
    return message.content_type in _SAID
