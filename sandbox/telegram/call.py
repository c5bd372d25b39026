"""A Bot API call as it arrives: query string, form, JSON or multipart, with files joined to their fields."""

from collections.abc import AsyncGenerator
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from sandbox.telegram.refusals import bad_request, upload_too_large
from sandbox.telegram.wire import Json, JsonObject, Upload

DOCUMENT_LIMIT = 50 * 1024 * 1024
# A whole album of ten may ride in one request; the limit of each file is checked on its own.
_REQUEST_LIMIT = 10 * DOCUMENT_LIMIT
_ATTACH = "attach://"


async def read_parameters(query: bytes, content_type: str, body: bytes) -> JsonObject:
    """Return a call's parameters, still untyped: text from forms, JSON values, `Upload` for files."""
    parameters = _form(query)
    if not body:
        return parameters
    if len(body) > _REQUEST_LIMIT:
        raise upload_too_large()
    media_type = content_type.partition(";")[0].strip().lower()
    match media_type:
        case "application/x-www-form-urlencoded":
            parameters.update(_form(body))
        case "application/json":
            parameters.update(_json_object(body))
        case "multipart/form-data":
            parameters.update(await _multipart(content_type, body))
        case _:
            raise bad_request(f"unsupported content type {media_type or 'none'}")
    return parameters


def _form(source: bytes) -> JsonObject:
    try:
        return dict(parse_qsl(source.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


def _json_object(body: bytes) -> JsonObject:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"can't parse JSON of the request: {error}") from error
    if not isinstance(value, dict):
        raise bad_request("the JSON of the request must be an Object")
    return value


async def _multipart(content_type: str, body: bytes) -> JsonObject:
    fields, uploads = await read_multipart(content_type, body)
    named = dict(uploads)
    parameters: JsonObject = {name: _attached(value, named) for name, value in fields}
    attached = {value.removeprefix(_ATTACH) for _, value in fields if value.startswith(_ATTACH)}
    text = "".join(value for _, value in fields)
    for name, upload in uploads:
        if name not in attached and f"{_ATTACH}{name}" not in text:
            parameters[name] = upload
    return parameters


def _attached(value: str, uploads: dict[str, Upload]) -> Json:
    """Put uploads where a field, or JSON inside it, names them as attach://name."""
    if value.startswith(_ATTACH):
        return _upload_named(value, uploads)
    if _ATTACH not in value or value[:1] not in "[{":
        return value
    try:
        return _join(orjson.loads(value), uploads)
    except orjson.JSONDecodeError:
        # A person's text may look like that; a broken parameter is refused later, with its name.
        return value


def _join(value: Json, uploads: dict[str, Upload]) -> Json:
    if isinstance(value, dict):
        return {key: _join(item, uploads) for key, item in value.items()}
    if isinstance(value, list):
        return [_join(item, uploads) for item in value]
    if isinstance(value, str) and value.startswith(_ATTACH):
        return _upload_named(value, uploads)
    return value


def _upload_named(reference: str, uploads: dict[str, Upload]) -> Upload:
    upload = uploads.get(reference.removeprefix(_ATTACH))
    if upload is None:
        raise bad_request(f"there is no file {reference} in the request")
    return upload


async def read_multipart(content_type: str, body: bytes) -> tuple[list[tuple[str, str]], list[tuple[str, Upload]]]:
    """Return the text fields and the files of a multipart body, both in order.

    Raises a 400 refusal for a broken body and a 413 for a file above 50 MB.
    """

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        Headers({"content-type": content_type}), stream(), max_files=100, max_fields=200, max_part_size=1 << 20
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        raise bad_request(f"can't parse the multipart form: {error}") from error
    fields: list[tuple[str, str]] = []
    uploads: list[tuple[str, Upload]] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            await value.close()
            if len(content) > DOCUMENT_LIMIT:
                raise upload_too_large()
            mime_type = value.content_type or "application/octet-stream"
            uploads.append((name, Upload(value.filename or name, mime_type, content)))
        else:
            fields.append((name, value))
    return fields, uploads
