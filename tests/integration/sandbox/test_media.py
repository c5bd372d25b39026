from io import BytesIO

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaAnimation, InputMediaDocument, InputMediaPhoto
from PIL import Image

pytestmark = pytest.mark.asyncio


def photo_part(content: bytes, name: str = "a.png"):
    return ("photo", (name, content, "image/png"))


async def test_a_person_s_photo_comes_as_jpeg_in_telegrams_sizes(sandbox, picture):
    person = await sandbox.person()
    await person.sends(photo_part(picture(3000, 1500)), caption="me")
    message = (await sandbox.updates())[0].message
    assert [(size.width, size.height) for size in message.photo] == [
        (90, 45),
        (320, 160),
        (800, 400),
        (1280, 640),
        (2560, 1280),
    ]
    assert message.caption == "me"
    downloaded = await sandbox.bot.download(message.photo[-1])
    with Image.open(downloaded) as photo:
        assert (photo.format, photo.size) == ("JPEG", (2560, 1280))


def gif(frames: int = 3) -> bytes:
    pictures = [Image.new("L", (64, 48), place * 80) for place in range(frames)]
    buffer = BytesIO()
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], duration=700)
    return buffer.getvalue()


async def test_a_gif_is_an_animation_whose_sides_and_seconds_are_measured_unless_the_bot_tells_them(sandbox):
    person = await sandbox.person()
    await person.writes("hello")
    measured = await sandbox.bot.send_animation(person.id, BufferedInputFile(gif(), "turn.gif"), caption="all around")
    assert (measured.animation.width, measured.animation.height, measured.animation.duration) == (64, 48, 2)
    assert measured.document.file_id == measured.animation.file_id
    told = await sandbox.bot.send_animation(person.id, measured.animation.file_id, width=640, height=480)
    assert (told.animation.width, told.animation.height) == (640, 480)
    broken = await sandbox.bot.send_animation(person.id, BufferedInputFile(b"GIF89a", "half.gif"))
    assert (broken.animation.width, broken.animation.height) == (0, 0)


async def test_a_photo_becomes_an_animation_in_place_and_the_other_way_round(sandbox, picture):
    person = await sandbox.person()
    await person.writes("hello")
    sent = await sandbox.bot.send_photo(person.id, BufferedInputFile(picture(), "a.png"), caption="still")
    moving = await sandbox.bot.edit_message_media(
        InputMediaAnimation(media=BufferedInputFile(gif(), "turn.gif"), caption="moving"),
        chat_id=person.id,
        message_id=sent.message_id,
    )
    assert moving.animation
    assert not moving.photo
    with pytest.raises(TelegramBadRequest, match="can't use file of type Photo as Animation"):
        await sandbox.bot.send_animation(person.id, sent.photo[-1].file_id)
    still = await sandbox.bot.edit_message_media(
        InputMediaPhoto(media=sent.photo[-1].file_id), chat_id=person.id, message_id=sent.message_id
    )
    assert still.photo
    assert not still.animation
    assert not still.document


async def test_several_photos_are_an_album_of_separate_messages(sandbox, picture):
    person = await sandbox.person()
    parts = [photo_part(picture(colour=colour)) for colour in ("red", "green", "blue")]
    ids = await person.sends(*parts, caption="three")
    messages = [update.message for update in await sandbox.updates()]
    assert [message.message_id for message in messages] == ids
    assert len({message.media_group_id for message in messages}) == 1
    assert [message.caption for message in messages] == ["three", None, None]


async def test_a_rotated_photo_arrives_upright_and_without_metadata(sandbox):
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = BytesIO()
    Image.new("RGB", (400, 200), "teal").save(buffer, "JPEG", exif=exif)
    person = await sandbox.person()
    await person.sends(photo_part(buffer.getvalue(), "a.jpg"))
    largest = (await sandbox.updates())[0].message.photo[-1]
    assert (largest.width, largest.height) == (200, 400)
    with Image.open(await sandbox.bot.download(largest)) as photo:
        assert not photo.getexif()


async def test_bytes_that_are_no_image_cannot_be_sent_as_a_photo(sandbox):
    person = await sandbox.person()
    status, reason = await person.refused("messages", files=[photo_part(b"not an image")])
    assert (status, reason) == (400, "Bad Request: IMAGE_PROCESS_FAILED")
    assert (await person.chat())["messages"] == []


