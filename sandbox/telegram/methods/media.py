"""Sending photos, files and albums, and telling where a file can be downloaded."""

import secrets

from sandbox.telegram.files import DOWNLOAD_LIMIT
from sandbox.telegram.media import media_content
from sandbox.telegram.messages import post_as_bot, recipient
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

ALBUM_SIZES = range(2, 11)


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


async def send_media_group(world: World, parameters: JsonObject) -> Json:
    """Send an album of two to ten photos and videos, or of files."""
    person = recipient(world, parameters)
    items: list[JsonObject] = parameters["media"]
    if len(items) not in ALBUM_SIZES:
        few_or_much = "few" if len(items) < ALBUM_SIZES.start else "much"
        raise bad_request(f"too {few_or_much} messages to send as an album")
    kinds = {item["type"] for item in items}
    if "document" in kinds and len(kinds) > 1:
        raise bad_request("document can't be mixed with other media types")
    # All or nothing: every item is checked before the first appears.
    contents = [await media_content(world.files, item["type"], item["media"], item) for item in items]
    group_id = str(secrets.randbelow(10**16) + 10**16)
    return [
        post_as_bot(world, person, {"media_group_id": group_id, **content}, parameters).wire for content in contents
    ]


async def get_file(world: World, parameters: JsonObject) -> Json:
    """Tell where a file can be downloaded."""
    file = world.files.find(parameters["file_id"])
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.file_unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


async def _send(world: World, kind: str, parameters: JsonObject) -> Json:
    person = recipient(world, parameters)
    content = await media_content(world.files, kind, parameters[kind], parameters)
    return post_as_bot(world, person, content, parameters).wire
