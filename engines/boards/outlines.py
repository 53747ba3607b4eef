"""Find the outline of a board in a photo: a bright, green or dark quadrilateral, or none."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.boards.results import Image, Quad

SIDE = 640
"""Longest side in pixels at which the outline is looked for."""

LEAST_AREA = 0.15
MOST_AREA = 0.96
"""Share of the photo; a board that fills it needs no cutting out."""

LEAST_FIT = 0.88
"""Share of the quadrilateral and the region that is in both."""

LEAST_CONTRAST = 12.0
"""Levels of 255 by which the board must differ from what lies beyond a side."""

Points = NDArray[np.float64]
Mask = NDArray[np.uint8]


def suggest_corners(image: Image) -> Quad | None:
    """Return the corners of the board, clockwise from the top left, or None where there is none for sure.

    A board is an even, convex quadrilateral of at least 15 % of the photo that stands out against what is around it;
    it may reach over one side of the photo. Some 10 ms.
    """
    height, width = image.shape[:2]
    scale = min(1.0, SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA)) if scale < 1 else image
    if min(small.shape[:2]) < 32:
        return None
    colours = np.asarray(cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_RGB2LAB)).astype(
        np.float32
    )
    best: Points | None = None
    best_score = 0.0
    for region in _regions(colours):
        for quad, piece in _quads(region):
            score = _score(quad, piece, colours)
            if score > best_score:
                best, best_score = quad, score
    if best is None:
        return None
    best = _in_order(_sharpen(best, colours))
    shares = np.clip((best + 0.5) / (small.shape[1], small.shape[0]), 0.0, 1.0)
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = ((round(float(x), 4), round(float(y), 4)) for x, y in shares)
    return (ax, ay), (bx, by), (cx, cy), (dx, dy)


def _regions(colours: NDArray[np.float32]) -> Iterator[Mask]:
    """Yield masks of what could be a board's surface: by brightness, by greenness, and between edges."""
    lightness = colours[..., 0].astype(np.uint8)
    # Writing and its gaps close, so that the surface is one piece.
    light = cv2.morphologyEx(lightness, cv2.MORPH_CLOSE, _disc(9))
    dark = cv2.morphologyEx(lightness, cv2.MORPH_OPEN, _disc(9))
    threshold, _ = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    for level in (threshold - 20, threshold, threshold + 20):
        yield (light > level).astype(np.uint8)
        yield (dark < level).astype(np.uint8)
    green = cv2.morphologyEx(
        np.clip(256 - colours[..., 1] * 2 + 8, 0, 255).astype(np.uint8), cv2.MORPH_OPEN, _disc(9)
    )
    yield (green > 20).astype(np.uint8)
    for low in (20, 50):
        edges = cv2.Canny(light, low, low * 3)
        yield (cv2.dilate(edges, _disc(3)) == 0).astype(np.uint8)
        yield (cv2.dilate(cv2.Canny(dark, low, low * 3), _disc(3)) == 0).astype(np.uint8)


def _disc(size: int) -> Mask:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


