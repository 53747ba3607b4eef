"""The tables of a measurement on boards, and what is promised of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.board_measures import Tally
from bench.board_results import Results, Where, every
from bench.board_sets import COLOURS, CONTENTS, X_HEIGHTS
from bench.report import Promise, table

BOARD, ORIGINAL, BICUBIC, GATE = "board itself", "original", "bicubic", "gate"
GRAIN = "board with grain"
"""The sharp board with noise that no eye sees: what a judge breaks in it, it breaks by chance. Not a rival."""

RAPIDOCR, TESSERACT = JUDGES = ("rapidocr", "tesseract")
LARGE = "realesrgan-x4plus"
RIVALS = (BICUBIC, "lanczos", "realesr-animevideov3-x2", LARGE)
HARD = ("8 px", "6 px", "5 px")
KINDS = tuple((content, colour) for content in CONTENTS for colour in COLOURS)
"""Between which the nearness to the sharp board is told apart."""


@dataclass(frozen=True)
class Unmeasured(Promise):
    """A promise of which a run has no figure; ``is_excused`` where not all was wanted of the run."""

    is_excused: bool = False

    @property
    def is_kept(self) -> bool:
        return self.is_excused

    def __str__(self) -> str:
        return f"not measured: {self.name}"


def rows_of_interest(results: Results) -> Iterator[tuple[str, Where]]:
    """Yield names of rows and what they pool: contents by size, all hard sizes, photos by reduction."""
    for content in CONTENTS:
        for size in X_HEIGHTS:
            yield f"{content} {size} px", every(content, f"{size} px")
        yield f"{content} 5–8 px", _hard(content)
    for colour in COLOURS:
        yield f"{colour} 5–8 px", _hard(colour)
    for reduction in dict.fromkeys(group[1] for group in results.groups() if group[0] == "photo"):
        yield f"photo {reduction}", every("photo", reduction)


def _hard(name: str) -> Where:
    return lambda group: name in group and any(size in group for size in HARD)


def show(results: Results) -> None:
    """Print what was read, row by row, and how near the pictures are."""
    names = results.methods()
    for judge in results.judges():
        print(f"\n{judge}: recall / precision / recovered / broken / gone / errors a letter, in %")
        rows = []
        for name, where in rows_of_interest(results):
            tallies = [results.tally(method, judge, where) for method in names]
            if any(tally.written for tally in tallies):
                rows.append([name, *map(_cell, tallies)])
        table(["", *names], rows)
    names = [name for name in names if name not in {BOARD, GRAIN}]
    print("\nPSNR in dB, SSIM, seconds a megapixel of the photo")
    kinds = [(" ".join(kind), every(*kind)) for kind in KINDS]
    table(
        ["", *names],
        [
            [kind, *(_near_cell(results, name, where) for name in names)]
            for kind, where in (*kinds, ("photo", every("photo")))
        ],
    )


def _cell(tally: Tally) -> str:
    if not tally.written:
        return "–"
    shares = (
        tally.recall, tally.precision, tally.recovered_share, tally.broken_share, tally.gone_share,
        tally.character_errors,
    )  # fmt: skip
    return " ".join(f"{100 * share:.0f}" for share in shares)


def _near_cell(results: Results, method: str, where: Where) -> str:
    figures = (results.psnr(method, where), results.ssim(method, where), results.seconds(method, where))
    told = [
        f"{figure:.{digits}f}"
        for figure, digits in zip(figures, (2, 3, 1), strict=True)
        if not math.isnan(figure)
    ]
    return " ".join(told) or "–"


def promises(results: Results, ours: str, *, is_partial: bool = False) -> list[Promise]:
    """Return what is promised of the network ``ours`` and of the gate with it.

    A promise that lacks boards, a method or a judge is not measured, and counts as kept only if the run ``is_partial``.
    """
    made = (*_of_reading(results, ours), *_of_nearness(results, ours), *_of_photos(results))
    return [
        Unmeasured(one.name, one.measured, one.bound, one.at_least, one.unit, is_partial)
        if math.isnan(one.measured)
        else one
        for one in made
    ]


def _of_reading(results: Results, ours: str) -> Iterator[Promise]:
    recovered = _read(results, ours, TESSERACT, HARD, lambda tally: 100 * tally.recovered_share)
    yield Promise("words recovered at 5 to 8 px, tesseract", recovered, 50, True, " %")
    broken = _read(results, ours, TESSERACT, HARD, lambda tally: 100 * tally.broken_share)
    yield Promise("words broken at 5 to 8 px, tesseract", broken, 3, unit=" %")
    for judge in JUDGES:
        broken = _read(results, ours, judge, ("16 px",), lambda tally: tally.broken)
        yield Promise(f"words broken at 16 px, {judge}", broken, 0)
    for method, least in ((ours, -3.0), (GATE, 0.0)):
        worst = np.min([_over_the_better(results, method, f"{size} px") for size in X_HEIGHTS])
        yield Promise(
            f"recall of {method} over the better of photo and bicubic, rapidocr, worst size",
            float(worst),
            least,
            True,
        )
    gain = _recall(results, ours, "5 px") - _recall(results, LARGE, "5 px")
    yield Promise("recall over x4plus at 5 px, rapidocr", gain, 30, True)


def _read(
    results: Results, method: str, judge: str, sizes: Sequence[str], figure: Callable[[Tally], float]
) -> float:
    """Return a figure of boards of some sizes, pooled; NaN where one of the sizes was not read."""
    tallies = [results.tally(method, judge, every(size)) for size in sizes]
    return figure(sum(tallies, Tally())) if all(tally.written for tally in tallies) else math.nan


def _recall(results: Results, method: str, size: str) -> float:
    return _read(results, method, RAPIDOCR, (size,), lambda tally: 100 * tally.recall)


def _over_the_better(results: Results, method: str, size: str) -> float:
    others = [_recall(results, other, size) for other in (ORIGINAL, BICUBIC)]
    return _recall(results, method, size) - float(np.max(others))


def _of_nearness(results: Results, ours: str) -> Iterator[Promise]:
    kinds = [every(*kind) for kind in KINDS]
    gains = [results.psnr(ours, kind) - results.psnr(BICUBIC, kind) for kind in kinds]
    yield Promise("PSNR over bicubic, worst script and colour", float(np.min(gains)), 2, True, " dB")
    alike = [results.ssim(ours, kind) - results.ssim(BICUBIC, kind) for kind in kinds]
    yield Promise("SSIM over bicubic, worst script and colour", float(np.min(alike)), 0, True)
    yield Promise(
        "seconds a megapixel", results.seconds(ours, lambda group: group[0] != "photo"), 3, unit=" s"
    )


def _of_photos(results: Results) -> Iterator[Promise]:
    for judge in JUDGES:
        before, after = (_photos(results, method, judge) for method in (ORIGINAL, GATE))
        changes = [after[board].right - before[board].right for board in before.keys() & after.keys()]
        yield Promise(
            f"words that the gate's picture has more than the photo, {judge}, worst photo",
            min(changes, default=math.nan),
            0,
            True,
        )
    for rival in RIVALS:
        gains = [_gain_on_photos(results, rival, judge) for judge in JUDGES]
        yield Promise(
            f"recall of the gate on photos over {rival}, mean of the judges", float(np.mean(gains)), 0, True
        )


def _photos(results: Results, method: str, judge: str) -> dict[str, Tally]:
    """Return what a judge read of each photo after a method."""
    return {
        row.board: row.tally
        for row in results.readings
        if (row.method, row.judge) == (method, judge) and row.group[0] == "photo"
    }


def _gain_on_photos(results: Results, rival: str, judge: str) -> float:
    """Return the gate's recall less a rival's, in %, on the photos that the rival was given; NaN where there are none.

    The large networks are given the small ones alone, which are the harder ones for everybody.
    """
    ours, theirs = _photos(results, GATE, judge), _photos(results, rival, judge)
    boards = ours.keys() & theirs.keys()
    if not boards:
        return math.nan
    gate, other = (sum((read[board] for board in boards), Tally()) for read in (ours, theirs))
    return 100 * (gate.recall - other.recall)
