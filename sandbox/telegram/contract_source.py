"""Derive `bot_api.json`, the Bot API's methods and parameter types, from aiogram's typed classes.

Importing aiogram takes seconds and 160 MB, so the server reads this small file instead; a test keeps both
equal. Run `python -m sandbox.telegram.contract_source` after an upgrade of aiogram.
"""

import datetime
import enum
import types
import typing
from typing import Any

import aiogram
import aiogram.methods
import orjson
from aiogram.client.default import Default
from aiogram.methods import TelegramMethod
from aiogram.types import InputFile, TelegramObject, Update
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

from sandbox.telegram.contract import CONTRACT_FILE

_SCALARS: dict[object, str] = {
    int: "int",
    float: "float",
    bool: "bool",
    str: "str",
    InputFile: "file",
    Any: "any",
    datetime.datetime: "int",
    datetime.timedelta: "int",
}


def derive_contract() -> dict[str, Any]:
    """Return the contract: API version, methods, and every object that a parameter can carry."""
    objects: dict[str, Any] = {}
    methods: dict[str, Any] = {}
    for name in aiogram.methods.__all__:
        method = getattr(aiogram.methods, name)
        if isinstance(method, type) and issubclass(method, TelegramMethod) and method is not TelegramMethod:
            methods[method.__api_method__] = _shape(method, objects)
    return {
        "api_version": aiogram.__api_version__,
        "methods": dict(sorted(methods.items())),
        "objects": dict(sorted(objects.items())),
    }


def derive_answers() -> dict[str, Any]:
    """Return what methods answer and what updates are, as types: {answers: {method: type}, objects, methods: {}}.

    The server needs none of it; tests hold its answers against it.
    """
    objects: dict[str, Any] = {}
    answers = {"getUpdates": ["list", _type_of(Update, objects)]}
    for name in aiogram.methods.__all__:
        method = getattr(aiogram.methods, name)
        if isinstance(method, type) and issubclass(method, TelegramMethod) and method is not TelegramMethod:
            answers[method.__api_method__] = _type_of(method.__returning__, objects)
    return {"answers": answers, "objects": objects, "methods": {}}


def render_contract(contract: dict[str, Any]) -> bytes:
    """Return the contract as the bytes of its file: one method or object a line, so that diffs read well."""
    lines = [f'{{"api_version": "{contract["api_version"]}"']
    for section in ("methods", "objects"):
        entries = (
            f'"{name}": {orjson.dumps(shape, option=orjson.OPT_SORT_KEYS).decode()}'
            for name, shape in contract[section].items()
        )
        lines.append(f'"{section}": {{\n' + ",\n".join(entries) + "\n}")
    return (",\n".join(lines) + "}\n").encode()


def _shape(model: type[BaseModel], objects: dict[str, Any]) -> dict[str, Any]:
    model.model_rebuild()  # where aiogram's types wait for their first use, the annotations are only words till then
    fields = {field.alias or name: _type_of(field.annotation, objects) for name, field in model.model_fields.items()}
    required = [field.alias or name for name, field in model.model_fields.items() if _is_required(name, field)]
    return {"required": required, "fields": fields}


def _is_required(name: str, field: FieldInfo) -> bool:
    # A discriminating "type" has a default in aiogram, yet Telegram wants it in the JSON.
    return field.is_required() or (name == "type" and isinstance(field.default, str))


def _type_of(annotation: Any, objects: dict[str, Any]) -> Any:
    """Return a type as JSON: a scalar's or object's name, or ["list", T], ["union", …], ["literal", …]."""
    if isinstance(annotation, TypeAliasType):
        # Only rich text, which nests in itself without an end; its inside stays unchecked.
        return "any"
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _type_of(typing.get_args(annotation)[0], objects)
    if origin is typing.Literal:
        values = (value.value if isinstance(value, enum.Enum) else value for value in typing.get_args(annotation))
        return ["literal", *values]
    if origin is list:
        return ["list", _type_of(typing.get_args(annotation)[0], objects)]
    if origin in (typing.Union, types.UnionType):
        arms: list[Any] = []
        for arm in typing.get_args(annotation):
            if arm is type(None) or arm is Default:
                continue
            kind = _type_of(arm, objects)
            if kind not in arms:
                arms.append(kind)
        return arms[0] if len(arms) == 1 else ["union", *arms]
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return ["literal", *(member.value for member in annotation)]
    if isinstance(annotation, type) and issubclass(annotation, TelegramObject):
        if annotation.__name__ not in objects:
            objects[annotation.__name__] = None
            objects[annotation.__name__] = _shape(annotation, objects)
        return annotation.__name__
    raise TypeError(f"no wire type is known for {annotation!r}")


if __name__ == "__main__":
    CONTRACT_FILE.write_bytes(render_contract(derive_contract()))
