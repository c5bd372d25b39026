"""Decides whether a 3D model from outside is safe to keep and to hand on."""

from dataclasses import dataclass

from workers.meshes.bad_mesh import BadMesh
from workers.meshes.container import Container, read_container
from workers.meshes.scene import Scene, read_scene

UNDERSTOOD = frozenset(
    {
        "KHR_materials_unlit",
        "KHR_texture_transform",
        "KHR_mesh_quantization",
        "EXT_texture_webp",
        # These refine a surface that the core material already describes.
        "KHR_materials_anisotropy",
        "KHR_materials_clearcoat",
        "KHR_materials_emissive_strength",
        "KHR_materials_ior",
        "KHR_materials_iridescence",
        "KHR_materials_sheen",
        "KHR_materials_specular",
        "KHR_materials_transmission",
        "KHR_materials_volume",
    }
)
"""Extensions that a file may require. Compressed geometry (Draco, meshopt) and Basis textures are not among them."""


@dataclass(frozen=True, slots=True)
class CheckedMesh:
    """A model that any viewer can show."""

    content: bytes
    """As it came."""
    triangles: int
    vertices: int
    has_texture: bool
    """Whether a base colour texture covers some of it."""
    bounds: tuple[tuple[float, float, float], tuple[float, float, float]]
    """Least and greatest corner in the world, in the model's unit; y is up."""


def checked_glb(content: bytes) -> CheckedMesh:
    """Hold a binary glTF 2.0 file against the format and the house's limits.

    Nothing outside the bytes is read; memory and time are bounded by the limits, whatever the file says.
    Raises BadMesh with one of: too_large, not_glb, truncated, bad_json, too_complex, not_gltf2, extension,
    external_uri, bad_uri, out_of_range, outside_buffer, bad_accessor, bad_index, not_finite, recursive_nodes,
    too_many_triangles, no_triangles, no_size, bad_texture, texture_too_large.
    """
    scene = open_glb(content)
    low, high = ((float(x), float(y), float(z)) for x, y, z in scene.bounds())
    return CheckedMesh(
        content,
        scene.triangles,
        sum(len(piece.positions) for piece in scene.pieces),
        any(piece.material.image is not None and piece.places is not None for piece in scene.pieces),
        (low, high),
    )


def open_glb(content: bytes) -> Scene:
    """The checked scene of a file. Raises BadMesh as `checked_glb`."""
    container = read_container(content)
    _check_version(container)
    scene = read_scene(container)
    scene.textures.check()
    return scene


def _check_version(container: Container) -> None:
    document = container.document
    asset = document.get("asset")
    version = asset.get("version") if isinstance(asset, dict) else None
    if not isinstance(version, str) or not version.startswith("2."):
        raise BadMesh("not_gltf2", "asset.version is not 2.x")
    required = document.get("extensionsRequired", [])
    if not isinstance(required, list):
        raise BadMesh("bad_json", "extensionsRequired is no list")
    for name in required:
        if not isinstance(name, str) or name not in UNDERSTOOD:
            raise BadMesh("extension", "requires an extension that not every viewer has")
