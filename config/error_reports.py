"""Errors of this process become events in Sentry where SENTRY_DSN says so. Only then is the library loaded."""

import sys
from typing import Any

from structlog.typing import EventDict, Processor

from config import VERSION
from config.redaction import hide_people
from config.settings import Settings

FLUSH_SECONDS = 1.0
"""How long the end of a process may wait for reports that are on their way."""
LONGEST_TEXT = 2_000
"""Characters of a message or field."""
TAGS = ("correlation_id", "task_id", "error_id", "logger")
"""Fields by which an operator searches."""
KEPT_HERE = frozenset(
    {"user_id", "chat_id", "exc_info", "_record", "_from_structlog", "event", "level", "timestamp", *TAGS}
)
"""Fields that name people, and those that an event has a place of its own for."""
LEVELS = {"error": "error", "critical": "fatal"}


def open_reports(settings: Settings, part: str) -> Processor:
    """Begin to report; returns the step of structlog's chain that does it, to stand before tracebacks become text.

    What leaves the machine: the event's name and fields but those that name people, the traceback with lines of our
    code, no values of variables, no bot token, no request. Nothing is added by the library by itself. The step needs
    the event's `level` and `logger`.
    """
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration

    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        environment=settings.life,
        release=f"dream-photo@{VERSION}",  # or it asks git
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[AtexitIntegration(callback=lambda pending, timeout: None), DedupeIntegration()],
        include_local_variables=False,  # send_default_pii stays off as it comes
        max_breadcrumbs=0,
        max_value_length=LONGEST_TEXT,
        auto_session_tracking=False,
        send_client_reports=False,
        enable_backpressure_handling=False,
        shutdown_timeout=FLUSH_SECONDS,
        before_send=lambda event, hint: _without_people(event),
    )

    def report(logger: object, method: str, event: EventDict) -> EventDict:
        level = LEVELS.get(event["level"])
        # What sends the reports must not report itself.
        if level is not None and not event["logger"].startswith(("sentry_sdk", "urllib3")):
            _capture(event, level, {"part": part})
        return event

    def _capture(event: EventDict, level: str, tags: dict[str, str]) -> None:
        tags |= {"event": str(event["event"])[:200]} | {tag: str(event[tag]) for tag in TAGS if tag in event}
        fields = {name: value for name, value in event.items() if name not in KEPT_HERE}
        error = _exception_of(event.get("exc_info"))
        if error is not None:
            sentry_sdk.capture_exception(error, level=level, tags=tags, extras=fields)
        else:
            sentry_sdk.capture_message(str(event["event"]), level=level, tags=tags, extras=fields)  # type: ignore[arg-type]

    return report


def flush_reports() -> None:
    """Wait a moment for reports that are on their way: for processes whose end runs no exit handlers."""
    if "sentry_sdk" in sys.modules:
        sys.modules["sentry_sdk"].flush(timeout=FLUSH_SECONDS)


def _exception_of(exc_info: object) -> BaseException | None:
    """The exception, in whichever of logging's forms it was given."""
    match exc_info:
        case BaseException():
            return exc_info
        case (_, BaseException() as error, _):
            return error
        case None | False | (None, None, None):
            return None
        case _:
            return sys.exc_info()[1]


def _without_people(value: Any) -> Any:
    """The same structure with every text in it cleaned."""
    match value:
        case str():
            return hide_people(value)
        case dict():
            return {name: _without_people(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_without_people(inner) for inner in value]
        case _:
            return value
