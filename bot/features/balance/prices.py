"""What is on offer and for how much, a line each."""

from bot.texts import Translate
from services.errors import NotSold
from services.generation import Generations
from services.orders import TaskKind


async def price_lines(t: Translate, generations: Generations) -> list[str]:
    """Nothing for what has no price: it is not on offer."""
    lines = []
    picture = await price_of(generations, TaskKind.IMAGE_TO_IMAGE)
    if picture is not None:
        lines.append(t("price-picture", price=picture))
    model = await price_of(generations, TaskKind.TRAIN)
    if model is not None:
        lines.append(t("price-train", price=model))
    pack = await price_of(generations, TaskKind.DATASET)
    if pack is not None:
        lines.append(t("price-pack", price=pack))
    solid = await price_of(generations, TaskKind.IMAGE_TO_3D)
    if solid is not None:
        lines.append(t("price-solid", price=solid))
    return lines


async def price_of(generations: Generations, kind: TaskKind) -> int | None:
    """Tokens for one of them (a picture, a model), or None where it is not on offer."""
    try:
        return await generations.unit_price(kind)
    except NotSold:
        return None
