"""Everything the bot says, in the person's language, from the Fluent files in `bot/locales`."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from fluent.runtime import FluentBundle, FluentResource

LOCALES_FOLDER = Path(__file__).parent / "locales"

FLUENT_TAKES = 2500
"""Characters of one value (fluent.runtime.resolver); a description full of `<` is longer once it is escaped."""

Value = str | int | float | datetime
"""What a text takes in: words, a number that picks a plural form, or a moment."""


class Texts:
    """The sentences of every language."""

    def __init__(self, bundles: Mapping[str, FluentBundle]) -> None:
        self._bundles = dict(bundles)
        self._constant: dict[tuple[str, str], str] = {}
        """Texts without values, once they were asked for: most buttons are such."""

    @classmethod
    def load(cls, folder: Path = LOCALES_FOLDER) -> Self:
        """Read `<locale>/*.ftl` below the folder. Raises ValueError where a key stands twice in one language."""
        return cls({locale.name: _read_bundle(locale) for locale in sorted(folder.iterdir()) if locale.is_dir()})

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages there are."""
        return tuple(self._bundles)

    def format(self, locale: str, key: str, **values: Value) -> str:
        """A text as HTML for a message: what comes from people is escaped.

        Raises KeyError for an unknown key or language, ValueError where a value is missing.
        """
        escaped = {name: html.escape(value) if isinstance(value, str) else value for name, value in values.items()}
        return self.plain(locale, key, **escaped)

    def plain(self, locale: str, key: str, **values: Value) -> str:
        """A text for where Telegram reads no HTML: buttons, alerts, the list of commands. Raises like `format`."""
        if not values and (known := self._constant.get((locale, key))) is not None:
            return known
        bundle = self._bundles[locale]
        if not bundle.has_message(key):
            raise KeyError(key)
        pattern = bundle.get_message(key).value
        if pattern is None:
            raise KeyError(key)
        long = {_mark(name): v for name, v in values.items() if isinstance(v, str) and len(v) > FLUENT_TAKES}
        short = {name: _mark(name) if _mark(name) in long else value for name, value in values.items()}
        formatted, errors = bundle.format_pattern(pattern, short)
        if errors:
            raise ValueError(f"{locale}/{key}: {errors[0]}")
        text = str(formatted)
        for mark, value in long.items():
            text = text.replace(mark, value)
        if not values:
            self._constant[locale, key] = text
        return text

    def bound(self, locale: str) -> "Translate":
        """The texts of one language."""
        return Translate(self, locale)


@dataclass(frozen=True, slots=True)
class Translate:
    """Speaks one language: `t("menu-title", tokens=5)`."""

    texts: Texts
    locale: str

    def __call__(self, key: str, /, **values: Value) -> str:
        """A text as HTML for a message. Raises KeyError, ValueError."""
        return self.texts.format(self.locale, key, **values)

    def plain(self, key: str, /, **values: Value) -> str:
        """A text for a button or an alert. Raises KeyError, ValueError."""
        return self.texts.plain(self.locale, key, **values)


def _mark(name: str) -> str:
    """What stands for a long value while its text is put together: a character that no text contains."""
    return f"\ue000{name}\ue000"


def _read_bundle(folder: Path) -> FluentBundle:
    # Isolation marks around values are invisible characters that break copying and our tests of exact texts.
    bundle = FluentBundle([folder.name], use_isolating=False)
    for path in sorted(folder.glob("*.ftl")):
        resource = FluentResource(path.read_text(encoding="utf-8"))
        for entry in resource.body:
            name = getattr(getattr(entry, "id", None), "name", None)
            if name is not None and bundle.has_message(name):
                raise ValueError(f"{path}: {name} stands twice")
        bundle.add_resource(resource)
    return bundle
