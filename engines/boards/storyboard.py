"""Group the pictures of a lecture by what is written in them, and choose the best of each board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engines.boards.results import Image
from engines.boards.strokes import Strokes, find_strokes, kept, unchanged

SAME = 0.5
"""Share of the cells that two pictures of one board have in common: the rest a person may hide, or is new or wiped."""

STILL = 0.5
"""Share of the cells that stay between two samples of a camera that holds still."""

FULL = 0.95
"""Of the fullest pictures of a board, those that show so much of what the fullest shows; the sharpest is chosen."""

LEAST_SHARPNESS = 0.2
"""Of the usual sharpness of the chosen pictures; below, it is a blur in passing."""

ENOUGH = 0.6
"""Share of the ink that a cell ever has from which it counts as full."""

AGITATED = 0.05
"""Share of the written cells by which a picture may move more than the calmest."""

REACH = 3
"""Samples to either side that decide what is written: who passes by in between does not count."""


@dataclass(eq=False)
class Board:
    """The samples that show one board, by their numbers."""

    fullest: Strokes
    latest: Strokes
    numbers: list[int] = field(default_factory=list)
    cells: list[NDArray[np.float32]] = field(default_factory=list)
    sharpness: list[float] = field(default_factory=list)
    steady: list[float] = field(default_factory=list)

    def shows(self, strokes: Strokes) -> bool:
        """Tell whether a picture shows this board: more of it, or less."""
        return any(
            kept(known, strokes) >= SAME or kept(strokes, known) >= SAME
            for known in (self.latest, self.fullest)
        )

    def add(self, number: int, strokes: Strokes, steady: NDArray[np.bool_]) -> None:
        """Count a picture in; cells that are not ``steady`` show somebody who moves."""
        self.numbers.append(number)
        self.cells.append(strokes.cells * steady)
        self.steady.append(float(steady[strokes.is_written].mean()))
        self.sharpness.append(strokes.sharpness)
        self.latest = strokes
        if strokes.cells.sum() > self.fullest.cells.sum():
            self.fullest = strokes

    def best(self) -> int:
        """Return the place in ``numbers`` of the sharpest among the fullest pictures in which nobody moves."""
        cells = np.stack(self.cells)
        lasting = np.stack(
            [np.median(cells[max(0, at - REACH) : at + REACH + 1], axis=0) for at in range(len(cells))]
        )
        most = np.percentile(lasting, 90, axis=0)
        # A blurred stroke has more pixels: a cell is full before it has as many.
        enough = np.maximum(ENOUGH * most, 1)
        shown = (np.minimum(cells / enough, 1) * most).sum(axis=(1, 2))
        full = np.flatnonzero(shown >= FULL * shown.max())
        steady = np.array(self.steady)[full]
        alone = full[steady >= steady.max() - AGITATED]
        return int(alone[np.argmax(np.array(self.sharpness)[alone])])


class Storyboard:
    """Takes in the samples of a video one after the other."""

    def __init__(self, *, moves: bool) -> None:
        """Make an empty one. ``moves``: samples follow each other in a video, and count while the camera is still."""
        self._moves = moves
        self._boards: list[Board] = []
        self._before: Strokes | None = None
        self._count = 0
        self._sharpest = (-1.0, 0)

    def add(self, image: Image) -> None:
        """Take in the next sample."""
        strokes = find_strokes(image)
        before, self._before = self._before, strokes
        number, self._count = self._count, self._count + 1
        self._sharpest = max(self._sharpest, (strokes.sharpness, -number))
        steady = np.ones(strokes.cells.shape, dtype=np.bool_)
        if self._moves:
            if before is None or min(kept(before, strokes), kept(strokes, before)) < STILL:
                return
            steady = unchanged(strokes, before)
        if strokes.is_blank:
            return
        # The board that was seen last comes first: mostly it is still there.
        known = next((board for board in self._boards if board.shows(strokes)), None)
        if known is None:
            known = Board(fullest=strokes, latest=strokes)
        else:
            self._boards.remove(known)
        self._boards.insert(0, known)
        known.add(number, strokes, steady)

    def choose(self, most: int) -> list[tuple[int, float]]:
        """Return the numbers of the best samples, at most ``most``, in their order, each with its sharpness.

        Boards that were seen longest come first where there are too many. Where no board was found, the sharpest
        sample is returned; none only where there were no samples.
        """
        if not self._count:
            return []
        found = []
        for board in self._boards:
            at = board.best()
            found.append((len(board.numbers), board.numbers[at], board.sharpness[at]))
        if found:
            usual = float(np.median([sharpness for _length, _number, sharpness in found]))
            found = [one for one in found if one[2] >= LEAST_SHARPNESS * usual]
        else:
            found = [(1, -self._sharpest[1], self._sharpest[0])]
        longest = sorted(found, key=lambda one: -one[0])[:most]
        return sorted((number, sharpness) for _length, number, sharpness in longest)


def choose_pictures(images: Iterable[Image], *, most: int = 24) -> list[int]:
    """Return which of some pictures show distinct boards best, by their numbers, at most ``most``, in their order."""
    storyboard = Storyboard(moves=False)
    for image in images:
        storyboard.add(image)
    return [number for number, _sharpness in storyboard.choose(most)]
