"""Every statement of the repositories is planned with an index, and no sequential scan hides in it.

The statements are caught while the repositories' own methods run on tables with rows in them; each is then explained
with sequential scans made expensive, so that a scan stays only where no index can serve.
"""

import inspect
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from config.failpoints import Write
from db.pool import Database
from repository import (
    admin,
    admin_events,
    admin_news,
    books,
    call_outputs,
    catalogue,
    consents,
    daily_reports,
    drafts,
    ended_tasks,
    erasures,
    files,
    gallery,
    gallery_orders,
    gallery_ways,
    generations,
    ledger,
    likeness,
    marks,
    model_entries,
    model_erasures,
    model_statistics,
    model_versions,
    models,
    notifications,
    packs,
    payments,
    photo_analyses,
    photo_expiry,
    products,
    promo_codes,
    queue,
    reconciliation,
    referrals,
    refunds,
    rewards,
    safety,
    star_transactions,
    statements,
    tasks,
    training_photos,
    training_sets,
    users,
    vendor_calls,
    vendor_copies,
    vendor_models,
    version_weights,
)
from repository.base import Repository
from tests.databases import Databases

MODULES = (
    *(admin, catalogue, drafts, erasures, files, gallery, gallery_orders, gallery_ways, generations, ledger, marks),
    models,
    *(notifications, packs, payments, queue, referrals, safety, tasks, users, vendor_calls),
    *(admin_events, call_outputs, vendor_models, products, rewards, refunds, promo_codes),
    *(admin_news, books, daily_reports, ended_tasks, reconciliation, star_transactions, statements),
    *(consents, model_versions, photo_analyses, training_photos, training_sets, version_weights),
    *(model_entries, model_erasures, model_statistics, photo_expiry, vendor_copies),
    likeness,
)

SCANS_ALLOWED = {
    "AdminRepository.get_global_statistics": "counts whole tables; asked for by the owner alone",
    "LedgerRepository.find_gaps": "compares the whole ledger with all balances; runs on a schedule",
    "PaymentRepository.calculate_total_revenue": "sums a whole table; asked for by the owner alone",
    "CatalogueRepository.get_styles": "a few dozen rows",
    "PackRepository.get_packs": "a few rows",
    "CatalogueRepository.get_style_groups": "half a dozen rows",
    "VendorModelRepository.get_served_loras": "two unions planned together; each side is found by its key",
    "VendorModelRepository.get_extra_loras": "a handful of rows",
    "ProductRepository.get_sold": "a handful of rows",
    "ProductRepository.tokens_worth": "a handful of rows",
    "BooksRepository.get_circulation": "sums over all people; read once a minute at most, by the API alone",
    "BooksRepository.estimate_accounts": "one row of PostgreSQL's own catalogue",
    "ReconciliationRepository.claim": "a row for each comparison",
    "ReconciliationRepository.save": "a row for each comparison",
    "ReconciliationRepository.get": "a row for each comparison",
    "ReconciliationRepository.get_all": "a row for each comparison",
    "DailyReportRepository.get_first_day": "a table of one row",
    "DailyReportRepository.count": "a few comparisons are summed; days are found by their indexes",
    "ModelStatisticsRepository.count_by_status": "counts a whole table; asked for by admins alone",
    "ModelStatisticsRepository.count_copies": "counts a whole table; asked for by admins alone",
    "SafetyRepository.get_rules": "a few hundred rows, read twice a minute",
    "SafetyRepository.get_style_words": "a few dozen rows",
}

