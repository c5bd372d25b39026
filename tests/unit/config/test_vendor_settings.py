"""Who makes the pictures: real vendors where there is a key, stand-ins in the sandbox life, and how each is reached."""

import socket

import pytest

from config.house.parts import parts_of
from config.house.start_checks import CannotStart, check_ports
from config.settings import (
    REPLICATE,
    RUNWARE,
    SANDBOX_VENDOR_KEY,
    SANDBOX_WEBHOOK_SECRET,
    Settings,
    WrongSetting,
    load_settings,
)
from tests.conftest import ROOT
from workers.backends.hints import Hints
from workers.open_backends import open_backends

BOT = {"BOT_TOKEN": "123456789:ABC-def"}
RUNWARE_KEY = {"RUNWARE_API_KEY": "key-of-runware"}
REPLICATE_KEY = {"REPLICATE_API_TOKEN": "r8_token"}
PORT = 18081


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("ENV_FILE", "")
    monkeypatch.setenv("SANDBOX_PORT", str(PORT))


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch):
    """Settings from an environment."""

    def build(**environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return load_settings()

    return build


@pytest.mark.parametrize(
    ("environment", "chosen"),
    [
        ({}, ("preview",)),
        (RUNWARE_KEY, ("runware",)),
        (REPLICATE_KEY, ("replicate",)),
        (REPLICATE_KEY | RUNWARE_KEY, ("runware", "replicate")),
        (RUNWARE_KEY | {"IMAGE_BACKENDS": "preview"}, ("preview",)),
        ({"IMAGE_BACKENDS": " replicate , runware,preview "}, ("replicate", "runware", "preview")),
        (BOT, ("preview",)),
        (BOT | RUNWARE_KEY, ("runware",)),
    ],
)
def test_those_with_a_key_are_asked_unless_the_owner_says_who(given, environment, chosen):
    assert given(**environment).chosen_image_backends == chosen


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        (
            {"IMAGE_BACKENDS": "runware"},
            "IMAGE_BACKENDS: runware needs RUNWARE_API_KEY; without it take it off the list",
        ),
        (
            {"IMAGE_BACKENDS": "preview,replicate"},
            "IMAGE_BACKENDS: replicate needs REPLICATE_API_TOKEN; without it take it off the list",
        ),
        (
            {"IMAGE_BACKENDS": "runware,replicate"} | RUNWARE_KEY,
            "IMAGE_BACKENDS: replicate needs REPLICATE_API_TOKEN; without it take it off the list",
        ),
    ],
)
def test_people_who_pay_are_never_served_by_a_stand_in(given, environment, line):
    with pytest.raises(WrongSetting) as complaint:
        given(**BOT, **environment)
    assert str(complaint.value) == line


@pytest.mark.parametrize(
    ("environment", "chosen"),
    [
        ({}, ("preview",)),
        (RUNWARE_KEY, ()),
        (REPLICATE_KEY | RUNWARE_KEY, ("replicate",)),
        (RUNWARE_KEY | {"TRAINING_BACKENDS": "preview"}, ("preview",)),
        ({"IMAGE_BACKENDS": "preview,replicate", "TRAINING_BACKENDS": "replicate"}, ("replicate",)),
    ],
)
def test_those_that_can_train_do_so_unless_the_owner_says_who(given, environment, chosen):
    assert given(**environment).chosen_training_backends == chosen


def test_who_only_trains_is_used_too_and_has_a_stand_in(given):
    settings = given(TRAINING_BACKENDS="replicate")
    assert settings.used_backends == ("preview", "replicate")
    assert settings.vendor_sandboxes == {"replicate": PORT + 2}
    with pytest.raises(WrongSetting) as complaint:
        given(**BOT, TRAINING_BACKENDS="replicate")
    assert (
        str(complaint.value)
        == "TRAINING_BACKENDS: replicate needs REPLICATE_API_TOKEN; without it take it off the list"
    )


