"""The container of a GLB file: twelve bytes of header, a JSON chunk, a binary chunk. Read and written under limits.

Source: glTF 2.0 specification, section 4, "GLB File Format Specification".
"""

import struct
from dataclasses import dataclass
from typing import Any

import orjson

from workers.meshes.bad_mesh import BadMesh

MAX_BYTES = 50 * 1024 * 1024
"""Of a whole file: more cannot be sent through Telegram."""
MAX_JSON_BYTES = 2 * 1024 * 1024
"""Of the JSON chunk. Parsed, the worst case takes about thirty times its size; real models have some kilobytes."""

Json = dict[str, Any]
"""A parsed JSON object whose contents nobody has checked yet."""

_MAGIC, _VERSION = b"glTF", 2
_JSON, _BINARY = b"JSON", b"BIN\0"
_HEADER, _CHUNK = struct.Struct("<4sII"), struct.Struct("<I4s")


@dataclass(frozen=True, slots=True)
class Container:
    """The two parts of a file."""

    document: Json
    binary: memoryview
    """The binary chunk; empty where the file has none."""


def read_container(content: bytes) -> Container:
    """Take a file apart. Every length is held against the bytes that are there, before anything is read.

    Raises BadMesh: too_large, not_glb, truncated, bad_json, too_complex.
    """
    if len(content) > MAX_BYTES:
        raise BadMesh("too_large", f"{len(content)} bytes, {MAX_BYTES} allowed")
    if content[:4] != _MAGIC:
        raise BadMesh("not_glb", "does not begin with glTF")
    if len(content) < _HEADER.size:
        raise BadMesh("truncated", "no whole header")
    _, version, length = _HEADER.unpack_from(content)
    if version != _VERSION:
        raise BadMesh("not_glb", f"container version {version}")
    if length > len(content):
        raise BadMesh("truncated", f"says {length} bytes, has {len(content)}")
    # What follows the stated length is no part of the file; it is dropped whenever the file is written again.
    whole = memoryview(content)[:length]
    kind, body, rest = _chunk(whole[_HEADER.size :])
    if kind != _JSON:
        raise BadMesh("not_glb", "the first chunk is not JSON")
    document = _parsed(body)
    binary = memoryview(b"")
    if len(rest):
        kind, body, _ = _chunk(rest)
        if kind == _BINARY:
            binary = body
    return Container(document, binary)


def write_container(document: Json, binary: bytes | memoryview) -> bytes:
    """Put a file together; chunks are padded to four bytes as the specification asks."""
    text = orjson.dumps(document)
    text += b" " * (-len(text) % 4)
    chunks = [_CHUNK.pack(len(text), _JSON), text]
    if len(binary):
        padding = b"\0" * (-len(binary) % 4)
        chunks += [_CHUNK.pack(len(binary) + len(padding), _BINARY), bytes(binary), padding]
    length = _HEADER.size + sum(len(chunk) for chunk in chunks)
    return b"".join([_HEADER.pack(_MAGIC, _VERSION, length), *chunks])


def _chunk(rest: memoryview) -> tuple[bytes, memoryview, memoryview]:
    """Type and body of the first chunk, and what comes after it."""
    if len(rest) < _CHUNK.size:
        raise BadMesh("truncated", "no whole chunk header")
    length, kind = _CHUNK.unpack_from(rest)
    end = _CHUNK.size + length
    if end > len(rest):
        raise BadMesh("truncated", f"a chunk says {length} bytes, {len(rest) - _CHUNK.size} are left")
    return kind, rest[_CHUNK.size : end], rest[end:]


def _parsed(body: memoryview) -> Json:
    if len(body) > MAX_JSON_BYTES:
        raise BadMesh("too_complex", f"{len(body)} bytes of JSON, {MAX_JSON_BYTES} allowed")
    try:
        # orjson ends deep nesting with an error of its own, and knows neither NaN nor Infinity.
        document = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise BadMesh("bad_json", str(fault)) from fault
    if not isinstance(document, dict):
        raise BadMesh("bad_json", "not an object")
    return document
