"""Check the parameters of a call against the Bot API's own types (`bot_api.json`)."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from sandbox.telegram import contract_words
from sandbox.telegram.refusals import bad_request, not_found
from sandbox.telegram.wire import Json, JsonObject, Upload

CONTRACT_FILE = Path(__file__).with_name("bot_api.json")

_TRUE = frozenset({"true", "1", "yes"})
_INT_END = 1 << 63
_FALSE = frozenset({"false", "0", "no"})


class Mismatch(Exception):
    """A value that is not of the type the Bot API wants; the message says where and what.

    `words` are what Telegram says of it, where that is known.
    """

    def __init__(self, reason: str, words: str | None = None) -> None:
        super().__init__(reason)
        self.words = words


class Contract:
    """The Bot API's methods with the types of their parameters."""

    def __init__(self, source: JsonObject | None = None) -> None:
        source = source or orjson.loads(CONTRACT_FILE.read_bytes())
        self._methods: JsonObject = source["methods"]
        self._objects: JsonObject = source["objects"]
        self._names: dict[str, str] = {name.lower(): name for name in self._methods}

    def method_name(self, spelled: str) -> str:
        """Return a method's canonical name (Telegram ignores case); refuses an unknown one with 404."""
        name = self._names.get(spelled.lower())
        if name is None:
            raise not_found()
        return name

    def check(self, method: str, given: Mapping[str, Json | Upload]) -> JsonObject:
        """Return typed parameters of a call.

        Text from forms becomes numbers, flags and JSON as the type says. An unknown or ill-typed parameter
        is refused with 400: Telegram would ignore an unknown one, and hide a typo.
        """
        shape = self._methods[method]
        fields = shape["fields"]
        typed: JsonObject = {}
        for name, value in given.items():
            if name not in fields:
                raise bad_request(f'unknown parameter "{name}" of {method}')
            kind = fields[name]
            if value is None or (value == "" and not _may_be_text(kind)):
                # Many clients send what they leave open as an empty field.
                continue
            try:
                typed[name] = self._read_parameter(kind, value, name)
            except Mismatch as mismatch:
                raise bad_request(mismatch.words or f'parameter "{name}" of {method}: {mismatch}') from mismatch
        for name in shape["required"]:
            if name not in typed:
                raise bad_request(contract_words.missing(name))
        return typed

    def check_value(self, kind: Any, value: Any) -> None:
        """Raise Mismatch where a value is not of a type (as `bot_api.json` spells types) or has unknown fields."""
        self._read(kind, value, "value")

    def _read_parameter(self, kind: Any, given: Any, name: str) -> Any:
        value = self._from_text(kind, given, name)
        try:
            return self._read(kind, value, name)
        except Mismatch as mismatch:
            if kind[0] == "list":
                words = None if isinstance(value, list) else contract_words.no_array(name)
            else:
                words = None if isinstance(value, dict) else contract_words.no_object(name)
            raise Mismatch(str(mismatch), words or mismatch.words) from mismatch

    def _from_text(self, kind: Any, value: Any, name: str) -> Any:
        """Turn a form's text into a JSON value where the type is not text itself."""
        if not isinstance(value, str) or kind == "str" or _takes_text(kind):
            return value
        if kind == "int" or (kind[0] == "union" and "int" in kind[1:]):
            return int(value) if value.removeprefix("-").isdecimal() else value
        if kind == "bool":
            return True if value.lower() in _TRUE else False if value.lower() in _FALSE else value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise Mismatch(f"can't parse JSON: {error}", contract_words.unreadable(name)) from error

    def _read(self, kind: Any, value: Any, path: str) -> Any:
        if isinstance(kind, list):
            return self._read_compound(kind, value, path)
        if kind == "int" and isinstance(value, str) and value.removeprefix("-").isdecimal():
            # Ids stand as text where a client fears for large numbers; Telegram reads them ("get_long_field").
            value = int(value)
        matches = _SCALAR_CHECKS.get(kind)
        if matches is None:
            return self._read_object(kind, value, path)
        if not matches(value):
            raise Mismatch(f"{path} must be {_SPOKEN[kind]}")
        return value

    def _read_compound(self, kind: list[Any], value: Any, path: str) -> Any:
        match kind[0]:
            case "list":
                if not isinstance(value, list):
                    raise Mismatch(f"{path} must be an Array")
                return [self._read(kind[1], item, f"{path}[{place}]") for place, item in enumerate(value)]
            case "literal":
                if value not in kind[1:]:
                    raise Mismatch(f"{path} must be one of {', '.join(map(str, kind[1:]))}")
                return value
            case _:
                return self._read_union(self._arms(kind[1:], value), value, path)

    def _arms(self, arms: list[Any], value: Any) -> list[Any]:
        """Keep only the arm that the value's own "type" names, so that a mistake is reported where it is."""
        if not isinstance(value, dict) or "type" not in value:
            return arms
        named = [arm for arm in arms if arm in self._objects and self._type_literal(arm) == value["type"]]
        return named or arms

    def _type_literal(self, name: str) -> str | None:
        kind = self._objects[name]["fields"].get("type")
        return kind[1] if isinstance(kind, list) and kind[0] == "literal" else None

    def _read_union(self, arms: list[Any], value: Any, path: str) -> Any:
        mismatch: Mismatch | None = None
        for arm in sorted(arms, key=lambda arm: -self._likeness(arm, value)):
            try:
                return self._read(arm, value, path)
            except Mismatch as why:
                mismatch = mismatch or why
        raise mismatch or Mismatch(f"{path} has a wrong type")

    def _likeness(self, arm: Any, value: Any) -> int:
        """Count the fields that an object has in common with a type: the mistake is told of the likeliest one."""
        if not isinstance(value, dict) or not isinstance(arm, str) or arm not in self._objects:
            return 0
        return len(self._objects[arm]["fields"].keys() & value.keys())

    def _read_object(self, name: str, value: Any, path: str) -> JsonObject:
        if name == "KeyboardButton" and isinstance(value, str):
            # "KeyboardButton": a String can stand for a button of that text.
            return {"text": value}
        if not isinstance(value, dict):
            raise Mismatch(f"{path} must be an Object ({name})")
        shape = self._objects[name]
        fields = shape["fields"]
        read: JsonObject = {}
        for key, item in value.items():
            if key not in fields:
                raise Mismatch(f"{path} has an unknown field {key} ({name})")
            if item is not None:
                read[key] = self._read_field(name, key, fields[key], item, path)
        for key in shape["required"]:
            if key not in read:
                raise Mismatch(f"{path}.{key} is missing ({name})", contract_words.field_missing(name, key))
        return read

    def _read_field(self, owner: str, key: str, kind: Any, value: Any, path: str) -> Any:
        try:
            return self._read(kind, value, f"{path}.{key}")
        except Mismatch as mismatch:
            words = mismatch.words or contract_words.field_of_wrong_type(owner, key, kind)
            raise Mismatch(str(mismatch), words) from mismatch


def _may_be_text(kind: Any) -> bool:
    return kind == "str" or (isinstance(kind, list) and kind[0] == "union" and "str" in kind[1:])


def _takes_text(kind: Any) -> bool:
    return isinstance(kind, list) and kind[0] == "union" and "str" in kind[1:] and "int" not in kind[1:]


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_INT_END <= value < _INT_END


_SCALAR_CHECKS: dict[str, Callable[[Any], bool]] = {
    "int": _is_int,
    "float": lambda value: isinstance(value, float) or _is_int(value),
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "file": lambda value: isinstance(value, Upload),
    "any": lambda value: True,
}

_SPOKEN = {
    "int": "an Integer",
    "float": "a Float",
    "bool": "a Boolean",
    "str": "a String",
    "file": "an uploaded file",
    "any": "anything",
}
