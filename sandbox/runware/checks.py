"""Checks of single parameters, with the vendor's error codes: `missingX`, `invalidX`, `unknownParameter`."""

from collections.abc import Collection
from urllib.parse import urlsplit

from sandbox.runware.wire import Json, JsonObject, VendorError


def missing(parameter: str) -> VendorError:
    """The answer to a task without something it needs."""
    return VendorError(
        f"missing{_capital(parameter)}", f"Missing required parameter '{parameter}'.", parameter=parameter
    )


def invalid(parameter: str, reason: str, details: JsonObject | None = None) -> VendorError:
    """The answer to a value that cannot be."""
    message = f"Invalid value for '{parameter}' parameter. {reason}"
    return VendorError(f"invalid{_capital(parameter)}", message, parameter=parameter, details=details)


def known_only(task: JsonObject, known: Collection[str]) -> None:
    """Refuse parameters that the task type does not have."""
    for name in task:
        if name not in known:
            raise VendorError(
                "unknownParameter", f"Parameter '{name}' is not supported by {task['taskType']}.", parameter=name
            )


def text(task: JsonObject, name: str, shortest: int = 1, longest: int = 3000, is_required: bool = False) -> str | None:
    """Return a text parameter, with its length checked."""
    value = _given(task, name, is_required)
    if value is None:
        return None
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        raise invalid(name, f"It must be a string of {shortest} to {longest} characters.")
    return value


def whole_number(
    task: JsonObject, name: str, lowest: int, highest: int, step: int = 1, is_required: bool = False
) -> int | None:
    """Return an integer parameter within its bounds and a multiple of its step."""
    value = _given(task, name, is_required)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest or value % step:
        details = {"type": "integer", "min": lowest, "max": highest, "multiplier": step}
        raise invalid(
            name, f"It must be an integer value between {lowest} and {highest}, in multiples of '{step}'.", details
        )
    return value


def number(task: JsonObject, name: str, lowest: float, highest: float) -> float | None:
    """Return a number parameter within its bounds."""
    value = task.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not lowest <= value <= highest:
        details = {"type": "float", "min": lowest, "max": highest}
        raise invalid(name, f"It must be a number between {lowest} and {highest}.", details)
    return float(value)


def one_of(task: JsonObject, name: str, allowed: Collection[Json], is_required: bool = False) -> None:
    """Refuse a value that is not in the list."""
    value = _given(task, name, is_required)
    if value is not None and (isinstance(value, list | dict) or value not in allowed):
        raise invalid(name, f"Supported values are: {', '.join(str(one) for one in allowed)}.")


def flag(task: JsonObject, name: str) -> bool:
    """Return a boolean parameter; False where it is not given."""
    value = task.get(name, False)
    if not isinstance(value, bool):
        raise invalid(name, "It must be a boolean.")
    return value


def web_address(task: JsonObject, name: str, is_required: bool = False) -> str | None:
    """Return an http or https address."""
    value = text(task, name, longest=2048, is_required=is_required)
    if value is not None:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise invalid(name, "It must be an http or https URL.")
    return value


def _given(task: JsonObject, name: str, is_required: bool) -> Json:
    value = task.get(name)
    if value is None and (is_required or name in task):
        raise missing(name)
    return value


def _capital(parameter: str) -> str:
    last = parameter.rpartition(".")[2]
    return last[:1].upper() + last[1:]
