"""The same house by webhook: updates come to several API processes, one bot delivers, another stands by."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import ROOT
from tests.e2e.conftest import House, Person, start_house
from tests.e2e.test_one_photo import compose, finished

SECRET = "of-this-test"


@pytest.fixture(scope="module")
def webhook_house(open_folder) -> Iterator[House]:
    with start_house(
        open_folder / "webhook", BOT_MODE="webhook", API_PROCESSES="2", TELEGRAM_WEBHOOK_SECRET=SECRET
    ) as running:
        yield running


@pytest.fixture
def person(webhook_house) -> Iterator[Person]:
    with httpx.Client(base_url=webhook_house.sandbox_url, timeout=60) as client:
        answer = client.post("/sim/users", json={"first_name": "Eileen", "language_code": "en"})
        yield Person(client, answer.json()["id"])


def api_pids(house: House) -> list[int]:
    children = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(house.process.pid)], capture_output=True)
    return [int(line.split()[0]) for line in children.stdout.decode().splitlines() if "api.main" in line]


def test_a_photo_goes_all_the_way_by_webhook(webhook_house, person, selfie):
    person.say("/start")
    person.wait_for_text("Hello, Eileen")
    person.press(compose(person, selfie), "Make")
    assert "5 tokens charged" in finished(person, pictures=1)["caption"]
    assert len(api_pids(webhook_house)) == 2


def test_tokens_are_bought_by_webhook(webhook_house, person):
    person.say("/start")
    person.wait_for_text("Hello, Eileen")
    asked = person.say("/buy")
    person.press(person.wait_for_text("Buy tokens", after=asked), "150 tokens")
    bill = person.wait_for(lambda chat: next((m for m in chat if m.get("invoice")), None), "an invoice")
    paid = person.client.post(f"/sim/users/{person.user_id}/pay", json={"message_id": bill["message_id"]}).json()
    assert paid["paid"], paid
    person.wait_for_text("Thank you", "180 tokens", after=bill["message_id"])


def test_a_call_without_the_secret_is_refused_and_nothing_happens(webhook_house):
    url = f"{webhook_house.api_url}/webhooks/telegram"
    for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}):
        answer = httpx.post(url, json={"update_id": 1}, headers=headers)
        assert answer.status_code == 403
    assert httpx.post(url, json={"update_id": 1}, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}).is_success


def test_what_was_sent_while_every_api_process_died_is_answered_afterwards(webhook_house, person):
    person.say("/start")
    person.wait_for_text("Hello, Eileen")
    for pid in api_pids(webhook_house):
        os.kill(pid, signal.SIGKILL)
    asked = person.say("/balance")
    assert "Available" in person.wait_for_text("Available", after=asked)["text"]


def test_a_second_bot_stands_by_and_takes_over(webhook_house, person, selfie):
    environment = {
        name: value for name, value in os.environ.items() if name not in ("BOT_TOKEN", "DATABASE_URL", "REDIS_URL")
    }
    settings = {
        "ENV_FILE": "",
        "BOT_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "DATA_DIR": str(webhook_house.folder / "data"),
        "API_PORT": webhook_house.api_url.rsplit(":", 1)[1],
        "SANDBOX_PORT": webhook_house.sandbox_url.rsplit(":", 1)[1],
    }
    person.say("/start")
    with subprocess.Popen(
        [sys.executable, "-m", "bot.main"], cwd=ROOT, env=environment | settings, stdout=subprocess.PIPE, text=True
    ) as second:
        try:
            assert second.stdout is not None
            said = iter(second.stdout)
            assert any("standing_by" in line for line in said)
            os.kill(webhook_house.pid_of("bot"), signal.SIGKILL)
            assert any("turn.taken" in line for line in said)
            person.press(compose(person, selfie), "Make")
            assert "5 tokens charged" in finished(person, pictures=1)["caption"]
        finally:
            second.terminate()
            second.communicate(timeout=10)
