"""What a training makes: a LoRA as safetensors, packed as the FLUX trainer packs it."""

import io
import struct
import tarfile

import numpy as np
import orjson

# Where the trainer's archive keeps its files.
_FOLDER = "output/flux_train_replicate"
LORA_NAME = "lora.safetensors"
# A small model's width instead of FLUX's 3072, and two of its blocks: the file stays small.
_WIDTH = 64
_LAYERS = tuple(
    f"transformer.{block}.0.attn.{part}"
    for block in ("transformer_blocks", "single_transformer_blocks")
    for part in ("to_q", "to_k", "to_v")
)


def make_lora(seed: int, rank: int) -> bytes:
    """Return a valid safetensors file with the pairs of a LoRA of some rank, in half precision."""
    random = np.random.default_rng(seed)
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    body = bytearray()
    for layer in _LAYERS:
        for side, shape in (("lora_A", (rank, _WIDTH)), ("lora_B", (_WIDTH, rank))):
            tensor = (random.standard_normal(shape) * 0.02).astype("<f2").tobytes()
            header[f"{layer}.{side}.weight"] = {
                "dtype": "F16",
                "shape": list(shape),
                "data_offsets": [len(body), len(body) + len(tensor)],
            }
            body += tensor
    text = orjson.dumps(header)
    # The format wants the tensors aligned to eight bytes; spaces fill the header.
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(body)


def pack(lora: bytes, trigger_word: str) -> bytes:
    """Return the trainer's tar: the weights, and how they were trained."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in ((LORA_NAME, lora), ("config.yaml", f"trigger_word: {trigger_word}\n".encode())):
            entry = tarfile.TarInfo(f"{_FOLDER}/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def pack_something_else() -> bytes:
    """Return a whole archive in which the weights are no safetensors."""
    return pack(b"these are no weights", "TOK")


def is_lora(content: bytes) -> bool:
    """Tell whether bytes are a LoRA: a safetensors file, or a tar with one."""
    if content[257:262] == b"ustar":
        try:
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                for entry in archive:
                    packed = archive.extractfile(entry)
                    if entry.name.endswith(".safetensors") and packed is not None:
                        return is_lora(packed.read())
        except tarfile.TarError:
            pass
        return False
    if len(content) < 8:
        return False
    (length,) = struct.unpack("<Q", content[:8])
    try:
        header = orjson.loads(content[8 : 8 + length]) if length < len(content) else {}
    except orjson.JSONDecodeError:
        return False
    return any("lora" in name for name in header)
