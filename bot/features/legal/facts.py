"""What the settings say about who makes pictures, where they lie, and whom to ask."""

import html
from dataclasses import dataclass
from typing import Self

from config.settings import Settings

_VENDORS = {"runware": "Runware", "replicate": "Replicate"}


@dataclass(frozen=True, slots=True)
class LegalFacts:
    """True of this installation, whatever it is."""

    vendors: tuple[str, ...]
    """Companies that orders are sent to; empty: everything is made by the bot's own machines."""
    is_preview: bool
    """Pictures are put together without AI, at first at least."""
    is_in_cloud: bool
    """Pictures lie with a storage provider, not on the machine of the bot."""
    reports_errors: bool
    support_contact: str
    """As the owner wrote it; empty where none is given."""
    owner_id: int | None
    """The first admin's Telegram id."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read from the settings."""
        backends = settings.chosen_image_backends
        return cls(
            vendors=tuple(_VENDORS[name] for name in settings.used_backends if name in _VENDORS),
            is_preview=backends[0] == "preview",
            is_in_cloud=settings.storage_base.startswith("s3:"),
            reports_errors=bool(settings.sentry_dsn),
            support_contact=settings.support_contact,
            owner_id=settings.admin_ids[0] if settings.admin_ids else None,
        )

    def support_link(self, title: str) -> str | None:
        """Whom to write to, as HTML; None where the settings name nobody. title: what stands for an owner's link."""
        contact = self.support_contact
        if contact.startswith("https://"):
            return f'<a href="{html.escape(contact)}">{html.escape(contact.removeprefix("https://"))}</a>'
        if contact:
            return html.escape(contact)
        if self.owner_id is not None:
            return f'<a href="tg://user?id={self.owner_id}">{html.escape(title)}</a>'
        return None
