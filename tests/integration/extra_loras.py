"""LoRAs that an owner offers, for tests."""

from db.pool import Database
from repository.admin import AdminRepository


async def add_extra_lora(
    db: Database,
    name: str,
    backend: str = "preview",
    *,
    weight: float = 1,
    trigger_words: str = "",
    vendor_id: str | None = None,
) -> int:
    """One that the owner added, served by this backend instead of Runware; returns its lora_id."""
    vendor_id = vendor_id or f"org:{name.lower().replace(' ', '-')}@1"
    lora_id = await AdminRepository(db.reading).manage_extra_lora(
        {"name": name, "air": vendor_id, "weight": weight, "trigger_words": trigger_words}
    )
    await db.reading.execute("""UPDATE "ExtraLoraServing" SET backend = $2 WHERE lora_id = $1""", lora_id, backend)
    return lora_id
