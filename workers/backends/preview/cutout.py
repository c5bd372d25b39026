"""Cuts the subject out of the photo: GrabCut seeded from the face, edges refined by a guided filter."""

import cv2
import numpy as np

from workers.backends.preview.face import Face
from workers.backends.preview.guided import guided_coefficients
from workers.backends.preview.pixels import Photo, Pixels, Plane

Mask = Plane
"""Height × width, 0 background to 1 subject."""

SEGMENT_SIDE = 288
"""Pixels of the longest side that GrabCut works on: the guided filter brings the detail back."""
REFINE_SIDE = 640
"""Pixels of the longest side on which the guided filter learns the edges."""
NO_RECTANGLE = (0, 0, 1, 1)
"""GrabCut asks for one even where labels say all."""
ROUNDS = 2
"""Iterations of GrabCut; more change nothing that can be seen."""
MIN_CERTAIN = 200
"""Pixels of a kind from which colours can be learned."""
MIN_PIECE = 12
"""Pixels of a disputed piece that is worth a decision."""
HAIR_SHARE = 0.2
"""Area of a disputed piece, in squares of the face's width, from which it may be a head of hair."""
SPUR = 0.2
"""Thickness, in widths of the face, up to which something beside the head is no part of it."""
PERSON_SHARE = (0.05, 0.93)
"""Share of the photo that a person may cover; outside it the segmentation has failed."""

_Labels = Plane
"""GrabCut's labels, uint8."""
_Colours = Plane
"""A list of colours in L*a*b*: count × 3."""


def cut_out(photo: Photo, face: Face) -> Mask | None:
    """Soft mask of the person with this face, or None where it cannot be told from the background."""
    small, scale = _calm(photo)
    small_face = face.scaled(scale)
    body = _segment(small, _person_seeds(small.shape[0], small.shape[1], small_face))
    # The head alone, with colours of its own: a white shirt must not claim the bright window beside the hair.
    neck = min(small.shape[0], max(8, round(small_face.y + 0.85 * small_face.height)))
    head_seeds = _person_seeds(small.shape[0], small.shape[1], small_face)[:neck]
    head = _segment_from_certain(small[:neck], head_seeds)
    body[:neck] = _settled(small[:neck], head, body[:neck], small_face.width)
    body[:neck] &= _without_spurs(body, small_face)[:neck]
    solid = _one_piece(body, small_face.centre, small_face.width)
    if not PERSON_SHARE[0] < float(solid.mean()) < PERSON_SHARE[1]:
        return None
    return _refine(photo, solid)


def _calm(photo: Photo) -> tuple[Photo, float]:
    """The photo small and without noise: GrabCut then tells colours, not grain."""
    height, width = photo.shape[:2]
    scale = SEGMENT_SIDE / max(width, height)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return cv2.bilateralFilter(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), 5, 30, 5), scale


