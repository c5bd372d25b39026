"""What outlives the server, and whom it serves."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.replicate.clock import Clock
from sandbox.replicate.ledger import Ledger
from sandbox.replicate.outputs import Outputs
from sandbox.replicate.settings import Settings, secret_for

pytestmark = pytest.mark.asyncio


async def test_a_line_of_the_ledger_is_on_file_before_the_answer(start_vendor, tmp_path):
    async with start_vendor(tmp_path) as vendor:
        made = await vendor.makes(megapixels="0.25")
        beside = Ledger(tmp_path / "ledger.jsonl")
        assert [(entry["id"], entry["billed"]) for entry in beside.view()["entries"]] == [(made.id, 0.025)]
        beside.close()


async def test_a_line_that_a_kill_cut_short_is_passed_over(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.created("a", "prediction", "o/n", None, "2026-11-21T00:00:00.000Z")
    ledger.close()
    with path.open("ab") as file:
        file.write(b'{"event":"created","id":"b","ki')
    again = Ledger(path)
    again.created("c", "prediction", "o/n", None, "2026-11-21T00:00:00.000Z")
    again.close()
    last = Ledger(path)
    assert [entry["id"] for entry in last.view()["entries"]] == ["a", "c"]
    last.close()


async def test_a_restart_keeps_jobs_models_files_and_pictures_and_goes_on(start_vendor, tmp_path, archive):
    async with start_vendor(tmp_path) as before:
        training = await before.trains(archive, await before.destination())
        made = await before.makes(megapixels="0.25")
        upload = await before.sdk.files.async_list()
        await before.settings(seconds=1000)
        running = await before.starts(megapixels="0.25")
    async with start_vendor(tmp_path) as after:
        version = training.output["version"].rpartition(":")[2]
        assert (await after.sdk.models.async_get("dream-photo/anna")).latest_version.id == version
        assert [kept.id for kept in await after.sdk.files.async_list()] == [upload[0].id]
        assert [listed.id for listed in await after.sdk.predictions.async_list()] == [running.id, made.id]
        assert (await after.download(f"/files/{made.output[0].rpartition('/')[2]}")).status_code == 200
        await after.settings(clock_advance=1000)
        again = await after.sdk.predictions.async_get(running.id)
        while again.status in ("starting", "processing"):
            await again.async_reload()
        assert again.status == "succeeded"
        assert [entry["billed"] for entry in await after.ledger()][1:] == [0.025, 0.025]


async def test_what_expired_is_deleted_by_the_next_start_except_for_weights(tmp_path):
    clock, settings = Clock(), Settings("t", "o", secret_for("t"))
    outputs = Outputs(tmp_path, clock, settings)
    picture, weights = outputs.keep(b"picture", "png"), outputs.keep(b"weights", "tar")
    clock.advance(settings.results_expire_seconds)
    assert (outputs.read(picture), outputs.read(weights)) == (None, b"weights")
    Outputs(tmp_path, clock, settings)
    assert sorted(path.name for path in tmp_path.iterdir()) == [weights, "shared"]


async def test_forced_pictures_are_small_and_all_the_same(vendor):
    await vendor.settings(side=64)
    made = [await vendor.makes(num_outputs=2), await vendor.makes()]
    urls = [url for prediction in made for url in prediction.output]
    assert len(set(urls)) == 3
    assert len({(await vendor.download(url)).content for url in urls}) == 1


async def test_only_this_machine_is_served(vendor):
    assert (await vendor.http.get("/v1/account", headers={"Host": "example.com"})).status_code == 403


async def test_an_address_that_others_could_reach_is_refused():
    command = [sys.executable, "-m", "sandbox.replicate", "--host", "0.0.0.0"]  # noqa: S104
    finished = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, cwd=Path(__file__).parents[4], check=False
    )
    assert finished.returncode != 0
    assert "serves only this machine" in finished.stderr
