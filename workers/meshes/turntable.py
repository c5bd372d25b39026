"""Shows a model to people who have no viewer: a turning animation and a still picture."""

import io
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PIL import Image

from workers.meshes.animation import animated_gif
from workers.meshes.atlas import Atlas
from workers.meshes.check import open_glb
from workers.meshes.solid import solid_body
from workers.meshes.studio import Studio

START = math.radians(24)
"""How far the body is turned in the first frame and on the poster: flat things show their depth."""
TURN_MS = 3600
"""Of one whole turn."""
POSTER_SCALE = 2
"""The poster is so many times as wide as the animation."""
THREADS = 2
"""Frames made at once: numpy leaves the interpreter free for most of the work."""
_JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True)
class Turntable:
    """A model as pictures."""

    animation: bytes
    """GIF: one whole turn that repeats without a seam; Telegram's sendAnimation takes it as it is."""
    poster: bytes
    """JPEG."""
    side: int
    """Pixels of the square animation."""
    poster_side: int
    """Pixels of the square poster."""


def render_turntable(content: bytes, *, side: int = 384, frames: int = 24) -> Turntable:
    """Photograph a model from all sides, on the CPU.

    The same file always gives the same bytes. Raises BadMesh as `checked_glb`, bad_texture where a picture inside
    cannot be decoded, and too_complex where triangles lie over one another without end.
    """
    scene = open_glb(content)
    body = solid_body(scene)
    studio = Studio(body, Atlas(scene.textures, body.materials))
    with ThreadPoolExecutor(THREADS, thread_name_prefix="turntable") as pool:
        angles = (START - 2 * math.pi * number / frames for number in range(frames))
        shots = list(pool.map(lambda angle: studio.photograph(angle, side), angles))
    poster = studio.photograph(START, side * POSTER_SCALE)
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(poster)).save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return Turntable(animated_gif(shots, TURN_MS // frames), out.getvalue(), side, side * POSTER_SCALE)
