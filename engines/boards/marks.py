"""Places of a result that should be looked at twice: strokes that are not the photo's, text that may be invented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.boards.legibility import words_of
from engines.boards.results import Image, Mark, Quad, ReadLine

LONGEST_SIDE = 1000
"""Pixels: both pictures are compared at this size at most; smaller strokes do not carry words."""

BLOCK = 12
"""Pixels of the compared size: departures are told by blocks of this side."""

ALIKE = 0.45
"""Correlation of the two pictures' strokes within a window, −1 … 1, under which they are not the same strokes."""

INK = 6.0
"""Grey levels: the local standard deviation from which on something is written rather than noise."""

MOST_MARKS = 40
UNSURE = 0.6
"""A line of the result read with less confidence is marked."""


def departures(photo: Image, result: Image) -> tuple[Mark, ...]:
    """Return where the result, scaled down to the photo's size, shows other strokes than the photo.

    Both are flattened and their strokes correlated within windows (the structure term of SSIM, Wang et al. 2004),
    so that brightness, contrast and colour, which an enhancement changes on purpose, do not count. At most
    ``MOST_MARKS`` places, the largest first.
    """
    height, width = _compared_size(photo)
    before, after = _strokes(photo, width, height), _strokes(result, width, height)
    structure, ink = _structure(before, after)
    columns, rows = max(1, width // BLOCK), max(1, height // BLOCK)
    inked = np.maximum(ink, 1e-6)
    by_block = cv2.resize(structure * inked, (columns, rows), interpolation=cv2.INTER_AREA) / cv2.resize(
        inked, (columns, rows), interpolation=cv2.INTER_AREA
    )
    written = cv2.resize(ink, (columns, rows), interpolation=cv2.INTER_AREA) > 0.25
    departing = ((by_block < ALIKE) & written).astype(np.uint8)
    joined = cv2.dilate(departing, np.ones((3, 3), np.uint8))
    count, _, figures, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = []
    for label in range(1, count):
        left, top, across, down, _ = (int(figure) for figure in figures[label])
        weight = int(departing[top : top + down, left : left + across].sum())
        boxes.append((weight, (left / columns, top / rows, (left + across) / columns, (top + down) / rows)))
    boxes.sort(reverse=True)
    return tuple(Mark("departs", _box(*box)) for _, box in boxes[:MOST_MARKS])


def unsure_lines(
    photo: Sequence[ReadLine], result: Sequence[ReadLine], *, is_redrawn: bool
) -> tuple[Mark, ...]:
    """Return the lines of a result whose text is unsure or may be invented, beside what the photo reads there.

    Those read with a confidence under ``UNSURE``. Where a network redrew the strokes (``is_redrawn``), also those of
    which the photo reads not one word at the same place, with whatever confidence.
    """
    return tuple(
        Mark("unsure", line.box)
        for line in result
        if words_of(line.text) and (line.confidence < UNSURE or (is_redrawn and _is_new(line, photo)))
    )


def _is_new(line: ReadLine, photo: Sequence[ReadLine]) -> bool:
    """Tell whether none of a line's words is read in the photo where the line stands."""
    here = [before for before in photo if _meet(before.box, line.box)]
    known = {word for before in here for word in words_of(before.text)}
    return known.isdisjoint(words_of(line.text))


def _meet(one: Quad, other: Quad) -> bool:
    """Tell whether the upright bounds of two places overlap."""
    (left, right), (top, bottom) = ((min(axis), max(axis)) for axis in zip(*one, strict=True))
    (start, end), (upper, lower) = ((min(axis), max(axis)) for axis in zip(*other, strict=True))
    return left < end and start < right and top < lower and upper < bottom


def _compared_size(photo: Image) -> tuple[int, int]:
    height, width = photo.shape[:2]
    share = min(1.0, LONGEST_SIDE / max(height, width))
    return max(1, round(height * share)), max(1, round(width * share))


def _strokes(image: Image, width: int, height: int) -> NDArray[np.float32]:
    """Return a picture's luminance less its background: what is written on it, and some noise."""
    if image.shape[:2] != (height, width):
        image = cast("Image", cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return cast(
        "NDArray[np.float32]",
        cv2.GaussianBlur(grey, (0, 0), 0.9) - cv2.blur(grey, (4 * BLOCK + 1, 4 * BLOCK + 1)),
    )


def _structure(
    before: NDArray[np.float32], after: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the correlation within windows, −1 … 1, and where either has strokes (1.0) or neither (0.0)."""

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return cast("NDArray[np.float32]", cv2.GaussianBlur(values, (0, 0), BLOCK / 3))

    mean_before, mean_after = mean(before), mean(after)
    spread_before = np.sqrt(np.maximum(mean(before * before) - mean_before**2, 0))
    spread_after = np.sqrt(np.maximum(mean(after * after) - mean_after**2, 0))
    together = mean(before * after) - mean_before * mean_after
    steady = (INK / 2) ** 2
    structure = (together + steady) / (spread_before * spread_after + steady)
    # The result's contrast was raised: what was noise in the photo must not pass for ink there.
    raised = max(1.0, float(np.percentile(spread_after, 95) / max(np.percentile(spread_before, 95), 1.0)))
    ink = (np.maximum(spread_before, spread_after / raised) > INK).astype(np.float32)
    return structure.astype(np.float32), ink


def _box(left: float, top: float, right: float, bottom: float) -> Quad:
    return ((left, top), (right, top), (right, bottom), (left, bottom))