async def test_a_document_is_kept_as_it_is(sandbox, picture):
    person = await sandbox.person()
    original = picture(kind="BMP")
    await person.sends(("document", ("me.bmp", original, "image/bmp")))
    document = (await sandbox.updates())[0].message.document
    assert (document.file_name, document.mime_type, document.file_size) == (
        "me.bmp",
        "image/bmp",
        len(original),
    )
    assert (await sandbox.bot.download(document)).read() == original


async def test_a_bots_photo_can_be_sent_again_by_its_file_id(sandbox, picture):
    person = await sandbox.reader()
    upload = BufferedInputFile(picture(1024, 1024), "a.png")
    first = await sandbox.bot.send_photo(person.id, upload, caption="<i>one</i>", parse_mode="HTML")
    again = await sandbox.bot.send_photo(person.id, first.photo[-1].file_id)
    assert [size.file_unique_id for size in again.photo] == [size.file_unique_id for size in first.photo]
    shown = (await person.chat())["messages"][-2]
    assert (shown["caption"], shown["photo"]["width"], shown["entities"][0]["type"]) == ("one", 1024, "italic")
    assert (await sandbox.http.get(shown["photo"]["url"])).headers["content-type"] == "image/jpeg"


async def test_an_album_of_uploads_arrives_as_one_group(sandbox, picture):
    person = await sandbox.reader()
    colours = ("red", "green", "blue")
    media = [InputMediaPhoto(media=BufferedInputFile(picture(colour=c), f"{c}.png")) for c in colours]
    messages = await sandbox.bot.send_media_group(person.id, media)
    shown = (await person.chat())["messages"][-3:]
    assert {message["media_group_id"] for message in shown} == {messages[0].media_group_id}
    assert len({message["photo"]["file_id"] for message in shown}) == 3


async def test_albums_out_of_bounds_or_mixed_are_refused_and_nothing_is_sent(sandbox, picture):
    person = await sandbox.reader()
    photo = InputMediaPhoto(media=BufferedInputFile(picture(), "a.png"))
    document = InputMediaDocument(media=BufferedInputFile(b"text", "a.txt"))
    for media in ([photo], [photo] * 11, [photo, document]):
        with pytest.raises(TelegramBadRequest):
            await sandbox.bot.send_media_group(person.id, media)
    assert len((await person.chat())["messages"]) == 1


async def test_a_message_changes_its_photo_in_place(sandbox, picture):
    person = await sandbox.reader()
    sent = await sandbox.bot.send_photo(person.id, BufferedInputFile(picture(), "a.png"), caption="before")
    other = InputMediaPhoto(media=BufferedInputFile(picture(500, 500, "red"), "b.png"), caption="after")
    await sent.edit_media(other)
    shown = (await person.chat())["messages"][-1]
    assert (shown["message_id"], shown["caption"], shown["photo"]["width"]) == (sent.message_id, "after", 500)
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await sent.edit_text("x")


async def test_captions_and_files_beyond_telegrams_limits_are_refused(sandbox, picture):
    person = await sandbox.reader()
    photo = BufferedInputFile(picture(), "a.png")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await sandbox.bot.send_photo(person.id, photo, caption="x" * 1025)
    with pytest.raises(TelegramBadRequest, match="PHOTO_INVALID_DIMENSIONS"):
        await sandbox.bot.send_photo(person.id, BufferedInputFile(picture(2100, 100), "a.png"))
    with pytest.raises(TelegramBadRequest, match="too big for a photo"):
        await sandbox.bot.send_photo(person.id, BufferedInputFile(bytes(10 * 1024 * 1024 + 1), "a.png"))
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await sandbox.bot.send_photo(person.id, "AgACAgInothing")
    large = await sandbox.bot.send_document(person.id, BufferedInputFile(bytes(20 * 1024 * 1024 + 1), "large.zip"))
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await sandbox.bot.get_file(large.document.file_id)


async def test_a_file_that_a_browser_might_run_is_only_downloaded(sandbox):
    person = await sandbox.reader()
    page = BufferedInputFile(b"<script>alert(1)</script>", "page.html")
    await sandbox.bot.send_document(person.id, page)
    shown = (await person.chat())["messages"][-1]["document"]
    answer = await sandbox.http.get(shown["url"])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