SOON = datetime(2026, 11, 21, tzinfo=UTC)
TASK, FILE, CALL = UUID(int=1), UUID(int=2), UUID(int=3)
FILE_ROW = files.NewFile(FILE, "k", "t", "image/jpeg", 1, 1, 1, b"h")
NEW_TASK = tasks.NewTask(
    TASK, 1, "text_to_image", tasks.Lane.CPU, "k", b"h", "{}", 5, 1, timedelta(1), timedelta(1), "c"
)
STAR = star_transactions.StarNote("c", True, 5, "user", SOON)
CALLS = {
    "UserRepository": {
        "get_user": [1],
        "create_user": [1, None, None, None],
        "register": [3, "n", None, None],
        "update_tokens": [1, 1],
        "set_locale": [1, "en"],
        "set_blocked_bot": [1, True],
        "set_admin": [1, True],
        "get_user_statistics": [1],
    },
    "LedgerRepository": {
        "credit": [1, 1],
        "adjust": [1, 1, "key"],
        "hold": [1, TASK, 1],
        "settle_hold": [TASK, 0],
        "get_hold": [TASK],
        "take_back": [1, 0, "k", 1],
        "pay_debt": [1, "k"],
        "get_user_entries": [1],
        "find_gaps": [],
    },
    "ModelRepository": {
        "create_model": [1, "n", "t"],
        "get_user_models": [1],
        "update_model_status": [1, "ready"],
        "get_model_details": [1],
        "get_default": [1],
        "get_usable": [1, 1],
        "get_all_usable": [1],
        "lock_for_use": [1, 1],
        "set_default": [1, 1],
        "rename": [1, 1, "n"],
    },
    "ModelEntryRepository": {
        "get_entries": [1],
        "get_entry": [1, 1],
        "get_ready": [1],
        "get_samples": [1, 1],
        "get_versions": [1, 1],
    },
    "ModelErasureRepository": {
        "count_erasable": [1],
        "lock_model": [1, 1],
        "get_open_trainings": [1],
        "get_open_orders": [1],
        "erase_model": [1, "DM-1", 0],
        "get_receipt": ["DM-1"],
        "get_fates": ["DM-1"],
    },
    "ModelStatisticsRepository": {
        "count_by_status": [],
        "sum_trainings": [timedelta(7)],
        "get_newest": [5],
        "count_copies": [],
    },
    "PhotoExpiryRepository": {
        "lock_used": [5],
        "lock_sharing": [[1]],
        "lock_untouched": [5],
        "erase_photos": [[1]],
        "mark_erased": [[1]],
        "tell_cards": [[1]],
        "drop_sets": [[1]],
        "forget_removed": [timedelta(days=2)],
    },
    "VendorCopyRepository": {
        "doom_unused": [],
        "claim": [timedelta(1), timedelta(1), 5],
        "close": [1, vendor_copies.CopyState.DELETED],
        "note_failure": [1, "e"],
    },
    "LikenessRepository": {
        "get_face": [TASK],
        "likeness_of_versions": [[1, 2]],
    },
    "GenerationRepository": {
        "start_generation": [1, None, "p"],
        "finish_generation": [1, None],
        "get_user_generations": [1],
        "get_generation": [1, 1],
        "get_by_task": [TASK],
    },
    "PaymentRepository": {
        "add_payment": [1, 1, 1],
        "get_payment": [1],
        "get_by_charge": ["c"],
        "is_known_charge": ["c"],
        "get_user_payments": [1],
        "calculate_total_revenue": [],
    },
    "ProductRepository": {
        "get_sold": ["XTR"],
        "is_sold": ["tokens_50", "XTR"],
        "add_invoice": [1, "tokens_50", "XTR"],
        "get_invoice": [1],
        "tokens_worth": ["XTR", 1],
    },
    "RewardRepository": {
        "restore_of_payment": [1],
        "cancel_vested_of_payment": [1],
        "note_payment": [1],
        "cancel_of_payment": [1],
        "cancel_of_person": [1],
        "get_due": [5],
        "hold_receiver": [1],
        "claim": [1],
        "vest": [1],
        "cancel": [1],
        "postpone": [1, timedelta(1)],
        "get_waiting": [1],
    },
    "RefundRepository": {
        "hold_payer": [1],
        "hold": [1],
        "get": [1],
        "find_payment": ["c"],
        "get_standing": [1],
        "get_standings_of": [1, 5],
        "get_cases": [5],
        "open_case": [1],
        "begin": [1, refunds.RefundOrigin.SELF, 1, 0, 1, "c"],
        "note_done": [1, refunds.RefundOrigin.TELEGRAM, 1, 0],
        "decline": [1],
        "claim": [timedelta(1), 1],
        "postpone": [1, 1, timedelta(1), None],
        "close": [1, 1, refunds.RefundState.DONE],
        "mark_refunded": [1],
        "unmark_refunded": [1],
    },
    "ReferralRepository": {
        "create_referral_code": [1],
        "process_referral": [1, 2],
        "accept_invitation": [2, "CODE"],
        "hold_inviter": ["CODE"],
        "flag_ring": [1],
        "clear_flags": [1],
        "get_terms": [],
        "get_referral_statistics": [1],
    },
    "PromoCodeRepository": {
        "add": ["SPRING", 1, None, None, None, "1:message:1"],
        "get_made": ["SPRING", "1:message:1"],
        "get_standing": ["SPRING", 1],
        "take_use": ["SPRING"],
        "get_use": ["SPRING", 1, "message:1"],
        "note_use": ["SPRING", 1, 1, "message:1"],
    },
    "AdminRepository": {
        "get_global_statistics": [],
        "block_user": [1],
        "manage_extra_lora": [{"name": "n", "air": "a"}],
    },
    "CatalogueRepository": {
        "get_styles": [],
        "get_style_groups": [],
        "get_style": ["noir"],
        "get_price": ["x"],
        "get_limit": ["x"],
    },
    "SafetyRepository": {"get_rules": [], "get_policy": [], "get_style_words": []},
    "DraftRepository": {"create": [1, {}], "read": [1, 1], "replace": [1, 1, {}]},
    "FileRepository": {
        "add_photo": [1, FILE_ROW],
        "find_photo": [1, "k"],
        "get_latest_photo": [1],
        "find_unreferenced": [["k"]],
        "get_file": [FILE, 1],
        "get_outputs": [1],
        "get_outputs_between": [1, 0, 9],
        "get_output_sizes": [1],
        "set_telegram_file_id": [FILE, "x"],
    },
    "GalleryRepository": {
        "get_picture": [FILE, 1],
        "get_pictures": [1, 20],
        "get_pictures_of_kind": [1, "upscale", 20],
        "get_favorites": [1, 20],
        "get_tagged": [1, "sea", 20],
        "find_pictures": [1, "'1:fox':*", 20],
        "get_tags": [1],
    },
    "GalleryOrderRepository": {
        "get_bounds": [1, SOON, SOON],
        "get_orders": [1, 20],
        "get_orders_of_status": [1, tasks.TaskStatus.FAILED, 20],
        "get_orders_of_kind": [1, "upscale", 20],
        "get_orders_of_model": [1, 1, 20],
        "find_orders": [1, "'1:fox':*", 20],
    },
    "GalleryWayRepository": {
        "get_newer": [1, 9, (1, 0)],
        "get_newer_of_kind": [1, "upscale", 9, (1, 0)],
        "get_newer_favorites": [1, 9, (1, 0)],
        "get_newer_tagged": [1, "sea", 9, (1, 0)],
        "find_newer": [1, "'1:fox':*", 9, (1, 0)],
        "get_months": [1, 24],
        "get_order_key": [1, 1],
    },
    "PackRepository": {
        "get_packs": [],
        "get_looks": ["career"],
        "add_dataset": [1, 1, UUID(int=9, version=4)],
        "get_dataset": [1, 1],
        "get_dataset_of_task": [TASK, 1],
        "get_user_datasets": [1],
    },
    "ErasureRepository": {
        "request": [1, "DP"],
        "get": ["DP"],
        "get_open": [10],
        "count_erasable": [1],
        "lock_person": [1, 1],
        "erase_rows": [1, 2],
        "complete": [1],
    },
    "MarkRepository": {
        "set_favorite": [FILE, 1, True],
        "set_notes": [FILE, 1, "n"],
        "set_tags": [FILE, 1, ["sea"]],
        "delete_picture": [FILE, 1],
        "note_erasable": [["k"]],
        "get_erasable": [10, ""],
        "forget_erased": [["k"]],
    },
    "VendorModelRepository": {
        "get_vendor_models": ["m", "text_to_image"],
        "get_served_loras": [1, [1], [1], TASK],
        "get_extra_loras": ["m", "text_to_image", ["runware"]],
        "get_extra_lora_names": [[1]],
        "get_style_words": ["studio"],
        "get_rate": ["token"],
    },
    "CallOutputRepository": {
        "add": [CALL, [FILE_ROW]],
        "get_task_outputs": [TASK],
        "forget": [TASK],
    },
    "AdminEventRepository": {
        "take_turn": ["backend_down", "runware"],
        "open": ["backend_down", "runware", {}],
        "note": ["payment", "payment 1", {}],
        "update": ["backend_down", "runware", {}],
        "close": ["backend_down", "runware"],
        "get_open": ["backend_down"],
        "get_latest": [],
    },
    "AdminNewsRepository": {
        "get_untold": [["ledger_gap"], 10],
        "mark_told": [[1]],
        "get_admins": [[1]],
        "get_open_subjects": ["task_gap", 10],
        "count_open": ["task_gap"],
    },
    "BooksRepository": {
        "get_touched": [0, timedelta(1), 10],
        "get_slice": [0, 10],
        "estimate_accounts": [],
        "find_gaps": [[1]],
        "find_people": [[1]],
        "get_account": [1],
        "lock_person": [1],
        "set_frozen": [1, True],
        "get_circulation": [],
    },
    "EndedTaskRepository": {
        "write_end": [TASK, 1, 1, tasks.TaskStatus.COMPLETED, [FILE_ROW], {"pictures": 1}],
        "get_next": [SOON, timedelta(1), 10],
        "get_again": [[TASK]],
    },
    "ReconciliationRepository": {
        "claim": [reconciliation.BooksKind.LEDGER, timedelta(1)],
        "save": [reconciliation.BooksKind.LEDGER, 0, 0, {}],
        "get": [reconciliation.BooksKind.LEDGER],
        "get_all": [],
    },
    "StarTransactionRepository": {
        "get_verdicts": [[STAR]],
        "note": [STAR, star_transactions.Verdict.MATCHED],
        "is_refund_known": ["c"],
        "note_refund_of_nobody": ["c", SOON],
        "explain_refunds": [],
        "count_unexplained": [],
        "get_payments": [0, timedelta(1), 10],
        "find_unlisted": [[1]],
    },
    "DailyReportRepository": {
        "get": [SOON.date()],
        "add": [SOON.date(), {}],
        "is_told": [SOON.date()],
        "get_told": [SOON.date()],
        "mark_told": [SOON.date(), 1],
        "close": [SOON.date()],
        "get_first_day": [],
        "count": [SOON, SOON],
    },
    "StatementRepository": {"get_page": [0, 10]},
    "ConsentRepository": {
        "is_given": [1, 1],
        "hold": [1, 1],
        "give": [1, 1],
        "withdraw": [1],
    },
    "ModelVersionRepository": {
        "use_set": [1, [FILE]],
        "hold_model": [1, 1],
        "is_training": [1],
        "add_model": [1, "n", "t", "woman", {}],
        "describe_anew": [1, 1, "woman", {}],
        "is_free": [1, 1, timedelta(1)],
        "add": [1, 1],
        "link_task": [1, UUID("00000000-0000-4000-8000-000000000009")],
        "get": [1],
        "get_by_task": [TASK],
        "get_with_model": [1],
        "make_ready": [1],
        "collect_again": [1],
        "make_failed": [1],
    },
    "VersionWeightsRepository": {
        "keep_weights": [1, "k", 1, b"h"],
        "add_serving": [1, "preview", "k"],
        "get_serving": [1],
        "add_copy": [1, "replicate", "model", "m"],
        "doom_unfinished": [1, TASK, timedelta(1)],
        "note_unused_weights": [TASK],
        "note_stored_in_vain": [TASK, "k"],
    },
    "TrainingSetRepository": {
        "open": [1, None],
        "get_open": [1],
        "get": [1, 1],
        "hold": [1, 1],
        "hold_open_with": [FILE],
        "touch": [[1]],
        "aim": [1, None],
        "describe": [1, 1, "woman", {}, "n"],
        "bring_back": [1, 1],
        "track_card": [1, 1],
        "claim_stale_cards": [timedelta(1), 5],
        "card_shown": [1, 1],
    },
    "TrainingPhotoRepository": {
        "count_photos": [1],
        "count_own_photos": [1],
        "add_photo": [1, FILE, None],
        "remove_photo": [1, FILE],
        "was_removed": [1, "training:1:1"],
        "discard": [1],
        "give_up": [1],
        "get_photos": [1],
    },
    "PhotoAnalysisRepository": {
        "request": [CALL, 1, FILE],
        "claim": [timedelta(1), 5, 3],
        "renew": [{CALL: 1}, timedelta(1)],
        "find_hopeless": [3, 5],
        "finish": [CALL, 1, {}, None],
        "fail": [CALL, 1, "unreadable"],
        "let_go": [CALL, 1, timedelta(1)],
        "get": [CALL, 1],
        "get_of_file": [FILE, 1],
        "get_page": [1, 5, (SOON, CALL)],
    },
    "VendorCallRepository": {
        "prepare": [[vendor_calls.NewCall(CALL, TASK, 1, 0, "preview", 5)]],
        "update": [CALL, 1, vendor_calls.CallState.SENT],
        "close": [CALL, 1, vendor_calls.CallState.DONE, 5],
        "correct": [vendor_calls.Correction(SOON.date(), 1)],
        "close_open": [TASK],
        "get_task_calls": [TASK],
    },
    "NotificationRepository": {
        "add_news": [1, notifications.NotificationKind.REWARD_VESTED, {}],
        "claim": [timedelta(1), 1],
        "renew": [[], timedelta(1)],
        "mark_album_sent": [1, 1, 1],
        "close": [1, 1, notifications.Outcome.DELIVERED],
        "postpone": [1, 1, timedelta(1)],
        "track_progress": [TASK, 1, 1, 0, tasks.TaskStatus.QUEUED],
        "get_progress_message": [TASK],
        "get_outbox_state": [],
        "get_delivery_state": [TASK],
        "get_stale_progress": [1],
        "get_orphaned_progress": [1],
        "mark_progress_shown": [TASK, 1, tasks.TaskStatus.RUNNING],
        "drop_progress": [TASK, 1],
    },
    "TaskRepository": {
        "add": [NEW_TASK],
        "get": [TASK],
        "find": [1, "k"],
        "get_idempotency_key": [TASK],
        "end_queued": [TASK, tasks.TaskStatus.FAILED],
        "cancel": [TASK],
        "count_made": [TASK, 1],
        "count_open": [1],
        "get_exceeded_limit": [1],
        "get_events": [TASK],
        "get_user_open": [1],
        "tell": [TASK, 0, "requested"],
        "typical_seconds": ["text_to_image", 1],
        "typical_training_seconds": ["replicate"],
    },
    "QueueRepository": {
        "claim": [tasks.Lane.CPU, timedelta(1), 1],
        "renew": [[], timedelta(1)],
        "end_running": [TASK, 1, tasks.TaskStatus.COMPLETED],
        "hand_back": [TASK, 1, timedelta(1)],
        "take_back_lost": [3],
        "find_hopeless": [3, timedelta(1)],
        "due_lanes": [],
        "get_lane_states": [],
        "count_running": [],
    },
}
KEYWORDS = {
    "EndedTaskRepository.write_end": {"is_told": True},
    "FileRepository.get_outputs_between": {"limit": 5},
    "PackRepository.add_dataset": {"pack": None, "class_label": "me", "noise_level": 0, "output_size": 512},
    "LedgerRepository.credit": {"source": "bonus", "kind": "k", "key": "k"},
    "UserRepository.register": {"locale": "en"},
    "QueueRepository.end_running": {"units_made": 0},
    "QueueRepository.hand_back": {"failed": False},
    "AdminEventRepository.get_latest": {"limit": 5},
    "ModelEntryRepository.get_entries": {"limit": 5},
    "ModelEntryRepository.get_ready": {"limit": 5},
    "ModelEntryRepository.get_samples": {"limit": 5},
    "ModelEntryRepository.get_versions": {"limit": 5},
    "StatementRepository.get_page": {"begins": SOON, "ends": SOON},
    "ModelVersionRepository.add": {
        "subject_class": "woman",
        "is_free": False,
        "photos": 1,
        "architecture": "flux1",
        "stop_units": 1,
        "face": None,
    },
    "LedgerRepository.take_back": {"all_or_nothing": False},
}


