"""Sending media and albums, and telling where a file can be downloaded."""

import secrets

from sandbox.telegram.files import DOWNLOAD_LIMIT
from sandbox.telegram.media import media_content
from sandbox.telegram.messages import post_as_bot, recipient
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

ALBUM_SIZES = range(2, 11)
EDITABLE_KINDS = frozenset({"photo", "video", "animation", "document", "audio"})
_ALBUM_KINDS = EDITABLE_KINDS - {"animation"}


async def send_photo(world: World, parameters: JsonObject) -> Json:
    """Send a picture as a photo."""
    return await _send(world, "photo", parameters)


async def send_document(world: World, parameters: JsonObject) -> Json:
    """Send a file as it is."""
    return await _send(world, "document", parameters)


async def send_video(world: World, parameters: JsonObject) -> Json:
    """Send a video; it is stored as it is, and its sides are those that the bot tells."""
    return await _send(world, "video", parameters)


async def send_animation(world: World, parameters: JsonObject) -> Json:
    """Send a soundless video that plays by itself."""
    return await _send(world, "animation", parameters)


async def send_audio(world: World, parameters: JsonObject) -> Json:
    """Send music."""
    return await _send(world, "audio", parameters)


async def send_voice(world: World, parameters: JsonObject) -> Json:
    """Send a voice message."""
    return await _send(world, "voice", parameters)


async def send_video_note(world: World, parameters: JsonObject) -> Json:
    """Send a round video."""
    return await _send(world, "video_note", parameters)


async def send_sticker(world: World, parameters: JsonObject) -> Json:
    """Send a sticker: .webp or .png, .tgs or .webm."""
    return await _send(world, "sticker", parameters)


async def send_media_group(world: World, parameters: JsonObject) -> Json:
    """Send an album of two to ten photos and videos, or of files, or of music."""
    items: list[JsonObject] = parameters["media"]
    for item in items:
        if item["type"] not in _ALBUM_KINDS:
            raise bad_request(f"can't parse InputMedia: type \"{item['type']}\" can't be used in sendMediaGroup")
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) < ALBUM_SIZES.start:
        # TDLib would send one alone; the reference says 2–10.
        raise bad_request("too few messages to send as an album")
    if len(items) >= ALBUM_SIZES.stop:
        raise bad_request("too many messages to send as an album")
    if len({bool(item.get("show_caption_above_media")) for item in items}) > 1:
        raise bad_request("parameter show_caption_above_media must be the same for all messages")
    kinds = {item["type"] for item in items}
    for kind in ("document", "audio"):
        if kind in kinds and len(kinds) > 1:
            raise bad_request(f"{kind} can't be mixed with other media types")
    person = recipient(world, parameters)
    # All or nothing: every item is checked before the first appears.
    contents = [await media_content(world.files, item["type"], item["media"], item) for item in items]
    group_id = str(secrets.randbelow(10**16) + 10**16)
    return [
        post_as_bot(world, person, {"media_group_id": group_id, **content}, parameters).wire for content in contents
    ]


async def get_file(world: World, parameters: JsonObject) -> Json:
    """Tell where a file can be downloaded for an hour."""
    if not parameters["file_id"]:
        raise bad_request("file_id not specified")
    file = world.files.find(parameters["file_id"])
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.file_unique_id,
        "file_size": file.size,
        "file_path": world.files.link(file),
    }


async def _send(world: World, kind: str, parameters: JsonObject) -> Json:
    person = recipient(world, parameters)
    content = await media_content(world.files, kind, parameters[kind], parameters)
    return post_as_bot(world, person, content, parameters).wire
