"""aiogram's types, each built when it is first used.

aiogram builds pydantic validators for all of Telegram's 400 types when it is imported: three quarters of a bot's
start, and 100 MB that each process keeps. Its types are declared as `defer_build`, so pydantic would build them at
their first use, were it not for the explicit rebuild at the end of `aiogram.types`; that rebuild alone is passed over
here. What it would have told pydantic, the classes behind names that a module only has for type checkers, is written
into the modules themselves.
"""

import re
import sys
from typing import Any

from pydantic import BaseModel

_WORD = re.compile(r"\w+")


def defer_types() -> None:
    """Import aiogram so. To be called before anybody else imports it; afterwards it changes nothing."""
    if "aiogram.types" in sys.modules:
        return
    rebuild = BaseModel.__dict__["model_rebuild"]
    types: list[type[BaseModel]] = []
    names: dict[str, Any] = {}

    def pass_over(cls: type[BaseModel], /, **arguments: Any) -> bool | None:
        if not cls.__module__.startswith("aiogram.types."):
            return rebuild.__func__(cls, **arguments)  # type: ignore[no-any-return]
        types.append(cls)
        names.update(arguments["_types_namespace"])
        return None

    BaseModel.model_rebuild = classmethod(pass_over)  # type: ignore[assignment,method-assign]
    try:
        from aiogram.types import Message
    finally:
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign]
    for cls in types:
        known = vars(sys.modules[cls.__module__])
        known.update({word: names[word] for word in _words(cls) & names.keys() - known.keys()})
    Message.model_rebuild()  # most others hold one, and take what is built for it


def _words(cls: type[BaseModel]) -> set[str]:
    """What the annotations of a class and of those that it inherits from name."""
    annotations = [text for one in cls.__mro__ for text in vars(one).get("__annotations__", {}).values()]
    return {word for text in annotations if isinstance(text, str) for word in _WORD.findall(text)}
