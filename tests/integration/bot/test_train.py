"""A model of the person's own in the chat: leave, photos and their card, description, order."""

import io
import json
import random
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiogram.filters.callback_data import CallbackData
from PIL import Image

from bot.buttons import button, keyboard
from bot.features.train.buttons import (
    AskDiscard,
    AskName,
    AskStop,
    AskSubject,
    ChooseSubject,
    ChooseTrait,
    Discard,
    GiveConsent,
    GoOn,
    OrderTraining,
    RemoveBad,
    RemovePhoto,
    ShowPhoto,
    ShowPhotos,
    ShowSet,
    ShowTraits,
    TakeName,
    Train,
)
from bot.loader import build_training_cards
from bot.training_cards import TrainingCards
from repository.tasks import TaskStatus
from repository.users import UserRepository
from services.orders import SubjectClass
from services.photos.analyses import PhotoAnalyses
from services.photos.expiry import PhotoExpiry
from services.photos.figures import EMBEDDING_LENGTH, Face, Light, PhotoFigures, embedding_to_bytes
from tests.integration.bot.conftest import draw
from tests.integration.models.owning import Owning

pytestmark = pytest.mark.asyncio

PRICE = 250
FEWEST = 10


def photo(number: int) -> bytes:
    """A small picture like no other."""
    noise = Image.frombytes("RGB", (8, 8), random.Random(number).randbytes(8 * 8 * 3))
    out = io.BytesIO()
    noise.resize((320, 320)).save(out, "PNG")
    return out.getvalue()


def face(side: int = 400, yaw: float = 0.0) -> Face:
    return Face(x=300, y=200, width=side, height=side, score=0.99, yaw=yaw, cut=0.0)


def seen(*faces: Face) -> PhotoFigures:
    """What is seen on a photo; two are two shots of one person."""
    chance = random.Random(next(_number))
    return PhotoFigures(
        width=1024,
        height=1280,
        sharpness=50.0,
        whole_sharpness=60.0,
        light=Light(mean=130.0, contrast=50.0, dark=0.05, bright=0.02),
        faces=faces,
        nudity=0.01,
        looks=chance.getrandbits(64),
        embedding=tuple(0.1 + chance.uniform(-0.03, 0.03) for _ in range(EMBEDDING_LENGTH)) if faces else None,
    )


_number = iter(range(1_000_000))


async def looked_at(front, *faces: tuple[Face, ...]) -> None:
    """The eyes see these faces on the photos that wait, in order; one face on those beyond."""
    analyses = PhotoAnalyses(front.house.db, front.house.doorbell)
    claimed = await analyses.claim(timedelta(seconds=20), 50)
    for place, analysis in enumerate(claimed):
        assert await analyses.finish(analysis, seen(*(faces[place] if place < len(faces) else (face(),))))


def cards_of(front) -> TrainingCards:
    """Who keeps the cards, in a hurry: a minute has passed since the last photo."""
    cards = build_training_cards(front.bot, front.house, front.dispatcher)
    cards._clock = lambda: time.time() + 60
    return cards


async def brought_up(front) -> None:
    """Every card says what is known, as a second would pass between two of them."""
    await forget_pace(front)
    cards = cards_of(front)
    await cards.show_due()
    await cards.settle()


async def forget_pace(front) -> None:
    keys = [key async for key in front.house.redis.scan_iter(f"{front.house.settings.namespace}:limit*")]
    if keys:
        await front.house.redis.delete(*keys)


async def photos_of(front, chat) -> int:
    return int(
        await front.house.db.reading.fetchval(
            """SELECT count(*) FROM "File" WHERE user_id = $1 AND kind = 'training'""", chat.id
        )
    )


async def begun(anna) -> int:
    """Anna has agreed, and may send photos; returns the set's id."""
    await anna.writes("/train")
    await anna.presses("I agree")
    open_set = await anna.front.house.training_sets.current(anna.id)
    assert open_set is not None
    return int(open_set.set_id)


