"""Trainings: a destination, a zip, weights, and a model that uses them."""

import io
import tarfile
import zipfile

import pytest
from replicate.exceptions import ReplicateError

from sandbox.replicate.making.weights import is_lora

pytestmark = pytest.mark.asyncio


async def weights_of(vendor, training) -> tarfile.TarFile:
    content = (await vendor.download(training.output["weights"])).content
    return tarfile.open(fileobj=io.BytesIO(content))


async def test_a_training_fills_its_destination_with_a_lora(vendor, archive):
    destination = await vendor.destination()
    training = await vendor.trains(archive, destination, steps=100, lora_rank=8, trigger_word="ANNA")
    assert (training.status, training.error, training.destination) == ("succeeded", None, destination)
    assert "100%|" in training.logs
    packed = await weights_of(vendor, training)
    (name,) = [name for name in packed.getnames() if name.endswith("lora.safetensors")]
    lora = packed.extractfile(name).read()
    assert is_lora(lora)
    model = await vendor.sdk.models.async_get(destination)
    assert training.output["version"] == f"{destination}:{model.latest_version.id}"
    made = await vendor.runs(destination, prompt="ANNA", seed=1, megapixels="0.25")
    assert made.status == "succeeded"


async def test_weights_can_be_named_by_address(vendor, archive):
    training = await vendor.trains(archive, await vendor.destination())
    with_lora = {"lora_weights": training.output["weights"], "seed": 1, "megapixels": "0.25"}
    plain = await vendor.makes("black-forest-labs/flux-dev-lora", seed=1, megapixels="0.25")
    made = await vendor.makes("black-forest-labs/flux-dev-lora", **with_lora)
    contents = [(await vendor.download(prediction.output[0])).content for prediction in (plain, made)]
    assert contents[0] != contents[1]
    gone = await vendor.makes("black-forest-labs/flux-dev-lora", lora_weights=f"{vendor.url}/files/none.tar")
    assert (gone.status, "404" in gone.error) == ("failed", True)


async def test_a_destination_must_exist(vendor, archive):
    for destination in ("dream-photo/nobody", "black-forest-labs/flux-dev"):
        with pytest.raises(ReplicateError) as refused:
            await vendor.trains(archive, destination)
        assert refused.value.status == 404


async def test_a_destination_is_made_once_and_under_ones_own_name(vendor):
    await vendor.destination("anna")
    with pytest.raises(ReplicateError) as refused:
        await vendor.destination("anna")
    assert refused.value.status == 409
    with pytest.raises(ReplicateError) as refused:
        await vendor.sdk.models.async_create("somebody", "anna", hardware="cpu", visibility="private")
    assert refused.value.status == 403


async def test_an_archive_that_is_broken_or_empty_fails_the_training(vendor, archive):
    destination = await vendor.destination()
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as opened:
        opened.writestr("a.jpg", b"no picture")
    for content, reason in (
        (archive[:-30], "Could not open input_images"),
        (empty.getvalue(), "No images found"),
        (broken.getvalue(), "cannot identify image file"),
    ):
        training = await vendor.trains(content, destination)
        assert training.status == "failed"
        assert reason in training.error
    assert [entry["billed"] for entry in await vendor.ledger()] == [0, 0, 0]


async def test_a_broken_archive_and_one_without_weights_on_demand(vendor, archive):
    destination = await vendor.destination()
    await vendor.fault("broken_archive")
    await vendor.fault("not_a_lora")
    broken = await vendor.trains(archive, destination)
    with pytest.raises(tarfile.ReadError):
        (await weights_of(vendor, broken)).getmembers()
    odd = await vendor.trains(archive, destination)
    packed = await weights_of(vendor, odd)
    assert not is_lora(packed.extractfile(packed.getmembers()[0]).read())
    made = await vendor.runs(destination, prompt="TOK")
    assert "no safetensors file" in made.error


async def test_a_training_is_listed_and_cancelled(vendor, archive):
    await vendor.settings(training_seconds=1000)
    upload = await vendor.sdk.files.async_create(io.BytesIO(archive))
    version = (await vendor.sdk.models.async_get("ostris/flux-dev-lora-trainer")).latest_version
    training = await vendor.sdk.trainings.async_create(
        "ostris/flux-dev-lora-trainer",
        version.id,
        {"input_images": upload.urls["get"], "dream_photo_call": "t-1"},
        destination=await vendor.destination(),
    )
    assert [listed.id for listed in await vendor.sdk.trainings.async_list()] == [training.id]
    await training.async_cancel()
    assert training.status == "canceled"
    assert (await vendor.ledger())[0]["kind"] == "training"