class Explaining:
    """Stands where a connection stands; keeps the plan of each statement and then runs it."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self.plans: list[str] = []

    async def _explain(self, statement: str, arguments: tuple[object, ...]) -> None:
        lines = await self._connection.fetch(f"EXPLAIN {statement}", *arguments)
        self.plans.append("\n".join(line[0] for line in lines))

    async def fetch(self, statement, *arguments):
        await self._explain(statement, arguments)
        return await self._connection.fetch(statement, *arguments)

    async def fetchrow(self, statement, *arguments):
        await self._explain(statement, arguments)
        return await self._connection.fetchrow(statement, *arguments)

    async def fetchval(self, statement, *arguments):
        await self._explain(statement, arguments)
        return await self._connection.fetchval(statement, *arguments)

    async def execute(self, statement, *arguments):
        await self._explain(statement, arguments)
        return await self._connection.execute(statement, *arguments)

    async def executemany(self, statement, rows):
        for row in rows:
            await self.execute(statement, *row)


def repositories() -> dict[str, type[Repository]]:
    return {
        name: found
        for module in MODULES
        for name, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Repository) and found is not Repository and found.__module__ == module.__name__
    }


def methods(repository: type[Repository]) -> list[str]:
    return [name for name, _ in inspect.getmembers(repository, inspect.iscoroutinefunction) if name[0] != "_"]


def test_every_method_of_every_repository_is_examined():
    assert {name: sorted(methods(found)) for name, found in repositories().items()} == {
        name: sorted(calls) for name, calls in CALLS.items()
    }


class TakenBack(Exception):
    """Ends a transaction without a trace."""


@pytest.fixture(scope="module")
def shared_dsn(databases: Databases) -> Iterator[str]:
    """One database for all statements: each is examined in a transaction that is taken back."""
    with databases.fresh() as dsn:
        yield dsn


@pytest.fixture
async def tx(shared_dsn) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of which nothing stays."""
    async with await Database.connect(shared_dsn) as database:
        with suppress(TakenBack):
            async with database.transaction(Write.TASK_TELL) as opened:
                yield opened
                raise TakenBack