async def enough(front, anna) -> int:
    """Ten good photos."""
    set_id = await begun(anna)
    await anna.sends(*(photo(number) for number in range(FEWEST)))
    await looked_at(front)
    await brought_up(front)
    return set_id


async def described(front, anna) -> int:
    """Everything is known: the summary is on the screen."""
    set_id = await enough(front, anna)
    await anna.presses("Continue")
    await anna.presses("A woman")
    await anna.presses("Skip")
    await anna.presses("Anna")
    return set_id


async def rich(front, anna, tokens: int = 1000) -> None:
    """Tokens, through the books."""
    await UserRepository(front.house.db.reading).update_tokens(anna.id, tokens)


async def presses_old(front, chat, opens: CallbackData) -> dict[str, Any]:
    """A button on a message of long ago."""
    old = await front.bot.send_message(chat.id, "long ago", reply_markup=keyboard([button("old", opens)]))
    return await chat.presses_data(old.message_id, opens.pack())


def buttons_of(message: dict[str, Any]) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


async def test_without_leave_no_photo_is_taken_for_a_model(front, anna):
    await anna.writes("/train")
    text = await anna.text()
    assert "Your consent is needed" in text
    assert "30 days" in text
    assert "18 or older" in text
    assert "250 tokens" in text
    await anna.sends(draw())
    assert await photos_of(front, anna) == 0
    assert "Choose a style" in await anna.text()


async def test_the_menu_leads_to_it_too(anna):
    await anna.writes("/start")
    await anna.presses("My models")
    await anna.presses("Train a new model")
    assert "Your consent is needed" in await anna.text()


async def test_leave_opens_the_photos_with_what_makes_a_good_one(front, anna):
    await begun(anna)
    assert "At least 10 good ones" in await anna.text()
    assert "Continue" not in str(buttons_of(await anna.last()))


async def test_albums_are_taken_whole_without_a_word_and_one_card_tells_of_all(front, anna):
    await begun(anna)
    before = len(await anna.from_bot())
    await anna.sends(*(photo(number) for number in range(6)))
    await anna.sends(*(photo(number) for number in range(6, 9)))
    assert await photos_of(front, anna) == 9
    assert len(await anna.from_bot()) == before
    await looked_at(front, (), (face(), face(300)))
    await brought_up(front)
    messages = await anna.from_bot()
    assert len(messages) == before
    text = messages[-1]["text"]
    assert "9 photos: 7 good · 2 will not do" in text
    assert "№ 1: no face to be seen; send one" in text
    assert "№ 2: 2 people in the picture; send one where you are alone" in text
    assert "3 more good photos are needed. Missing most: turned to the left" in text


async def test_the_card_moves_below_new_photos_and_stays_one(front, anna):
    await begun(anna)
    opened = (await anna.last())["message_id"]
    await anna.sends(photo(1))
    await brought_up(front)
    moved = await anna.last()
    assert moved["message_id"] > opened
    assert "Looking at 1 photo…" in moved["text"]
    await looked_at(front)
    await brought_up(front)
    assert (await anna.last())["message_id"] == moved["message_id"]
    assert "1 photo: 1 good" in await anna.text()
    assert [message["message_id"] for message in await anna.from_bot()] == [moved["message_id"]]


async def test_the_card_waits_until_the_photos_have_come(front, anna):
    await begun(anna)
    opened = (await anna.last())["message_id"]
    await anna.sends(photo(1))
    cards = build_training_cards(front.bot, front.house, front.dispatcher)
    stands_still = time.time()
    cards._clock = lambda: stands_still
    await cards.show_due()
    await anna.sends(photo(2))
    assert (await anna.last())["message_id"] == opened
    await forget_pace(front)
    cards._clock = lambda: stands_still + 60
    await cards.settle()
    assert "2 photos" in await anna.text()


async def test_a_photo_whose_update_comes_again_counts_once(front, anna):
    await begun(anna)
    await anna.sends(photo(1), photo(2))
    await front.fault(redeliver=2)
    await front.handle_pending()
    assert await photos_of(front, anna) == 2


