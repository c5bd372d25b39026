"""A personal model, all the way: from /train to a portrait with it, by the preview and over the vendors' stand-ins."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx

from db.pool import Database
from db.servers_file import ServersFile
from repository.ledger import LedgerRepository
from tests.chaos.house import wait_until
from tests.e2e.conftest import PATIENCE, House, Message, Person, start_house
from tests.e2e.test_one_photo import balance_of, first_style
from tests.selfies import selfie, without_face

WELCOME, BOUGHT = 30, 500
TRAINING, PICTURE = 250, 5
PHOTOS = 12


def test_a_person_walks_from_photos_to_a_portrait_in_the_default_house(
    house: House, new_person: Callable[..., Person]
) -> None:
    person = new_person()
    train(person)
    samples = person.wait_for_text("The first portraits with “Eileen”", "Likeness")
    assert len(album_before(person, samples)) == 4
    assert balance_of(person) == WELCOME + BOUGHT - TRAINING

    asyncio.run(change(house, """UPDATE "Limit" SET amount = 100 WHERE kind = 'likeness_percent'"""))
    try:
        result = portrait_with_the_model(person)
    finally:
        asyncio.run(change(house, """UPDATE "Limit" SET amount = 40 WHERE kind = 'likeness_percent'"""))
    assert re.search(r"Likeness \d+ %", result["caption"])
    assert "did not look enough like you at first" in result["caption"]
    assert f"{PICTURE} tokens charged" in result["caption"], "a picture that is made again costs nothing more"
    assert balance_of(person) == WELCOME + BOUGHT - TRAINING - PICTURE
    asyncio.run(check_books(house, person))


def test_over_vendors_it_is_trained_by_one_drawn_by_the_other_and_deleted_everywhere_while_it_is_trained_anew(
    open_folder: Any,
) -> None:
    settings = {
        "IMAGE_BACKENDS": "runware,replicate",
        "TRAINING_BACKENDS": "replicate",
        "JWT_SECRET": "a-secret-of-this-house",
    }
    with (
        start_house(open_folder / "vendors", **settings) as house,
        httpx.Client(base_url=house.sandbox_url, timeout=60) as chat,
    ):
        replicate, runware = house.vendor_url("replicate"), house.vendor_url("runware")
        hurry(replicate, training_seconds=1, seconds=0.2)
        hurry(runware, seconds=0.2)
        person = Person(
            chat, chat.post("/sim/users", json={"first_name": "Eileen", "language_code": "en"}).json()["id"]
        )
        train(person)
        samples = person.wait_for_text("The first portraits with “Eileen”")
        assert "no face can be seen" in samples["text"], "the stand-ins draw no faces, and that is said"
        jobs = httpx.get(f"{replicate}/sim/ledger").json()["entries"]
        assert [job["kind"] for job in jobs] == ["training"]
        assert asked_of(runware)["modelUpload"] == 1

        result = portrait_with_the_model(person)
        assert "No face can be seen here" in result["caption"]
        assert "made it again" not in result["caption"]
        assert f"{PICTURE} tokens charged" in result["caption"]
        assert asked_of(runware)["imageInference"] >= 2
        assert len(httpx.get(f"{replicate}/sim/ledger").json()["entries"]) == 1, "the portraits are drawn elsewhere"
        assert balance_of(person) == WELCOME + BOUGHT - TRAINING - PICTURE

        hurry(replicate, training_seconds=600)
        train_anew(person)
        (_, second) = wait_for_jobs(replicate, lambda jobs: len(jobs) == 2)
        assert second["status"] is None, "it is under way"
        receipt = delete_model(person)
        assert "trainings with their weights and face figures: 2" in receipt["text"]
        assert f"photos it was trained with: {PHOTOS}" in receipt["text"]
        assert "Runware: the model – stays there under a number" in refreshed(person, receipt)["text"]
        (_, second) = wait_for_jobs(replicate, lambda jobs: jobs[1]["status"] == "canceled")
        deleted = deleted_at(replicate)
        assert sum("/versions/" in path for path in deleted) == 1, "the other training made none"
        assert sum("/files/" in path for path in deleted) == 2, "the photos of both trainings"
        assert all(answers & {202, 204} for answers in deleted.values()), deleted
        assert stored(house, "outputs"), "its pictures stay"
        assert stored(house, "training") == stored(house, "weights") == []
        assert balance_of(person) == WELCOME + BOUGHT - TRAINING - PICTURE, "it was for nothing, and so is its stop"
        asyncio.run(check_books(house, person))


def train_anew(person: Person) -> None:
    """The photos of the training that is ready, and one more; ordered when this returns."""
    asked = person.say("/models")
    person.press(person.wait_for_text("My models", after=asked), "Eileen")
    person.press(person.wait_for_button("Train again with more photos"), "Train again")
    person.wait_for_text("Photos for “Eileen”", f"{PHOTOS - 1} photos from last time are here already", after=asked)
    person.send_photos(selfie(PHOTOS))
    person.wait_for_text(f"{PHOTOS} photos", f"{PHOTOS} good", after=asked)
    person.press(person.wait_for_button("Continue"), "Continue")
    summary = person.wait_for_text("Model: Eileen, trained again", f"{PHOTOS - 1} of them from last time", after=asked)
    person.press(summary, "Train for free")


def delete_model(person: Person) -> Message:
    """From /models, while it is trained; returns the receipt."""
    asked = person.say("/models")
    person.press(person.wait_for_text("My models", after=asked), "Eileen")
    person.press(person.wait_for_button("Delete the model"), "Delete the model")
    person.press(
        person.wait_for_text("Delete the model “Eileen”", "training under way", after=asked), "Yes, delete for good"
    )
    return person.wait_for_text("The model is deleted", after=asked)


def refreshed(person: Person, receipt: Message) -> Message:
    """The receipt, once nothing on it is still being deleted."""

    def over() -> Message | None:
        shown = next(message for message in person.chat() if message["message_id"] == receipt["message_id"])
        if "being deleted" not in shown["text"]:
            return shown
        person.press(shown, "How far is it?")
        return None

    found: Message = wait_until(over, PATIENCE, "a receipt with nothing left to delete")
    return found


def wait_for_jobs(replicate: str, wanted: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """Everything that was asked of the trainer, once it is as wanted."""

    def asked() -> list[dict[str, Any]] | None:
        jobs: list[dict[str, Any]] = httpx.get(f"{replicate}/sim/ledger").json()["entries"]
        return jobs if wanted(jobs) else None

    found: list[dict[str, Any]] = wait_until(asked, PATIENCE, "the trainer's jobs")
    return found


def stored(house: House, kind: str) -> list[str]:
    """The files of a kind in the storage of a house that uses the sandbox."""
    return [path.name for path in (house.folder / "data" / "sandbox" / "files" / kind).glob("*") if path.is_file()]


def deleted_at(replicate: str) -> dict[str, set[int]]:
    """What the trainer was asked to delete, and its answers: 404 where it is gone already."""
    answers: dict[str, set[int]] = {}
    for request in httpx.get(f"{replicate}/sim/requests").json()["requests"]:
        if request["method"] == "DELETE":
            answers.setdefault(request["path"], set()).add(request["status"])
    return answers


def train(person: Person) -> None:
    """From the first /train to a model that is ready; the tokens are bought on the way."""
    person.say("/train")
    person.press(person.wait_for_text("Your consent is needed", "250 tokens"), "I agree")
    person.wait_for_text("Photos for your model")
    person.send_photos(*(selfie(number) for number in range(6)))
    person.send_photos(*(selfie(number) for number in range(6, PHOTOS - 1)), without_face())
    card = person.wait_for_text(f"{PHOTOS} photos", "1 will not do", "no face to be seen")
    person.press(card, "Remove 1")
    ready = person.wait_for_text(f"{PHOTOS - 1} photos", f"{PHOTOS - 1} good")
    person.press(ready, "Continue")
    person.press(person.wait_for_text("Who is in the photos"), "A woman")
    traits = person.wait_for_button("✂️ medium")
    person.press(traits, "✂️ medium")
    person.press(person.wait_for_button("Next"), "Next")
    person.press(person.wait_for_text("What shall we call the model"), "Eileen")
    summary = person.wait_for_text("Ready to train", "250 tokens", "you have 30", "220 more tokens are needed")
    thanks = buy(person, summary)
    person.press(thanks, "Go on with the model")
    person.press(person.wait_for_button("Continue"), "Continue")
    summary = person.wait_for_text("Ready to train", f"you have {WELCOME + BOUGHT}")
    person.press(summary, "Train for 250 tokens")
    ending = person.wait_for_text("“Eileen” is ready!")
    assert f"{TRAINING} tokens charged" in ending["text"]


def buy(person: Person, summary: Message) -> Message:
    """The way to the tokens that are missing; returns the thanks."""
    person.press(summary, "Buy tokens")
    offers = person.wait_for_text("Buy tokens", after=summary["message_id"] - 1)
    person.press(offers, f"{BOUGHT} tokens")
    bill = person.wait_for(lambda chat: next((m for m in chat if m.get("invoice")), None), "an invoice")
    paid = person.client.post(f"/sim/users/{person.user_id}/pay", json={"message_id": bill["message_id"]}).json()
    assert paid["paid"], paid
    return person.wait_for_text("Thank you", f"{WELCOME + BOUGHT} tokens", after=bill["message_id"])


def portrait_with_the_model(person: Person) -> Message:
    """From /models to one portrait; returns it with its words."""
    asked = person.say("/models")
    person.press(person.wait_for_text("My models", after=asked), "Eileen")
    person.press(person.wait_for_button("Make photos with it"), "Make photos with it")
    person.press(person.wait_for_text("Choose a style", "Open a section"), "Portrait")
    shelf = person.wait_for_text("Choose a style by its button")
    person.press(shelf, first_style(shelf))
    person.press(person.wait_for_text("Your picture", "Model: Eileen", "Price"), "Make")
    return person.wait_for_text("Here you are", after=asked)


def album_before(person: Person, words: Message) -> list[Message]:
    """The photos of the newest album that came before these words."""
    photos = [m for m in person.pictures() if m["media_group_id"] and m["message_id"] < words["message_id"]]
    return [m for m in photos if m["media_group_id"] == photos[-1]["media_group_id"]]


def hurry(vendor: str, **settings: float) -> None:
    """A vendor that works faster than vendors do."""
    httpx.post(f"{vendor}/sim/settings", json=settings).raise_for_status()


def asked_of(runware: str) -> dict[str, int]:
    """How many tasks of each type it was sent."""
    types: dict[str, int] = httpx.get(f"{runware}/sim/requests").json()["task_types"]
    return types


async def change(house: House, statement: str) -> None:
    """What an owner may change while the house runs."""
    async with await Database.connect(dsn_of(house)) as db:
        await db.reading.execute(statement)


async def check_books(house: House, person: Person) -> None:
    """Balances and ledger agree, every order's books are in order, and the training was paid for once."""
    async with await Database.connect(dsn_of(house)) as db:
        assert await LedgerRepository(db.reading).find_gaps() == []
        assert await db.reading.fetch("""SELECT * FROM "TaskBooks" WHERE cardinality(reasons) > 0""") == []
        paid = await db.reading.fetch(
            """
            SELECT t.kind, sum(e.amount)::int AS tokens
            FROM "LedgerEntry" e JOIN "Task" t USING (task_id) WHERE t.user_id = $1 AND e.kind = 'capture' GROUP BY 1
            """,
            person.user_id,
        )
        assert {row["kind"]: row["tokens"] for row in paid} == {"train": TRAINING, "text_to_image": PICTURE}


def dsn_of(house: House) -> str:
    """The database of a house that uses the sandbox."""
    return f"{ServersFile(house.folder / 'data').read()['postgres']}/dreamphoto_sandbox"
