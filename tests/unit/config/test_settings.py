"""A wrong setting is one line that names it and says what is allowed; the example file and the settings agree."""

import re
import subprocess
import sys

import pytest

from config.settings import SANDBOX_TOKEN, Settings, WrongSetting, load_settings
from tests.conftest import ROOT

EXAMPLE = ROOT / ".env.example"
SECRETS = {
    "BOT_TOKEN": "123456789:secret-of-the-bot",
    "DATABASE_URL": "postgresql://me:secret-of-postgres@db/dreamphoto",
    "REDIS_URL": "redis://:secret-of-redis@cache:6379/0",
    "JWT_SECRET": "secret-of-jwt",
    "S3_SECRET_KEY": "secret-of-s3",
    "RUNWARE_API_KEY": "secret-of-runware",
    "REPLICATE_API_TOKEN": "secret-of-replicate",
    "REPLICATE_WEBHOOK_SECRET": "whsec_secret+of+replicates+webhooks",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("ENV_FILE", "")


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({"BOT_TOKEN": "not a token"}, "BOT_TOKEN is wrong; allowed: a token from @BotFather"),
        ({"API_PORT": "eighty"}, "API_PORT is wrong; allowed: a valid integer"),
        ({"API_PORT": "70000"}, "API_PORT is wrong; allowed: less than or equal to 65535"),
        ({"ADMIN_IDS": "1,x"}, "ADMIN_IDS is wrong; allowed: a valid integer"),
        *(
            ({"SUPPORT_CONTACT": contact}, "SUPPORT_CONTACT is wrong; allowed: @name of a Telegram account")
            for contact in ("support", "http://x.example", "@<b>", "me@home", "https://a b")
        ),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is wrong; allowed: 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ({"DEFAULT_LOCALE": "de"}, "DEFAULT_LOCALE is wrong; allowed: 'ru' or 'en'"),
        ({"DATABASE_URL": "mysql://h/x"}, "DATABASE_URL is wrong; allowed: an address such as postgresql://"),
        ({"DATABASE_URL": "postgresql://h:port/x"}, "DATABASE_URL is wrong; allowed: an address such as postgresql://"),
        ({"DATABASE_URL": "postgresql://h"}, "DATABASE_URL is wrong; allowed: an address such as postgresql://"),
        ({"REDIS_URL": "redis://h/first"}, "REDIS_URL is wrong; allowed: an address such as redis://"),
        ({"STORAGE_URL": "s3://"}, "STORAGE_URL is wrong; allowed: file:///folder or s3://bucket/prefix"),
        ({"TELEGRAM_WEBHOOK_SECRET": "a b"}, "TELEGRAM_WEBHOOK_SECRET is wrong; allowed: text of the form"),
        ({"TELEGRAM_API_URL": "http://127.0.0.1:1"}, "TELEGRAM_API_URL needs a BOT_TOKEN"),
        ({"BOT_MODE": "webhook", "BOT_TOKEN": "1:a"}, "BOT_MODE=webhook needs PUBLIC_BASE_URL"),
        (
            {"BOT_MODE": "webhook", "PUBLIC_BASE_URL": "https://x"},
            "BOT_MODE=webhook needs TELEGRAM_WEBHOOK_SECRET, 1 to 256 characters",
        ),
        *(
            ({"SENTRY_DSN": dsn}, "SENTRY_DSN is wrong; allowed: an address such as https://key@sentry.example/42")
            for dsn in ("sentry", "https://sentry.example/42", "https://key@sentry.example/", "ftp://key@h/1")
        ),
        ({"PAYMENT_PROVIDER_TOKEN": "1:TEST:x"}, "PAYMENT_PROVIDER_TOKEN needs a PAYMENT_CURRENCY such as RUB"),
        ({"PAYMENT_CURRENCY": "₽"}, "PAYMENT_CURRENCY is wrong; allowed: text of the form"),
        ({"METRICS_PORT": "0"}, "METRICS_PORT is wrong; allowed: greater than or equal to 1"),
        ({"IMAGE_BACKENDS": "preview,magic"}, "IMAGE_BACKENDS is wrong; allowed: 'runware', 'replicate'"),
        ({"IMAGE_BACKENDS": "local"}, "IMAGE_BACKENDS: local is not part of this version; allowed: runware, replicate"),
        (
            {"TRAINING_BACKENDS": "runware"},
            "TRAINING_BACKENDS: runware is not part of this version; allowed: replicate, preview",
        ),
        ({"REPLICATE_DESTINATION": "models"}, "REPLICATE_DESTINATION is wrong; allowed: owner/name of a model"),
        ({"SANDBOX_PORT": "65534"}, "SANDBOX_PORT is wrong; allowed: less than or equal to 65533"),
        *(
            ({"RUNWARE_WS_URL": url}, "RUNWARE_WS_URL is wrong; allowed: an address that begins with ws:// or wss://")
            for url in ("ws-api.runware.ai", "https://ws-api.runware.ai/v1", "wss://host:port/v1")
        ),
        ({"REPLICATE_BASE_URL": "api.replicate.com"}, "REPLICATE_BASE_URL is wrong; allowed: an address that begins"),
        *(
            ({"REPLICATE_WEBHOOK_SECRET": secret}, "REPLICATE_WEBHOOK_SECRET is wrong; allowed: the signing secret")
            for secret in ("secret", "whsec_", "whsec_with space", "whsec_a=b")
        ),
    ],
    ids=lambda value: "+".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_is_one_line_that_says_what_is_allowed(monkeypatch, given, allowed):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as complaint:
        load_settings()
    assert str(complaint.value).startswith(allowed)
    assert "\n" not in str(complaint.value)


