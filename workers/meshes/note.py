"""Writes into a model how it was made, and takes out what others wrote there."""

from dataclasses import dataclass
from typing import Any

from workers.meshes.bad_mesh import BadMesh
from workers.meshes.container import Json, read_container, write_container

GENERATOR = "Dream Photo"
MAX_PROMPT = 2000
"""Characters that are kept of a prompt."""
MAX_WORD = 200
"""Characters of a model's or a backend's name."""
MAX_SEED = 2**63 - 1
_METADATA = "KHR_xmp_json_ld"
_DEEPEST = 64
"""Levels of JSON; the format itself needs about eight."""


@dataclass(frozen=True, slots=True)
class Note:
    """How a model was made. Nothing in it says who asked for it."""

    prompt: str
    """Empty where a photo alone was the order."""
    seed: int
    model: str
    backend: str


def noted_glb(content: bytes, note: Note) -> bytes:
    """The same model with our note in `asset`, without anybody else's remarks.

    Extras anywhere, copyright and generator lines, and XMP packets go; geometry and textures stay byte by byte.
    Raises BadMesh as `read_container`.
    """
    container = read_container(content)
    document = _without_remarks(container.document, 0)
    for key in ("extensionsUsed", "extensionsRequired"):
        if isinstance(document.get(key), list):
            document[key] = [name for name in document[key] if name != _METADATA]
            if not document[key]:
                del document[key]  # the specification forbids empty lists
    asset = document.get("asset")
    kept = {key: value for key, value in (asset if isinstance(asset, dict) else {}).items() if key != "copyright"}
    document["asset"] = kept | {
        "generator": GENERATOR,
        "extras": {
            "prompt": _plain(note.prompt, MAX_PROMPT),
            "seed": note.seed,
            "model": _plain(note.model, MAX_WORD),
            "backend": _plain(note.backend, MAX_WORD),
        },
    }
    return write_container(document, container.binary)


def read_note(content: bytes) -> Note | None:
    """The note of a model that we wrote, or None where there is none. Raises BadMesh as `read_container`."""
    asset = read_container(content).document.get("asset")
    if not isinstance(asset, dict) or asset.get("generator") != GENERATOR:
        return None
    extras = asset.get("extras")
    if not isinstance(extras, dict):
        return None
    prompt, seed, model, backend = (extras.get(key) for key in ("prompt", "seed", "model", "backend"))
    if not (isinstance(prompt, str) and isinstance(model, str) and isinstance(backend, str)):
        return None
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= MAX_SEED:
        return None
    return Note(prompt[:MAX_PROMPT], seed, model[:MAX_WORD], backend[:MAX_WORD])


def _plain(text: str, limit: int) -> str:
    """Text that every JSON reader takes: no half characters, no control characters, not endless."""
    whole = text.encode("utf-8", "ignore").decode()
    return "".join(letter for letter in whole if letter in "\n\t" or letter >= " ")[:limit]


def _without_remarks(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise BadMesh("too_complex", "JSON nested too deeply")
    if isinstance(value, dict):
        return {key: _without_remarks(inner, depth + 1) for key, inner in _kept(value)}
    if isinstance(value, list):
        return [_without_remarks(inner, depth + 1) for inner in value]
    return value


def _kept(value: Json) -> list[tuple[str, Any]]:
    return [(key, inner) for key, inner in value.items() if key not in ("extras", _METADATA)]