async def test_a_photo_that_was_removed_is_not_brought_back_by_its_update(front, anna):
    set_id = await begun(anna)
    await anna.sends(photo(1), photo(2))
    person, sets = await anna.person(), front.house.training_sets
    (first, _) = (await sets.view(person, set_id)).photos
    await sets.remove_photo(person, set_id, first.file.file_id)
    await front.fault(redeliver=2)
    await front.handle_pending()
    assert await photos_of(front, anna) == 1


async def test_a_photo_may_come_as_a_file(front, anna):
    await begun(anna)
    await anna.sends_file("me.png", photo(1), "image/png")
    assert await photos_of(front, anna) == 1


async def test_what_is_no_photo_is_told_under_it_and_the_step_stays(front, anna):
    await begun(anna)
    await anna.sends_file("me.heic", b"not a picture at all", "image/heic")
    assert "I can’t open this photo" in await anna.text()
    await anna.sends(photo(1))
    assert await photos_of(front, anna) == 1


async def test_words_do_not_end_the_step(front, anna):
    await begun(anna)
    await anna.writes("is that all?")
    assert "I am collecting photos for your model" in await anna.text()
    await anna.sends(photo(1))
    assert await photos_of(front, anna) == 1


async def test_a_file_of_another_kind_does_not_end_it_either(front, anna):
    await begun(anna)
    await anna.sends_file("report.pdf", b"%PDF-1.7", "application/pdf")
    assert "I am collecting photos for your model" in await anna.text()
    assert len(await anna.from_bot()) == 1


async def test_a_card_whose_message_was_deleted_is_sent_anew(front, anna):
    await begun(anna)
    await anna.sends(photo(1))
    await brought_up(front)
    shown = (await anna.last())["message_id"]
    await front.bot.delete_message(anna.id, shown)
    await looked_at(front)
    await brought_up(front)
    assert "1 photo: 1 good" in await anna.text()


async def test_nothing_is_written_over_another_screen(front, anna):
    await begun(anna)
    await anna.sends(photo(1))
    await brought_up(front)
    await anna.presses("Menu")
    await looked_at(front)
    await brought_up(front)
    assert "Dream Photo" in await anna.text()
    await anna.sends(draw())
    assert await photos_of(front, anna) == 1
    await anna.writes("/train")
    assert "1 photo: 1 good" in await anna.text()


async def test_somebody_who_stopped_the_bot_is_left_alone(front, anna):
    await begun(anna)
    await anna.sends(photo(1))
    (await front.http.post(f"/sim/users/{anna.id}/block", json={"blocked": True})).raise_for_status()
    await brought_up(front)
    assert (await anna.person()).blocked_bot_at is not None
    assert await front.house.training_sets.claim_stale_cards(timedelta(seconds=1), 10) == []


async def test_bad_photos_go_at_one_press(front, anna):
    await begun(anna)
    await anna.sends(*(photo(number) for number in range(4)))
    await looked_at(front, (), ())
    await brought_up(front)
    answer = await anna.presses("Remove 2 that will not do")
    assert "2 photos removed" in answer["text"]
    assert await photos_of(front, anna) == 2
    assert "2 photos: 2 good" in await anna.text()


async def test_photos_are_looked_through_and_one_is_removed(front, anna):
    set_id = await begun(anna)
    await anna.sends(*(photo(number) for number in range(10)))
    await anna.sends(photo(10))
    await looked_at(front, ())
    await brought_up(front)
    await anna.presses("All photos")
    sheet = await anna.last()
    assert "sheet 1 of 2" in sheet["caption"]
    assert sheet["photo"]
    assert buttons_of(sheet)[:9] == ["❌ 1", *(f"✅ {number}" for number in range(2, 10))]
    await anna.presses("❌ 1")
    assert "no face to be seen" in await anna.text()
    await anna.presses("Remove this photo")
    assert await photos_of(front, anna) == 10
    assert "sheet 1 of 2" in await anna.text()
    (first, *_) = (await front.house.training_sets.view(await anna.person(), set_id)).photos
    gone = RemovePhoto(set_id=set_id, file_id=first.file.file_id)
    await presses_old(front, anna, gone)
    await presses_old(front, anna, gone)
    assert await photos_of(front, anna) == 9
    await anna.presses("‹ Photos")
    assert "9 photos: 9 good" in await anna.text()


