"""The tables of a measurement on boards, and what is promised of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bench.board_measures import Tally
from bench.board_results import Results, Where, every
from bench.board_sets import COLOURS, CONTENTS, X_HEIGHTS
from bench.report import Promise, table

BOARD, ORIGINAL, BICUBIC, GATE = "board itself", "original", "bicubic", "gate"
LARGE = "realesrgan-x4plus"
RIVALS = (BICUBIC, "lanczos", "realesr-animevideov3-x2", LARGE)
HARD = ("8 px", "6 px", "5 px")


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
    names = [name for name in names if name != BOARD]
    print("\nPSNR in dB, SSIM, seconds a megapixel of the photo")
    kinds = [(f"{content} {colour}", every(content, colour)) for content in CONTENTS for colour in COLOURS]
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


def promises(results: Results, ours: str) -> list[Promise]:
    """Return what is promised of the network ``ours`` and of the gate with it."""
    return [*_of_reading(results, ours), *_of_nearness(results, ours), *_of_photos(results)]


def _of_reading(results: Results, ours: str) -> Iterator[Promise]:
    judges = results.judges()
    if "tesseract" in judges:
        tally = results.tally(ours, "tesseract", lambda group: any(size in group for size in HARD))
        yield Promise("words recovered at 5 to 8 px, tesseract", 100 * tally.recovered_share, 50, True, " %")
        yield Promise("words broken at 5 to 8 px, tesseract", 100 * tally.broken_share, 3, unit=" %")
    for judge in judges:
        easy = results.tally(ours, judge, every("16 px"))
        yield Promise(f"words broken at 16 px, {judge}", easy.broken, 0)
    if "rapidocr" in judges:
        for method, least in ((ours, -3.0), (GATE, 0.0)):
            worst = min(_over_the_better(results, method, f"{size} px") for size in X_HEIGHTS)
            yield Promise(
                f"recall of {method} over the better of photo and bicubic, rapidocr, worst size",
                worst,
                least,
                True,
            )
        gain = _recall(results, ours, "5 px") - _recall(results, LARGE, "5 px")
        yield Promise("recall over x4plus at 5 px, rapidocr", gain, 30, True)


def _recall(results: Results, method: str, size: str) -> float:
    return 100 * results.tally(method, "rapidocr", every(size)).recall


def _over_the_better(results: Results, method: str, size: str) -> float:
    return _recall(results, method, size) - max(
        _recall(results, other, size) for other in (ORIGINAL, BICUBIC)
    )


def _of_nearness(results: Results, ours: str) -> Iterator[Promise]:
    kinds = [every(content, colour) for content in CONTENTS for colour in COLOURS]
    gains = [results.psnr(ours, kind) - results.psnr(BICUBIC, kind) for kind in kinds]
    yield Promise("PSNR over bicubic, worst script and colour", min(gains), 2, True, " dB")
    alike = [results.ssim(ours, kind) - results.ssim(BICUBIC, kind) for kind in kinds]
    yield Promise("SSIM over bicubic, worst script and colour", min(alike), 0, True)
    yield Promise(
        "seconds a megapixel", results.seconds(ours, lambda group: group[0] != "photo"), 3, unit=" s"
    )


def _of_photos(results: Results) -> Iterator[Promise]:
    boards = list(dict.fromkeys(row.board for row in results.readings if row.group[0] == "photo"))
    if not boards:
        return
    for judge in results.judges():
        recall = {
            (row.board, row.method): row.tally.right
            for row in results.readings
            if row.judge == judge and row.group[0] == "photo"
        }
        worst = min(recall[board, GATE] - recall[board, ORIGINAL] for board in boards)
        yield Promise(
            f"words that the gate's picture has more than the photo, {judge}, worst photo", worst, 0, True
        )
    best = max(_mean_recall(results, rival) for rival in RIVALS)
    yield Promise(
        "recall of the gate on photos over the best rival, mean of the judges",
        _mean_recall(results, GATE) - best,
        0,
        True,
    )


def _mean_recall(results: Results, method: str) -> float:
    judges: Sequence[str] = results.judges()
    return sum(100 * results.tally(method, judge, every("photo")).recall for judge in judges) / len(judges)
