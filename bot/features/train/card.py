"""What stands on the pages of a set: the live card, one photo, the summary before the order. HTML."""

from collections.abc import Sequence
from typing import assert_never

from bot.features.train.photos import bad_photos, is_bad
from bot.features.train.traits import subject_label, traits_text
from bot.features.train.verdict_words import reason
from bot.texts import Translate
from bot.usual_time import takes_about
from services.orders import SubjectClass
from services.photos.verdicts import SetNeeds, View
from services.training.sets import JudgedPhoto, SetView
from services.training.terms import TrainingQuote

MOST_ROWS = 12
"""Reasons, one a line: more would push the buttons off a phone's screen."""
MOST_VIEWS = 3
"""Wishes at a time."""


def card_text(t: Translate, view: SetView) -> str:
    """How many photos there are, which will not do and why, what is still missing; well under 4096 characters."""
    blocks = [t("train-card")] if view.set.model_id is None else [_head_again(t, view)]
    if not view.photos:
        return "\n\n".join([*blocks, t("train-how", least=view.needs.to_minimum, enough=view.needs.to_recommended)])
    blocks.append(_counts(t, view))
    if view.waiting:
        blocks[-1] += f"\n{t('train-looking', count=view.waiting)}"
    if bad := bad_photos(view):
        blocks.append("\n".join(_rows(t, view, bad)))
    blocks.append(_needs(t, view.needs, is_looking=view.waiting > 0))
    return "\n\n".join(blocks)


def photo_text(t: Translate, view: SetView, photo: JudgedPhoto) -> str:
    """Its number, and what is thought of it."""
    head = t("train-photo", number=photo.number)
    if photo.is_waiting:
        return f"{head}\n\n{t('train-photo-waiting')}"
    if is_bad(photo):
        return f"{head}\n\n❌ {reason(t, view, photo)}"
    return f"{head}\n\n{t('train-photo-good')}"


def summary_text(t: Translate, view: SetView, quote: TrainingQuote, tokens_left: int) -> str:
    """What will be trained, its price, what is promised."""
    about = []
    if view.model_name is not None:
        about.append(t("train-summary-again", name=view.model_name))
    elif view.set.name:
        about.append(t("train-summary-name", name=view.set.name))
    if view.set.subject_class:
        about.append(t("train-summary-subject", subject=subject_label(t, SubjectClass(view.set.subject_class))))
    if traits := traits_text(t, view.set.characteristics):
        about.append(t("train-summary-traits", traits=traits))
    about.append(_good_photos(t, view))
    money = [_price(t, quote, tokens_left)]
    if quote.typical_seconds is not None:
        money.append(takes_about(t, quote.typical_seconds))
    if quote.tokens:
        money.append(t("train-summary-promise"))
    money.append(_stop(t, quote))
    blocks = [t("train-summary"), "\n".join(about), "\n".join(money)]
    if quote.tokens > tokens_left:
        blocks.append(t("train-summary-missing", missing=quote.tokens - tokens_left))
    return "\n\n".join(blocks)


def _head_again(t: Translate, view: SetView) -> str:
    """Which model is trained anew, and what of its last training is there."""
    lines = [t("train-card-again", name=view.model_name or "")]
    if view.kept_until is not None:
        lines.append(t("train-before", count=len(view.from_before), date=view.kept_until))
    elif not view.from_before:
        lines.append(t("train-before-erased"))
    return "\n".join(lines)


def _good_photos(t: Translate, view: SetView) -> str:
    before = sum(photo.verdict is not None and photo.verdict.is_good for photo in view.from_before)
    if not before:
        return t("train-summary-photos", count=view.needs.good)
    return t("train-summary-photos-before", count=view.needs.good, before=before)


def _price(t: Translate, quote: TrainingQuote, tokens_left: int) -> str:
    if quote.is_free:
        return t("train-summary-free")
    return t("train-summary-price", tokens=quote.tokens, left=tokens_left)


def _stop(t: Translate, quote: TrainingQuote) -> str:
    """What a stop costs: tokens, or the one time that is free."""
    if quote.is_free:
        return t("train-summary-stop-free")
    return t("train-summary-stop", charged=quote.tokens_if_stopped)


def _counts(t: Translate, view: SetView) -> str:
    parts = []
    if view.needs.good:
        parts.append(t("train-count-good", count=view.needs.good))
    if bad := len(bad_photos(view)):
        parts.append(t("train-count-bad", count=bad))
    if not parts:
        return t("train-count", count=len(view.photos))
    return t("train-count-judged", count=len(view.photos), parts=" · ".join(parts))


def _rows(t: Translate, view: SetView, bad: Sequence[JudgedPhoto]) -> list[str]:
    """One line a reason, with the numbers of the photos that it is true of."""
    numbers: dict[str, list[int]] = {}
    for photo in bad:
        numbers.setdefault(reason(t, view, photo), []).append(photo.number)
    told = list(numbers.items())
    rows = [t("train-bad-row", numbers=", ".join(map(str, of_these)), reason=why) for why, of_these in told[:MOST_ROWS]]
    if rest := sum(len(of_these) for _, of_these in told[MOST_ROWS:]):
        rows.append(t("train-bad-more", count=rest))
    return rows


def _needs(t: Translate, needs: SetNeeds, *, is_looking: bool) -> str:
    """What is still wanted: first what there must be, then what makes it better."""
    views = ", ".join(_view(t, view) for view in needs.missing[:MOST_VIEWS])
    if needs.to_minimum and views and needs.good:
        return t("train-needs-views", count=needs.to_minimum, views=views)
    if needs.to_minimum:
        return t("train-needs", count=needs.to_minimum)
    if is_looking:
        return t("train-enough-looking")
    if views:
        return t("train-enough-views", views=views)
    if needs.to_recommended:
        return t("train-enough-more", count=needs.to_recommended)
    return t("train-enough")


def _view(t: Translate, view: View) -> str:
    match view:
        case View.FRONT:
            return t("train-view-front")
        case View.LEFT:
            return t("train-view-left")
        case View.RIGHT:
            return t("train-view-right")
        case View.CLOSE_UP:
            return t("train-view-close-up")
        case View.HALF_LENGTH:
            return t("train-view-half-length")
        case _:
            assert_never(view)