async def test_a_photo_that_comes_while_another_page_is_open_brings_the_card_back(front, anna):
    await begun(anna)
    await anna.sends(photo(1))
    await brought_up(front)
    await anna.presses("All photos")
    await anna.sends(photo(2))
    await brought_up(front)
    assert "2 photos" in await anna.text()
    assert len(await anna.from_bot()) == 1


async def test_beginning_anew_is_asked_first_and_erases_everything(front, anna):
    await begun(anna)
    await anna.sends(photo(1), photo(2))
    await brought_up(front)
    await anna.presses("Start anew")
    assert "All 2 photos are erased for good" in await anna.text()
    await anna.presses("Yes, erase")
    assert await photos_of(front, anna) == 0
    assert "At least 10 good ones" in await anna.text()


async def test_a_set_that_is_full_says_so_once_an_album(front, anna):
    await front.house.db.reading.execute("""UPDATE "Limit" SET amount = 3 WHERE kind = 'training_photos_max'""")
    await begun(anna)
    await anna.sends(*(photo(number) for number in range(6)))
    assert await photos_of(front, anna) == 3
    texts = [message["text"] or "" for message in await anna.from_bot()]
    assert sum("There are 3 photos already" in text for text in texts) == 1


async def test_enough_photos_lead_to_whom_they_show_and_what_stays_the_same(front, anna):
    set_id = await enough(front, anna)
    await anna.presses("Continue")
    await anna.presses("A woman")
    assert "🧔 beard" not in buttons_of(await anna.last())
    await anna.presses("✂️ long")
    await anna.presses("💇 red")
    await anna.presses("💇 brown")
    await anna.presses("👓 glasses")
    await anna.presses("👓 glasses")
    open_set = (await front.house.training_sets.view(await anna.person(), set_id)).set
    assert dict(open_set.characteristics) == {"hair_length": "long", "hair_color": "brown"}
    await presses_old(front, anna, ChooseTrait(set_id=set_id, trait="nose", value="long"))
    assert "nose" not in (await front.house.training_sets.view(await anna.person(), set_id)).set.characteristics


@pytest.mark.parametrize(("typed", "problem"), [("…", "one letter or digit"), ("a" * 65, "65 characters, and 64")])
async def test_a_name_is_checked_and_asked_for_again(front, anna, typed, problem):
    await enough(front, anna)
    await anna.presses("Continue")
    await anna.presses("Other")
    await anna.presses("Skip")
    await anna.writes(typed)
    assert problem in await anna.text()
    await anna.writes("Me & <you>")
    assert "Ready to train" in await anna.text()
    assert "Me &amp; &lt;you&gt;" in await anna.text() or "Me & <you>" in await anna.text()


async def test_too_few_tokens_lead_to_what_is_sold_and_the_photos_wait(front, anna):
    await described(front, anna)
    assert "220 more tokens are needed" in await anna.text()
    answer = await anna.presses("Train for 250 tokens")
    assert "220 more tokens" in answer["text"]
    assert buttons_of(await anna.last())[0] == "⭐ Buy tokens"
    await anna.presses("Buy tokens")
    await anna.writes("/train")
    assert "10 photos: 10 good" in await anna.text()


async def test_an_order_holds_the_price_and_a_second_press_finds_it(front, anna):
    set_id = await described(front, anna)
    await rich(front, anna)
    await anna.presses("Train for 250 tokens")
    assert "Training ordered" in await anna.text()
    person = await anna.person()
    assert (person.tokens_left, person.tokens_held) == (780, PRICE)
    await presses_old(front, anna, OrderTraining(set_id=set_id, agreed=PRICE))
    assert len(await front.house.tasks.open_tasks(anna.id)) == 1
    await anna.sends(draw())
    assert await photos_of(front, anna) == 10


