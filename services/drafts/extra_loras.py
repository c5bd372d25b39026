"""The owner's LoRAs on a draft: which of them it can have, and what becomes of those that it cannot have any more.

All LoRAs of an order are laid on by one vendor. So a draft is offered what somebody serves beside everything that it
has already; the owner's weight is each one's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from db.pool import Database
from repository.users import User
from repository.vendor_models import ExtraLora, VendorModelRepository
from services.drafts.drafts import MAX_EXTRA_LORAS, Draft, DraftContent, Drafts
from services.errors import TooManyExtraLoras
from services.orders import MAX_LORAS, PORTRAIT_MODEL, TaskKind


@dataclass(frozen=True, slots=True)
class ExtraLoraChoice:
    """A draft with the LoRAs that it has and could have."""

    draft: Draft
    offered: Sequence[ExtraLora]
    """By name, the chosen ones among them."""
    limit: int
    """How many of them fit, the chosen ones included."""
    dropped: Sequence[str]
    """The names of those that it had, or that were asked for, and cannot have any more."""

    @property
    def chosen(self) -> list[ExtraLora]:
        """Those that the draft has, in the order in which they were chosen."""
        by_id = {lora.lora_id: lora for lora in self.offered}
        return [by_id[lora_id] for lora_id in self.draft.content.extra_loras]


class ExtraLoras:
    """Offers LoRAs and puts them on drafts. backends: those that make pictures here."""

    def __init__(self, db: Database, drafts: Drafts, backends: Sequence[str]) -> None:
        self._db = db
        self._drafts = drafts
        self._backends = backends

    async def settle(self, person: User, draft: Draft) -> ExtraLoraChoice:
        """What the draft can have; what it cannot have any more is taken from it, and told."""
        return await self._settle(person, draft, await self._places(person, draft.content))

    async def add(self, person: User, draft: Draft, lora_id: int) -> ExtraLoraChoice:
        """Put a LoRA on the draft; one that is not offered any more is only told of. Raises TooManyExtraLoras."""
        places = await self._places(person, draft.content)
        settled = await self._settle(person, draft, places)
        present = settled.draft.content.extra_loras
        if lora_id in present:
            return settled
        if all(lora.lora_id != lora_id for lora in settled.offered):
            names = [*settled.dropped, *await self._names([lora_id])]
            return replace(settled, dropped=list(dict.fromkeys(names)))
        wanted = (*present, lora_id)
        if not places.room_for(wanted):
            raise TooManyExtraLoras(limit=len(present))
        changed = await self._drafts.change(person, settled.draft.draft_id, extra_loras=wanted)
        return places.choice(changed, settled.dropped)

    async def remove(self, person: User, draft: Draft, lora_id: int) -> ExtraLoraChoice:
        """Take a LoRA from the draft."""
        left = tuple(present for present in draft.content.extra_loras if present != lora_id)
        if left != draft.content.extra_loras:
            draft = await self._drafts.change(person, draft.draft_id, extra_loras=left)
        return await self.settle(person, draft)

    async def _settle(self, person: User, draft: Draft, places: "_Places") -> ExtraLoraChoice:
        kept: tuple[int, ...] = ()
        for lora_id in draft.content.extra_loras:
            if places.room_for((*kept, lora_id)):
                kept = (*kept, lora_id)
        gone = [lora_id for lora_id in draft.content.extra_loras if lora_id not in kept]
        if not gone:
            return places.choice(draft)
        changed = await self._drafts.change(person, draft.draft_id, extra_loras=kept)
        return places.choice(changed, await self._names(gone))

    async def _places(self, person: User, content: DraftContent) -> "_Places":
        kind = TaskKind.TEXT_TO_IMAGE if content.file_id is None else TaskKind.IMAGE_TO_IMAGE
        repository = VendorModelRepository(self._db.reading)
        loras = await repository.get_extra_loras(PORTRAIT_MODEL, kind.value, self._backends)
        if not loras:
            return _Places((), {})
        most = {
            model.backend: min(model.max_loras, MAX_LORAS)
            for model in await repository.get_vendor_models(PORTRAIT_MODEL, kind.value)
            if model.backend in self._backends
        }
        if content.model_id is not None:
            serving = {s.backend for s in await repository.get_served_loras(person.user_id, [content.model_id], [])}
            # Of a model that is gone the card tells, and every choice can wait for another one.
            most = {name: room - 1 for name, room in most.items() if not serving or name in serving}
        return _Places(loras, {name: room for name, room in most.items() if room > 0})

    async def _names(self, lora_ids: Sequence[int]) -> list[str]:
        return await VendorModelRepository(self._db.reading).get_extra_lora_names(lora_ids)


@dataclass(frozen=True, slots=True)
class _Places:
    """Who could lay on which LoRAs for one draft, and how many beside its personal model."""

    loras: Sequence[ExtraLora]
    most: dict[str, int]

    def room_for(self, lora_ids: Sequence[int]) -> bool:
        """Whether somebody lays on all of these."""
        if len(lora_ids) > MAX_EXTRA_LORAS:
            return False
        return any(len(lora_ids) <= self.most[name] for name in self._serving(lora_ids))

    def choice(self, draft: Draft, dropped: Sequence[str] = ()) -> ExtraLoraChoice:
        """What the draft has and could have: all that somebody serves beside it, be there room for it or not."""
        chosen = draft.content.extra_loras
        offered = [lora for lora in self.loras if self._serving((*chosen, lora.lora_id))]
        room = max((self.most[name] for name in self._serving(chosen)), default=0)
        return ExtraLoraChoice(draft, offered, min(room, MAX_EXTRA_LORAS), dropped)

    def _serving(self, lora_ids: Sequence[int]) -> set[str]:
        by_id = {lora.lora_id: set(lora.backends) for lora in self.loras}
        return set(self.most).intersection(*(by_id.get(lora_id, set()) for lora_id in lora_ids))
