"""Cut a grid of pixels into windows that are computed one by one (or in batches) and join without a trace."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product


@dataclass(frozen=True)
class Window:
    """A rectangle that is read (``top``, ``left`` and the common size) and the core of it that is kept.

    ``rows`` and ``columns`` are the core, in pixels of the whole grid: half-open.
    """

    top: int
    left: int
    rows: tuple[int, int]
    columns: tuple[int, int]


@dataclass(frozen=True)
class Tiling:
    """Windows of one size whose cores cover the grid, each pixel once."""

    height: int
    width: int
    windows: tuple[Window, ...]


def tile_grid(height: int, width: int, *, tile: int, radius: int) -> Tiling:
    """Return windows of at most ``tile`` pixels a side, and ``radius`` more around.

    Every side of a core is ``radius`` pixels within its window, or lies on the edge of the grid: what depends on no
    more than ``radius`` pixels around a pixel is the same as if the grid were computed whole.
    """
    if min(height, width, tile) < 1 or radius < 0:
        raise ValueError(
            f"There is no tiling of {height} × {width} pixels by {tile} with a radius of {radius}."
        )
    tall, rows = _spans(height, tile, radius)
    wide, columns = _spans(width, tile, radius)
    windows = tuple(
        Window(top, left, core_rows, core_columns)
        for (top, core_rows), (left, core_columns) in product(rows, columns)
    )
    return Tiling(tall, wide, windows)


def _spans(length: int, tile: int, radius: int) -> tuple[int, list[tuple[int, tuple[int, int]]]]:
    """Return the size of the windows along one side, and where each begins with the core that it keeps.

    The two windows at the edges need their neighbourhood on one side only, so their cores are larger by ``radius``.
    """
    count = max(1, -(-(length - 2 * radius) // tile))
    size = -(-(length + 2 * radius * (count - 1)) // count)
    begins = [min(number * (size - 2 * radius), length - size) for number in range(count)]
    bounds = [0, *(begin + size - radius for begin in begins[:-1]), length]
    return size, list(zip(begins, pairwise(bounds), strict=True))
