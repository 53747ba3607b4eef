"""Cut a board out of a photo: perspective correction by four corners, and quarter turns."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.boards.outlines import suggest_corners
from engines.boards.results import Image

__all__ = ["cut_out", "suggest_corners"]

MOST_GROWTH = 1.5
"""A cut-out has at most so many times the pixels of its photo: a very slanted board would grow without end."""

MOST_ASPECT_CORRECTION = 1.8
"""How far the aspect ratio by perspective may depart from that of the sides before it counts as a misjudgement."""

Corners = NDArray[np.float64]
"""Shape (4, 2): x, y in pixels, clockwise from the top left; the middle of the first pixel is at 0, 0."""


def cut_out(image: Image, corners: Sequence[Sequence[float]] | None, rotation: int = 0) -> Image:
    """Return the board within ``corners`` as seen from the front, then turned clockwise.

    ``corners`` are shares of the width and height, clockwise from the top left; None is the whole photo. ``rotation``
    is 0, 90, 180 or 270 degrees. No side loses resolution, unless the result would have more than 1.5 times the
    pixels of ``image``. Raises ``ValueError`` for another rotation or number of corners.
    """
    if rotation % 90:
        raise ValueError(f"A rotation is a multiple of 90 degrees, not {rotation}.")
    board = image if corners is None else _flatten(image, corners)
    return np.ascontiguousarray(np.rot90(board, -(rotation // 90) % 4))


def _flatten(image: Image, corners: Sequence[Sequence[float]]) -> Image:
    if len(corners) != 4:
        raise ValueError(f"A board has four corners, not {len(corners)}.")
    height, width = image.shape[:2]
    source = np.array(corners, dtype=np.float64) * (width, height) - 0.5
    to_width, to_height = target_size(source, width, height)
    target = np.array([(0, 0), (to_width, 0), (to_width, to_height), (0, to_height)]) - 0.5
    transform = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    flat = cv2.warpPerspective(
        image, transform, (to_width, to_height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return flat.astype(np.uint8, copy=False)


def target_size(corners: Corners, width: int, height: int) -> tuple[int, int]:
    """Return the width and height in pixels at which a quadrilateral of a photo is laid flat."""
    top, right, bottom, left = (float(np.linalg.norm(corners[(i + 1) % 4] - corners[i])) for i in range(4))
    across, down = max(top, bottom, 1.0), max(left, right, 1.0)
    sides = (top + bottom) / max(left + right, 1.0)
    aspect = aspect_ratio(corners, width, height)
    if aspect is None or not sides / MOST_ASPECT_CORRECTION < aspect < sides * MOST_ASPECT_CORRECTION:
        aspect = across / down
    across = max(across, down * aspect)
    down = across / aspect
    shrink = min(1.0, math.sqrt(MOST_GROWTH * width * height / (across * down)))
    return max(1, round(across * shrink)), max(1, round(down * shrink))


def aspect_ratio(corners: Corners, width: int, height: int) -> float | None:
    """Estimate width / height of a rectangle seen in perspective by a camera that looks at the photo's middle.

    None where two sides are nearly parallel, which says nothing of the focal length. Source: Z. Zhang, L.-W. He,
    Whiteboard scanning and image enhancement, Microsoft Research, 2003.
    """
    top_left, top_right, bottom_right, bottom_left = (
        np.array([x - (width - 1) / 2, y - (height - 1) / 2, 1.0]) for x, y in corners
    )
    across_bottom_right = np.cross(top_right, bottom_right) @ bottom_left
    across_bottom_left = np.cross(bottom_left, bottom_right) @ top_right
    if abs(across_bottom_right) < 1e-9 or abs(across_bottom_left) < 1e-9:
        return None
    scale_right = np.cross(top_left, bottom_right) @ bottom_left / across_bottom_right
    scale_left = np.cross(top_left, bottom_right) @ top_right / across_bottom_left
    along = scale_right * top_right - top_left
    downwards = scale_left * bottom_left - top_left
    if abs(along[2]) < 0.03 or abs(downwards[2]) < 0.03:
        return None
    focal_squared = -(along[0] * downwards[0] + along[1] * downwards[1]) / (along[2] * downwards[2])
    if not (0.4 * max(width, height)) ** 2 < focal_squared < (5 * max(width, height)) ** 2:
        return None
    weights = np.array([1 / focal_squared, 1 / focal_squared, 1.0])
    return float(math.sqrt((along**2 @ weights) / (downwards**2 @ weights)))
