"""What the vendor has said of one call so far, gathered from any number of answers, and what it comes to.

Answers repeat themselves, come in pieces and may hold anything: nothing that is in them may count twice, break us, or
keep us waiting for ever.
"""

import math
from dataclasses import dataclass, field

from workers.backends.base import Failed, Finished, Remote
from workers.backends.runware.pace import Work
from workers.backends.runware.refusals import Refusals, is_of_question
from workers.backends.runware.wire import Task

_QUIET_ANSWERS = 2
"""So many answers in a row without anything at work and without news end a call, however many pictures it has."""
_MOST_DOLLARS = 1000.0
_STAGES = {"validated": 10, "downloaded": 40, "optimized": 70, "stored": 90}
"""How far an upload is by its stage, in per cent; after the last it is `ready`, or `failed` after any."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asked for, as far as it matters to its end."""

    work: Work
    number: int
    """Pictures or solids."""
    seed: int = 0
    """The first one's, where the vendor does not say."""
    air: str = ""
    """The name that a model is registered under; empty for all other work."""


@dataclass(slots=True)
class _Result:
    url: str | None
    """None: held back by the vendor's safety check."""
    seed: int | None
    cost: float
    index: int | None


@dataclass(slots=True)
class Gathering:
    """All that was heard of one call."""

    asked: Asked | None = None
    """None: not known here; then the end is told from the answers alone."""
    progress: int = 0
    """Per cent, never falling, 100 only at the end."""
    is_known: bool = False
    """The vendor said something of the task: it has taken it."""
    _results: dict[str, _Result] = field(default_factory=dict)
    _errors: list[Task] = field(default_factory=list)
    _quiet: int = 0
    _served_as: str = ""
    """The name under which an uploaded model is ready."""

    def take_results(self, items: list[Task]) -> bool:
        """Take the items of one frame; False where they say nothing of how far the task is."""
        uploads = [item for item in items if item.get("taskType") == "modelUpload"]
        if uploads:
            return self._take_upload(uploads[-1])
        at_work = [item for item in items if item.get("status") == "processing"]
        failed = [_error_of(item) for item in items if item.get("status") == "error"]
        news = [self._take_result(item) for item in items if item.get("status") not in ("processing", "error")]
        if not at_work and not failed and not any(told for told, _ in news):
            return False
        self._note_answer(at_work, failed, is_news=any(is_new for _, is_new in news))
        return True

    def take_errors(self, errors: list[Task]) -> bool:
        """Take the errors of one frame that name this task; False where they only refuse the question."""
        own = [error for error in errors if not is_of_question(error)]
        if own:
            self._note_answer([], own, is_news=False)
        return bool(own)

    @property
    def is_complete(self) -> bool:
        """Whether nothing more is to come."""
        ended = len(self._results) + len(self._errors) + bool(self._served_as)
        if not ended:
            return False
        if self.asked is not None and ended >= self.asked.number:
            return True
        return self._quiet >= _QUIET_ANSWERS

    @property
    def has_results(self) -> bool:
        """Whether anything was made or held back."""
        return bool(self._results)

    def outcome(self, refusals: Refusals) -> Finished | Failed | None:
        """What the call has come to: all that was made, or why nothing was. None where nothing is known."""
        if self._served_as:
            return Finished((), served_as=self._served_as)
        results = sorted(self._results.values(), key=lambda result: math.inf if result.index is None else result.index)
        cost = round(sum(result.cost for result in results) * 1_000_000)
        first_seed = self.asked.seed if self.asked is not None else 0
        outputs = tuple(
            Remote(result.url, first_seed + place if result.seed is None else result.seed)
            for place, result in enumerate(results)
            if result.url is not None
        )
        blocked = len(results) - len(outputs)
        if outputs or blocked:
            return Finished(outputs, cost, blocked)
        return refusals.failure(self._errors[0]) if self._errors else None

    def _take_upload(self, item: Task) -> bool:
        """Take the stage that an upload is at; a word that is not known yet is one on its way."""
        status = _text(item.get("status"))
        if status is None:
            return False
        if status in ("failed", "error"):
            words = {"code": "modelUploadFailed", "message": item.get("message")}
            self._note_answer([], [_error_of(item) if "error" in item else words], is_news=False)
            return True
        air = _text(item.get("air")) or (self.asked.air if self.asked is not None else "")
        if status == "ready" and air:
            self._served_as = air
        self.is_known = True
        self.progress = max(self.progress, _STAGES.get(status, 0))
        return True

    def _take_result(self, item: Task) -> tuple[bool, bool]:
        """Take a finished item: whether it is one at all, and whether it was not known yet."""
        url, name = _url_of(item)
        index = _whole(item.get("resultIndex"))
        is_blocked = _is_true(item.get("NSFWContent"))
        if url is None and not (is_blocked and item.get("status") == "success"):
            return False, False
        key = name or url or (f"#{index}" if index is not None else "blocked")
        is_new = key not in self._results and not self._has(url, index)
        if is_new:
            seed = _whole(item.get("seed"))
            self._results[key] = _Result(None if is_blocked else url, seed, _dollars(item.get("cost")), index)
        return True, is_new

    def _has(self, url: str | None, index: int | None) -> bool:
        known = self._results.values()
        return any((url is not None and one.url == url) or (index is not None and one.index == index) for one in known)

    def _note_answer(self, at_work: list[Task], errors: list[Task], *, is_news: bool) -> None:
        self.is_known = True
        # Errors have no names: a frame that repeats them must not make them more.
        is_news = is_news or len(errors) > len(self._errors)
        if len(errors) > len(self._errors):
            self._errors = errors
        self._quiet = 0 if at_work or is_news else self._quiet + 1
        self.progress = max(self.progress, self._percent(at_work))

    def _percent(self, at_work: list[Task]) -> int:
        done = len(self._results) + len(self._errors)
        number = self.asked.number if self.asked is not None else done + len(at_work)
        if not number:
            return 0
        told = [percent for item in at_work if (percent := _whole(item.get("progress"))) is not None]
        if not told:
            return min(100 * done // number, 99)
        if len(told) == 1:
            # One item speaks for all that are not done, and of the whole task.
            return min(max(told[0], 100 * done // number, 0), 99)
        return min((100 * done + sum(min(max(percent, 0), 100) for percent in told)) // number, 99)


def dollars_in(balance: object) -> float | None:
    """An amount of money, bare or within the object that the SDK's types promise; None where there is none."""
    if not isinstance(balance, dict):
        return _number(balance)
    told = (_number(balance.get(name)) for name in ("amount", "balance", "total", "available", "value"))
    return next((amount for amount in told if amount is not None), None)


def _error_of(item: Task) -> Task:
    error = item.get("error")
    return error if isinstance(error, dict) else {"code": item.get("code"), "message": str(error or "")}


def _url_of(item: Task) -> tuple[str | None, str | None]:
    """Where a picture or solid lies, and its own name."""
    outputs = item.get("outputs")
    files = outputs.get("files") if isinstance(outputs, dict) else None
    if isinstance(files, list):
        found = [file for file in files if isinstance(file, dict) and _text(file.get("url"))]
        solids = [file for file in found if str(file["url"]).partition("?")[0].lower().endswith(".glb")]
        if found:
            best = (solids or found)[0]
            return _text(best["url"]), _text(best.get("uuid"))
    return _text(item.get("imageURL")), _text(item.get("imageUUID"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = _number(value)
    return None if number is None else int(number)


def _dollars(value: object) -> float:
    cost = _number(value)
    return min(max(cost, 0.0), _MOST_DOLLARS) if cost is not None else 0.0


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
