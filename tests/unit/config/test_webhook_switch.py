"""One command switches between polling and webhook, and changes nothing else in the file of settings."""

import stat

import pytest

from config.settings import Settings, WrongSetting
from config.webhook_switch import describe, switch_off, switch_on

FILE = """# mine
BOT_TOKEN=
 BOT_MODE = polling
TELEGRAM_WEBHOOK_SECRET=hush
# the end"""


@pytest.fixture
def env_file(tmp_path, monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    path = tmp_path / "settings"
    path.write_text(FILE)
    path.chmod(0o600)
    monkeypatch.setenv("ENV_FILE", str(path))
    return path


def test_on_and_off_change_what_they_are_about_and_leave_the_rest(env_file):
    settings = switch_on("http://127.0.0.1:9000/")
    assert (settings.bot_mode, settings.webhook_url) == ("webhook", "http://127.0.0.1:9000/webhooks/telegram")
    assert env_file.read_text().splitlines() == [
        "# mine",
        "BOT_TOKEN=",
        "BOT_MODE=webhook",
        "TELEGRAM_WEBHOOK_SECRET=hush",
        "# the end",
        "PUBLIC_BASE_URL=http://127.0.0.1:9000",
    ]
    assert switch_off().bot_mode == "polling"
    assert "BOT_MODE=polling" in env_file.read_text()
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert [path.name for path in env_file.parent.iterdir()] == ["settings"]


@pytest.mark.parametrize(
    ("content", "url", "complaint"),
    [
        (FILE.replace("hush", ""), "https://bot.example.com", "TELEGRAM_WEBHOOK_SECRET"),
        (FILE.replace("BOT_TOKEN=", "BOT_TOKEN=1:a"), "http://bot.example.com", "https:// addresses only"),
        (FILE, "bot.example.com", "such as https://bot.example.com"),
    ],
)
def test_what_could_not_work_is_refused_and_nothing_is_written(env_file, content, url, complaint):
    env_file.write_text(content)
    with pytest.raises(WrongSetting, match=complaint):
        switch_on(url)
    assert env_file.read_text() == content


def test_what_the_environment_says_counts_for_more_and_is_named(env_file, monkeypatch):
    monkeypatch.setenv("BOT_MODE", "polling")
    with pytest.raises(WrongSetting, match="BOT_MODE stands in the environment"):
        switch_on("https://bot.example.com")
    assert env_file.read_text() == FILE


def test_a_telegram_that_is_away_is_told_without_the_token(env_file, monkeypatch):
    settings = Settings(_env_file=None, bot_token="1:hush", telegram_api_url="http://127.0.0.1:9")
    lines = describe(settings)
    assert lines[0] == "This house takes updates by polling"
    assert "does not answer" in lines[1]
    assert "hush" not in "\n".join(lines)
