"""The draft that is on the screen, for messages, which carry no id."""

from bot.screen import Screen
from repository.users import User
from services.drafts.drafts import Draft, Drafts


async def present_draft(person: User, screen: Screen, drafts: Drafts) -> Draft:
    """The draft that the dialog remembers. Raises DraftNotFound."""
    return await drafts.read(person, int((await screen.remembered()).get("draft_id", 0)))