def _quads(region: Mask) -> Iterator[tuple[Points, Mask]]:
    """Yield quadrilaterals round the large pieces of a region, each with its piece, holes filled."""
    least = LEAST_AREA * region.size
    contours, _ = cv2.findContours(region, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        if cv2.contourArea(contour) < least:
            continue
        hull = cv2.convexHull(contour)
        around = cv2.arcLength(hull, closed=True)
        for share in (0.01, 0.02, 0.03, 0.05, 0.08):
            polygon = cv2.approxPolyDP(hull, share * around, closed=True)
            if len(polygon) == 4:
                piece = cv2.drawContours(np.zeros_like(region), [contour], -1, 1, cv2.FILLED)
                yield polygon[:, 0].astype(np.float64), np.asarray(piece, dtype=np.uint8)
                break


def _score(quad: Points, piece: Mask, colours: NDArray[np.float32]) -> float:
    """Return how sure it is that a quadrilateral is a board; 0 where it cannot be one."""
    area = float(cv2.contourArea(quad.astype(np.float32))) / piece.size
    if not LEAST_AREA <= area <= MOST_AREA or not _is_plausible(quad):
        return 0.0
    inside = np.zeros_like(piece)
    cv2.fillConvexPoly(inside, quad.astype(np.int32), 1)
    fit = float((inside & piece).sum()) / float((inside | piece).sum())
    if fit < LEAST_FIT:
        return 0.0
    contrasts = [_contrast(quad[i], quad[(i + 1) % 4], quad.mean(axis=0), colours) for i in range(4)]
    standing_out = [contrast for contrast in contrasts if contrast is not None]
    # Where a side runs along the border of the photo there is nothing to compare with; one such side is allowed.
    if len(standing_out) < 3 or min(standing_out) < LEAST_CONTRAST:
        return 0.0
    return fit * float(np.sqrt(area)) * min(1.0, float(np.mean(standing_out)) / 40)


def _is_plausible(quad: Points) -> bool:
    """Tell whether four points are convex, with angles and sides that a rectangle shows in a photo."""
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 20 or lengths.max() > 12 * lengths.min():
        return False
    if any(max(lengths[i], lengths[i + 2]) > 3 * min(lengths[i], lengths[i + 2]) for i in (0, 1)):
        return False
    units = sides / lengths[:, None]
    following = np.roll(units, -1, axis=0)
    turns = units[:, 0] * following[:, 1] - units[:, 1] * following[:, 0]
    cosines = (units * following).sum(axis=1)
    return bool((np.sign(turns) == np.sign(turns[0])).all() and (np.abs(cosines) < 0.75).all())


def _contrast(start: Points, end: Points, middle: Points, colours: NDArray[np.float32]) -> float | None:
    """Return the difference in colour across one side, the median along it; None along the photo's border."""
    points, outwards = _along(start, end, middle, np.linspace(0.1, 0.9, 40))
    beyond = points + outwards * 8
    within = points - outwards * 8
    height, width = colours.shape[:2]
    visible = ((beyond >= 0) & (beyond <= (width - 1, height - 1))).all(axis=1)
    if visible.mean() < 0.5:
        return None
    difference = _at(colours, beyond[visible]) - _at(colours, within[visible])
    # The lower quartile: a side is one over its whole length, not where it happens to pass an edge.
    return float(np.percentile(np.linalg.norm(difference, axis=1), 25))


def _along(start: Points, end: Points, middle: Points, shares: Points) -> tuple[Points, Points]:
    """Return points of a side, and the unit vector that leads out of the quadrilateral."""
    direction = (end - start) / max(1e-9, float(np.linalg.norm(end - start)))
    outwards = np.array([direction[1], -direction[0]])
    if outwards @ (start - middle) < 0:
        outwards = -outwards
    return start + shares[:, None] * (end - start), outwards


def _at(colours: NDArray[np.float32], points: Points) -> NDArray[np.float32]:
    """Return the colours nearest to points, the border's beyond it."""
    height, width = colours.shape[:2]
    x = np.clip(np.rint(points[:, 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(points[:, 1]).astype(int), 0, height - 1)
    found: NDArray[np.float32] = colours[y, x]
    return found


def _sharpen(quad: Points, colours: NDArray[np.float32]) -> Points:
    """Move each side to the strongest edge close to it, and return where the sides then meet."""
    middle = quad.mean(axis=0)
    lines = []
    for index in range(4):
        start, end = quad[index], quad[(index + 1) % 4]
        points, outwards = _along(start, end, middle, np.linspace(0.06, 0.94, 60))
        steps = np.arange(-9, 10)
        profile = np.stack([_at(colours, points + outwards * step) for step in steps], axis=1)
        change = np.linalg.norm(profile[:, 2:] - profile[:, :-2], axis=2)
        found = points + outwards * steps[1:-1][change.argmax(axis=1)][:, None]
        strong = change.max(axis=1) > LEAST_CONTRAST
        lines.append(_fit_line(found[strong]) if strong.sum() >= 20 else (start, end - start))
    corners = [_meet(lines[index - 1], lines[index]) for index in range(4)]
    moved = [
        new if new is not None and np.linalg.norm(new - old) < 20 else old
        for new, old in zip(corners, quad, strict=True)
    ]
    return np.array(moved)


def _fit_line(points: Points) -> tuple[Points, Points]:
    """Return a point and the direction of the line through most of the points."""
    vx, vy, x, y = (
        float(value[0]) for value in cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)
    )
    return np.array([x, y]), np.array([vx, vy])


def _meet(first: tuple[Points, Points], second: tuple[Points, Points]) -> Points | None:
    """Return where two lines meet, None where they are nearly parallel."""
    (a, along), (b, across) = first, second
    turn = along[0] * across[1] - along[1] * across[0]
    if abs(turn) < 1e-6:
        return None
    gap = b - a
    return np.asarray(a + along * ((gap[0] * across[1] - gap[1] * across[0]) / turn))


def _in_order(quad: Points) -> Points:
    """Return four corners clockwise from the top left."""
    middle = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0])
    clockwise = quad[np.argsort(angles)]
    return np.roll(clockwise, -int(np.argmin(clockwise.sum(axis=1))), axis=0)
