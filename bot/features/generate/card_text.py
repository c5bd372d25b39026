"""What the card and the screen "More" say. What people and owners write is shortened to fit a caption."""

import html
import re
from collections.abc import Sequence

from bot.texts import Translate
from bot.words import shorten, telegram_length
from repository.catalogue import Style
from repository.models import UsableModel
from repository.vendor_models import ExtraLora
from services.drafts.drafts import Draft, Strength
from services.drafts.extra_loras import ExtraLoraChoice

CAPTION = 1024
"""Characters that Telegram takes under a picture."""
WORDS_SHOWN = 360
"""Characters of a description, which gives way where the rest needs its place."""
UNWANTED_SHOWN = 80
TITLE_SHOWN = 60
NAMES_SHOWN = 70
"""Characters of the names of extra LoRAs together."""

_TAG = re.compile(r"<[^>]+>")


def card_text(
    t: Translate,
    draft: Draft,
    style: Style | None,
    price: int,
    tokens_left: int,
    *,
    model: UsableModel | None = None,
    extra_loras: Sequence[ExtraLora] = (),
    is_preview: bool,
    note: str | None,
) -> str:
    """The choices, the price in tokens, and what is missing for it.

    style and model: the chosen ones, if they are on offer and can be used.
    """
    above = [t("card"), _choices(t, draft, style, model, extra_loras)]
    below = [t("card-price", pictures=draft.content.num_images, price=price, tokens=tokens_left)]
    if price > tokens_left:
        below.append(_missing(t, draft, price, tokens_left))
    if is_preview:
        below.append(t("card-preview"))
    if note:
        below.append(note)
    if draft.content.prompt:
        room = CAPTION - _shown_length("\n\n".join([*above, "", *below]))
        above.append(t("card-words", words=shorten(draft.content.prompt, min(WORDS_SHOWN, room))))
    return "\n\n".join([*above, *below])


def dropped_text(t: Translate, extra: ExtraLoraChoice) -> str:
    """Which extra LoRAs the draft cannot have any more; nothing where it has all."""
    if not extra.dropped:
        return ""
    return t("extra-loras-dropped", names=_named(extra.dropped), count=len(extra.dropped))


def more_text(t: Translate, extra: ExtraLoraChoice) -> str:
    """What few people choose, and how it stands."""
    content = extra.draft.content
    blocks = [t("more")]
    if content.file_id is not None:
        blocks.append(t("more-strength"))
    if content.negative_prompt:
        blocks.append(t("more-unwanted", words=shorten(content.negative_prompt)))
    else:
        blocks.append(t("more-unwanted-nothing"))
    if content.seed is not None:
        blocks.append(t("more-variation", number=str(content.seed)))
    else:
        blocks.append(t("more-variation-any"))
    if extra.chosen:
        blocks.append(t("more-extra-loras", names=_named([lora.name for lora in extra.chosen])))
    elif extra.offered:
        blocks.append(t("more-extra-loras-nothing"))
    if extra.dropped:
        blocks.append(dropped_text(t, extra))
    return "\n\n".join(blocks)


def _shown_length(text: str) -> int:
    """Characters that are left when Telegram has read the HTML."""
    return telegram_length(html.unescape(_TAG.sub("", text)))


def _named(names: Sequence[str]) -> str:
    return shorten(", ".join(names), NAMES_SHOWN)


def _choices(
    t: Translate, draft: Draft, style: Style | None, model: UsableModel | None, extra_loras: Sequence[ExtraLora]
) -> str:
    content = draft.content
    lines = []
    if content.file_id is not None:
        lines.append(t("card-from-photo"))
    elif content.model_id is None:
        lines.append(t("card-from-words"))
    if model is not None:
        lines.append(t("card-model", name=shorten(model.name, TITLE_SHOWN)))
    elif content.model_id is not None:
        lines.append(t("card-model-gone"))
    if style is not None:
        lines.append(t("card-style", emoji=style.emoji, title=shorten(style.title(t.locale), TITLE_SHOWN)))
    elif content.style is not None:
        lines.append(t("card-style-gone"))
    if extra_loras:
        names = _named([lora.name for lora in extra_loras])
        lines.append(t("card-extra-loras", names=names, count=len(extra_loras)))
    if content.file_id is not None and content.strength is Strength.CLOSE:
        lines.append(t("card-strength-close"))
    elif content.file_id is not None and content.strength is Strength.BALANCED:
        lines.append(t("card-strength-balanced"))
    if content.negative_prompt:
        lines.append(t("card-unwanted", words=shorten(content.negative_prompt, UNWANTED_SHOWN)))
    if content.seed is not None:
        lines.append(t("card-variation", number=str(content.seed)))
    return "\n".join(lines)


def _missing(t: Translate, draft: Draft, price: int, tokens_left: int) -> str:
    for_one = price // draft.content.num_images
    if for_one > tokens_left:
        return t("card-missing-for-one", missing=for_one - tokens_left)
    return t("card-missing", missing=price - tokens_left)
