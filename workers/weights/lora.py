"""What makes a safetensors file a LoRA: pairs of narrow matrices, each pair of one rank."""

import re
from collections.abc import Mapping

from workers.weights.safetensors import Tensor

MOST_RANK = 512

_HALF = re.compile(r"(?P<layer>.+?)[._]lora[._](?P<side>A|B|down|up)(?:\.[\w-]+)?\.weight")
_IS_FIRST = {"A": True, "down": True, "B": False, "up": False}
_FLOATS = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})


class NotALora(Exception):
    """The tensors are not those of a LoRA."""


def rank_of(tensors: Mapping[str, Tensor]) -> int:
    """The largest rank among the pairs of a LoRA, named as peft, diffusers or kohya name them. Raises NotALora.

    Tensors beside the pairs, such as their `alpha`, are let be.
    """
    first: dict[str, Tensor] = {}
    second: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        half = _HALF.fullmatch(name)
        if half is not None:
            (first if _IS_FIRST[half["side"]] else second)[half["layer"]] = tensor
    if not first:
        raise NotALora("it has no pair of a LoRA")
    if first.keys() != second.keys():
        raise NotALora("some of its pairs have one half only")
    return max(_rank(layer, first[layer], second[layer]) for layer in first)


def _rank(layer: str, first: Tensor, second: Tensor) -> int:
    if len(first.shape) < 2 or len(second.shape) < 2 or {first.dtype, second.dtype} - _FLOATS:
        raise NotALora(f"{layer!r} is no pair of matrices")
    rank = first.shape[0]
    if rank != second.shape[1]:
        raise NotALora(f"the halves of {layer!r} are of ranks {rank} and {second.shape[1]}")
    if not 1 <= rank <= MOST_RANK:
        raise NotALora(f"{layer!r} is of rank {rank}")
    return rank
