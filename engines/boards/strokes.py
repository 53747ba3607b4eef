"""What is written in a picture, coarsely: enough to tell whether two pictures show the same board."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.boards.results import Image

SIDE = 640
"""Longest side in pixels at which strokes are compared."""

SHARPNESS_SIDE = 1280
"""Longest side in pixels at which sharpness is measured, so that it compares between cameras."""

CELL = 40
"""Side of a cell in pixels: pictures are compared cell by cell, so that a person before the board counts for little."""

LEAST_INK = 12
"""Pixels of strokes in a cell below which it counts as empty."""

LEAST_CELLS = 3
"""Cells with ink below which a picture shows nothing written."""

LEAST_LIKENESS = 0.5
"""Correlation of two cells from which they show the same; other words on the same line reach about 0.3."""

SOFTNESS = 1.5
"""Standard deviation in pixels by which strokes are blurred before they are compared: a hand trembles."""

LINES = 6.0
"""The same for what is taken off: that there is a line of text at all makes no likeness."""

DARK = 110
"""Level of 255 below which the ground counts as dark, and what is brighter as written."""

MOST_SHIFT = 0.12
"""Share of the picture by which a camera in the hand may drift between two samples."""

Mask = NDArray[np.uint8]
Relief = NDArray[np.float32]
Cells = NDArray[np.float32]


@dataclass(frozen=True)
class Strokes:
    """The thin strokes of a picture: how strong they are, how many pixels of ink each cell has, and the sharpness."""

    relief: Relief
    cells: Cells
    sharpness: float

    @property
    def is_blank(self) -> bool:
        """True where nothing is written."""
        return int(self.is_written.sum()) < LEAST_CELLS

    @property
    def is_written(self) -> NDArray[np.bool_]:
        """Tell for each cell whether anything is written in it."""
        return np.asarray(self.cells >= LEAST_INK)


def find_strokes(image: Image) -> Strokes:
    """Find what is thin and differs from its surroundings, brighter on a dark ground. Some 10 ms for a megapixel."""
    grey = np.asarray(cv2.cvtColor(_fitted(image, SHARPNESS_SIDE), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    small = cv2.GaussianBlur(_fitted(grey, SIDE), (3, 3), 0)
    # Between the strokes of small writing the ground is thin, too: only one of the two is ink.
    kind = cv2.MORPH_TOPHAT if np.median(small) < DARK else cv2.MORPH_BLACKHAT
    thin = np.asarray(cv2.morphologyEx(small, kind, _disc(11)))
    ink = (thin > max(14.0, 4.0 * float(np.median(thin)))).astype(np.uint8)
    strength = thin.astype(np.float32)
    relief = np.asarray(
        cv2.GaussianBlur(strength, (0, 0), SOFTNESS) - cv2.GaussianBlur(strength, (0, 0), LINES)
    )
    return Strokes(relief=relief, cells=_by_cell(ink), sharpness=_sharpness(grey))


def kept(old: Strokes, new: Strokes) -> float:
    """Return the share of the old picture's written cells that look the same in the new one.

    Where a person stands, cells are lost; where the board was wiped, nearly all. Small shifts of the camera are made
    up for. 1.0 where nothing was written, 0.0 for pictures of different shapes.
    """
    if old.relief.shape != new.relief.shape:
        return 0.0
    written = old.is_written
    return float(unchanged(old, new)[written].mean()) if written.any() else 1.0


def unchanged(old: Strokes, new: Strokes) -> NDArray[np.bool_]:
    """Tell for each cell whether it looks the same in two pictures of one shape."""
    return np.asarray(_likeness(old.relief, _moved(new.relief, old.relief)) >= LEAST_LIKENESS)


def _likeness(one: Relief, other: Relief) -> Cells:
    """Return the correlation of two reliefs in each cell, -1.0 … 1.0."""
    mean_one, mean_other = _by_cell(one) / CELL**2, _by_cell(other) / CELL**2
    together = _by_cell(one * other) / CELL**2 - mean_one * mean_other
    spread = (_by_cell(one * one) / CELL**2 - mean_one**2) * (
        _by_cell(other * other) / CELL**2 - mean_other**2
    )
    return np.asarray(together / np.sqrt(np.maximum(spread, 1e-6)), dtype=np.float32)


def _disc(size: int) -> Mask:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


def _moved(relief: Relief, onto: Relief) -> Relief:
    """Return a relief moved so that it lies on another one, where both plainly show the same."""
    height, width = relief.shape
    size = max(1, width // 2), max(1, height // 2)
    small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (relief, onto)]
    (x, y), _response = cv2.phaseCorrelate(small[0], small[1], cv2.createHanningWindow(size, cv2.CV_32F))
    shift = x * width / size[0], y * height / size[1]
    far = abs(shift[0]) > MOST_SHIFT * width or abs(shift[1]) > MOST_SHIFT * height
    if far or max(abs(shift[0]), abs(shift[1])) < 0.3:
        return relief
    matrix = np.array([(1, 0, shift[0]), (0, 1, shift[1])], dtype=np.float32)
    moved = np.asarray(cv2.warpAffine(relief, matrix, (width, height)), dtype=np.float32)
    return moved if float((moved * onto).sum()) > float((relief * onto).sum()) else relief


def _by_cell(values: Mask | Relief) -> Cells:
    """Return the sum of each cell."""
    height, width = values.shape
    padded = np.pad(values, ((0, -height % CELL), (0, -width % CELL)))
    shape = padded.shape[0] // CELL, CELL, padded.shape[1] // CELL, CELL
    return np.asarray(padded.reshape(shape).sum(axis=(1, 3), dtype=np.float32))


def _sharpness(grey: NDArray[np.uint8]) -> float:
    """Return the variance of the Laplacian of the picture made equally bright, without the finest noise.

    Source: J. L. Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000.
    """
    even = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32) * (128 / max(float(grey.mean()), 8.0))
    return float(cv2.Laplacian(even, cv2.CV_32F).var())


def _fitted(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return a picture of at most so many pixels on its longer side."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