def test_in_the_sandbox_stand_ins_take_the_place_of_vendors_without_a_key(given):
    settings = given(IMAGE_BACKENDS="runware,replicate")
    assert settings.vendor_sandboxes == {"runware": PORT + 1, "replicate": PORT + 2}
    assert (settings.runware_url, settings.runware_key) == (f"ws://127.0.0.1:{PORT + 1}/v1", SANDBOX_VENDOR_KEY)
    assert (settings.replicate_url, settings.replicate_token) == (f"http://127.0.0.1:{PORT + 2}", SANDBOX_VENDOR_KEY)
    assert settings.replicate_signing_secret == SANDBOX_WEBHOOK_SECRET
    assert settings.vendor_places == {("127.0.0.1", PORT + 1), ("127.0.0.1", PORT + 2)}


@pytest.mark.parametrize("life", [{}, BOT])
def test_with_keys_the_vendors_themselves_are_asked_and_no_stand_in_starts(given, life):
    settings = given(IMAGE_BACKENDS="runware,replicate", **RUNWARE_KEY, **REPLICATE_KEY, **life)
    assert settings.vendor_sandboxes == {}
    assert (settings.runware_url, settings.runware_key) == (RUNWARE, "key-of-runware")
    assert (settings.replicate_url, settings.replicate_token) == (REPLICATE, "r8_token")
    assert (settings.replicate_signing_secret, settings.vendor_places) == ("", frozenset())


def test_a_vendor_that_is_not_listed_has_no_stand_in(given):
    settings = given()
    assert (settings.vendor_sandboxes, settings.vendor_places) == ({}, frozenset())
    assert (settings.runware_url, settings.replicate_url) == (RUNWARE, REPLICATE)


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("RUNWARE_WS_URL", "ws://10.1.2.3:7000/v1/", ("10.1.2.3", 7000)),
        ("RUNWARE_WS_URL", "wss://proxy.example/v1", ("proxy.example", 443)),
        ("RUNWARE_WS_URL", "ws://proxy.example/v1", ("proxy.example", 80)),
        ("REPLICATE_BASE_URL", "https://Proxy.Example/", ("proxy.example", 443)),
        ("REPLICATE_BASE_URL", "http://[::1]:9000", ("::1", 9000)),
    ],
)
def test_results_may_come_from_an_address_that_was_set(given, name, value, place):
    settings = given(**{name: value}, **RUNWARE_KEY, **REPLICATE_KEY)
    assert settings.vendor_places == {place}
    assert not (settings.runware_url + settings.replicate_url).endswith("/")


SECRET = {"JWT_SECRET": "secret", "PUBLIC_BASE_URL": "https://photos.example"}
SIGNING = {"REPLICATE_WEBHOOK_SECRET": "whsec_c2VjcmV0"}
KEYS = RUNWARE_KEY | REPLICATE_KEY
LISTED = {"IMAGE_BACKENDS": "runware,replicate"}


@pytest.mark.parametrize(
    ("environment", "runware", "replicate"),
    [
        (LISTED, False, False),
        (LISTED | {"JWT_SECRET": "secret"}, True, True),
        (LISTED | KEYS | {"JWT_SECRET": "secret"}, False, False),
        (KEYS | SECRET, True, False),
        (KEYS | SECRET | SIGNING, True, True),
        (KEYS | SIGNING | {"PUBLIC_BASE_URL": "https://photos.example"}, False, False),
        (BOT | KEYS | SECRET | SIGNING, True, True),
    ],
)
def test_webhooks_are_asked_for_where_they_can_come_and_be_believed(given, environment, runware, replicate):
    settings = given(**environment)
    assert (settings.is_reached_by("runware"), settings.is_reached_by("replicate")) == (runware, replicate)


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"API_HOST": "::", "API_PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"API_HOST": "::1"}, "http://[::1]:8000"),
        ({"PUBLIC_BASE_URL": "https://photos.example/"}, "https://photos.example"),
        (BOT, ""),
    ],
)
def test_stand_ins_reach_this_machine_and_vendors_the_public_address(given, environment, url):
    assert given(**environment).own_url == url


def test_no_secret_of_a_stand_in_is_one_of_a_vendor(given):
    settings = given(IMAGE_BACKENDS="runware,replicate", RUNWARE_API_KEY="key-of-runware")
    assert settings.vendor_sandboxes == {"replicate": PORT + 2}
    assert settings.replicate_token == SANDBOX_VENDOR_KEY
    assert settings.runware_url == RUNWARE