async def test_uploaded_files_are_kept_told_of_and_deleted(vendor, archive):
    upload = await vendor.sdk.files.async_create(io.BytesIO(archive), filename="a.zip", metadata={"call": "1"})
    assert (upload.name, upload.size, upload.metadata) == ("a.zip", len(archive), {"call": "1"})
    assert (await vendor.sdk.files.async_get(upload.id)).checksums == upload.checksums
    assert [kept.id for kept in await vendor.sdk.files.async_list()] == [upload.id]
    assert await vendor.sdk.files.async_delete(upload.id)
    with pytest.raises(ReplicateError) as refused:
        await vendor.sdk.files.async_get(upload.id)
    assert refused.value.status == 404


async def test_versions_are_told_except_those_of_official_models(vendor, archive):
    destination = await vendor.destination()
    for _ in range(2):
        await vendor.trains(archive, destination)
    model = await vendor.sdk.models.async_get(destination)
    versions = await model.versions.async_list()
    assert versions[0].id == model.latest_version.id
    assert len(versions) == 2
    assert (await model.versions.async_get(versions[1].id)).openapi_schema["components"]
    with pytest.raises(ReplicateError) as refused:
        await (await vendor.sdk.models.async_get("black-forest-labs/flux-dev")).versions.async_list()
    assert refused.value.status == 404


async def test_a_deleted_version_is_gone_with_its_weights_and_stays_gone_after_a_restart(
    start_vendor, tmp_path, archive
):
    async with start_vendor(tmp_path) as before:
        destination = await before.destination()
        first, second = [await before.trains(archive, destination) for _ in range(2)]
        path = f"/v1/models/{first.output['version'].replace(':', '/versions/')}"
        token = {"Authorization": f"Bearer {before.sdk._api_token}"}
        assert (await before.http.delete(path, headers=token)).status_code == 202
        assert (await before.http.delete(path, headers=token)).status_code == 404
        assert (await before.download(first.output["weights"])).status_code == 404
        assert (await before.download(second.output["weights"])).status_code == 200
    async with start_vendor(tmp_path) as after:
        versions = await (await after.sdk.models.async_get(destination)).versions.async_list()
        assert [f"{destination}:{version.id}" for version in versions] == [second.output["version"]]
        made, gone = [
            await after.makes("black-forest-labs/flux-dev-lora", lora_weights=version.replace(":", "/"))
            for version in (second.output["version"], first.output["version"])
        ]
        assert (made.status, gone.status) == ("succeeded", "failed")


async def test_a_training_costs_what_its_machine_does_and_one_that_failed_nothing(vendor, archive):
    await vendor.settings(training_seconds=0.3)
    training = await vendor.trains(archive, await vendor.destination())
    await vendor.fault("fail_task", where="trainings")
    await vendor.trains(archive, "dream-photo/anna")
    token = {"Authorization": f"Bearer {vendor.sdk._api_token}"}
    told = (await vendor.http.get(f"/v1/trainings/{training.id}", headers=token)).json()
    billed = [entry["billed"] for entry in await vendor.ledger()]
    assert billed == [pytest.approx(told["metrics"]["predict_time"] * 0.001525, abs=1e-6), 0]


async def test_the_bar_of_a_training_is_not_the_only_one_in_its_log(vendor, archive):
    await vendor.settings(training_seconds=1000)
    await vendor.destination()
    upload = await vendor.sdk.files.async_create(io.BytesIO(archive))
    version = (await vendor.sdk.models.async_get("ostris/flux-dev-lora-trainer")).latest_version
    training = await vendor.sdk.trainings.async_create(
        "ostris/flux-dev-lora-trainer",
        version.id,
        {"input_images": upload.urls["get"], "steps": 200},
        destination="dream-photo/anna",
    )
    await vendor.settings(clock_advance=575)
    while training.status == "starting":
        await training.async_reload()
    lines = training.logs.splitlines()
    assert "100%|" in lines[1]
    assert lines[-1].startswith("flux_train_replicate:  50%|")
    assert "| 100/200 [" in lines[-1]
