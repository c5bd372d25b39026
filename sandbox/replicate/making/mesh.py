"""A small mesh as GLB: a double pyramid, tinted."""

from sandbox.stand_in.mesh import make_mesh

_POINTS = ((0, 1.2, 0), (1, 0, 0), (0, 0, 1), (-1, 0, 0), (0, 0, -1), (0, -1.2, 0))
_FACES = ((0, 2, 1), (0, 3, 2), (0, 4, 3), (0, 1, 4), (5, 1, 2), (5, 2, 3), (5, 3, 4), (5, 4, 1))


def make_glb(tint: tuple[float, float, float]) -> bytes:
    """Return a glTF 2.0 binary with one tinted mesh; the tint's parts are from 0 to 1."""
    material = {"pbrMetallicRoughness": {"baseColorFactor": [*tint, 1], "metallicFactor": 0, "roughnessFactor": 0.6}}
    return make_mesh(_POINTS, _FACES, material)
