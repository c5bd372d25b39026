"""The safetensors format: eight bytes of length, a header in JSON, and the tensors one after another.

By the format's own page ("safetensors", README of huggingface/safetensors): offsets begin at the end of the header,
tensors leave no holes and do not overlap. The header is all that is read here, under limits of our own: so it needs
neither the tensors in memory nor the format's library, which is made to load them.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

import orjson

MOST_HEADER_BYTES = 4 * 1024 * 1024
"""A LoRA of a large model has a thousand tensors and a header of 200 kB."""
MOST_TENSORS = 20_000
_LONGEST_NAME = 500
_MOST_DIMENSIONS = 8
_LENGTH = struct.Struct("<Q")
_METADATA = "__metadata__"
_ALIGNMENT = 8

ITEM_BYTES = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "I64": 8,
    "I32": 4,
    "I16": 2,
    "I8": 1,
    "U64": 8,
    "U32": 4,
    "U16": 2,
    "U8": 1,
    "BOOL": 1,
}
"""Bytes of one number, by the format's name of its type."""


class BrokenSafetensors(Exception):
    """The bytes are no whole safetensors file."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where one tensor lies."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    """Bytes from the beginning of the file."""
    end: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself."""

    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Array:
    """A tensor to be written."""

    dtype: str
    shape: tuple[int, ...]
    content: bytes


def read_header(file: IO[bytes], size: int) -> Header:
    """Read the header of a file of so many bytes, from its beginning. Raises BrokenSafetensors."""
    start = file.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        raise BrokenSafetensors("it ends before its header")
    (length,) = _LENGTH.unpack(start)
    if length > min(MOST_HEADER_BYTES, size - _LENGTH.size):
        raise BrokenSafetensors(f"a header of {length} bytes in a file of {size}")
    try:
        told = orjson.loads(file.read(length))
    except orjson.JSONDecodeError as error:
        raise BrokenSafetensors("its header cannot be read") from error
    if not isinstance(told, dict) or len(told) > MOST_TENSORS:
        raise BrokenSafetensors("its header is no list of tensors")
    metadata = told.pop(_METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise BrokenSafetensors("its metadata are no texts")
    data_start = _LENGTH.size + length
    tensors = {name: _tensor(name, entry, data_start) for name, entry in told.items()}
    _check_places(tensors, data_start, size)
    return Header(tensors, metadata)


def written(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    """A small file with these tensors."""
    header: dict[str, object] = {_METADATA: dict(metadata)}
    offset = 0
    for name, array in arrays.items():
        offsets = [offset, offset + len(array.content)]
        header[name] = {"dtype": array.dtype, "shape": list(array.shape), "data_offsets": offsets}
        offset = offsets[1]
    text = orjson.dumps(header)
    text += b" " * (-len(text) % _ALIGNMENT)
    return _LENGTH.pack(len(text)) + text + b"".join(array.content for array in arrays.values())


def _tensor(name: str, entry: object, data_start: int) -> Tensor:
    match entry:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(begin), int(end)]}:
            pass
        case _:
            raise BrokenSafetensors("a tensor is not described")
    if len(name) > _LONGEST_NAME or len(shape) > _MOST_DIMENSIONS:
        raise BrokenSafetensors("a tensor is described at too great length")
    if not all(isinstance(side, int) and not isinstance(side, bool) and side >= 0 for side in shape):
        raise BrokenSafetensors(f"{name!r} has no shape")
    if dtype not in ITEM_BYTES:
        raise BrokenSafetensors(f"{name!r} is of an unknown type {dtype[:20]!r}")
    if begin < 0 or end - begin != math.prod(shape) * ITEM_BYTES[dtype]:
        raise BrokenSafetensors(f"{name!r} is of another size than its shape")
    return Tensor(dtype, tuple(shape), data_start + begin, data_start + end)


def _check_places(tensors: Mapping[str, Tensor], data_start: int, size: int) -> None:
    """Every byte of the file belongs to one tensor: so none lies outside, and nothing is hidden between them."""
    place = data_start
    for tensor in sorted(tensors.values(), key=lambda tensor: (tensor.begin, tensor.end)):
        if tensor.begin != place:
            raise BrokenSafetensors("its tensors overlap or leave holes")
        place = tensor.end
    if place != size:
        raise BrokenSafetensors(f"its tensors end at {place} of {size} bytes")
