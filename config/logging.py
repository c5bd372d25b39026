"""Logs are events with fields, one line each; libraries' own log lines come out the same way."""

import logging
import sys
from types import TracebackType

import structlog
from structlog.typing import EventDict

from config.error_reports import open_reports
from config.redaction import hide_tokens
from config.settings import Settings


def configure_logging(settings: Settings, part: str = "") -> None:
    """Set up structlog and the standard library's logging for this process, and reports of its errors.

    `part` is its name in the reports: api, bot, worker.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _drop_colours,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([open_reports(settings, part)] if settings.sentry_dsn else []),
        structlog.processors.format_exc_info,
    ]
    render: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # On the finished line, so that neither a nested field nor a traceback slips through.
                lambda logger, method, event: hide_tokens(str(render(logger, method, event))),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for own_way in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # uvicorn sets up handlers of its own
        logging.getLogger(own_way).handlers = []
        logging.getLogger(own_way).propagate = True
    for chatty in ("arq", "aiogram.event", "uvicorn.access", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    sys.excepthook = _log_crash


def _drop_colours(logger: object, method: str, event: EventDict) -> EventDict:
    """Uvicorn says everything a second time, with colours."""
    event.pop("color_message", None)
    return event


def _log_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends the process is an event like any other error."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        structlog.get_logger(__name__).critical("process.crashed", exc_info=(kind, error, trace))
