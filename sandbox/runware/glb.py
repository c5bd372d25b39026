"""A small real 3D model: a coloured cube as binary glTF 2.0."""

import colorsys

from sandbox.stand_in.mesh import make_mesh

_CORNERS = [(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
_FACES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
_TRIANGLES = [triangle for a, b, c, d in _FACES for triangle in ((a, b, c), (a, c, d))]


def make_cube(seed: int) -> bytes:
    """Return a cube of side 1 in a colour that the seed chooses, as a GLB file."""
    colour = [*colorsys.hsv_to_rgb(seed % 360 / 360, 0.6, 0.9), 1.0]
    material = {"pbrMetallicRoughness": {"baseColorFactor": colour, "metallicFactor": 0.1}, "doubleSided": True}
    return make_mesh(_CORNERS, _TRIANGLES, material)