def _segment(small: Photo, labels: _Labels) -> _Labels:
    """1 where GrabCut sees the subject. The labels are used up."""
    known = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if known.all() or not known.any():
        return known.astype(np.uint8)
    cv2.setRNGSeed(7)  # GrabCut's clusters start at random: the same photo must give the same mask
    cv2.grabCut(small, labels, NO_RECTANGLE, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _segment_from_certain(small: Photo, labels: _Labels) -> _Labels:
    """As _segment, with colours learned only where there is no doubt.

    Voluminous hair lies where background is likely; counted as background at first, it would stay there.
    """
    certain = [small[labels == label][:4096] for label in (cv2.GC_FGD, cv2.GC_BGD)]
    if min(len(pixels) for pixels in certain) < MIN_CERTAIN:
        return _segment(small, labels)
    pixels = np.concatenate(certain)[None]
    known = np.repeat(np.array([cv2.GC_FGD, cv2.GC_BGD], np.uint8), [len(c) for c in certain])[None]
    background, person = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(7)
    cv2.grabCut(pixels, known, NO_RECTANGLE, background, person, 1, cv2.GC_INIT_WITH_MASK)
    cv2.grabCut(small, labels, NO_RECTANGLE, background, person, 1, cv2.GC_EVAL_FREEZE_MODEL)
    cv2.grabCut(small, labels, NO_RECTANGLE, background, person, 2, cv2.GC_EVAL)
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _settled(small: Photo, generous: _Labels, strict: _Labels, breadth: float) -> _Labels:
    """Where two opinions differ, piece by piece: is it coloured like the person or the background?"""
    colours = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    person = _sample(colours, (generous & strict) > 0)
    background = _sample(colours, (generous | strict) == 0)
    settled = generous & strict
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(generous & (1 - strict))
    for piece in range(1, count):
        where = pieces == piece
        if stats[piece, cv2.CC_STAT_AREA] < MIN_PIECE or not len(person) or not len(background):
            continue
        own = _sample(colours, where)
        # A head of hair is large, and losing it the worse mistake; a small piece must be beyond doubt.
        margin = 1.0 if stats[piece, cv2.CC_STAT_AREA] > HAIR_SHARE * breadth * breadth else 0.33
        if np.median(_nearest(own, person)) < margin * np.median(_nearest(own, background)):
            settled[where] = 1
    return settled


def _without_spurs(body: _Labels, face: Face) -> _Labels:
    """The outline without thin things that seem to grow out of the head: lamps, frames, branches."""
    size = max(3, round(face.width * SPUR) | 1)
    smooth = cv2.morphologyEx(body, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    x, y = face.centre
    # Ears are thin too, but near.
    near: _Labels = np.zeros(body.shape, np.uint8)
    radii = (max(1, round(face.width * 0.58)), max(1, round(face.height * 0.7)))
    cv2.ellipse(near, (round(x), round(y)), radii, 0, 0, 360, 1, -1)
    result: _Labels = np.bitwise_or(smooth, np.bitwise_and(body, near))
    return result


def _sample(colours: _Colours, where: Plane) -> _Colours:
    chosen = colours[where]
    return chosen[:: max(1, len(chosen) // 400)]


def _nearest(colours: _Colours, known: _Colours) -> _Colours:
    """Distance of each colour to the nearest known one."""
    distances: _Colours = np.sqrt(((colours[:, None] - known[None]) ** 2).sum(axis=2).min(axis=1))
    return distances


def _person_seeds(height: int, width: int, face: Face) -> _Labels:
    """What a portrait tells beforehand: face and neck are the person, the air beside the head is not."""
    labels = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    x, y = face.centre
    w, h = face.width, face.height
    chin, bottom = face.y + h * 1.02, float(height)

    def ellipse(at_y: float, radius_x: float, radius_y: float, label: int) -> None:
        radii = (max(1, round(radius_x)), max(1, round(radius_y)))
        cv2.ellipse(labels, (round(x), round(at_y)), radii, 0, 0, 360, label, -1)

    def polygon(label: int, *points: tuple[float, float]) -> None:
        corners = [(x + side, at_y) for side, at_y in (*points, *((-side, at_y) for side, at_y in points[::-1]))]
        cv2.fillPoly(labels, [np.array(corners, np.float32).round().astype(np.int32)], label)

    # Shoulders open from the neck, about three faces wide; the head with short hair is an oval.
    polygon(cv2.GC_PR_FGD, (0.5 * w, chin), (1.4 * w, chin + 0.75 * h), (1.65 * w, bottom))
    ellipse(y - 0.08 * h, 0.62 * w, 0.74 * h, cv2.GC_PR_FGD)
    # Air: above any hair, and beside it down to the cheeks.
    cheeks = max(0, round(face.y + 0.75 * h))
    labels[: max(0, round(face.y - 0.75 * h))] = cv2.GC_BGD
    labels[:cheeks, : max(0, round(x - 1.3 * w))] = cv2.GC_BGD
    labels[:cheeks, max(0, round(x + 1.3 * w)) :] = cv2.GC_BGD
    shoulders = max(0, round(chin + 0.4 * h))
    labels[:shoulders, : max(0, round(x - 2.1 * w))] = cv2.GC_BGD
    labels[:shoulders, max(0, round(x + 2.1 * w)) :] = cv2.GC_BGD
    ellipse(y, 0.40 * w, 0.50 * h, cv2.GC_FGD)
    ellipse(y - 0.2 * h, 0.40 * w, 0.46 * h, cv2.GC_FGD)  # the hairline: GrabCut must know the hair's colour
    polygon(cv2.GC_FGD, (0.22 * w, chin - 0.1 * h), (0.42 * w, bottom))
    return labels


def _one_piece(hard: _Labels, centre: tuple[float, float], breadth: float) -> Mask:
    """The piece that holds the centre, without specks around it and holes in it."""
    size = max(3, round(breadth * 0.06) | 1)
    opened = cv2.morphologyEx(hard, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    _, pieces = cv2.connectedComponents(opened)
    x, y = (min(max(round(v), 0), limit - 1) for v, limit in zip(centre, hard.shape[::-1], strict=True))
    body = ((pieces == pieces[y, x]) & (opened[y, x] > 0)).astype(np.uint8)
    # Background that no path joins to the edge is a hole; a small one is shine, not a gap under an arm.
    holes, areas, stats, _ = cv2.connectedComponentsWithStats(1 - body)
    open_air = {int(area) for area in np.unique(np.concatenate([areas[0], areas[:, 0], areas[:, -1]]))}
    for hole in range(1, holes):
        if hole not in open_air and stats[hole, cv2.CC_STAT_AREA] < 0.12 * breadth * breadth:
            body[areas == hole] = 1
    smooth = cv2.GaussianBlur(body.astype(np.float32), (0, 0), max(0.8, breadth * 0.02))
    result: Mask = (smooth > 0.5).astype(np.float32)
    return result


def _refine(photo: Photo, solid: Mask) -> Mask:
    """Lead the coarse edge to the photo's own edges, strands of hair included."""
    height, width = photo.shape[:2]
    scale = min(1.0, REFINE_SIDE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    guide = cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    coarse = cv2.resize(solid, size, interpolation=cv2.INTER_LINEAR)
    slope, offset = guided_coefficients(guide, coarse, radius=max(3, round(max(size) * 0.012)), epsilon=2e-4)
    slope = cv2.resize(slope, (width, height), interpolation=cv2.INTER_LINEAR)
    offset = cv2.resize(offset, (width, height), interpolation=cv2.INTER_LINEAR)
    soft = np.einsum("ijk,ijk->ij", slope, photo.astype(np.float32) / 255) + offset
    # Far from the coarse edge the matter is settled; near it the photo decides.
    reach = max(2, round(max(width, height) * 0.016))
    near = cv2.resize(solid, (width, height), interpolation=cv2.INTER_LINEAR)
    inside = cv2.erode(near, np.ones((reach, reach), np.uint8))
    outside = cv2.dilate(near, np.ones((reach, reach), np.uint8))
    settled = np.clip(soft, cv2.blur(inside, (reach, reach)), cv2.blur(outside, (reach, reach)))
    # A veil of a few per cent is the old background shining through.
    edge = np.clip((settled - 0.2) / 0.7, 0, 1)
    result: Mask = (edge * edge * (3 - 2 * edge)).astype(np.float32)
    return result


def own_colours(photo: Photo, mask: Mask) -> Photo:
    """The subject's colours without the old background that shines through its soft edge.

    One pass of blur-fusion foreground estimation (Forte, 2021), at half size: only edges differ.
    """
    height, width = photo.shape[:2]
    half = (max(1, width // 2), max(1, height // 2))
    colour = cv2.resize(photo, half, interpolation=cv2.INTER_AREA).astype(np.float32)
    alpha = cv2.resize(mask, half, interpolation=cv2.INTER_AREA)[..., None]
    window = (max(5, max(half) // 40),) * 2

    def blur(values: Pixels) -> Pixels:
        return cv2.blur(values, window).reshape(half[1], half[0], -1)

    inner = blur(colour * alpha) / (blur(alpha) + 1e-4)
    outer = blur(colour * (1 - alpha)) / (blur(1 - alpha) + 1e-4)
    clean = np.clip(inner + alpha * (colour - alpha * inner - (1 - alpha) * outer), 0, 255)
    clean_full = cv2.resize(clean.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    share = np.clip(mask * 1.15 - 0.15, 0, 1)[..., None]
    return (photo * share + clean_full * (1 - share)).astype(np.uint8)
