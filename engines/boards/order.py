"""The order in which a person reads a board: columns from the left, each from the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from engines.boards.results import Quad

COLUMN_GAP = 0.8
"""An empty stripe from top to bottom parts two columns if it is as wide as this many line heights."""

SHRUNK = 0.12
"""Boxes give up this share of their width and height, since those of slanted lines reach into their neighbours."""


@dataclass(frozen=True)
class _Box:
    index: int
    left: float
    right: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def reading_order(boxes: Sequence[Quad]) -> list[int]:
    """Return the indices of ``boxes`` in reading order (a recursive X-Y cut: Nagy & Seth 1984).

    Columns are parted before rows. Where a heading spans columns, the part below it is parted. Within a column lines go
    from the top, and pieces of one line from the left.
    """
    if not boxes:
        return []
    placed = [_shrunk(index, box) for index, box in enumerate(boxes)]
    gap = COLUMN_GAP * median(box.bottom - box.top for box in placed)
    return [box.index for box in _ordered(placed, gap)]


def _shrunk(index: int, box: Quad) -> _Box:
    xs, ys = [x for x, _ in box], [y for _, y in box]
    aside, down = SHRUNK * (max(xs) - min(xs)) / 2, SHRUNK * (max(ys) - min(ys)) / 2
    return _Box(index, min(xs) + aside, max(xs) - aside, min(ys) + down, max(ys) - down)


def _ordered(boxes: list[_Box], gap: float) -> list[_Box]:
    columns = _columns(boxes, gap)
    if len(columns) > 1:
        return [box for column in columns for box in _ordered(column, gap)]
    bands = _bands(boxes)
    cut = max(range(len(bands)), key=lambda n: (_gain(bands, n, gap), -n), default=0)
    if cut and _gain(bands, cut, gap):
        above = [box for band in bands[:cut] for box in band]
        below = [box for band in bands[cut:] for box in band]
        return _ordered(above, gap) + _ordered(below, gap)
    return [box for row in _rows(boxes) for box in row]


def _gain(bands: list[list[_Box]], cut: int, gap: float) -> int:
    """Return how many lines stand in parts that fall into columns once the bands are cut there; 0: no use."""
    if not 0 < cut < len(bands):
        return 0
    parts = ([box for band in part for box in band] for part in (bands[:cut], bands[cut:]))
    return sum(len(part) for part in parts if len(part) > 2 and len(_columns(part, gap)) > 1)


def _columns(boxes: list[_Box], gap: float) -> list[list[_Box]]:
    """Part boxes where a stripe ``gap`` wide from top to bottom is empty."""
    columns: list[list[_Box]] = []
    reach = float("-inf")
    for box in sorted(boxes, key=lambda box: box.left):
        if box.left >= reach + gap or not columns:
            columns.append([])
        columns[-1].append(box)
        reach = max(reach, box.right)
    if len(columns) > 1 and len(_bands(boxes)) == 1:
        return [boxes]  # pieces of a single line are no columns
    return columns


def _bands(boxes: list[_Box]) -> list[list[_Box]]:
    """Part boxes into bands between which nothing stands, from the top."""
    bands: list[list[_Box]] = []
    reach = float("-inf")
    for box in sorted(boxes, key=lambda box: box.top):
        if box.top >= reach or not bands:
            bands.append([])
        bands[-1].append(box)
        reach = max(reach, box.bottom)
    return bands


def _rows(boxes: list[_Box]) -> list[list[_Box]]:
    """Put boxes of one height beside each other, from the left."""
    rows: list[list[_Box]] = []
    for box in sorted(boxes, key=lambda box: box.middle):
        if rows and box.middle < max(other.top + 0.7 * (other.bottom - other.top) for other in rows[-1][:1]):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row, key=lambda box: box.left) for row in rows]
