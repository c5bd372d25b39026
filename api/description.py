"""The OpenAPI description, true about problems: FastAPI lists them under the media type of ordinary answers."""

from typing import Any

from fastapi import FastAPI

from api.errors import PROBLEM_MEDIA_TYPE, phrase_of

_ORDINARY = "application/json"


class DescribedApi(FastAPI):
    """An application whose description says what is really sent."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            description = super().openapi()
            for operations in description["paths"].values():
                for operation in operations.values():
                    _name_problems(operation["responses"])
        return super().openapi()


def _name_problems(answers: dict[str, dict[str, Any]]) -> None:
    for status, answer in answers.items():
        content = answer.get("content", {})
        if int(status) >= 400 and _ORDINARY in content:
            content[PROBLEM_MEDIA_TYPE] = content.pop(_ORDINARY)
            answer["description"] = phrase_of(int(status))
