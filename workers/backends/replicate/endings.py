"""What a prediction's end, or a refusal, means for the call.

Replicate says no price: a prediction that succeeded costs the catalogue's estimate, in the share of outputs that it
made; one that was cancelled after it had begun is billed too, at most as much; one that failed, or never began, is not
(pages "Billing" and "Prediction lifecycle"). A training tells how long its machine was at work, and that is its price.
"""

import re

from config.redaction import hide_links
from workers.backends.base import CANCELLED, ErrorKind, Failed, Finished, Remote, Trained
from workers.backends.replicate.prediction import Prediction, Training
from workers.backends.replicate.transport import Refusal

CLOSING = Failed(ErrorKind.VENDOR, "closing", "the backend is shutting down")
FORGOTTEN = Failed(ErrorKind.VENDOR, "forgotten", "the vendor knows no such prediction")
TRAINER_MICROUSD_A_SECOND = 1525
"""The trainer runs on an H100 (page "Hardware"), in millionths of a US dollar."""

_BLOCKED = re.compile(r"nsfw|sensitive content|safety (?:checker|filter)|flagged", re.IGNORECASE)
_LONGEST_MESSAGE = 300


def ending_of(prediction: Prediction, estimated_microusd: int, cancel_after: float) -> Finished | Failed | None:
    """The last word on a call, or None while there is none.

    `estimated_microusd` is for all of its outputs; `cancel_after` (seconds) is when the vendor was told to give up.
    """
    match prediction.status:
        case "succeeded" if prediction.training is not None:
            return _trained(prediction.training, estimated_microusd)
        case "succeeded":
            return _succeeded(prediction, estimated_microusd)
        case "failed":
            is_blocked = _BLOCKED.search(prediction.error) is not None
            kind, code = (ErrorKind.ORDER, "output_blocked") if is_blocked else (ErrorKind.VENDOR, "vendor_failed")
            return Failed(kind, code, shortened(prediction.error) or "no reason given")
        case "canceled":
            return _cancelled(prediction, estimated_microusd, cancel_after)
        case "aborted":
            return Failed(ErrorKind.VENDOR, "aborted", "it had not begun when its time was over")
    return None


def failure_of(refusal: Refusal) -> Failed | None:
    """What a refused creation means; None where nobody knows whether it was carried out."""
    message = shortened(str(refusal))
    match refusal.status:
        case 401:
            return Failed(ErrorKind.OURS, "wrong_key", message, is_lasting=True)
        case 402:
            return Failed(ErrorKind.OURS, "no_balance", message, is_lasting=True)
        case 404:
            return Failed(ErrorKind.OURS, "unknown_model", message)
        case 422:
            return Failed(ErrorKind.ORDER, "refused_input", message)
        case 429:
            return Failed(ErrorKind.VENDOR, "rate_limited", message)
        case status if status < 500:
            return Failed(ErrorKind.OURS, "bad_request", message)
    return None


def shortened(words: str) -> str:
    """A vendor's words as one short line, with no more of links than their hosts."""
    line = hide_links(" ".join(words.split()))
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def _succeeded(prediction: Prediction, estimated_microusd: int) -> Finished | Failed:
    if not prediction.outputs:
        # It was billed. The task may be made anew and billed once more: both costs are told, and the person gets
        # what was paid for. It happens only where nobody asked for an hour.
        return Failed(ErrorKind.VENDOR, "expired", "its outputs are gone", cost_microusd=estimated_microusd)
    blocked = max(prediction.asked - len(prediction.outputs), 0)
    return Finished(_remotes(prediction), _cost(prediction, estimated_microusd), blocked)


def _trained(training: Training, estimated_microusd: int) -> Finished | Failed:
    cost = _training_cost(training, estimated_microusd)
    if not training.weights:
        return Failed(ErrorKind.VENDOR, "no_weights", "a training that succeeded has no weights", cost_microusd=cost)
    return Finished((), cost, trained=Trained(url=training.weights, vendor_id=training.version))


def _training_cost(training: Training, estimated_microusd: int) -> int:
    if training.machine_seconds is None:
        return estimated_microusd
    return round(training.machine_seconds * TRAINER_MICROUSD_A_SECOND)


def _cancelled(prediction: Prediction, estimated_microusd: int, cancel_after: float) -> Finished | Failed:
    cost = estimated_microusd if prediction.started_at is not None else 0
    if cost and prediction.training is not None:
        cost = _training_cost(prediction.training, estimated_microusd)
    if prediction.outputs:
        return Finished(_remotes(prediction), cost)
    if prediction.seconds is not None and prediction.seconds >= cancel_after:
        return Failed(ErrorKind.VENDOR, "too_slow", f"cancelled after {cancel_after:g} s", cost_microusd=cost)
    return Failed(ErrorKind.ORDER, CANCELLED, "stopped before its end", cost_microusd=cost)


def _remotes(prediction: Prediction) -> tuple[Remote, ...]:
    """One seed makes all pictures of a prediction: the n-th of a seed is told by its place alone."""
    return tuple(Remote(url, prediction.seed) for url in prediction.outputs)


def _cost(prediction: Prediction, estimated_microusd: int) -> int:
    return estimated_microusd * min(len(prediction.outputs), prediction.asked) // prediction.asked
