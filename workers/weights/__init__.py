"""What a training brought, taken in: found in its archive, checked to be a LoRA, digested."""

from workers.weights.errors import WeightsFault, WeightsRefused
from workers.weights.incoming import LARGEST_WEIGHTS, CheckedLora, bring, check

__all__ = ["LARGEST_WEIGHTS", "CheckedLora", "WeightsFault", "WeightsRefused", "bring", "check"]
