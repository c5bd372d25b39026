"""Cuts the person out of the photo: GrabCut seeded from the face, edges refined by a guided filter."""

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.backends.preview.face import Face
from workers.backends.preview.photo import Photo

Mask = NDArray[np.float32]
"""Height × width, 0 background to 1 subject."""

SEGMENT_SIDE = 288
"""Pixels of the longest side that GrabCut works on: the guided filter brings the detail back."""
REFINE_SIDE = 640
ROUNDS = 4
PLAUSIBLE_SHARE = (0.06, 0.93)
"""Share of the photo that a person may cover; outside it the segmentation has failed."""


def cut_out(photo: Photo, face: Face) -> Mask | None:
    """Soft mask of the person to whom the face belongs, or None where it cannot be told from the background."""
    height, width = photo.shape[:2]
    scale = SEGMENT_SIDE / max(width, height)
    small = cv2.resize(photo, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA)
    # GrabCut tells colours apart better when the light on them is even and the noise is gone.
    calm = cv2.bilateralFilter(small, 5, 30, 5)
    labels = _seeds(calm.shape[0], calm.shape[1], face.scaled(scale))
    cv2.setRNGSeed(7)  # GrabCut's clusters start at random: the same photo must give the same mask
    cv2.grabCut(calm, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    hard = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    solid = _one_body(hard, face.scaled(scale))
    if not PLAUSIBLE_SHARE[0] < float(solid.mean()) < PLAUSIBLE_SHARE[1]:
        return None
    return _refine(photo, solid)


def _seeds(height: int, width: int, face: Face) -> NDArray[np.uint8]:
    """What a portrait lets us know beforehand: face and neck are the person, the air beside the head is not."""
    labels = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    centre_x, centre_y = face.centre
    w, h = face.width, face.height
    probable, sure, never = cv2.GC_PR_FGD, cv2.GC_FGD, cv2.GC_BGD

    def ellipse(x: float, y: float, rx: float, ry: float, label: int) -> None:
        cv2.ellipse(labels, (round(x), round(y)), (max(1, round(rx)), max(1, round(ry))), 0, 0, 360, label, -1)

    def polygon(points: list[tuple[float, float]], label: int) -> None:
        cv2.fillPoly(labels, [np.array(points, np.float32).round().astype(np.int32)], label)

    chin = face.y + h * 1.02
    bottom = float(height)
    # Body: shoulders open from the neck, about three faces wide.
    polygon(
        [
            (centre_x - 0.5 * w, chin),
            (centre_x + 0.5 * w, chin),
            (centre_x + 1.45 * w, chin + 0.75 * h),
            (centre_x + 1.7 * w, bottom),
            (centre_x - 1.7 * w, bottom),
            (centre_x - 1.45 * w, chin + 0.75 * h),
        ],
        probable,
    )
    ellipse(centre_x, centre_y - 0.12 * h, 0.78 * w, 0.92 * h, probable)
    # Air: beside and above the head, beyond any hair.
    air_bottom = round(max(0.0, face.y + 0.55 * h))
    left, right = round(max(0.0, centre_x - 1.75 * w)), round(min(float(width), centre_x + 1.75 * w))
    labels[:air_bottom, :left] = never
    labels[:air_bottom, right:] = never
    labels[: max(0, round(face.y - 0.95 * h)), :] = never
    corner = max(1, round(0.012 * max(width, height)))
    labels[: max(0, round(centre_y)), :corner] = np.where(
        labels[: max(0, round(centre_y)), :corner] == probable, probable, never
    )
    labels[: max(0, round(centre_y)), -corner:] = np.where(
        labels[: max(0, round(centre_y)), -corner:] == probable, probable, never
    )
    ellipse(centre_x, centre_y, 0.40 * w, 0.50 * h, sure)
    polygon(
        [
            (centre_x - 0.22 * w, chin - 0.1 * h),
            (centre_x + 0.22 * w, chin - 0.1 * h),
            (centre_x + 0.42 * w, bottom),
            (centre_x - 0.42 * w, bottom),
        ],
        sure,
    )
    return labels


def _one_body(hard: NDArray[np.uint8], face: Face) -> NDArray[np.float32]:
    """The piece that holds the face, without specks around it and holes in it."""
    size = max(3, round(face.width * 0.06) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(hard, cv2.MORPH_OPEN, kernel)
    _, pieces = cv2.connectedComponents(opened)
    x, y = (min(max(round(v), 0), limit - 1) for v, limit in zip(face.centre, hard.shape[::-1], strict=True))
    body = (pieces == pieces[y, x]).astype(np.uint8)
    # Holes: background that no path joins to the edge of the photo; small ones are shine, not gaps.
    holes, areas, stats, _ = cv2.connectedComponentsWithStats(1 - body)
    edge = set(areas[0, :]) | set(areas[:, 0]) | set(areas[:, -1])
    for hole in range(holes):
        if hole not in edge and stats[hole, cv2.CC_STAT_AREA] < 0.12 * face.width * face.height:
            body[areas == hole] = 1
    smooth = cv2.GaussianBlur(body.astype(np.float32), (0, 0), max(0.8, face.width * 0.02))
    return (smooth > 0.5).astype(np.float32)


def _refine(photo: Photo, solid: NDArray[np.float32]) -> Mask:
    """Lead the coarse edge to the photo's own edges, strands of hair included."""
    height, width = photo.shape[:2]
    scale = min(1.0, REFINE_SIDE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    guide = cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    coarse = cv2.resize(solid, size, interpolation=cv2.INTER_LINEAR)
    radius = max(3, round(max(size) * 0.012))
    slope, offset = guided_coefficients(guide, coarse, radius, 2e-4)
    slope = cv2.resize(slope, (width, height), interpolation=cv2.INTER_LINEAR)
    offset = cv2.resize(offset, (width, height), interpolation=cv2.INTER_LINEAR)
    full = photo.astype(np.float32) / 255
    soft = np.einsum("ijk,ijk->ij", slope, full) + offset
    # Far from the coarse edge the matter is settled; near it the photo decides.
    reach = max(2, round(max(width, height) * 0.016))
    near = cv2.resize(solid, (width, height), interpolation=cv2.INTER_LINEAR)
    inside = cv2.erode(near, np.ones((reach, reach), np.uint8))
    outside = cv2.dilate(near, np.ones((reach, reach), np.uint8))
    settled = np.clip(soft, cv2.blur(inside, (reach, reach)), cv2.blur(outside, (reach, reach)))
    # A veil of a few per cent is the old background shining through.
    edge = np.clip((settled - 0.12) / 0.76, 0, 1)
    return (edge * edge * (3 - 2 * edge)).astype(np.float32)


def guided_coefficients(
    guide: NDArray[np.float32], target: Mask, radius: int, epsilon: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Local linear model target ≈ slope · colour + offset (He, Sun, Tang: Guided Image Filtering, colour guide)."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return cv2.blur(values, window)

    mean_guide, mean_target = mean(guide), mean(target)
    covariance = mean(guide * target[..., None]) - mean_guide * mean_target[..., None]
    red, green, blue = cv2.split(guide)
    m_red, m_green, m_blue = cv2.split(mean_guide)
    rr = mean(red * red) - m_red * m_red + epsilon
    gg = mean(green * green) - m_green * m_green + epsilon
    bb = mean(blue * blue) - m_blue * m_blue + epsilon
    rg = mean(red * green) - m_red * m_green
    rb = mean(red * blue) - m_red * m_blue
    gb = mean(green * blue) - m_green * m_blue
    # The inverse of a symmetric 3 × 3 matrix, written out: a tenth of the time of numpy's batched solver.
    i_rr, i_rg, i_rb = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    i_gg, i_gb, i_bb = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    determinant = np.maximum(i_rr * rr + i_rg * rg + i_rb * rb, epsilon**3)
    c_red, c_green, c_blue = cv2.split(covariance)
    slope = cv2.merge(
        [
            (i_rr * c_red + i_rg * c_green + i_rb * c_blue) / determinant,
            (i_rg * c_red + i_gg * c_green + i_gb * c_blue) / determinant,
            (i_rb * c_red + i_gb * c_green + i_bb * c_blue) / determinant,
        ]
    )
    offset = mean_target - np.einsum("ijk,ijk->ij", slope, mean_guide)
    return mean(slope), mean(offset.astype(np.float32))


def own_colours(photo: Photo, mask: Mask) -> Photo:
    """The subject's colours without the old background that shines through its soft edge.

    One pass of blur-fusion foreground estimation (Forte, 2021), at half size: only edges differ from the photo.
    """
    height, width = photo.shape[:2]
    half = (max(1, width // 2), max(1, height // 2))
    colour = cv2.resize(photo, half, interpolation=cv2.INTER_AREA).astype(np.float32)
    alpha = cv2.resize(mask, half, interpolation=cv2.INTER_AREA)[..., None]
    window = (max(5, max(half) // 40),) * 2

    def blur(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return cv2.blur(values, window).reshape(half[1], half[0], -1)

    weight_in, weight_out = blur(alpha), blur(1 - alpha)
    inner = blur(colour * alpha) / (weight_in + 1e-4)
    outer = blur(colour * (1 - alpha)) / (weight_out + 1e-4)
    clean = np.clip(inner + alpha * (colour - alpha * inner - (1 - alpha) * outer), 0, 255)
    clean_full = cv2.resize(clean.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    share = np.clip(mask * 1.15 - 0.15, 0, 1)[..., None]
    return (photo * share + clean_full * (1 - share)).astype(np.uint8)