async def test_the_backends_are_opened_in_the_owners_order(given):
    settings = given(IMAGE_BACKENDS="replicate,preview,runware", JWT_SECRET="secret")
    backends = open_backends(settings, Hints(), parallel=1)
    assert [backend.name for backend in backends] == ["replicate", "preview", "runware"]
    for backend in backends:
        await backend.aclose()


def test_stand_ins_for_vendors_start_with_their_own_keys_and_logs(given, tmp_path):
    settings = given(IMAGE_BACKENDS="runware,replicate", DATA_DIR=str(tmp_path))
    parts = {part.name: part for part in parts_of(settings)}
    assert set(parts) == {"api", "worker", "bot", "sandbox", "sandbox-runware", "sandbox-replicate"}
    for number, vendor in enumerate(("runware", "replicate"), start=1):
        part = parts[f"sandbox-{vendor}"]
        command = " ".join(part.command)
        assert f"-m sandbox.{vendor} --host 127.0.0.1 --port {PORT + number} " in command
        assert f"--state-dir {tmp_path}/sandbox/{vendor}" in command
        assert SANDBOX_VENDOR_KEY in command
        assert part.log.name == f"sandbox-{vendor}.log"
    assert f"--webhook-secret {SANDBOX_WEBHOOK_SECRET}" in " ".join(parts["sandbox-replicate"].command)


@pytest.mark.parametrize("environment", [{}, RUNWARE_KEY | {"IMAGE_BACKENDS": "runware"}, BOT | KEYS])
def test_without_a_vendor_to_stand_in_for_no_stand_in_starts(given, environment):
    names = {part.name for part in parts_of(given(**environment))}
    assert not {"sandbox-runware", "sandbox-replicate"} & names
    assert ("sandbox" in names) is ("BOT_TOKEN" not in environment)


@pytest.mark.parametrize(("vendor", "offset"), [("runware", 1), ("replicate", 2)])
def test_a_taken_port_of_a_stand_in_is_named_with_its_setting(given, vendor, offset):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = given(IMAGE_BACKENDS=vendor, SANDBOX_PORT=str(port - offset))
        with pytest.raises(CannotStart, match=rf"^Port {port} on 127\.0\.0\.1 .* set SANDBOX_PORT in \.env"):
            check_ports(settings, f"sandbox-{vendor}")


def test_the_example_file_tells_of_the_stand_ins():
    text = (ROOT / ".env.example").read_text()
    assert all(f"SANDBOX_PORT + {number}" in text for number in (1, 2))


@pytest.mark.parametrize(
    ("changes", "trainers"),
    [
        ({"IMAGE_BACKENDS": "replicate,preview"}, ("replicate",)),
        ({"IMAGE_BACKENDS": "runware,preview", "TRAINING_BACKENDS": "replicate,preview"}, ("replicate",)),
        ({"IMAGE_BACKENDS": "runware,preview", "TRAINING_BACKENDS": "preview"}, ("preview",)),
        ({"IMAGE_BACKENDS": "runware,preview"}, ()),
        ({"IMAGE_BACKENDS": "preview,runware", "TRAINING_BACKENDS": "preview,replicate"}, ("preview", "replicate")),
        ({"IMAGE_BACKENDS": "preview,runware", "TRAINING_BACKENDS": "replicate,preview"}, ("replicate",)),
    ],
)
def test_the_preview_sells_no_demo_model_for_a_vendor(given, changes, trainers):
    assert given(**changes).chosen_training_backends == trainers


@pytest.mark.parametrize(
    ("changes", "enlarge_only"),
    [
        ({}, set()),
        ({"IMAGE_BACKENDS": "preview,runware"}, set()),
        ({"IMAGE_BACKENDS": "runware,preview"}, {"preview"}),
        ({"IMAGE_BACKENDS": "runware,replicate", "TRAINING_BACKENDS": "preview"}, set()),
    ],
)
def test_the_preview_behind_a_vendor_only_enlarges(given, changes, enlarge_only):
    assert given(**changes).enlarge_only == enlarge_only