async def test_nobody_pays_more_than_stood_above_the_button(front, anna):
    await described(front, anna)
    await rich(front, anna)
    await front.house.db.reading.execute("""UPDATE "Price" SET tokens = 400 WHERE kind = 'train'""")
    answer = await anna.presses("Train for 250 tokens")
    assert "400" in answer["text"]
    person = await anna.person()
    assert (person.tokens_held, person.tokens_spent) == (0, 0)
    await anna.presses("Train for 400 tokens")
    assert (await anna.person()).tokens_held == 400


async def test_a_training_is_stopped_after_a_question_and_costs_nothing_before_it_began(front, anna):
    await described(front, anna)
    await rich(front, anna)
    await anna.presses("Train for 250 tokens")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    await anna.presses("Stop")
    assert "Nothing is charged for it" in await anna.text()
    answer = await anna.presses("Yes, stop")
    assert "250 tokens are back" in answer["text"]
    assert (await front.house.tasks.get(anna.id, task.task_id)).status is TaskStatus.CANCELLED
    answer = await presses_old(front, anna, AskStop(task_id=task.task_id))
    assert "Nothing left to stop" in answer["text"]


async def test_buttons_of_a_set_that_is_used_up_lead_on(front, anna):
    set_id = await described(front, anna)
    await rich(front, anna)
    await anna.presses("Train for 250 tokens")
    for opens in (ShowSet(set_id=set_id), RemovePhoto(set_id=set_id, file_id=uuid4())):
        answer = await presses_old(front, anna, opens)
        assert "/train" in answer["text"]


async def test_another_persons_set_is_nobodys(front, anna):
    set_id = await begun(anna)
    boris = await front.meet("Boris")
    answer = await presses_old(front, boris, ShowSet(set_id=set_id))
    assert "can’t find these photos" in answer["text"]


async def test_leave_is_taken_back_in_the_settings_with_a_receipt(front, anna):
    await begun(anna)
    await anna.sends(photo(1), photo(2))
    await anna.writes("/settings")
    await anna.presses("Photos for a model")
    await anna.presses("Take it back")
    assert "Erased at once and for good" in await anna.text()
    await anna.presses("Yes, erase")
    text = await anna.text()
    assert "2 photos for a model" in text
    assert "2 photo checks" in text
    assert await photos_of(front, anna) == 0
    await anna.writes("/train")
    assert "Your consent is needed" in await anna.text()


async def test_it_all_speaks_russian(front):
    anna = await front.meet("Анна", "ru")
    await anna.writes("/train")
    await anna.presses("Даю согласие")
    await anna.sends(*(photo(number) for number in range(3)))
    await looked_at(front, (), (face(), face()), (face(60),))
    await brought_up(front)
    text = await anna.text()
    assert "3 фото: 3 не подойдут" in text
    assert "№ 2 — в кадре 2 человека: пришлите, где вы одни" in text
    assert "лицо слишком мелкое (60 точек, нужно 100)" in text
    assert "Нужно ещё 10 хороших фото" in text


async def begun_by_a_vendor(front, task_id) -> None:
    """A vendor has taken the training."""
    await front.house.db.reading.execute(
        """
        INSERT INTO "VendorCall" (call_id, task_id, attempt, step, backend, state, vendor_ref)
        VALUES ($1, $2, 1, 0, 'replicate', 'sent', 'there')
        """,
        uuid4(),
        task_id,
    )
    await front.house.db.reading.execute(
        """
        UPDATE "Task" SET status = 'running', attempt = 1, started_at = now(), deadline_at = now() + interval '1 hour',
                          lease_until = now() + interval '1 minute'
        WHERE task_id = $1
        """,
        task_id,
    )


