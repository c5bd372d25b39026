"""People, payments, referrals, models and the owner's doings: the methods that others rely on."""

import asyncpg
import pytest

from config.failpoints import Write
from repository.admin import AdminRepository
from repository.generations import GenerationRepository
from repository.ledger import LedgerRepository
from repository.models import ModelRepository, ModelStatus
from repository.payments import PaymentRepository
from repository.referrals import ReferralRepository
from repository.tasks import TaskStatus
from repository.users import UserRepository


@pytest.fixture
async def users(database) -> UserRepository:
    users = UserRepository(database.reading)
    for user_id in (1, 2, 3):
        assert await users.create_user(user_id, f"name{user_id}", "First", None)
    return users


async def test_a_person_is_created_once_and_read_as_given(users):
    assert not await users.create_user(1, "other", "Other", "Other")
    person = await users.get_user(1)
    assert (person.username, person.first_name, person.last_name, person.tokens_left) == ("name1", "First", None, 0)
    assert await users.get_user(99) is None


async def test_tokens_move_through_the_ledger_and_never_below_zero(users, database):
    assert await users.update_tokens(1, 10) == 10
    assert await users.update_tokens(1, -4) == 6
    assert await users.update_tokens(1, 5, idempotency_key="once") == 11
    assert await users.update_tokens(1, 5, idempotency_key="once") == 11
    with pytest.raises(asyncpg.CheckViolationError):
        await users.update_tokens(1, -12)
    with pytest.raises(LookupError):
        await users.update_tokens(99, 1)
    with pytest.raises(ValueError, match="zero"):
        await users.update_tokens(1, 0)
    ledger = LedgerRepository(database.reading)
    assert await ledger.find_gaps() == []
    assert [entry.amount for entry in await ledger.get_user_entries(1)] == [5, 4, 10]


async def test_a_balance_that_the_ledger_does_not_explain_is_found(users, database):
    await users.update_tokens(1, 10)
    await database.reading.execute("""UPDATE "User" SET tokens_left = 11 WHERE user_id = 1""")
    (gap,) = await LedgerRepository(database.reading).find_gaps()
    assert (gap.user_id, gap.tokens_left, gap.ledger_left) == (1, 11, 10)


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE "LedgerEntry" SET amount = 1""",
        """DELETE FROM "LedgerEntry" """,
        """TRUNCATE "LedgerEntry" """,
    ],
)
async def test_the_ledger_can_only_grow(users, database, statement):
    await users.update_tokens(1, 10)
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await database.reading.execute(statement)


async def test_a_payment_is_booked_once_per_charge_and_credits_its_tokens(users, database):
    async with database.transaction(Write.TASK_TELL) as tx:
        payments = PaymentRepository(tx)
        first = await payments.add_payment(1, 250, 100, charge_id="charge")
        assert await payments.add_payment(1, 250, 100, charge_id="charge") is None
    payments = PaymentRepository(database.reading)
    assert [payment.payment_id for payment in await payments.get_user_payments(1)] == [first]
    assert await payments.calculate_total_revenue() == 250
    assert (await users.get_user(1)).tokens_left == 100


async def test_a_referral_counts_once_and_never_for_oneself(users, database):
    referrals = ReferralRepository(database.reading)
    code = await referrals.create_referral_code(1)
    assert await referrals.create_referral_code(1) == code
    assert await referrals.process_referral(1, 2)
    assert not await referrals.process_referral(3, 2)
    assert not await referrals.process_referral(1, 1)
    assert not await referrals.process_referral(99, 3)
    assert (await referrals.get_referral_statistics(1)).invited == 1


async def test_a_model_goes_from_training_to_ready(users, database):
    models = ModelRepository(database.reading)
    model_id = await models.create_model(1, "Me", "tokperson")
    assert (await models.get_model_details(model_id)).status is ModelStatus.TRAINING
    assert await models.update_model_status(model_id, "ready")
    assert [model.status for model in await models.get_user_models(1)] == [ModelStatus.READY]
    with pytest.raises(ValueError, match="finished"):
        await models.update_model_status(model_id, "finished")
    assert await models.get_model_details(model_id + 1) is None


async def test_a_generation_is_finished_once(users, database):
    generations = GenerationRepository(database.reading)
    generation_id = await generations.start_generation(1, None, "a fox")
    assert await generations.finish_generation(generation_id, "files/1.jpg")
    assert not await generations.finish_generation(generation_id, "files/2.jpg")
    (generation,) = await generations.get_user_generations(1)
    assert (generation.status, generation.result_url) == (TaskStatus.COMPLETED, "files/1.jpg")


async def test_lists_go_on_where_the_page_before_ended(users, database):
    generations = GenerationRepository(database.reading)
    made = [await generations.start_generation(1, None, f"picture {number}") for number in range(5)]
    first = await generations.get_user_generations(1, limit=2)
    second = await generations.get_user_generations(1, limit=2, before=first[-1].generation_id)
    assert [row.generation_id for row in first + second] == made[:0:-1]


async def test_the_owner_counts_blocks_and_keeps_extra_loras(users, database):
    admin = AdminRepository(database.reading)
    assert await admin.block_user(1)
    assert not await admin.block_user(99)
    statistics = await admin.get_global_statistics()
    assert (statistics.users, statistics.blocked) == (3, 1)
    lora_id = await admin.manage_extra_lora({"name": "Film", "air": "org:film@1", "weight": 0.7})
    assert await admin.manage_extra_lora({"name": "Film", "air": "org:film@2"}) == lora_id
    row = await database.reading.fetchrow("""SELECT air, weight FROM "ExtraLora" """)
    assert (row["air"], row["weight"]) == ("org:film@2", 0.7)
    with pytest.raises(ValueError, match="colour"):
        await admin.manage_extra_lora({"name": "Film", "air": "x", "colour": "red"})


async def test_statistics_of_a_person_count_what_is_theirs(users, database):
    await GenerationRepository(database.reading).start_generation(1, None, "a fox")
    await users.update_tokens(1, 3)
    statistics = await users.get_user_statistics(1)
    assert (statistics.generations, statistics.pictures, statistics.tokens_left) == (1, 0, 3)
    assert await users.get_user_statistics(99) is None