@pytest.mark.parametrize(
    "method", [f"{repository}.{method}" for repository, calls in CALLS.items() for method in calls]
)
async def test_the_statement_is_served_by_an_index(tx, method):
    repository, name = method.split(".")
    await tx.execute(
        """
        ALTER SEQUENCE "Generation_generation_id_seq" RESTART;
        INSERT INTO "User" (user_id, tokens_left, referral_code) VALUES (1, 0, 'CODE'), (2, 0, NULL);
        INSERT INTO "Account" (user_id) VALUES (1), (2);
        INSERT INTO "Generation" (user_id, prompt_text) VALUES (1, 'p');
        INSERT INTO "Task" (task_id, user_id, kind, lane, idempotency_key, order_hash, order_json, unit_price,
                            units, turn, time_limit, expires_at, correlation_id)
        VALUES ('00000000-0000-4000-8000-000000000009', 1, 'text_to_image', 'cpu', 'other', '', '', 0, 1, 0,
                '1 day', now(), 'c');
        """
    )
    if name in ("tell", "track_progress", "hold", "write_end"):
        await tasks.TaskRepository(tx).add(NEW_TASK)
        await tx.execute("""UPDATE "User" SET tokens_left = 10; INSERT INTO "LedgerEntry"
            (idempotency_key, debit_account, credit_account, amount, kind) VALUES ('x', 'a', 'b', 10, 'k')""")
    if method == "CallOutputRepository.add":
        await tx.execute("""INSERT INTO "VendorCall" (call_id, task_id, attempt, step, backend)
            VALUES ('00000000-0000-0000-0000-000000000003', '00000000-0000-4000-8000-000000000009', 1, 0, 'b')""")
    if method.startswith("RefundRepository."):
        await tx.execute("""INSERT INTO "Payment" (payment_id, user_id, amount, tokens, charge_id)
            VALUES (1, 1, 1, 1, 'c')""")
    if method == "PromoCodeRepository.note_use":
        await tx.execute("""INSERT INTO "PromoCode" (code, tokens) VALUES ('SPRING', 1)""")
    if method == "ModelVersionRepository.add":
        await tx.execute("""INSERT INTO "Model" (model_id, user_id, name, trigger_word) VALUES (1, 1, 'n', 't');
            INSERT INTO "TrainingSet" (set_id, user_id) VALUES (1, 1)""")
    if repository in ("TrainingSetRepository", "TrainingPhotoRepository", "PhotoAnalysisRepository"):
        await tx.execute("""INSERT INTO "TrainingSet" (set_id, user_id) VALUES (1, 1);
            INSERT INTO "File" (file_id, user_id, kind, storage_key, media_type, width, height, size_bytes, sha256)
            VALUES ('00000000-0000-0000-0000-000000000002', 1, 'training', 'k', 'image/jpeg', 1, 1, 1, '')""")
    if method == "DailyReportRepository.mark_told":
        await tx.execute("""INSERT INTO "DailyReport" (day, content) VALUES ('2026-11-21', '{}')""")
    if method == "ErasureRepository.complete":
        await tx.execute("""INSERT INTO "Erasure" (erasure_id, reference, user_id, rows_erased_at)
            VALUES (1, 'x', 1, now())""")
    await tx.execute("SET LOCAL enable_seqscan = off")
    examined = Explaining(tx)
    await getattr(repositories()[repository](examined), name)(*CALLS[repository][name], **KEYWORDS.get(method, {}))
    assert examined.plans
    scans = [scan for plan in examined.plans for scan in re.findall(r'Seq Scan on "?\w+"?', plan)]
    if method in SCANS_ALLOWED:
        return
    assert scans == [], "\n\n".join(examined.plans)
