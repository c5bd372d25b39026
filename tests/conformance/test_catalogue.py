"""The offers of the suite are those of the catalogue that every installation begins with."""

from db.pool import Database
from tests.conformance.candidates import CANDIDATES


async def test_the_suite_asks_for_what_the_catalogue_offers(database: Database) -> None:
    rows = await database.reading.fetch(
        'SELECT backend, model, kind, vendor_id, max_steps, unit_microusd FROM "VendorModel"'
    )
    offered = {tuple(row.values()) for row in rows}
    asked = {
        (name, model, kind.value, row.vendor_id, row.max_steps, row.unit_microusd)
        for name, candidate in CANDIDATES.items()
        for (model, kind), row in candidate.models.items()
    }
    assert asked == offered
