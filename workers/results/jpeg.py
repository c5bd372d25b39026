"""The segments of a JPEG file: metadata taken out and put in without touching the image data.

Markers as in ITU-T T.81, annex B; JFIF in T.871; profiles in ICC.1:2022, annex B.4.
"""

import re

from workers.results.errors import BadResult, Fault
from workers.results.plain import PlainFile, is_sound_profile

EXIF = b"Exif\x00\x00"
XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_ICC = b"ICC_PROFILE\x00"
_JFIF = b"JFIF\x00"
_PLAIN_JFIF = _JFIF + b"\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""Version 1.1, square pixels, no thumbnail."""
_ADOBE = b"Adobe"
_ADOBE_BYTES = 12

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_IMAGE = frozenset({*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD}) - {0xC8}
"""Frames, Huffman and quantisation tables, line counts, restart intervals."""
_MAX_PAYLOAD = 65_533

_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""Ends a scan: not a stuffed byte, a restart or a fill byte."""


def plain_jpeg(content: bytes) -> PlainFile:
    """The picture alone: frames, tables, scans and colours. All else is left out, what follows the end too.

    Raises BadResult where the segments do not lead to an end of the image.
    """
    kept: list[bytes] = []
    exif = b""
    profile: list[bytes] = []
    has_jfif = False
    adobe = b""
    position = 2
    while True:
        marker, position = _marker(content, position)
        if marker == _EOI:
            break
        payload, position = _payload(content, position)
        if marker in _IMAGE:
            kept.append(_segment(marker, payload))
        elif marker == _SOS:
            end = _NEXT_MARKER.search(content, position)
            if end is None:
                raise _broken("cut off within the image")
            kept += (_segment(marker, payload), content[position : end.start()])
            position = end.start()
        elif marker == _APP0 and payload.startswith(_JFIF):
            has_jfif = True
        elif marker == _APP1 and payload.startswith(EXIF):
            exif = exif or payload
        elif marker == _APP2 and payload.startswith(_ICC):
            profile.append(payload)
        elif marker == _APP14 and payload.startswith(_ADOBE):
            adobe = adobe or payload[:_ADOBE_BYTES]  # says how the colours are coded
    head = [_segment(_APP0, _PLAIN_JFIF)] if has_jfif else []
    if adobe:
        head.append(_segment(_APP14, adobe))
    icc = b"".join(part[len(_ICC) + 2 :] for part in sorted(profile))
    if is_sound_profile(icc):
        head += (_segment(_APP2, part) for part in sorted(profile))
    else:
        icc = b""
    return PlainFile(b"".join((b"\xff\xd8", *head, *kept, b"\xff\xd9")), exif, icc)


def with_metadata(plain: bytes, payloads: tuple[bytes, ...]) -> bytes:
    """A plain JPEG with these APP1 payloads behind its JFIF head. Raises ValueError where one is over 65,533 bytes."""
    position = 2
    marker, after = _marker(plain, position)
    if marker == _APP0:
        _, position = _payload(plain, after)
    return b"".join((plain[:position], *(_segment(_APP1, payload) for payload in payloads), plain[position:]))


def metadata(content: bytes, name: bytes) -> bytes | None:
    """The first APP1 payload of that name, without the name, or None. Raises BadResult where segments are broken."""
    marker, position = _marker(content, 2)
    while marker not in (_SOS, _EOI):
        payload, position = _payload(content, position)
        if marker == _APP1 and payload.startswith(name):
            return payload[len(name) :]
        marker, position = _marker(content, position)
    return None


def _marker(content: bytes, position: int) -> tuple[int, int]:
    """The marker at a position, and the position behind it."""
    if content[position : position + 1] != b"\xff":
        raise _broken("no marker where one must stand")
    while content[position : position + 1] == b"\xff":  # any number of fill bytes may come first
        position += 1
    if position >= len(content):
        raise _broken("cut off before its end")
    marker = content[position]
    if marker < 0xC0 or _is_standalone(marker):
        raise _broken(f"marker {marker:#x} out of place")
    return marker, position + 1


def _is_standalone(marker: int) -> bool:
    return 0xD0 <= marker <= _SOI


def _payload(content: bytes, position: int) -> tuple[bytes, int]:
    """The payload of the segment whose length stands at a position, and the position behind it."""
    length = int.from_bytes(content[position : position + 2], "big")
    end = position + length
    if length < 2 or end > len(content):
        raise _broken("a segment longer than the file")
    return content[position + 2 : end], end


def _segment(marker: int, payload: bytes) -> bytes:
    if len(payload) > _MAX_PAYLOAD:
        raise ValueError(f"a JPEG segment holds {_MAX_PAYLOAD} bytes, not {len(payload)}")
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def _broken(message: str) -> BadResult:
    return BadResult(Fault.UNREADABLE, f"JPEG: {message}")