async def test_a_stop_that_costs_tokens_says_how_many_before_it(front, anna):
    await described(front, anna)
    await rich(front, anna)
    await anna.presses("Train for 250 tokens")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    await begun_by_a_vendor(front, task.task_id)
    await anna.presses("Stop")
    assert "125 tokens are charged, 125 come back" in await anna.text()
    await anna.presses("No, go on training")
    assert (await front.house.tasks.get(anna.id, task.task_id)).cancel_requested_at is None
    await presses_old(front, anna, AskStop(task_id=task.task_id))
    await anna.presses("Yes, stop")
    assert (await front.house.tasks.get(anna.id, task.task_id)).cancel_requested_at is not None


async def test_a_withdrawal_says_which_training_it_stops_and_at_which_price(front, anna):
    await described(front, anna)
    await rich(front, anna)
    await anna.presses("Train for 250 tokens")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    await begun_by_a_vendor(front, task.task_id)
    await anna.writes("/settings")
    await anna.presses("Photos for a model")
    await anna.presses("Take it back")
    assert "The training that is under way stops: 125 tokens are charged" in await anna.text()
    await anna.presses("Yes, erase")
    text = await anna.text()
    assert "10 photos for a model" in text
    assert "1 training: I am stopping it" in text
    assert (await front.house.tasks.get(anna.id, task.task_id)).cancel_requested_at is not None


async def a_model(front, anna) -> int:
    """One that is ready."""
    return (await Owning(front.house.db, front.house.storage).train(anna.id, name="Old me")).model_id


async def test_a_model_is_trained_anew_from_its_page_with_its_own_set(front, anna):
    model_id = await a_model(front, anna)
    await anna.writes("/models")
    await anna.presses("Old me")
    await anna.presses("Train again with more photos")
    await anna.presses("I agree")
    text = await anna.text()
    assert "Photos for “Old me”" in text
    assert "4 photos from last time are here already" in text
    assert "4 photos: 4 good" in text
    open_set = await front.house.training_sets.current(anna.id)
    assert open_set is not None
    assert open_set.model_id == model_id


async def test_whoever_collects_for_another_model_is_asked_before_anything_is_erased(front, anna):
    set_id = await begun(anna)
    await anna.sends(photo(1), photo(2))
    await brought_up(front)
    model_id = await a_model(front, anna)
    await presses_old(front, anna, Train(model_id=model_id))
    assert "collecting photos for another model: 2 so far" in await anna.text()
    await anna.presses("No, keep them")
    assert "2 photos" in await anna.text()
    assert (await front.house.training_sets.current(anna.id)).set_id == set_id
    await presses_old(front, anna, Train(model_id=model_id))
    await anna.presses("Yes, erase")
    assert "4 photos from last time" in await anna.text()
    assert await photos_of(front, anna) == 4, "those of the model's own training stay"
    assert (await front.house.training_sets.current(anna.id)).model_id == model_id


async def test_a_card_that_a_press_has_shown_meanwhile_is_not_written_again(front, anna, monkeypatch):
    await begun(anna)
    await anna.sends(photo(1))
    await looked_at(front)
    cards, sets = cards_of(front), front.house.training_sets
    claim = sets.claim_stale_cards

    async def claim_while_anna_comes_back(*arguments):
        claimed = await claim(*arguments)
        await anna.writes("/train")
        return claimed

    monkeypatch.setattr(sets, "claim_stale_cards", claim_while_anna_comes_back)
    await forget_pace(front)
    await cards.show_due()
    await cards.settle()
    assert "1 photo: 1 good" in await anna.text()
    assert [call for call in await front.calls("editMessageText") if not call["answer"]["ok"]] == []


async def test_a_set_without_photos_takes_the_new_aim_without_a_question(front, anna):
    await begun(anna)
    model_id = await a_model(front, anna)
    await presses_old(front, anna, Train(model_id=model_id))
    assert "Photos for “Old me”" in await anna.text()


