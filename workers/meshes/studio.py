"""The photographer's studio: a camera that walks around a body, soft light, a quiet backdrop with a shadow."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from workers.meshes.accessors import Array
from workers.meshes.atlas import Atlas, display
from workers.meshes.solid import Body
from workers.meshes.visibility import Seen, see

ELEVATION = math.radians(13)
"""How far the camera stands above the middle."""
FIELD = math.radians(26)
"""Of view: a portrait lens."""
MARGIN = 0.86
"""Share of the picture's half that the body may fill at any angle."""
FINENESS = 1.5
"""Samples along a pixel's side; two cost nearly twice the time and look the same after a palette of 255."""
_KEY, _FILL = np.array([-0.45, 0.62, 0.64]), np.array([0.80, 0.15, 0.45])
_RIM = np.array([0.35, 0.45, -0.82])
_FILM_STEPS = 4096
"""Of the table that develops light, for each unit of it."""
_TOP, _BOTTOM = (0.962, 0.955, 0.945), (0.795, 0.800, 0.815)
"""The backdrop's colours, sRGB."""


@dataclass(frozen=True, slots=True)
class _View:
    """A camera for one angle: from the world to the picture."""

    turn: Array
    """3 × 3: rows are right, up and towards the camera."""
    distance: float
    focal: float
    """Half a picture's sides for a thing as large as its distance."""
    lift: float
    """Halves of the picture by which the body is moved up, so that it stands in the middle."""

    def project(self, points: Array, side: int) -> tuple[Array, Array]:
        """Pixels and nearness of points."""
        seen = points @ self.turn.T.astype(np.float32)
        nearness = 1 / (self.distance - seen[:, 2])
        scale = nearness * (self.focal * side / 2)
        x = seen[:, 0] * scale + side / 2
        y = side / 2 * (1 - self.lift) - seen[:, 1] * scale
        return np.stack([x, y], 1).astype(np.float32), nearness.astype(np.float32)


