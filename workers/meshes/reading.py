"""Takes single values out of JSON that nobody can trust: of the right type and in range, or BadMesh."""

import math
from typing import Any

from workers.meshes.bad_mesh import BadMesh
from workers.meshes.container import Json


def items(owner: Json, key: str, limit: int) -> list[Json]:
    """A list of objects, empty where there is none. Raises BadMesh: bad_json, too_complex."""
    found = owner.get(key, [])
    if not isinstance(found, list):
        raise BadMesh("bad_json", f"{key} is no list")
    if len(found) > limit:
        raise BadMesh("too_complex", f"{len(found)} {key}, {limit} allowed")
    if not all(isinstance(item, dict) for item in found):
        raise BadMesh("bad_json", f"{key} holds something that is no object")
    return found


def section(owner: Json, key: str) -> Json:
    """An object, empty where there is none. Raises BadMesh bad_json."""
    found = owner.get(key, {})
    if not isinstance(found, dict):
        raise BadMesh("bad_json", f"{key} is no object")
    return found


def whole(owner: Json, key: str, limit: int, default: int | None = None) -> int:
    """A whole number from 0 to below the limit. Raises BadMesh: bad_json, out_of_range."""
    found = owner.get(key, default)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if not isinstance(found, int) or isinstance(found, bool):
        raise BadMesh("bad_json", f"{key} is no whole number")
    if not 0 <= found < limit:
        raise BadMesh("out_of_range", f"{key} is {found}, below {limit} allowed")
    return found


def reference(owner: Json, key: str, among: list[Json]) -> int | None:
    """An index into a list, or None where the key is not there. Raises BadMesh: bad_json, out_of_range."""
    return whole(owner, key, len(among)) if key in owner else None


def numbers(owner: Json, key: str, count: int, default: tuple[float, ...]) -> tuple[float, ...]:
    """So many finite numbers. Raises BadMesh: bad_json, not_finite."""
    found: Any = owner.get(key, default)
    if not isinstance(found, list | tuple) or len(found) != count:
        raise BadMesh("bad_json", f"{key} is no list of {count}")
    return tuple(_finite(value, key) for value in found)


def number(owner: Json, key: str, default: float) -> float:
    """One finite number. Raises BadMesh: bad_json, not_finite."""
    return _finite(owner.get(key, default), key)


def _finite(value: Any, key: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadMesh("bad_json", f"{key} is no number")
    if not math.isfinite(value) or abs(value) > 1e30:
        raise BadMesh("not_finite", f"{key} is out of all measure")
    return float(value)
