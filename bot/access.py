"""Who is an admin to the bot: who has the right, and who stands in ADMIN_IDS."""

from collections.abc import Collection

from aiogram.types import TelegramObject

from repository.users import User


def is_admin(_: TelegramObject, person: User, admin_ids: Collection[int]) -> bool:
    """A filter: others fall through to the silence of the fallback."""
    return person.is_admin or person.user_id in admin_ids