async def test_photos_of_an_earlier_training_are_told_apart_added_to_and_removed_and_the_summary_names_the_model(
    front, anna
):
    owning = Owning(front.house.db, front.house.storage)
    model_id = (await owning.train(anna.id, name="Old me", photos=10)).model_id
    await front.house.db.reading.execute(
        """UPDATE "PhotoAnalysis" SET embedding = $1""", embedding_to_bytes(seen(face()).embedding)
    )
    await begun(anna)
    await presses_old(front, anna, Train(model_id=model_id))
    assert "10 photos from last time are here already" in await anna.text()
    assert "are kept until" in await anna.text()
    await anna.presses("All photos")
    await anna.presses("✅ 3")
    await anna.presses("Remove this photo")
    await anna.sends(photo(1), photo(2))
    await looked_at(front)
    await brought_up(front)
    text = await anna.text()
    assert "9 photos from last time are here already" in text
    assert "11 photos: 11 good" in text
    await anna.presses("Continue")
    text = await anna.text()
    assert "Model: Old me, trained again" in text
    assert "Photos: 11 good, 9 of them from last time" in text
    assert "In the photos: A woman" in text, "what is known of the model need not be said again"
    assert "Once it has begun, that uses up the free one." in text, (
        "a stop costs no tokens here, and something all the same"
    )
    await anna.presses("Traits")
    await anna.presses("A man")
    await anna.presses("Next")
    assert "In the photos: A man" in await anna.text(), "a model that is there has its name already"
    await rich(front, anna)
    await anna.presses("Train for free")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    assert len(json.loads(await order_of(front, task.task_id))["photos"]) == 11
    answer = await presses_old(front, anna, Train(model_id=model_id))
    assert "is being trained already" in answer["text"]
    await presses_old(front, anna, AskStop(task_id=task.task_id))
    assert "It is your free one and has not begun: it stays yours" in await anna.text()
    await begun_by_a_vendor(front, task.task_id)
    await presses_old(front, anna, AskStop(task_id=task.task_id))
    assert "stopped now, it counts as used" in await anna.text()


async def test_photos_that_are_erased_by_now_are_said_to_be_so(front, anna):
    await begun(anna)
    model_id = (await Owning(front.house.db, front.house.storage).train(anna.id, name="Old me", days_ago=31)).model_id
    await PhotoExpiry(front.house.db, front.house.storage).expire()
    await presses_old(front, anna, Train(model_id=model_id))
    text = await anna.text()
    assert "Photos for “Old me”" in text
    assert "The photos of the last training are already erased: please send new ones." in text
    assert "At least 10 good ones are needed" in text


async def test_starting_a_retraining_anew_erases_the_photos_from_last_time_and_says_so(front, anna):
    await begun(anna)
    model_id = await a_model(front, anna)
    await presses_old(front, anna, Train(model_id=model_id))
    await anna.presses("Start anew")
    text = await anna.text()
    assert "All 4 photos are erased for good" in text
    assert "4 of them are from last time" in text
    await anna.presses("Yes, erase")
    assert "already erased: please send new ones" in await anna.text()
    assert await photos_of(front, anna) == 0


async def test_whoever_only_looked_at_the_photos_from_last_time_goes_on_to_a_new_model_without_a_question(front, anna):
    await begun(anna)
    model_id = await a_model(front, anna)
    await presses_old(front, anna, Train(model_id=model_id))
    await anna.writes("/train")
    assert "Photos for “Old me”" in await anna.text(), "it goes on where it was left"
    await anna.presses("New model")
    assert "Photos for your model" in await anna.text()
    assert await photos_of(front, anna) == 4
    await presses_old(front, anna, Train(model_id=model_id))
    assert "4 photos from last time" in await anna.text(), "they were not lost"


