"""Logs are events with fields; libraries' lines come out the same way, and no token is in any of them."""

import json
import subprocess
import sys

from tests.conftest import ROOT

TOKEN = "123456789:AAFakeTokenFakeTokenFakeTokenFake_12"


def lines_of(program: str, **settings: str) -> list[str]:
    """What a fresh process writes: logging belongs to a whole process."""
    begin = (
        "import logging, structlog\n"
        "from config.logging import configure_logging\n"
        "from config.settings import load_settings\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{begin}configure_logging(load_settings())\n{program}"],
        env={"PYTHONPATH": str(ROOT), "ENV_FILE": "", **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return (done.stdout + done.stderr).splitlines()


def test_an_event_is_one_json_object_with_its_fields():
    (line,) = lines_of("structlog.get_logger('x').info('task.claimed', attempt=2)", LOG_FORMAT="json")
    event = json.loads(line)
    assert (event["event"], event["attempt"], event["level"]) == ("task.claimed", 2, "info")
    assert event["timestamp"].endswith("Z")


def test_a_library_line_comes_out_as_an_event_too():
    (line,) = lines_of("logging.getLogger('aiogram').warning('slow %s', 'update')", LOG_FORMAT="json")
    assert json.loads(line)["event"] == "slow update"


def test_uvicorn_speaks_through_the_same_door_even_when_it_was_set_up_before():
    program = (
        "import uvicorn.config, logging.config\n"
        "logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)\n"
        "configure_logging(load_settings())\n"
        "logging.getLogger('uvicorn.error').warning('started')"
    )
    (line,) = lines_of(program, LOG_FORMAT="json")
    assert json.loads(line)["event"] == "started"


def test_what_lies_below_the_level_is_silent():
    assert lines_of("structlog.get_logger('x').info('a'); logging.getLogger('y').info('b')", LOG_LEVEL="WARNING") == []


def test_a_bot_token_is_hidden_in_messages_fields_nested_fields_and_tracebacks():
    program = (
        f"url = 'https://api.telegram.org/bot{TOKEN}/getMe'\n"
        "logging.getLogger('aiohttp').error('POST %s failed', url)\n"
        "structlog.get_logger('x').error('call', url=url, nested={'urls': [url]}, quoted=url.replace(':AA', '%3AAA'))\n"
        "try:\n    raise RuntimeError(url)\n"
        "except RuntimeError:\n    structlog.get_logger('x').exception('failed')\n"
    )
    for log_format in ("console", "json"):
        text = "\n".join(lines_of(program, LOG_FORMAT=log_format))
        assert "FakeToken" not in text
        assert text.count("bot123456789:***/getMe") >= 5
