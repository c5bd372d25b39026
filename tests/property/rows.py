"""What the rows of a run say, read in one statement; and what must hold of them whatever happened."""

from dataclasses import asdict
from typing import Any

from repository.tasks import TaskStatus
from tests.property.house import House
from tests.property.model import Model, Name

_ROWS = """
SELECT jsonb_build_object(
    'people', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'user_id', u.user_id, 'left', u.tokens_left, 'held', u.tokens_held, 'spent', u.tokens_spent,
            'ledger', (
                SELECT jsonb_object_agg(kind, tokens) FROM (
                    SELECT side.kind, sum(side.tokens) AS tokens FROM "LedgerEntry" l, LATERAL (
                        VALUES (split_part(l.credit_account, ':', 1), l.amount),
                               (split_part(l.debit_account, ':', 1), -l.amount)
                    ) AS side (kind, tokens)
                    WHERE l.account_id = a.account_id GROUP BY side.kind
                ) AS sums
            )
        )), '[]')
        FROM "User" u JOIN "Account" a USING (user_id) WHERE u.user_id = ANY($1)
    ),
    'tasks', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'task_id', t.task_id, 'name', t.correlation_id, 'user_id', t.user_id, 'units', t.units,
            'status', t.status, 'attempt', t.attempt, 'crashes', t.crash_count, 'failures', t.failure_count,
            'progress', t.progress, 'units_made', t.units_made, 'error_code', t.error_code,
            'is_stopped', t.cancel_requested_at IS NOT NULL, 'has_lease', t.lease_until IS NOT NULL,
            'has_finished', t.finished_at IS NOT NULL,
            'hold', (SELECT jsonb_build_object('tokens', h.tokens, 'captured', h.captured) FROM "Hold" h
                     WHERE h.task_id = t.task_id),
            'entries', (SELECT coalesce(jsonb_object_agg(l.kind, l.amount), '{}') FROM "LedgerEntry" l
                        WHERE l.task_id = t.task_id AND l.account_id = a.account_id),
            'entry_count', (SELECT count(*) FROM "LedgerEntry" l
                            WHERE l.task_id = t.task_id AND l.account_id = a.account_id),
            'calls', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'call_id', c.call_id, 'step', c.step, 'state', c.state, 'attempt', c.attempt,
                          'vendor_ref', c.vendor_ref, 'cost', c.cost_microusd)), '[]')
                      FROM "VendorCall" c WHERE c.task_id = t.task_id),
            'generation', g.status,
            'seeds', (SELECT coalesce(jsonb_agg(f.seed ORDER BY f.position), '[]') FROM "File" f
                      WHERE f.generation_id = g.generation_id),
            'events', (SELECT coalesce(jsonb_agg(e.kind), '[]') FROM "TaskEvent" e WHERE e.task_id = t.task_id),
            'letter', (SELECT jsonb_build_object('attempt', n.attempt, 'albums', n.albums_sent,
                                                 'outcome', n.outcome)
                       FROM "Notification" n WHERE n.task_id = t.task_id)
        )), '[]')
        FROM "Task" t JOIN "Account" a USING (user_id) JOIN "Generation" g ON g.task_id = t.task_id
        WHERE t.user_id = ANY($1)
    )
)
"""

Rows = dict[str, Any]


async def read_rows(house: House) -> Rows:
    """Everything that this run has written."""
    rows: Rows = await house.db.reading.fetchval(_ROWS, house.user_ids())
    return rows


def story_of(rows: Rows, house: House) -> dict[object, object]:
    """The rows in the model's words."""
    numbers = {user_id: number for number, user_id in enumerate(house.user_ids())}
    told: dict[object, object] = {
        numbers[person["user_id"]]: (person["left"], person["held"], person["spent"]) for person in rows["people"]
    }
    for task in rows["tasks"]:
        person, key = task["name"].split(":")
        told[Name(int(person), int(key))] = {
            **{field: task[field] for field in _FIELDS},
            "captured": task["hold"]["captured"],
            "calls": {
                call["step"]: (call["attempt"], call["state"], call["vendor_ref"], call["cost"])
                for call in task["calls"]
            },
            "letter": task["letter"],
        }
    return told


_FIELDS = ("units", "status", "attempt", "crashes", "failures", "progress", "is_stopped", "error_code", "seeds")


def story_of_model(model: Model) -> dict[object, object]:
    """The same of the model."""
    told: dict[object, object] = {
        number: (person.left, person.held, person.spent) for number, person in enumerate(model.people)
    }
    for name, task in model.tasks.items():
        letter = task.letter
        told[name] = {
            **{field: getattr(task, field) for field in _FIELDS},
            "captured": task.captured,
            "calls": {
                number: (call.attempt, call.state, call.vendor_ref, call.cost) for number, call in task.calls.items()
            },
            "letter": {key: value for key, value in asdict(letter).items() if key != "is_held"} if letter else None,
        }
    return told


def assert_rows_are_sound(rows: Rows, model: Model, house: House) -> None:
    """What holds of the rows themselves, whatever the model thinks."""
    numbers = {user_id: number for number, user_id in enumerate(house.user_ids())}
    for person in rows["people"]:
        ledger = {account: int(tokens) for account, tokens in (person["ledger"] or {}).items()}
        assert min(person["left"], person["held"], person["spent"]) >= 0, person
        assert ledger.get("wallet", 0) == person["left"], f"the wallet and its ledger differ: {person}"
        assert ledger.get("held", 0) == person["held"], f"what is held and its ledger differ: {person}"
        assert ledger.get("sales", 0) == person["spent"], f"what was spent and its ledger differ: {person}"
        assert sum(ledger.values()) == 0, f"tokens came from nowhere: {person}"
        given = model.people[numbers[person["user_id"]]].given
        assert given == person["left"] + person["held"] + person["spent"], f"{given} tokens became others: {person}"
    for task in rows["tasks"]:
        _assert_task_is_sound(task)


def _assert_task_is_sound(task: dict[str, Any]) -> None:
    is_final = TaskStatus(task["status"]).is_final
    price, entries = task["hold"]["tokens"], task["entries"]
    captured = task["hold"]["captured"]
    assert entries.pop("hold") == price, task
    assert (captured is not None) == is_final, f"settled before its end, or not at all: {task}"
    right = {"capture": captured or 0, "release": price - (captured or 0)} if is_final else {}
    assert entries == {kind: tokens for kind, tokens in right.items() if tokens}, f"settled wrongly: {task}"
    assert task["entry_count"] == 1 + len(entries), f"settled twice: {task}"
    assert task["has_lease"] == (task["status"] == "running"), task
    assert task["has_finished"] == is_final, task
    assert task["generation"] == (task["status"] if is_final else "queued"), task
    assert task["units_made"] == len(task["seeds"]), task
    assert all(seed // 10 == task["attempt"] for seed in task["seeds"]), f"a loser's pictures: {task}"
    assert not (task["seeds"] and not is_final), f"pictures before the end: {task}"
    assert task["events"].count("requested") == 1, task
    assert task["events"].count("claimed") == task["attempt"], task
    assert sum(event in ("completed", "failed", "cancelled") for event in task["events"]) == is_final, task
    assert sum(event in ("delivered", "undeliverable") for event in task["events"]) <= 1, task
    assert (task["letter"] is not None) == (is_final and task["user_id"] > 0), task
    if is_final:
        assert all(call["state"] not in ("prepared", "sent") for call in task["calls"]), f"a call left open: {task}"
    assert len({call["step"] for call in task["calls"]}) == len(task["calls"]), task
