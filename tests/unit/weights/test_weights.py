"""Which files are taken for a LoRA, and which not, whatever an archive says of itself."""

import hashlib
import io
import struct
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import orjson
import pytest

from workers.weights import CheckedLora, WeightsFault, WeightsRefused, check
from workers.weights.safetensors import Array, written

PAIR = {"a.lora_A.weight": Array("BF16", (8, 32), bytes(512)), "a.lora_B.weight": Array("BF16", (64, 8), bytes(1024))}
LORA = written(PAIR, {"format": "pt"})


def with_header(header: object, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else orjson.dumps(header)
    return struct.pack("<Q", len(text)) + text + body


def tar(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def zipped(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def zipped_rarely(method: int) -> bytes:
    """A zip whose one entry is packed as no vendor packs, and damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("lora.safetensors", LORA)
    content = bytearray(out.getvalue())
    content[60:80] = bytes(20)
    return bytes(content)


def linked() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("lora.safetensors")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def boastful_pax() -> bytes:
    """A tar whose first header says that a gigabyte of extended header follows."""
    entry = tarfile.TarInfo("pax")
    entry.type, entry.size = tarfile.XHDTYPE, 1 << 30
    return entry.tobuf(tarfile.USTAR_FORMAT) + bytes(4096)


def checked(content: bytes, folder: Path, **limits: int) -> CheckedLora:
    delivered = folder / "delivered"
    delivered.write_bytes(content)
    return check(delivered, folder / "lora.safetensors", **limits)


def fault(content: bytes, folder: Path, **limits: int) -> WeightsFault:
    with pytest.raises(WeightsRefused) as refused:
        checked(content, folder, **limits)
    assert list(folder.iterdir()) == []
    return refused.value.code


@pytest.mark.parametrize(
    "content",
    [
        LORA,
        tar(
            ("output/flux_train_replicate/config.yaml", b"x: 1"), ("output/flux_train_replicate/lora.safetensors", LORA)
        ),
        tar(("../../../etc/lora.safetensors", LORA)),
        zipped(("weights/lora.safetensors", LORA)),
    ],
    ids=["bare", "tar", "tar with a path upwards", "zip"],
)
def test_a_lora_is_found_wherever_it_is_packed_and_left_in_one_place(content: bytes, tmp_path: Path) -> None:
    lora = checked(content, tmp_path)
    assert list(tmp_path.iterdir()) == [lora.path]
    assert lora.path.read_bytes() == LORA
    assert (lora.size_bytes, lora.sha256, lora.rank) == (len(LORA), hashlib.sha256(LORA).digest(), 8)
    assert lora.metadata == {"format": "pt"}


@pytest.mark.parametrize("names", [("lora_A", "lora_B"), ("lora_down", "lora_up"), ("lora.down", "lora.up")])
def test_pairs_are_known_by_all_their_names(names: tuple[str, str], tmp_path: Path) -> None:
    first, second = PAIR.values()
    weights = {
        f"unet.{names[0]}.weight": first,
        f"unet.{names[1]}.weight": second,
        "unet.alpha": Array("F32", (), b"1234"),
    }
    assert checked(written(weights, {}), tmp_path).rank == 8


@pytest.mark.parametrize(
    "content",
    [
        tar(("lora.safetensors", LORA))[:900],
        tar(("notes.txt", b"nothing here")),
        tar(),
        zipped(("lora.safetensors", LORA))[:200],
        zipped(("lora.txt", LORA)),
        zipped_rarely(zipfile.ZIP_BZIP2),
        zipped_rarely(zipfile.ZIP_LZMA),
        linked(),
        boastful_pax(),
        b"",
        b"<html>not found</html>",
        b"\x1f\x8b" + bytes(600),
    ],
    ids=[
        "cut tar",
        "tar of notes",
        "empty tar",
        "cut zip",
        "zip of notes",
        "bzip2",
        "lzma",
        "link",
        "pax",
        "nothing",
        "page",
        "gzip",
    ],
)
def test_what_holds_no_weights_is_a_broken_archive(content: bytes, tmp_path: Path) -> None:
    assert fault(content, tmp_path) is WeightsFault.BROKEN_ARCHIVE


HALF = {"a.lora_A.weight": PAIR["a.lora_A.weight"]}
ENTRY = {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "content",
    [
        tar(("lora.safetensors", b"these are no weights")),
        LORA[:-1],
        LORA + b"\0",
        with_header(b"{not json"),
        with_header({"a": ENTRY | {"dtype": "PICKLE"}}, bytes(8)),
        with_header({"a": ENTRY | {"shape": [2, 3]}}, bytes(8)),
        with_header({"a": ENTRY | {"shape": [-2, -2]}}, bytes(8)),
        with_header({"a": ENTRY | {"data_offsets": [8, 16]}}, bytes(8)),
        with_header({"a": ENTRY, "b": ENTRY}, bytes(8)),
        with_header({"a": ENTRY, "b": ENTRY | {"data_offsets": [12, 20]}}, bytes(20)),
        with_header({"a": "far away"}, bytes(8)),
        with_header({"__metadata__": {"a": 1}, "a": ENTRY}, bytes(8)),
        with_header(b"{" + b'"a":' * 100_000),
        struct.pack("<Q", 1 << 31) + b"{" + bytes(64),
        written({"weight": Array("F16", (2, 2), bytes(8))}, {}),
        written(HALF, {}),
        written(PAIR | {"a.lora_B.weight": Array("BF16", (64, 4), bytes(512))}, {}),
        written(HALF | {"a.lora_B.weight": Array("U8", (64, 8), bytes(512))}, {}),
        written(HALF | {"b.lora_B.weight": PAIR["a.lora_B.weight"]}, {}),
    ],
)
def test_a_file_that_is_no_whole_lora_is_told_from_one(content: bytes, tmp_path: Path) -> None:
    assert fault(content, tmp_path) is WeightsFault.NOT_A_LORA


def test_what_is_too_large_is_refused_by_the_bytes_that_come(tmp_path: Path) -> None:
    for content in (LORA, tar(("a.safetensors", LORA)), zipped(("a.safetensors", LORA))):
        assert fault(content, tmp_path, limit_bytes=1000) is WeightsFault.TOO_LARGE


def test_a_zip_that_swells_is_stopped_and_never_in_memory(tmp_path: Path) -> None:
    content = zipped(("lora.safetensors", bytes(64 * 2**20)))
    assert len(content) < 2**20
    tracemalloc.start()
    assert fault(content, tmp_path, limit_bytes=16 * 2**20) is WeightsFault.TOO_LARGE
    assert tracemalloc.get_traced_memory()[1] < 12 * 2**20
    tracemalloc.stop()
