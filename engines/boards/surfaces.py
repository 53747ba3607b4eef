"""The surface of a board: light or dark, and how the light falls on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.boards.results import Image

SIDE = 400
"""Longest side in pixels at which the light is looked at: it changes slowly."""

STROKES = 25
"""Pixels at that size: what is narrower is writing, what is wider is surface."""

DARKEST_SHARE = 0.3
"""A place darker than this share of the well-lit ground is no board in the shade but something else; it stays dark."""


@dataclass(frozen=True)
class Ground:
    """The surface without its writing, small, as float32 RGB. Of a dark board ``light`` is that of the negative."""

    light: NDArray[np.float32]
    is_dark: bool

    @property
    def middle(self) -> NDArray[np.float32]:
        """Return the usual colour of the ground as it is seen, three levels."""
        usual = np.median(self.light.reshape(-1, 3), axis=0)
        return np.asarray(255 - usual if self.is_dark else usual, dtype=np.float32)


def find_ground(image: Image, is_dark: bool | None = None) -> Ground:
    """Estimate the ground of a board. ``is_dark`` is found out unless given."""
    dark = is_chalkboard(image) if is_dark is None else is_dark
    small = _small(image)
    if dark:
        small = np.asarray(cv2.bitwise_not(small), dtype=np.uint8)
    # Strokes are darker than the ground: closing takes them away, the median what is left of them.
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (STROKES, STROKES))
    closed = cv2.morphologyEx(cv2.GaussianBlur(small, (3, 3), 0), cv2.MORPH_CLOSE, disc)
    even = cv2.GaussianBlur(cv2.medianBlur(closed, STROKES), (0, 0), STROKES / 3).astype(np.float32)
    bright = np.percentile(even.reshape(-1, 3), 90, axis=0)
    return Ground(light=np.maximum(even, DARKEST_SHARE * bright).astype(np.float32), is_dark=dark)


def is_chalkboard(image: Image) -> bool:
    """Tell whether the writing is brighter than its ground, and the ground dark."""
    grey = np.asarray(cv2.cvtColor(_small(image), cv2.COLOR_RGB2GRAY))
    height, width = grey.shape
    middle = grey[height // 8 : height - height // 8, width // 8 : width - width // 8]
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    brighter = cv2.morphologyEx(middle, cv2.MORPH_TOPHAT, disc)
    darker = cv2.morphologyEx(middle, cv2.MORPH_BLACKHAT, disc)
    strokes = [float(np.percentile(hat, 97)) for hat in (brighter, darker)]
    level = float(np.median(middle))
    return level < 140 and strokes[0] > strokes[1] * (1.15 if level > 80 else 0.9)


def _small(image: Image) -> Image:
    height, width = image.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
