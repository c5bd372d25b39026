"""The chunks of a PNG file: metadata taken out and put in without touching the image data (PNG, third edition)."""

import zlib
from collections.abc import Iterator, Mapping

from workers.results.errors import BadResult, Fault
from workers.results.plain import PlainFile, is_sound_profile

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IMAGE = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_LOOK = frozenset({b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"})
"""What changes how the picture looks."""
_IHDR_END = len(_SIGNATURE) + 25
_MAX_PROFILE = 4 * 1024 * 1024
"""Bytes, unpacked; the profiles of printing presses stay below 3 MB."""


def plain_png(content: bytes) -> PlainFile:
    """The picture alone: its data and colours. All else is left out, what follows the end too.

    Raises BadResult for a broken chunk, a missing end, or an animation.
    """
    kept: list[bytes] = []
    exif = icc = b""
    for name, body in _chunks(content):
        if name in _IMAGE or name in _LOOK:
            kept.append(_chunk(name, body))
        elif name == b"acTL":
            raise BadResult(Fault.ANIMATED, "an animated PNG")
        elif name == b"iCCP" and not icc:
            icc = _profile(body)
            if icc:
                kept.append(_chunk(b"iCCP", b"icc\x00\x00" + zlib.compress(icc)))
        elif name == b"eXIf":
            exif = exif or body
        elif not name[0] & 0x20:  # a capital: nobody can show the picture without knowing this chunk
            raise _broken(f"unknown chunk {name!r}")
    if not kept or not kept[0].startswith(b"\x00\x00\x00\x0dIHDR"):
        raise _broken("no header")
    return PlainFile(_SIGNATURE + b"".join(kept), exif, icc)


def with_texts(plain: bytes, texts: Mapping[str, str]) -> bytes:
    """A plain PNG with these UTF-8 texts by keyword (iTXt) behind its header."""
    chunks = (
        _chunk(b"iTXt", keyword.encode("latin-1") + bytes(5) + text.encode("utf-8")) for keyword, text in texts.items()
    )
    return b"".join((plain[:_IHDR_END], *chunks, plain[_IHDR_END:]))


def text(content: bytes, keyword: str) -> str | None:
    """The unpacked UTF-8 text (iTXt) of a keyword, or None. Raises BadResult where chunks are broken."""
    start = keyword.encode("latin-1") + bytes(5)
    for name, body in _chunks(content):
        if name == b"iTXt" and body.startswith(start):
            return body[len(start) :].decode("utf-8", "replace")
    return None


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and bodies up to IEND, each checked against its sum."""
    position = len(_SIGNATURE)
    name = b""
    while name != b"IEND":
        length = int.from_bytes(content[position : position + 4], "big")
        body_end = position + 8 + length
        if body_end + 4 > len(content):
            raise _broken("cut off before its end")
        name = content[position + 4 : position + 8]
        if zlib.crc32(content[position + 4 : body_end]) != int.from_bytes(content[body_end : body_end + 4], "big"):
            raise _broken("a chunk that does not match its sum")
        yield name, content[position + 8 : body_end]
        position = body_end + 4


def _profile(body: bytes) -> bytes:
    """The colour profile in an iCCP chunk, or nothing where it is not sound."""
    _, _, packed = body.partition(b"\x00")
    try:
        profile = zlib.decompressobj().decompress(packed[1:], _MAX_PROFILE)
    except zlib.error:
        return b""
    return profile if is_sound_profile(profile) else b""


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def _broken(message: str) -> BadResult:
    return BadResult(Fault.UNREADABLE, f"PNG: {message}")
