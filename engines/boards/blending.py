"""Put places of one picture into another, with soft edges."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.boards.results import Image, Quad

MARGIN = 0.3
"""A line's place is widened by this share of its height, so that whole strokes change hands."""

SOFTNESS = 0.12
"""The edge between two methods is blurred by this share of a line's height (standard deviation)."""

Floats = NDArray[np.float32]


def resized(image: Image, width: int, height: int) -> Image:
    """Return a picture in another size: cubic where it grows, by areas where it shrinks."""
    if image.shape[:2] == (height, width):
        return image
    grows = width * height > image.shape[0] * image.shape[1]
    method = cv2.INTER_CUBIC if grows else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), dtype=np.uint8)


def keep_places(image: Image, gentle: Image, boxes: Sequence[Quad]) -> Image:
    """Return ``image`` with the pixels of ``gentle``, brought to its size, at ``boxes``; soft at the edges."""
    height, width = image.shape[:2]
    kept = image.copy()
    for box in boxes:
        corners = np.array(box, dtype=np.float32) * np.array([width, height], dtype=np.float32)
        mask, x, y = _soft_mask(corners, width, height)
        if mask.size == 0:
            continue
        rows, columns = mask.shape
        source = _window(gentle, x, y, columns, rows, width, height)
        below = kept[y : y + rows, x : x + columns].astype(np.float32)
        kept[y : y + rows, x : x + columns] = np.rint(below + (source - below) * mask[..., None])
    return kept


def touched(boxes: Sequence[Quad], by: Sequence[Quad], aspect: float) -> list[int]:
    """Return the indices of ``boxes`` into which the widened places of ``by`` reach.

    ``aspect`` is the width of the picture divided by its height.
    """
    size = np.array([aspect, 1.0], dtype=np.float32)
    others = [_bounds(_widened(np.array(box, dtype=np.float32) * size)) for box in by]
    own = [_bounds(np.array(box, dtype=np.float32) * size) for box in boxes]
    return [index for index, bounds in enumerate(own) if any(_overlap(bounds, other) for other in others)]


def _line_height(corners: Floats) -> float:
    return float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2


def _widened(corners: Floats) -> Floats:
    """Move every corner outwards by ``MARGIN`` line heights."""
    outwards = np.sign(corners - corners.mean(axis=0))
    return np.asarray(corners + outwards * MARGIN * _line_height(corners), dtype=np.float32)


def _bounds(corners: Floats) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _soft_mask(corners: Floats, width: int, height: int) -> tuple[Floats, int, int]:
    """Return the shares 0.0 … 1.0 of a widened place within its window, and where the window begins."""
    wide = _widened(corners)
    sigma = max(0.6, SOFTNESS * _line_height(corners))
    left, top, right, bottom = _bounds(wide)
    x, y = max(0, int(left - 3 * sigma)), max(0, int(top - 3 * sigma))
    end_x, end_y = min(width, int(right + 3 * sigma) + 1), min(height, int(bottom + 3 * sigma) + 1)
    mask = np.zeros((max(0, end_y - y), max(0, end_x - x)), dtype=np.float32)
    if mask.size:
        cv2.fillConvexPoly(mask, np.rint(wide - np.array([x, y], dtype=np.float32)).astype(np.int32), 1.0)
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), dtype=np.float32)
    return mask, x, y


def _window(image: Image, x: int, y: int, columns: int, rows: int, width: int, height: int) -> Floats:
    """Cut a window of a picture brought to ``width`` × ``height``, without bringing all of it there."""
    own_height, own_width = image.shape[:2]
    if (own_width, own_height) == (width, height):
        return image[y : y + rows, x : x + columns].astype(np.float32)
    across, down = own_width / width, own_height / height
    # Between the middles of pixels, as cv2.resize does it.
    to_own = np.array([[across, 0, (x + 0.5) * across - 0.5], [0, down, (y + 0.5) * down - 0.5]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    grown = cv2.warpAffine(image, to_own, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(grown, dtype=np.float32)
