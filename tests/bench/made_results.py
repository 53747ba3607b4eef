"""Small results of a measurement on boards, in which every promise is kept."""

from __future__ import annotations

from collections.abc import Callable

from bench.board_measures import Tally
from bench.board_report import BICUBIC, BOARD, GATE, GRAIN, JUDGES, KINDS, LARGE, ORIGINAL, RIVALS
from bench.board_results import Made, Reading, Results
from bench.board_sets import X_HEIGHTS

OURS = "ours"
RIGHT = dict(zip(RIVALS, (55, 54, 40, 20), strict=True)) | {
    ORIGINAL: 50, OURS: 80, GATE: 82, BOARD: 100, GRAIN: 99
}  # fmt: skip
"""How many of 100 words are read after each method."""

PSNR = {BICUBIC: 24.0, OURS: 28.0, GATE: 27.0}


def counted(right: int, *, broken: int = 0) -> Tally:
    """Count what is read after a method on a board of 100 words, of which 50 are read in the photo."""
    return Tally(
        written=100, read=100, right=right, lost=50, recovered=max(0, right - 50), sure=50, broken=broken
    )


def complete() -> Results:
    """Return the figures of a whole run: boards of each kind and size, a small photo and a large one."""
    results = Results()
    for content, colour in KINDS:
        for size in X_HEIGHTS:
            for method in RIGHT:
                _add(results, f"{content}-{size}-{colour}", (content, f"{size} px", colour), method)
    for photo in ("small", "large"):
        for method in RIGHT:
            if method not in {BOARD, GRAIN} and (photo, method) != ("large", LARGE):
                _add(results, photo, ("photo", "÷1"), method)
    return results


def _add(results: Results, board: str, group: tuple[str, ...], method: str) -> None:
    if method not in {BOARD, GRAIN}:
        near = (PSNR.get(method, 20.0), PSNR.get(method, 20.0) / 30) if group[0] != "photo" else (None, None)
        results.made.append(Made(board, group, method, 0.5, 0.25, *near))
    for judge in JUDGES:
        if group[0] != "formula" and (group[0], judge) != ("cyrillic", "rapidocr"):
            results.readings.append(Reading(board, group, method, judge, counted(RIGHT[method])))


def without(results: Results, is_left_out: Callable[[Reading | Made], bool]) -> Results:
    """Leave some rows out."""
    return Results(
        [row for row in results.readings if not is_left_out(row)],
        [row for row in results.made if not is_left_out(row)],
    )
