"""From an order that was made back to the choices that lead to it, as near as the choices on offer come."""

import math

from repository.files import File
from services.drafts.drafts import MAX_EXTRA_LORAS, MAX_WORDS, SIZES, STRENGTHS, DraftContent, PictureFormat, Strength
from services.orders import DatasetOrder, ImageOrder, ImageToImageOrder, LoraSource, personal_models
from services.remakes import remake_seed


def choices_of(order: ImageOrder) -> DraftContent:
    """The choices that come to this order, with another variation: the next picture is not the same one again."""
    choices = DraftContent(
        style=order.style,
        prompt=order.prompt[:MAX_WORDS],
        negative_prompt=(order.negative_prompt or "")[:MAX_WORDS],
        num_images=order.num_images,
        picture_format=nearest_format(order.width, order.height),
        model_id=next(iter(personal_models(order)), None),
        extra_loras=tuple(use.id for use in order.loras if use.source is LoraSource.EXTRA)[:MAX_EXTRA_LORAS],
    )
    if not isinstance(order, ImageToImageOrder):
        return choices
    return choices.model_copy(update={"file_id": order.file_id, "strength": nearest_strength(order.strength)})


def order_within_pack(pack: DatasetOrder, picture: File) -> ImageOrder:
    """The one order of a pack that brought this picture."""
    orders = pack.picture_orders(pack.seed or 0)
    of_its_seed = [order for order in orders if picture.seed in (order.seed, remake_seed(order.seed or 0))]
    return of_its_seed[0] if of_its_seed else orders[min(picture.position or 0, len(orders) - 1)]


def nearest_format(width: int, height: int) -> PictureFormat:
    """The shape on offer that comes nearest to a size in pixels."""
    return min(SIZES, key=lambda shape: abs(math.log(width / height) - math.log(SIZES[shape][0] / SIZES[shape][1])))


def nearest_strength(strength: float) -> Strength:
    """The step on offer that comes nearest to a share of change, from 0 to 1."""
    return min(STRENGTHS, key=lambda step: abs(STRENGTHS[step] - strength))
