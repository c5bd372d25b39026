"""Media in messages: an upload or a `file_id` becomes what the message carries, with its caption."""

from io import BytesIO

from PIL import Image, UnidentifiedImageError

from sandbox.telegram.files import Files, StoredFile
from sandbox.telegram.formatting import format_caption
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import JsonObject, Upload

KINDS = ("photo", "document", "video", "animation")
_THUMBNAILED = frozenset({"image/jpeg", "image/png", "image/webp"})


async def media_content(files: Files, kind: str, media: str | Upload, parameters: JsonObject) -> JsonObject:
    """Return the fields of a message with one medium: the medium itself, caption and entities."""
    content: JsonObject = {}
    if kind == "photo":
        sizes = await files.add_photo(media) if isinstance(media, Upload) else files.photo(_file_id(media))
        content["photo"] = [size.photo_size() for size in sizes]
    else:
        file = await _attachment(files, kind, media)
        content[kind] = _described(file, kind, parameters)
        if kind == "animation":
            # Old clients look for a document ("Message.animation").
            content["document"] = file.attachment()
        if kind == "document" and file.mime_type in _THUMBNAILED:
            content[kind].update(await _thumbnail(files, file))
    return {**content, **caption_fields(parameters)}


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
    if parameters.get("has_spoiler"):
        fields["has_media_spoiler"] = True
    return fields


async def _attachment(files: Files, kind: str, media: str | Upload) -> StoredFile:
    if isinstance(media, Upload):
        if not media.content:
            raise bad_request("file must be non-empty")
        return await files.add_attachment(media, kind)
    file = files.attachment(_file_id(media))
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return file


def _file_id(media: str) -> str:
    if media.startswith(("http://", "https://")):
        # Telegram would fetch it; nothing here reaches the outside world.
        raise bad_request("failed to get HTTP URL content")
    return media


def _described(file: StoredFile, kind: str, parameters: JsonObject) -> JsonObject:
    described = file.attachment()
    if kind in ("video", "animation"):
        for side in ("width", "height", "duration"):
            described[side] = parameters.get(side, 0)
    return described


async def _thumbnail(files: Files, file: StoredFile) -> JsonObject:
    """Return the thumbnail that Telegram adds to a picture sent as a file."""
    content = files.location(file).read_bytes()
    try:
        with Image.open(BytesIO(content)) as picture:
            picture.thumbnail((320, 320))
            buffer = BytesIO()
            picture.convert("RGB").save(buffer, "JPEG")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return {}
    sizes = await files.add_photo(Upload("thumbnail.jpg", "image/jpeg", buffer.getvalue()))
    return {"thumbnail": sizes[-1].photo_size()}
