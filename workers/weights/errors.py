"""Why weights are not taken."""

from enum import StrEnum


class WeightsFault(StrEnum):
    """Stable words for what is wrong with a file."""

    BROKEN_ARCHIVE = "broken_archive"
    """It ends too early, holds nothing that could be weights, or is no archive at all."""
    NOT_A_LORA = "not_a_lora"
    """No safetensors file, or one without the pairs of a LoRA."""
    TOO_LARGE = "too_large"


class WeightsRefused(Exception):
    """The file is not taken; asking for it again brings the same."""

    def __init__(self, code: WeightsFault, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        """For operators."""
