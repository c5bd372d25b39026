"""Writes docs/api_spec.yaml from the application: `python -m api.spec`."""

from pathlib import Path

import yaml

from api.app import create_app
from config.settings import Settings

SPEC = Path(__file__).resolve().parent.parent / "docs" / "api_spec.yaml"


def spec_text() -> str:
    """The OpenAPI description as YAML."""
    text: str = yaml.safe_dump(
        create_app(Settings(_env_file=None)).openapi(), sort_keys=False, allow_unicode=True, width=110
    )
    return text


if __name__ == "__main__":
    SPEC.write_text(spec_text())
