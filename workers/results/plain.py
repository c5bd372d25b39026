"""A picture's file with nothing in it but the picture."""

from dataclasses import dataclass

_ICC_HEADER = 128
"""Bytes, by ICC.1:2022, section 7.2."""


@dataclass(frozen=True, slots=True)
class PlainFile:
    """The same image data without metadata and without anything before or behind it."""

    content: bytes
    exif: bytes = b""
    """The EXIF block that was taken out, for the orientation it may tell; empty where there was none."""
    icc: bytes = b""
    """The colour profile that was left in: it is part of how the picture looks."""


def is_sound_profile(profile: bytes) -> bool:
    """Whether it is an ICC profile of exactly its own length, and so no hiding place for something else."""
    return (
        len(profile) >= _ICC_HEADER and int.from_bytes(profile[:4], "big") == len(profile) and profile[36:40] == b"acsp"
    )
