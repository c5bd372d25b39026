"""Logs are events with fields, one line each; libraries' own log lines come out the same way."""

import logging
import re
import sys

import structlog

from config.settings import Settings

_BOT_TOKEN = re.compile(r"(?<!\d)(\d{3,12})(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
"""In a Bot API address the word "bot" stands right before the digits, so that no word boundary does."""


def configure_logging(settings: Settings) -> None:
    """Set up structlog and the standard library's logging for this process."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
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
                lambda logger, method, event: _hide_bot_tokens(str(render(logger, method, event))),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for own_way in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # uvicorn sets up handlers of its own
        logging.getLogger(own_way).handlers = []
        logging.getLogger(own_way).propagate = True
    for chatty in ("arq", "aiogram.event", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _hide_bot_tokens(line: str) -> str:
    """Errors of HTTP clients quote addresses, and a Bot API address holds the token.

    Done on the finished line, so that neither a nested field nor a traceback slips through.
    """
    return _BOT_TOKEN.sub(r"\1:***", line)
