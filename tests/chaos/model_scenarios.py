"""The ways to what is written about models that are there: their names, their end, their copies, their photos."""

from tests.chaos.house import wait_until
from tests.chaos.people import Message, newest_button
from tests.chaos.scenarios import STRIKE_WITHIN, Stage

PAUSE_OVER = 90.0
"""Seconds for a copy whose worker died over it: it comes again after a pause."""


def rename_a_model(stage: Stage) -> None:
    """/models, Rename, a name."""
    model_id = _own_a_model(stage)
    _open_it(stage)
    stage.customer.press(*_button(stage, "mname:"))
    wait_until(lambda: _asks_for_a_name(stage), STRIKE_WITHIN, "the question for a name")
    stage.arm()
    stage.customer.person.say("Renamed")
    stage.wait_for_row("""SELECT 1 FROM "Model" WHERE model_id = $1 AND name = 'Renamed'""", model_id)


def delete_a_model(stage: Stage) -> None:
    """/models, Delete, yes: the receipt comes, whichever press brings it."""
    model_id = _own_a_model(stage)
    _open_it(stage)
    stage.customer.press(*_button(stage, "mask:"))
    message, data = _button(stage, "mdel:")
    stage.arm()
    stage.customer.press(message, data)
    reference = data.split(":")[2]
    stage.wait_for_row('SELECT 1 FROM "ModelReceipt" WHERE reference = $1', reference)
    assert stage.ask('SELECT count(*) FROM "Model" WHERE model_id = $1', model_id) == 0
    receipt = stage.customer.look_for(
        lambda chat: [message for message in chat if reference in (message["text"] or "")], STRIKE_WITHIN
    )
    assert receipt, "no receipt came"


def leave_a_copy_at_a_vendor(stage: Stage) -> None:
    """Something lies at a vendor whose version is gone: a worker finds it, and has it deleted there."""
    stage.arm()
    copy_id = stage.ask(
        """
        INSERT INTO "VendorCopy" (backend, kind, vendor_id) VALUES ('preview', 'model', $1) RETURNING copy_id
        """,
        f"orphan of {stage.point.name} {stage.customer.user_id}",
    )
    is_deleted = """SELECT 1 FROM "VendorCopy" WHERE copy_id = $1 AND state = 'deleted'"""
    wait_until(lambda: stage.ask(is_deleted, copy_id), PAUSE_OVER, "the copy's end")


def leave_a_set_for_long(stage: Stage) -> None:
    """A set that was begun and left: the first look of a worker that starts takes it."""
    stage.without_workers(
        lambda: stage.ask(
            """
            INSERT INTO "TrainingSet" (user_id, updated_at) VALUES ($1, now() - interval '40 days') RETURNING 1
            """,
            stage.customer.user_id,
        )
    )
    stage.wait_for_row(
        """SELECT 1 WHERE NOT EXISTS (SELECT FROM "TrainingSet" WHERE user_id = $1)""", stage.customer.user_id
    )


def _own_a_model(stage: Stage) -> object:
    """A model that is there already; returns its model_id."""
    return stage.ask(
        """
        WITH model AS (
            INSERT INTO "Model" (user_id, name, trigger_word, status) VALUES ($1, 'Mine', $2, 'ready')
            RETURNING model_id
        ), version AS (
            INSERT INTO "ModelVersion" (model_id, number, status, photos, architecture, finished_at, weights_key,
                                        weights_bytes, weights_sha256)
            SELECT model_id, 1, 'ready', 10, 'flux1', now(), 'weights/' || $2 || '.safetensors', 1, '\\x00' FROM model
        )
        SELECT model_id FROM model
        """,
        stage.customer.user_id,
        f"tok{stage.customer.user_id}{stage.side.value}",
    )


def _open_it(stage: Stage) -> None:
    stage.customer.person.say("/models")
    stage.customer.press(*_button(stage, "mymodel:"))


def _asks_for_a_name(stage: Stage) -> bool:
    """The way out of the question is the only button under it."""
    found = stage.customer.look_for(
        lambda chat: [message for message in chat if "“Mine”" in (message["text"] or "")], STRIKE_WITHIN
    )
    return bool(found)


def _button(stage: Stage, prefix: str) -> tuple[Message, str]:
    """The newest button of this kind, once there is one."""
    found = stage.customer.look_for(lambda chat: newest_button(chat, prefix), STRIKE_WITHIN)
    assert found is not None, f"no button {prefix}"
    return found
