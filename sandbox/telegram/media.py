"""Media in messages: an upload or a `file_id` becomes what the message carries, with its caption."""

import asyncio
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from sandbox.telegram.files import Files, StoredFile
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.text.formatting import format_caption
from sandbox.telegram.wire import JsonObject, Upload

KINDS = ("photo", "document", "video", "animation", "audio", "voice", "video_note", "sticker")
CAPTIONED = frozenset(KINDS) - {"video_note", "sticker"}
_THUMBNAILED = frozenset({"image/jpeg", "image/png", "image/webp"})
_THUMBNAIL_LIMIT_BYTES = 200 * 1024
_THUMBNAIL_SIDE = 320
_SPOILABLE = frozenset({"photo", "video", "animation"})
_STICKER_SIDE = 512
_STICKER_FORMATS = {".webp": "static", ".png": "static", ".tgs": "animated", ".webm": "video"}
# What a bot may say of a medium, and what stands there where it says nothing.
_DESCRIBED: dict[str, JsonObject] = {
    "video": {"width": 0, "height": 0, "duration": 0},
    "animation": {"width": 0, "height": 0, "duration": 0},
    "audio": {"duration": 0, "performer": None, "title": None},
    "voice": {"duration": 0},
    "video_note": {"length": 240, "duration": 0},
}
_NAMELESS = frozenset({"voice", "video_note", "sticker"})


async def media_content(files: Files, kind: str, media: str | Upload, parameters: JsonObject) -> JsonObject:
    """Return the fields of a message with one medium: the medium itself, caption and entities."""
    content: JsonObject = {}
    if kind == "photo":
        sizes = await files.add_photo(media) if isinstance(media, Upload) else files.photo(_file_id(media))
        content["photo"] = [size.photo_size() for size in sizes]
    else:
        file = await _attachment(files, kind, media)
        content[kind] = _described(file, kind, parameters)
        content[kind].update(await _thumbnail(files, file, parameters.get("thumbnail")))
        if kind == "animation":
            content[kind].update(await asyncio.to_thread(_measured, files.location(file), content[kind]))
            # Old clients look for a document ("Message.animation").
            content["document"] = file.attachment()
    if kind in CAPTIONED:
        content.update(caption_fields(parameters))
    if parameters.get("has_spoiler") and kind in _SPOILABLE:
        content["has_media_spoiler"] = True
    return content


def caption_fields(parameters: JsonObject) -> JsonObject:
    """Return a message's caption with its entities; nothing where there is no caption."""
    caption, entities = format_caption(
        parameters.get("caption"), parameters.get("parse_mode"), parameters.get("caption_entities")
    )
    fields: JsonObject = {}
    if caption is not None:
        fields["caption"] = caption
        if entities:
            fields["caption_entities"] = entities
        if parameters.get("show_caption_above_media"):
            fields["show_caption_above_media"] = True
    return fields


async def _attachment(files: Files, kind: str, media: str | Upload) -> StoredFile:
    if not isinstance(media, Upload):
        return files.attachment(_file_id(media), kind)
    if not media.content:
        raise bad_request("file must be non-empty")
    if kind == "sticker" and _sticker_format(media.file_name) is None:
        raise bad_request("STICKER_FILE_INVALID")
    return await files.add_attachment(media, kind)


def _file_id(media: str) -> str:
    if not media:
        raise bad_request("file must be non-empty")
    if media.startswith(("http://", "https://")):
        # Telegram would fetch it; nothing here reaches the outside world.
        raise bad_request("failed to get HTTP URL content")
    return media


def _described(file: StoredFile, kind: str, parameters: JsonObject) -> JsonObject:
    described = file.attachment()
    if kind in _NAMELESS:
        described.pop("file_name", None)
    if kind in ("video_note", "sticker"):
        described.pop("mime_type", None)
    for name, default in _DESCRIBED.get(kind, {}).items():
        value = parameters.get(name, default)
        if value is not None:
            described[name] = value
    if kind == "sticker":
        sticker_format = _sticker_format(file.file_name or "")
        described.update(
            type="regular",
            width=_STICKER_SIDE,
            height=_STICKER_SIDE,
            is_animated=sticker_format == "animated",
            is_video=sticker_format == "video",
            emoji=parameters.get("emoji") or "🙂",
        )
    return described


def _sticker_format(file_name: str) -> str | None:
    return next((kind for ending, kind in _STICKER_FORMATS.items() if file_name.lower().endswith(ending)), None)


async def _thumbnail(files: Files, file: StoredFile, given: Upload | None) -> JsonObject:
    """Return the thumbnail that the bot gave, or that Telegram adds to a picture sent as a file."""
    if given is not None:
        if len(given.content) > _THUMBNAIL_LIMIT_BYTES:
            raise bad_request("thumbnail is too big")
        sizes = await files.add_photo(given)
        if max(sizes[-1].width or 0, sizes[-1].height or 0) > _THUMBNAIL_SIDE:
            raise bad_request("PHOTO_THUMB_DIMENSIONS_INVALID")
        return {"thumbnail": sizes[-1].photo_size()}
    if file.kind != "document" or file.mime_type not in _THUMBNAILED:
        return {}
    picture = await asyncio.to_thread(_small_picture, files.location(file))
    if picture is None:
        return {}
    sizes = await files.add_photo(Upload("thumbnail.jpg", "image/jpeg", picture))
    return {"thumbnail": sizes[-1].photo_size()}


def _measured(path: Path, described: JsonObject) -> JsonObject:
    """Return what Telegram finds out of a GIF by itself where the bot did not say it: sides in pixels, seconds.

    Telegram makes an MP4 of it; here it stays a GIF, which every browser plays.
    """
    if described.get("mime_type") != "image/gif":
        return {}
    try:
        with Image.open(path, formats=("GIF",)) as picture:
            found = {"width": picture.width, "height": picture.height, "duration": _seconds(picture)}
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return {}
    return {name: value for name, value in found.items() if not described.get(name)}


def _seconds(picture: Image.Image) -> int:
    milliseconds = 0
    for place in range(getattr(picture, "n_frames", 1)):
        picture.seek(place)
        milliseconds += int(picture.info.get("duration", 0))
    return round(milliseconds / 1000)


def _small_picture(path: Path) -> bytes | None:
    """Return a picture's thumbnail as JPEG; None where the file is no picture."""
    try:
        with Image.open(path) as picture:
            picture.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
            buffer = BytesIO()
            picture.convert("RGB").save(buffer, "JPEG")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return buffer.getvalue()
