"""Faults on demand: each strikes the next `times` requests that match it, and stays visible with its count."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from sandbox.runware.tasks import WORK_TYPES
from sandbox.runware.wire import JsonObject, VendorError

ANY_TYPE = "*"


class FaultKind(StrEnum):
    """What can go wrong; README.md says what each does."""

    # Nothing is taken.
    REFUSE = "refuse"
    AUTH_SILENT = "auth_silent"
    WRONG_KEY = "wrong_key"
    NO_BALANCE = "no_balance"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    EMPTY_DATA = "empty_data"
    # The task is taken, and its work goes otherwise.
    SLOW = "slow"
    ONE_FAILS = "one_fails"
    FAIL_TASK = "fail_task"
    NSFW = "nsfw"
    # The task is taken, and its answer goes wrong.
    LOSE_ANSWER = "lose_answer"
    NEVER_ACK = "never_ack"
    CUT_FRAME = "cut_frame"
    ERROR_WITHOUT_UUID = "error_without_uuid"
    LATE_ERROR = "late_error"
    HUGE_FRAME = "huge_frame"
    GARBAGE_FRAME = "garbage_frame"
    # The file host.
    BROKEN_PICTURE = "broken_picture"
    HTML = "html"
    ZERO_BYTES = "zero_bytes"
    HUGE = "huge"
    WRONG_TYPE = "wrong_type"
    REDIRECT_PRIVATE = "redirect_private"
    NOT_FOUND = "not_found"
    SLOW_FILE = "slow_file"
    # Webhooks.
    WEBHOOK_TWICE = "webhook_twice"
    WEBHOOK_LATE = "webhook_late"
    WEBHOOK_NEVER = "webhook_never"


BEFORE_TAKING = frozenset(
    {
        FaultKind.REFUSE,
        FaultKind.NO_BALANCE,
        FaultKind.RATE_LIMITED,
        FaultKind.SERVER_ERROR,
        FaultKind.EMPTY_DATA,
    }
)
WHILE_ANSWERING = frozenset(
    {
        FaultKind.LOSE_ANSWER,
        FaultKind.NEVER_ACK,
        FaultKind.CUT_FRAME,
        FaultKind.ERROR_WITHOUT_UUID,
        FaultKind.LATE_ERROR,
        FaultKind.HUGE_FRAME,
        FaultKind.GARBAGE_FRAME,
    }
)
AUTHENTICATING = frozenset({FaultKind.AUTH_SILENT, FaultKind.WRONG_KEY})
SERVING_FILES = frozenset(
    {
        FaultKind.BROKEN_PICTURE,
        FaultKind.HTML,
        FaultKind.ZERO_BYTES,
        FaultKind.HUGE,
        FaultKind.WRONG_TYPE,
        FaultKind.REDIRECT_PRIVATE,
        FaultKind.NOT_FOUND,
        FaultKind.SLOW_FILE,
    }
)
CALLING_WEBHOOKS = frozenset({FaultKind.WEBHOOK_TWICE, FaultKind.WEBHOOK_LATE, FaultKind.WEBHOOK_NEVER})


@dataclass(slots=True)
class Fault:
    """One fault; `times` is how many requests it still strikes, `struck` how many it has.

    `where` is a task type, `*` for any, or None for what the kind is about: work that is billed, `getResponse` for
    `empty_data`. `seconds` is a delay, `status` and `code` an error's, `location` where a redirect leads.
    """

    id: int
    kind: FaultKind
    times: int
    where: str | None = None
    seconds: float | None = None
    status: int | None = None
    code: str | None = None
    message: str | None = None
    location: str | None = None
    struck: int = 0

    def hits(self, task_type: str) -> bool:
        """Tell whether a task of a type is what the fault waits for."""
        if self.where is not None:
            return self.where in (ANY_TYPE, task_type)
        return task_type == "getResponse" if self.kind is FaultKind.EMPTY_DATA else task_type in WORK_TYPES

    def error(self, code: str, message: str, status: int, retry_after: int | None = None) -> VendorError:
        """Return the fault as an error: what was told when it was set goes before the kind's own words."""
        return VendorError(
            self.code or code, self.message or message, status=self.status or status, retry_after=retry_after
        )


class Faults:
    """All faults since the last clearing, the oldest first."""

    def __init__(self) -> None:
        self._all: list[Fault] = []
        self._waiting: list[Fault] = []
        self._count = 0

    @property
    def are_waiting(self) -> bool:
        """Tell whether any fault has still to strike."""
        return bool(self._waiting)

    def add(self, kind: FaultKind, times: int, **details: float | str | None) -> Fault:
        """Make the next `times` matching requests fail."""
        self._count += 1
        fault = Fault(self._count, kind, times, **details)  # type: ignore[arg-type] # names checked by the body's model
        self._all.append(fault)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Drop all faults and their counts."""
        self._all.clear()
        self._waiting.clear()

    def view(self) -> list[JsonObject]:
        """Return every fault with what it still strikes and has struck."""
        return [asdict(fault) for fault in self._all]

    def strike(self, kinds: frozenset[FaultKind] | FaultKind, task_type: str | None = None) -> Fault | None:
        """Return the oldest fault of these kinds that hits, and count it.

        Without a task type `where` is not looked at: files, webhooks and keys have none.
        """
        for fault in self._waiting:
            is_meant = fault.kind is kinds if isinstance(kinds, FaultKind) else fault.kind in kinds
            if is_meant and (task_type is None or fault.hits(task_type)):
                fault.struck += 1
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
