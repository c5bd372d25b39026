"""An operator follows one order through the logs, and reads the whole house's figures in one place."""

import os
import re
import signal
import subprocess
import sys
from urllib.request import urlopen

import httpx

from config.metrics_folder import FILE_BYTES, FOLDER_VARIABLE, PART_VARIABLE
from tests.conftest import ROOT, free_port
from tests.e2e.test_one_photo import compose, finished


def events(log: str, correlation_id: str) -> list[str]:
    """The events of one id, in their order."""
    return [re.search(r"\] +(\S+)", line)[1] for line in log.splitlines() if f"correlation_id={correlation_id}" in line]


def figure(text: str, sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_one_id_leads_from_the_update_through_worker_and_vendor_to_the_album(new_person, selfie, house):
    person = new_person()
    person.say("/start")
    card = compose(person, selfie, number=2)
    with house.log_lines("bot") as lines:
        person.press(card, "Make")
        requested = next(line for line in lines if "task.requested" in line and f"user_id={person.user_id}" in line)
        correlation_id = re.search(r"correlation_id=(\w+)", requested)[1]
        next(line for line in lines if "delivery.done" in line and correlation_id in line)
    finished(person, pictures=2)
    assert events(house.log("bot"), correlation_id) == ["update.received", "task.requested", "delivery.done"]
    assert events(house.log("worker"), correlation_id) == ["task.claimed", "call.sent", "call.ended", "task.completed"]


def test_one_address_tells_of_all_parts_and_goes_on_after_a_part_was_killed(new_person, house):
    def metrics() -> str:
        return httpx.get(f"{house.api_url}/metrics").text

    def make_one() -> None:
        person = new_person()
        person.say("/generate")
        person.press(person.wait_for_button("just words"), "just words")
        person.wait_for_text("Describe the picture")
        with house.log_lines("bot") as lines:
            person.say("a fox in the snow")
            person.press(person.wait_for_button("Make ·"), "Make ·")
            next(line for line in lines if "delivery.done" in line and f"user_id={person.user_id}" in line)

    ended = 'dreamphoto_tasks_ended_total{error_code="",kind="text_to_image",status="completed"}'
    by_worker = (
        ended,
        'dreamphoto_task_seconds_count{kind="text_to_image"}',
        'dreamphoto_claim_seconds_count{lane="cpu"}',
        'dreamphoto_attempts_total{attempt="1",lane="cpu"}',
        'dreamphoto_vendor_call_seconds_count{backend="preview",outcome="finished"}',
    )
    by_bot = 'dreamphoto_deliveries_total{outcome="delivered"}'
    by_api = 'dreamphoto_http_requests_total{method="GET",route="/metrics",status="200"}'
    before = metrics()
    make_one()
    after = metrics()
    grown = {sample: figure(after, sample) - figure(before, sample) for sample in (*by_worker, by_bot, by_api)}
    assert all(grown.values()), grown
    with house.log_lines("worker") as lines:
        os.kill(house.pid_of("worker"), signal.SIGKILL)
        next(line for line in lines if "worker.ready" in line)
    assert figure(metrics(), ended) >= figure(after, ended), "what was counted before the kill is not lost"
    make_one()
    text = metrics()
    assert figure(text, ended) > figure(after, ended)
    assert figure(text, 'dreamphoto_up{part="bot"}') == 1
    assert figure(text, 'dreamphoto_books_gaps{kind="ledger"}') == 0
    files = list((house.folder / "data" / "metrics").iterdir())
    assert {file.stat().st_size for file in files} == {FILE_BYTES}, "none has grown: growth is not on the disk yet"


def test_a_worker_started_by_itself_tells_of_itself_on_its_own_port(house):
    port = free_port()
    mine = ("BOT_TOKEN", "DATABASE_URL", "REDIS_URL", FOLDER_VARIABLE, PART_VARIABLE)
    environment = {name: value for name, value in os.environ.items() if name not in mine}
    environment |= {"ENV_FILE": "", "DATA_DIR": str(house.folder / "data"), "METRICS_PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "-m", "workers.main"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        next(line for line in worker.stdout if "worker.ready" in line)
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
        worker.terminate()
        worker.stdout.read()
    assert worker.returncode == 0
    assert 'dreamphoto_leases_lost_total{lane="cpu"} 0.0' in text
    assert "dreamphoto_http_requests" not in text