async def test_a_new_model_instead_of_a_retraining_costs_what_was_sent_for_it_and_nothing_else(front, anna):
    await begun(anna)
    model_id = await a_model(front, anna)
    await presses_old(front, anna, Train(model_id=model_id))
    await anna.sends(photo(1))
    await brought_up(front)
    await anna.writes("/models")
    await anna.presses("Train a new model")
    text = await anna.text()
    assert "collecting photos for another model: 1 so far" in text
    assert "The photos from last time stay with their model" in text
    await anna.presses("Yes, erase")
    assert "At least 10 good ones are needed" in await anna.text()
    assert (await front.house.training_sets.current(anna.id)).model_id is None
    assert await photos_of(front, anna) == 4


async def order_of(front, task_id) -> str:
    return str(await front.house.db.reading.fetchval("""SELECT order_json FROM "Task" WHERE task_id = $1""", task_id))


async def test_a_model_that_is_gone_is_not_trained_anew(front, anna):
    await begun(anna)
    answer = await presses_old(front, anna, Train(model_id=77))
    assert "model" in answer["text"]
    assert (await front.house.training_sets.current(anna.id)).model_id is None


async def test_whoever_asks_again_while_a_model_is_trained_is_told_so(front, anna):
    await described(front, anna)
    await rich(front, anna)
    await anna.presses("Train for 250 tokens")
    await anna.writes("/train")
    text = await anna.text()
    assert "A model is being trained already" in text
    assert "At least 10 good ones" in text
    assert len(await front.house.tasks.open_tasks(anna.id)) == 1


async def test_no_button_of_a_set_that_is_used_up_ends_in_an_error(front, anna):
    set_id = await described(front, anna)
    await rich(front, anna)
    await anna.presses("Train for 250 tokens")
    for opens in (
        *(GoOn(set_id=set_id), ShowSet(set_id=set_id), RemoveBad(set_id=set_id), ShowPhotos(set_id=set_id, page=7)),
        *(ShowPhoto(set_id=set_id, file_id=uuid4()), AskDiscard(set_id=set_id), Discard(set_id=set_id)),
        *(AskSubject(set_id=set_id), ChooseSubject(set_id=set_id, subject=SubjectClass.MAN), ShowTraits(set_id=set_id)),
        *(ChooseTrait(set_id=set_id, trait="eyes", value="blue"), AskName(set_id=set_id), TakeName(set_id=set_id)),
        *(
            OrderTraining(set_id=set_id, agreed=PRICE),
            GoOn(set_id=set_id + 77),
            AskStop(task_id=uuid4()),
            GiveConsent(model_id=77),
        ),
    ):
        answer = await presses_old(front, anna, opens)
        assert answer["answered"], opens
        assert "broke" not in (answer["text"] or ""), opens
    assert await photos_of(front, anna) == 10
    assert len(await front.house.tasks.open_tasks(anna.id)) == 1
    person = await anna.person()
    assert (person.tokens_left, person.tokens_held) == (780, PRICE)


async def test_a_set_that_expired_is_said_to_be_gone_and_a_new_one_begins(front, anna):
    set_id = await begun(anna)
    await anna.sends(photo(1))
    await brought_up(front)
    await front.house.training_sets.discard(await anna.person(), set_id)
    answer = await anna.presses("All photos")
    assert "can’t find these photos" in answer["text"]
    await anna.sends(photo(2))
    assert "not being collected any more" in await anna.text()
    await anna.presses("Train a model")
    assert "At least 10 good ones" in await anna.text()


async def test_whoever_is_frozen_pays_for_no_training_and_keeps_the_photos(front, anna):
    await described(front, anna)
    await rich(front, anna)
    await front.house.db.reading.execute("""UPDATE "User" SET frozen_at = now() WHERE user_id = $1""", anna.id)
    answer = await anna.presses("Train for 250 tokens")
    assert answer["text"]
    assert await front.house.tasks.open_tasks(anna.id) == []
    assert await photos_of(front, anna) == 10


async def test_whoever_is_banned_among_photos_adds_none(front, anna):
    await begun(anna)
    await anna.sends(photo(1))
    await front.house.db.reading.execute("""UPDATE "User" SET banned_at = now() WHERE user_id = $1""", anna.id)
    await anna.sends(photo(2))
    assert await photos_of(front, anna) == 1
