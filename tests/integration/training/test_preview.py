"""The default house, without any account: the preview trains, and paints portraits from what it has trained."""

from repository.tasks import Lane, TaskStatus
from services.tasks import Tasks
from services.training.places import TrainingPlaces
from tests.integration.runners import task_runner
from tests.integration.training.conftest import PRICE, TrainingHouse
from workers.attempt import Attempt
from workers.backends.preview import PreviewBackend


async def test_the_preview_trains_a_model_and_paints_its_samples(house: TrainingHouse) -> None:
    backend = PreviewBackend(parallel=1)
    tasks = Tasks(house.db, house.doorbell, picture_lane=Lane.CPU)
    house.places = TrainingPlaces(("preview",), ("preview",), ())
    runner = task_runner(house.db, tasks, house.storage, [backend], places=house.places)
    try:
        await house.asked(await house.person())
        task = await house.claimed()
        await runner.run(Attempt(task))
        ended = await house.now(task)
        assert (ended.status, ended.error_code) == (TaskStatus.COMPLETED, None)
        assert await house.spent() == (0, PRICE)
        (samples,) = await tasks.claim(Lane.CPU, 1)
        await runner.run(Attempt(samples))
    finally:
        await backend.aclose()
    made = await house.now(samples)
    assert (made.status, made.error_code, made.units_made) == (TaskStatus.COMPLETED, None, 4)
    model_id = (await house.trained(task)).model_id
    assert await house.db.reading.fetchval("""SELECT model_id FROM "Generation" """) == model_id
    assert await house.spent() == (0, PRICE)