class Studio:
    """A body ready to be photographed from any side."""

    def __init__(self, body: Body, atlas: Atlas) -> None:
        self._body = body
        self._atlas = atlas
        self._is_open = np.array([m.double_sided for m in body.materials], bool)[body.material_of]
        self._unlit = np.array([m.unlit for m in body.materials], bool)
        self._rough = np.array([max(0.25, m.roughness) for m in body.materials], np.float32)
        self._metal = np.array([m.metallic for m in body.materials], np.float32)
        self._glow = np.array([m.emission for m in body.materials], np.float32)
        reach = np.hypot(body.positions[:, 0], body.positions[:, 2])
        self._radius, self._foot = float(reach.max()), float(body.positions[:, 1].min())
        self._distance, self._focal, self._lift = self._framing()
        # A sample of the body is enough for its shadow.
        self._casting = body.positions[:: max(1, len(body.positions) // 30_000)]

    def photograph(self, angle: float, side: int) -> Array:
        """The body turned by an angle in radians: side × side × 3, uint8, sRGB."""
        large = round(side * FINENESS)
        view = self._view(angle)
        screen, nearness = view.project(self._body.positions, large)
        seen = see(screen, nearness, self._body.faces, self._is_open, large)
        light = self._shaded(seen, view, screen)
        occluded = _crevices(seen, nearness, self._body.faces, large)
        picture = np.zeros((large * large, 3), np.float32)
        picture[seen.pixels] = _developed(light * occluded[:, None])
        cover = np.zeros(large * large, np.float32)
        cover[seen.pixels] = 1
        small = cv2.resize(picture.reshape(large, large, 3), (side, side), interpolation=cv2.INTER_AREA)
        share = cv2.resize(cover.reshape(large, large), (side, side), interpolation=cv2.INTER_AREA)
        whole = small + self._backdrop(view, side) * (1 - share)[..., None]
        return (np.clip(whole, 0, 1) * 255 + 0.5).astype(np.uint8)

    def _framing(self) -> tuple[float, float, float]:
        """Distance, focal length and lift with which the cylinder that the turning body fills fits the picture."""
        distance = 1.02 / math.sin(FIELD / 2)
        rim = np.linspace(0, 2 * math.pi, 48)
        heights = (self._foot, float(self._body.positions[:, 1].max()))
        ring = np.concatenate(
            [np.stack([self._radius * np.cos(rim), np.full(48, y), self._radius * np.sin(rim)], 1) for y in heights]
        )
        seen = ring @ _turned(0).T
        scale = 1 / (distance - seen[:, 2])
        x, y = seen[:, 0] * scale, seen[:, 1] * scale
        focal = MARGIN / max(float(np.abs(x).max()), float(np.ptp(y)) / 2)
        return distance, focal, -float(y.max() + y.min()) / 2 * focal

    def _view(self, angle: float) -> _View:
        return _View(_turned(angle), self._distance, self._focal, self._lift)

    def _shaded(self, seen: Seen, view: _View, screen: Array) -> Array:
        """Linear light of every pixel that sees the body."""
        body, faces = self._body, self._body.faces[seen.faces]
        materials = body.material_of[seen.faces]
        weights = seen.weights
        colour = _between(body.colours, faces, weights)
        if not self._atlas.is_empty:
            self._textured(colour, seen, faces, materials, screen)
        normal = _between(body.normals, faces, weights) @ view.turn.T.astype(np.float32)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
        away = (normal[:, 2] < 0) & self._is_open[seen.faces]
        normal[away] *= -1
        light = _lit(normal, colour, self._rough[materials], self._metal[materials])
        light += self._glow[materials]
        is_unlit = self._unlit[materials]
        light[is_unlit] = colour[is_unlit]
        return light

    def _textured(self, colour: Array, seen: Seen, faces: Array, materials: Array, screen: Array) -> None:
        """Multiply the colours by the textures'."""
        has = np.flatnonzero(self._atlas.has(materials))
        if not len(has):
            return
        own, which = materials[has], faces[has]
        # One level a face, worked out once for each that is seen.
        unique, back = np.unique(seen.faces[has], return_inverse=True)
        corners = screen[self._body.faces[unique]]
        first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        areas = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
        numbers = self._body.material_of[unique]
        levels = self._atlas.levels(self._body.places[self._body.faces[unique]], numbers, areas)[back]
        places = _between(self._body.places, which, seen.weights[has])
        colour[has] *= self._atlas.colours(places, own, levels)

    def _backdrop(self, view: _View, side: int) -> Array:
        """A sweep of paper, lighter above, with the body's soft shadow on the ground."""
        rows = np.linspace(0, 1, side, dtype=np.float32)[:, None]
        columns = np.linspace(-1, 1, side, dtype=np.float32)[None, :]
        share = np.clip(rows * 1.1 + columns**2 * 0.10 - 0.05, 0, 1)[..., None]
        share = share * share * (3 - 2 * share)
        paper = np.array(_TOP, np.float32) * (1 - share) + np.array(_BOTTOM, np.float32) * share
        return paper * (1 - 0.46 * self._shadow(view, side))[..., None]

    def _shadow(self, view: _View, side: int) -> Array:
        """How much of the light each pixel of the ground lacks: sharp under what is low, soft under what is high."""
        quarter = max(16, side // 4)
        shade = np.zeros((quarter, quarter), np.float32)
        height = self._casting[:, 1] - self._foot
        for limit, blur, strength in ((0.20, 0.022, 0.8), (9.0, 0.06, 0.62)):
            low = self._casting[height <= limit]
            if len(low) < 3:
                continue
            ground = np.stack([low[:, 0], np.full(len(low), self._foot), low[:, 2]], 1).astype(np.float32)
            screen, _ = view.project(ground, quarter)
            hull = cv2.convexHull(screen).astype(np.float32)
            layer = np.zeros((quarter, quarter), np.float32)
            if len(hull) >= 3:
                cv2.fillConvexPoly(layer, (hull * 16).round().astype(np.int32), 1.0, cv2.LINE_AA, 4)
            shade = np.maximum(shade, cv2.GaussianBlur(layer, (0, 0), max(0.8, blur * quarter)) * strength)
        return cv2.resize(shade, (side, side), interpolation=cv2.INTER_CUBIC)


def _turned(angle: float) -> Array:
    """The camera's axes in the world when the body is turned by an angle."""
    sine, cosine = math.sin(angle), math.cos(angle)
    spin = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    up, ahead = math.cos(ELEVATION), math.sin(ELEVATION)
    tilt = np.array([[1, 0, 0], [0, up, -ahead], [0, ahead, up]])
    axes: Array = tilt @ spin
    return axes


def _between(values: Array, faces: Array, weights: Array) -> Array:
    """What the corners have, mixed by weight."""
    result = np.take(values, faces[:, 0], axis=0)
    result *= weights[:, :1]
    for corner in (1, 2):
        other = np.take(values, faces[:, corner], axis=0)
        other *= weights[:, corner, None]
        result += other
    return result


def _lit(normal: Array, colour: Array, rough: Array, metal: Array) -> Array:
    """Key, fill and rim light, and the room's own: linear light, points × 3. Normals are the camera's."""
    key, fill, rim = (direction / np.linalg.norm(direction) for direction in (_KEY, _FILL, _RIM))
    facing_key = normal @ key.astype(np.float32)
    wrapped = np.clip((facing_key + 0.25) / 1.25, 0, 1)
    room = 0.5 + 0.5 * normal[:, 1]
    warm, cool = np.array([1.0, 0.965, 0.92], np.float32), np.array([0.86, 0.92, 1.0], np.float32)
    floor, ceiling = np.array([0.20, 0.19, 0.18], np.float32), np.array([0.42, 0.44, 0.47], np.float32)
    diffuse = wrapped[:, None] * warm * 0.80
    diffuse += np.clip(normal @ fill.astype(np.float32), 0, 1)[:, None] * cool * 0.20
    diffuse += floor + (ceiling - floor) * room[:, None]
    light = colour * diffuse
    # Shine: a metal gives its own colour, anything else a little white.
    half = key + np.array([0, 0, 1.0])
    half /= np.linalg.norm(half)
    power = 2 / np.maximum(rough, 0.25) ** 3
    shine = np.clip(normal @ half.astype(np.float32), 0, 1) ** power * (1.05 - rough)
    tone = colour * metal[:, None] + 0.16 * (1 - metal)[:, None]
    light += shine[:, None] * tone * 1.4
    edge = np.clip(1 - normal[:, 2], 0, 1) ** 3 * np.clip(normal @ rim.astype(np.float32) + 0.35, 0, 1)
    light += (0.18 * edge)[:, None] * cool
    result: Array = light.astype(np.float32)
    return result


def _developed(light: Array) -> Array:
    """Linear light as sRGB, 0 to 1."""
    return np.take(_FILM, (light * _FILM_STEPS).astype(np.int32), mode="clip")


def _film() -> Array:
    """Highlights are rolled off as film does; everything below is left alone."""
    light = np.arange(4 * _FILM_STEPS, dtype=np.float32) / _FILM_STEPS
    soft = np.where(light <= 0.75, light, 0.75 + 0.25 * (1 - np.exp(-(light - 0.75) / 0.25)))
    return display(soft)


_FILM = _film()


def _crevices(seen: Seen, nearness: Array, faces: Array, side: int) -> Array:
    """Ambient occlusion from depth alone: what lies deeper than its neighbourhood gets less of the room's light."""
    own = faces[seen.faces]
    near = nearness[own[:, 0]] * seen.weights[:, 0]
    near += nearness[own[:, 1]] * seen.weights[:, 1]
    near += nearness[own[:, 2]] * seen.weights[:, 2]
    depth = -1 / np.maximum(near, 1e-6)
    plane = np.zeros(side * side, np.float32)
    cover = np.zeros(side * side, np.float32)
    plane[seen.pixels], cover[seen.pixels] = depth, 1
    half = side // 2
    small = cv2.resize(plane.reshape(side, side), (half, half), interpolation=cv2.INTER_AREA)
    share = cv2.resize(cover.reshape(side, side), (half, half), interpolation=cv2.INTER_AREA)
    result = np.zeros(len(seen.pixels), np.float32)
    for blur, reach in ((side * 0.006, 0.05), (side * 0.02, 0.16)):
        covered = cv2.GaussianBlur(share, (0, 0), blur)
        around = cv2.GaussianBlur(small, (0, 0), blur) / np.maximum(covered, 1e-4)
        # At the outline only one side has a neighbourhood, and a face that leans away would seem to lie in a hollow.
        trust = np.clip(2 * covered - 1, 0, 1)
        wide, sure = (
            cv2.resize(map_, (side, side), interpolation=cv2.INTER_LINEAR).reshape(-1)[seen.pixels]
            for map_ in (around, trust)
        )
        result += np.clip((wide - depth) / reach, 0, 1) * sure
    return 1 - 0.38 * np.clip(result, 0, 1)
