"""Taking a task: it is checked, its outcome decided, written into the ledger and billed."""

import secrets

from sandbox.runware.checks import invalid
from sandbox.runware.faults import FaultKind
from sandbox.runware.media import BadMedia, fetch_or_decode, named_uuid
from sandbox.runware.painting import read_picture
from sandbox.runware.tasks import Result, Task, UploadStatus
from sandbox.runware.validation import source_of
from sandbox.runware.wire import JsonObject, VendorError, new_uuid, shortened
from sandbox.runware.world import World

_SLOW_SECONDS = 5.0
_MAX_SEED = 2**53 - 1


class Taking:
    """Turns requests into tasks of the ledger."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def work(self, request: JsonObject, base_url: str) -> Task:
        """Take a task that makes pictures or 3D models. Raises VendorError; then nothing is billed."""
        world = self._world
        world.validation.check_new(request)
        model = world.validation.work(request)
        source = await self._source(request)
        # Fetching a picture takes time, in which the same task may have come again.
        world.validation.check_new(request)
        count = int(request.get("numberResults", 1))
        if world.balance < model.cost * count:
            raise no_balance()
        task_type, now = str(request["taskType"]), world.clock()
        seconds = world.settings.seconds_of(task_type) + self._slowness(task_type)
        failures = self._failures(task_type, count)
        first_seed = int(request.get("seed") or secrets.randbelow(_MAX_SEED - count))
        results = [
            Result(
                uuid=new_uuid(),
                seed=first_seed + index,
                ready_at=now + seconds * (index + 1) / count,
                cost=0.0 if failures[index] else model.cost,
                is_nsfw=self._is_nsfw(request),
                error=failures[index],
            )
            for index in range(count)
        ]
        task = Task(
            uuid=request["taskUUID"],
            type=task_type,
            model=model.air,
            request=shortened(request),
            taken_at=now,
            results=results,
            base_url=base_url,
            source=source,
        )
        world.ledger.take(task)
        world.gallery.add(task)
        return task

    def upload(self, request: JsonObject, base_url: str) -> Task:
        """Take a model upload, which is free. Raises VendorError."""
        world = self._world
        world.validation.check_new(request)
        air = world.validation.upload(request)
        if world.balance <= 0:
            raise no_balance()
        now = world.clock()
        ready_at = now + world.settings.seconds_of("modelUpload") + self._slowness("modelUpload")
        failure = self._failures("modelUpload", 1)[0]
        task = Task(
            uuid=request["taskUUID"],
            type="modelUpload",
            model=air,
            request=request,
            taken_at=now,
            results=[Result(new_uuid(), 0, ready_at, 0.0, error=failure)],
            base_url=base_url,
            upload_status=UploadStatus.VALIDATED,
            upload_message="The model upload was validated.",
        )
        world.ledger.take(task)
        return task

    async def _source(self, request: JsonObject) -> str | None:
        """Return the uuid of the picture that a task works on, kept here from now on."""
        given = source_of(request)
        if given is None:
            return None
        parameter, reference = given
        known = named_uuid(reference)
        if known is not None and self._world.gallery.is_known(known):
            return known
        if known == reference:
            raise invalid(parameter, "There is no media with this UUID.")
        try:
            content = await fetch_or_decode(reference)
            read_picture(content)
            return self._world.media.store(content)
        except (BadMedia, ValueError) as error:
            raise invalid(parameter, f"The picture {error}.") from error

    def _slowness(self, task_type: str) -> float:
        fault = self._world.faults.strike(FaultKind.SLOW, task_type)
        if fault is None:
            return 0.0
        return _SLOW_SECONDS if fault.seconds is None else fault.seconds

    def _failures(self, task_type: str, count: int) -> list[JsonObject | None]:
        """Return the error of each result that is not made, and is not billed."""
        faults = self._world.faults
        if fault := faults.strike(FaultKind.FAIL_TASK, task_type):
            error = fault.error("inferenceError", "The task failed.", 200)
            return [{"code": error.code, "message": error.message}] * count
        if fault := faults.strike(FaultKind.ONE_FAILS, task_type):
            error = fault.error("inferenceError", "One result could not be made.", 200)
            return [*[None] * (count - 1), {"code": error.code, "message": error.message}]
        return [None] * count

    def _is_nsfw(self, request: JsonObject) -> bool | None:
        """Return what the check of content says; None where nobody asked for it and no fault says otherwise."""
        if request["taskType"] == "imageInference" and self._world.faults.strike(FaultKind.NSFW, "imageInference"):
            return True
        is_checked = request.get("checkNSFW") or request.get("safety", {}).get("checkContent")
        return False if is_checked else None


def no_balance() -> VendorError:
    """The answer to a task that the account cannot pay."""
    return VendorError("insufficientCredits", "Insufficient credits. Please top up your account.", status=402)
