"""What the vendor's errors mean: whose fault each is, and whether it speaks of a task or of a question about one."""

import re

from runware.errors import ErrorCode, derive_code

from config.redaction import hide_links
from workers.backends.base import ErrorKind, Failed
from workers.backends.runware.wire import Task

CONFLICT = "conflictTaskUUID"
"""The vendor has a task under this taskUUID already."""
QUESTIONS = frozenset({"getResponse", "getTaskDetails"})
"""Task types that ask about a task; what is refused to them says nothing of the task."""

ALREADY_EXISTS = "already_exists"
"""The failure of a registration under a name that is taken."""

_FAILURES: dict[ErrorCode, tuple[ErrorKind, str]] = {
    "safety": (ErrorKind.ORDER, "prompt_blocked"),
    "auth": (ErrorKind.OURS, "wrong_key"),
    "quota": (ErrorKind.OURS, "no_balance"),
    "rateLimit": (ErrorKind.VENDOR, "rate_limited"),
    "timeout": (ErrorKind.VENDOR, "vendor_timeout"),
}
_LONGEST_MESSAGE = 500
_LONGEST_CODE = 60


class Refusals:
    """Reads errors; what they quote of our secrets is left out."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key

    def failure(self, error: Task, cost_microusd: int = 0) -> Failed:
        """The failure that an error of a task comes to."""
        code = code_of(error)
        if code.lower().endswith("alreadyexists"):
            return Failed(ErrorKind.ORDER, ALREADY_EXISTS, self.cleaned(error.get("message")), cost_microusd)
        meaning = _meaning(code)
        kind, word = _FAILURES.get(meaning, (ErrorKind.VENDOR, "vendor_error"))
        if meaning in ("validation", "notFound"):
            kind, word = ErrorKind.ORDER, _snake(code)
        message = f"{code}: {self.cleaned(error.get('message'))}"
        return Failed(kind, word, message, cost_microusd, is_lasting=kind is ErrorKind.OURS)

    def cleaned(self, words: object) -> str:
        """The vendor's words, shortened, without our key and with no more of links than their hosts."""
        return hide_links(str(words or "").replace(self._api_key, "[redacted]"))[:_LONGEST_MESSAGE]


def _meaning(code: str) -> ErrorCode:
    """The SDK's reading of a code, put right where it takes the trouble of those behind the vendor for ours."""
    meaning = derive_code(code)
    if code.startswith("provider") and meaning in ("auth", "quota"):
        return "provider"
    return "timeout" if meaning == "unknown" and "timeout" in code.lower() else meaning


def code_of(error: Task) -> str:
    """The vendor's code of an error, however it came."""
    code = error.get("code")
    return code if isinstance(code, str) and code else "unknown"


def is_of_question(error: Task) -> bool:
    """Whether an error refuses a question about a task, and says nothing of the task itself."""
    return (
        error.get("taskType") in QUESTIONS
        or code_of(error) in ("taskFailedOrNotFound", "taskNotFound")
        or says_unspoken(error)
    )


def says_unspoken(error: Task) -> bool:
    """Whether an error says that a task type is not known here, as some stand-in's may be of a question."""
    return error.get("parameter") == "taskType" or "tasktype" in code_of(error).lower()


def says_unknown(error: Task) -> bool:
    """Whether an error of a question says that there is no such task."""
    return is_of_question(error) and derive_code(code_of(error)) == "notFound"


def _snake(code: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"\W", "", code)).lower()[:_LONGEST_CODE] or "refused"