def test_an_entry_point_ends_with_status_2_and_that_line_alone(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "from config.settings import settings_or_exit; settings_or_exit()"],
        env={"PYTHONPATH": str(ROOT), "API_PORT": "0"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "API_PORT is wrong; allowed: greater than or equal to 1\n"


def test_a_settings_file_that_is_not_text_is_named(monkeypatch, tmp_path):
    (tmp_path / "broken.env").write_bytes(b"BOT_TOKEN=\xff\xfe")
    monkeypatch.setenv("ENV_FILE", str(tmp_path / "broken.env"))
    with pytest.raises(WrongSetting, match=r"broken\.env cannot be read"):
        load_settings()


def test_no_secret_shows_in_what_is_printed_of_the_settings(monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.jwt_secret == "secret-of-jwt"
    assert not re.search("secret.of", repr(settings) + str(settings))


def test_without_a_token_it_is_sandbox_life_on_loopback():
    settings = load_settings()
    assert (settings.life, settings.telegram_token) == ("sandbox", SANDBOX_TOKEN)
    assert settings.telegram_base_url == f"http://127.0.0.1:{settings.sandbox_port}"
    assert settings.storage_base.endswith("/data/sandbox/files")
    assert settings.database_name == "dreamphoto_sandbox"


def test_with_a_token_it_is_production_life_at_telegram(monkeypatch):
    monkeypatch.setenv("BOT_TOKEN", "123456789:ABC-def")
    settings = load_settings()
    assert (settings.life, settings.telegram_token) == ("production", "123456789:ABC-def")
    assert settings.telegram_base_url == "https://api.telegram.org"
    assert settings.database_name == "dreamphoto"


def test_the_parts_of_a_database_address_are_put_together_with_a_quoted_password(monkeypatch):
    for name, value in {"DB_HOST": "db", "DB_USER": "me", "DB_PASSWORD": "p@ss/word", "DB_NAME": "photos"}.items():
        monkeypatch.setenv(name, value)
    assert load_settings().database_dsn == "postgresql://me:p%40ss%2Fword@db:5432/photos"


def test_a_database_address_wins_over_its_parts(monkeypatch):
    monkeypatch.setenv("DB_HOST", "elsewhere")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@here/photos")
    assert load_settings().database_dsn == "postgresql://me@here/photos"


def test_embedded_servers_are_found_where_the_data_folder_says(monkeypatch, tmp_path):
    (tmp_path / "servers.json").write_text(
        '{"postgres": "postgresql://a:b@127.0.0.1:5", "redis": "redis://:c@127.0.0.1:6/0"}'
    )
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    settings = load_settings()
    assert settings.database_dsn == "postgresql://a:b@127.0.0.1:5/dreamphoto_sandbox"
    assert settings.redis_dsn == "redis://:c@127.0.0.1:6/0"


def test_without_any_server_the_line_says_how_to_start_one(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with pytest.raises(WrongSetting, match=r"DATABASE_URL is not set .* start \./run\.sh"):
        _ = load_settings().database_dsn


def test_the_example_file_names_every_setting_once_and_nothing_else():
    names = re.findall(r"^([A-Z0-9_]+)=", EXAMPLE.read_text(), re.MULTILINE)
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_file_shows_the_defaults(monkeypatch, tmp_path):
    copied = tmp_path / ".env"
    copied.write_text(EXAMPLE.read_text())
    without = load_settings()
    monkeypatch.setenv("ENV_FILE", str(copied))
    assert load_settings() == without


def test_every_setting_of_the_example_file_stands_under_a_comment():
    above = ""
    for line in EXAMPLE.read_text().splitlines():
        if re.match(r"[A-Z0-9_]+=", line):
            assert re.match("# (?!---)", above), f"{line} has no comment above it"
        else:
            above = line


def test_every_setting_that_the_product_promises_exists():
    promised = """
        BOT_TOKEN TELEGRAM_API_URL BOT_MODE PUBLIC_BASE_URL TELEGRAM_WEBHOOK_SECRET ADMIN_IDS DEFAULT_LOCALE
        DATABASE_URL DB_HOST DB_PORT DB_USER DB_PASSWORD DB_NAME REDIS_URL
        STORAGE_URL S3_ENDPOINT S3_ACCESS_KEY S3_SECRET_KEY S3_REGION DATA_DIR LOG_DIR LOG_LEVEL LOG_FORMAT
        API_HOST API_PORT SANDBOX_PORT CORS_ORIGINS JWT_SECRET MAX_UPLOAD_MB
        IMAGE_BACKENDS TRAINING_BACKENDS RUNWARE_API_KEY RUNWARE_WS_URL
        REPLICATE_API_TOKEN REPLICATE_BASE_URL REPLICATE_WEBHOOK_SECRET REPLICATE_DESTINATION
        LOCAL_MODEL LOCAL_DEVICE PAYMENT_PROVIDER_TOKEN PAYMENT_CURRENCY SENTRY_DSN METRICS_PORT
    """
    assert {name.lower() for name in promised.split()} <= set(Settings.model_fields)
