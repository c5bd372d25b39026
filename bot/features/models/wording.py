"""What is said of a model, line by line; and of its end."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from bot.likeness_text import percent
from bot.texts import Translate
from repository.model_entries import LatestTraining, VersionFacts
from repository.model_erasures import CopyFate
from repository.models import ModelStatus
from repository.tasks import TaskStatus
from repository.vendor_copies import CopyKind, CopyState
from services.models.models import ModelCard, ModelReceipt

_VENDORS = {"runware": "Runware", "replicate": "Replicate"}


def row_text(t: Translate, card: ModelCard) -> str:
    """A model on a button: its name, and where it stands."""
    if card.is_training and card.latest is not None:
        return t.plain("models-row-training", name=card.name, percent=card.latest.progress)
    if not card.is_ready:
        return t.plain("models-row-failed", name=card.name)
    if card.is_default:
        return t.plain("models-row-default", name=card.name)
    return t.plain("models-row-ready", name=card.name)


def model_text(t: Translate, card: ModelCard, versions: Sequence[VersionFacts]) -> str:
    """A model with everything that is told of it; well under a caption's 1024 characters."""
    blocks = [t("model", name=card.name)]
    facts = _facts(t, card)
    if facts:
        blocks.append("\n".join(facts))
    if len(versions) > 1:
        blocks.append("\n".join([t("model-versions"), *(_version_line(t, version) for version in versions)]))
    if card.latest is not None and card.is_training:
        blocks.append(_training(t, card, card.latest))
    elif card.latest is not None and card.has_failed:
        blocks.append(_failure(t, card, card.latest))
    return "\n\n".join(blocks)


def question_text(t: Translate, card: ModelCard, counts: Mapping[str, int], stop_percent: int) -> str:
    """What goes with a model, what stays, what is stopped."""
    goes = [t("model-goes-training", count=counts["versions"])]
    if counts["training_photos"]:
        goes.append(t("model-goes-photos", count=counts["training_photos"]))
    if counts["copies"]:
        goes.append(t("model-goes-copies", count=counts["copies"]))
    if card.is_training:
        goes.append(t("model-goes-open-training", percent=stop_percent))
    if counts["open_orders"]:
        goes.append(t("model-goes-open-orders", count=counts["open_orders"]))
    stays = [t("model-stays")]
    if counts["pictures"]:
        stays.append(t("model-stays-pictures", count=counts["pictures"]))
    stays.append(t("model-stays-books"))
    return "\n\n".join([t("model-delete", name=card.name), "\n".join(goes), "\n".join(stays), t("model-delete-end")])


def receipt_text(t: Translate, receipt: ModelReceipt) -> str:
    """Reference, date, what was erased here, and what has become of the copies at vendors."""
    counts = receipt.counts
    here = [
        t("model-erased"),
        t("model-erased-trainings", count=counts.get("versions", 0)),
        t("model-erased-photos", count=counts.get("training_photos", 0)),
    ]
    if stopped := counts.get("orders_stopped", 0):
        here.append(t("model-erased-orders", count=stopped))
    blocks = [t("model-receipt", reference=receipt.reference, date=receipt.erased_at), "\n".join(here)]
    if receipt.copies:
        blocks.append("\n".join([t("model-copies"), *fate_lines(t, receipt.copies)]))
    if pictures := counts.get("pictures", 0):
        blocks.append(t("model-receipt-pictures", count=pictures))
    return "\n\n".join([*blocks, t("model-receipt-end", reference=receipt.reference)])


def fate_lines(t: Translate, fates: Sequence[CopyFate]) -> list[str]:
    """At which vendor what is deleted, is still being deleted, or cannot be."""
    return [_fate_line(t, fate) for fate in fates if fate.state is not CopyState.KEPT]


def _facts(t: Translate, card: ModelCard) -> list[str]:
    entry = card.entry
    lines = []
    if entry.trained_at is not None and entry.photos is not None:
        lines.append(t("model-trained", date=entry.trained_at, photos=entry.photos))
        lines.append(t("model-pictures", count=entry.pictures))
    if entry.likeness is not None:
        lines.append(t("model-likeness", percent=percent(entry.likeness)))
    if entry.faceless == 1:
        lines.append(t("model-all-faceless"))
    elif entry.faceless:
        lines.append(t("model-faceless", percent=max(percent(entry.faceless), 1)))
    if card.is_default:
        lines.append(t("model-default"))
    return lines


def _version_line(t: Translate, version: VersionFacts) -> str:
    number = str(version.number)
    match version.status:
        case ModelStatus.TRAINING:
            return t("model-version-training", number=number)
        case ModelStatus.ERROR:
            return t("model-version-failed", number=number)
        case ModelStatus.READY:
            line = t("model-version", number=number, photos=version.photos)
            if version.likeness is not None:
                line = f"{line} · {t('model-version-likeness', percent=percent(version.likeness))}"
            return f"{line} · {t('model-version-in-use')}" if version.is_in_use else line
        case unknown:
            assert_never(unknown)


def _training(t: Translate, card: ModelCard, latest: LatestTraining) -> str:
    if latest.is_stopping:
        return t("model-stopping")
    if latest.task_status is TaskStatus.QUEUED:
        return t("model-waiting")
    if card.is_ready:
        return t("model-training-again", percent=latest.progress)
    return t("model-training", percent=latest.progress)


def _failure(t: Translate, card: ModelCard, latest: LatestTraining) -> str:
    """Why the last training brought nothing, what came back, what is still there."""
    lines = [_why(t, latest)]
    if latest.tokens_returned:
        lines.append(t("model-returned", count=latest.tokens_returned))
    if card.is_ready:
        lines.append(t("model-failed-stays"))
    return "\n".join(lines)


def _why(t: Translate, latest: LatestTraining) -> str:
    if latest.task_status is TaskStatus.CANCELLED:
        return t("model-failed-stopped")
    match latest.error_code:
        case "expired":
            return t("model-failed-expired")
        case "deadline" | "gave_up":
            return t("model-failed-deadline")
        case "unavailable":
            return t("model-failed-unavailable")
        case "photo_gone" | "unreadable_photo" | "no_input" | "refused_input" | "prompt_blocked":
            return t("model-failed-photos")
        case _:
            return t("model-failed")


def _fate_line(t: Translate, fate: CopyFate) -> str:
    vendor = _VENDORS.get(fate.backend, fate.backend)
    what = t("model-copy-photos") if fate.kind is CopyKind.PHOTOS else t("model-copy-model")
    match fate.state:
        case CopyState.DELETED:
            return t("model-copy-deleted", vendor=vendor, what=what)
        case CopyState.DOOMED | CopyState.KEPT:
            return t("model-copy-doomed", vendor=vendor, what=what)
        case CopyState.STAYS:
            return t("model-copy-stays", vendor=vendor, what=what)
        case unknown:
            assert_never(unknown)
