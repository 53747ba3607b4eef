"""A line of writing as a reader of lines sees it: the same picture when it is trained and when it reads."""

from __future__ import annotations

import cv2
import numpy as np

from engines.boards.results import Image, LineImage

HEIGHT = 32
"""Of a line as the reader sees it, in pixels."""

LEAST_WIDTH = 8
LEAST_CONTRAST = 8.0
"""Levels between the darkest and the brightest hundredth: an empty place is not stretched to noise."""

STEP = 4
"""Pixels along a line for each of the reader's answers."""


def normalised(part: Image) -> LineImage:
    """Return a cut line (height × width × 3, RGB) as the reader sees it: ``HEIGHT`` high, grey, dark on light.

    Levels are stretched so that the first and the last hundredth become 0 and 255; an empty place becomes white.
    """
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    width = width_of(*grey.shape[:2])
    kind = cv2.INTER_AREA if grey.shape[0] > HEIGHT else cv2.INTER_CUBIC
    small = cv2.resize(grey, (width, HEIGHT), interpolation=kind).astype(np.float32)
    low, middle, high = np.percentile(small, (1, 50, 99))
    if middle - low < high - middle:  # bright on dark
        small, low, high = 255 - small, 255 - high, 255 - low
    stretched = 255 - (high - small) * (255 / max(LEAST_CONTRAST, high - low))
    return np.asarray(np.clip(stretched, 0, 255), dtype=np.uint8)


def width_of(height: int, width: int) -> int:
    """Return how many pixels a part of ``height`` × ``width`` is wide once it is ``HEIGHT`` high."""
    return max(LEAST_WIDTH, round(width * HEIGHT / height))


def answers_of(width: int) -> int:
    """Return how many answers belong to a line of ``width`` pixels: what comes after them is of the padding."""
    return -(-width // STEP)
