"""What the pilot report says of boards: words read again, nearness to the sharp board, photos of real boards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.board_measures import Tally
from bench.board_report import BICUBIC, GATE, GRAIN, HARD, JUDGES, ORIGINAL
from bench.board_results import Results, every
from bench.board_sets import X_HEIGHTS
from bench.pilot_lines import (
    LEAST_NEARER,
    LEAST_RECOVERED,
    MEASURE_BOARDS,
    Line,
    judged,
    missing,
    percent,
    prose,
    signed,
    table,
)
from engines.registry import DEFAULT_SUPER_RESOLUTION_MODEL

OURS = DEFAULT_SUPER_RESOLUTION_MODEL
CALLED = {
    ORIGINAL: "the photo itself",
    BICUBIC: "enlarged by cubics",
    OURS: f"the network alone (`{OURS}`)",
    GATE: "what the gate delivers",
    GRAIN: "the floor: board with grain",
}
TOO_SMALL = "4 px"


def _is_hard(group: tuple[str, ...]) -> bool:
    return any(size in group for size in HARD)


# ---------------------------------------------------------------------------------------- 1: words read again
def reading_lines(results: Results) -> list[Line]:
    """Return the lines of words that could not be read: each engine, the network alone and what is delivered."""
    return [_reading_line(results, judge, method) for judge in JUDGES for method in (OURS, GATE)]


def _reading_line(results: Results, judge: str, method: str) -> Line:
    name, asked = f"words read again, {judge}: {CALLED[method]}", f"> {100 * LEAST_RECOVERED:.0f} %"
    boards = _boards(results, judge, method)
    tally = results.tally(method, judge, _is_hard)
    is_whole = bool(boards) and boards == _boards(results, judge)
    is_whole &= all(results.tally(method, judge, every(size)).written for size in HARD)
    if not is_whole or not tally.lost:
        return missing(1, name, asked, MEASURE_BOARDS)
    floor = results.tally(GRAIN, judge, _is_hard)
    grain = f"floor {percent(floor.broken_share)}" if floor.sure else "floor not measured yet"
    return judged(
        1,
        name,
        asked,
        f"{percent(tally.recovered_share)} ({tally.recovered:,}); broken {percent(tally.broken_share)}, {grain}",
        f"{len(boards)} boards, {tally.lost:,} words not read before, {tally.sure:,} read before",
        MEASURE_BOARDS,
        is_met=tally.recovered_share > LEAST_RECOVERED,
    )


def _boards(results: Results, judge: str, method: str | None = None) -> set[str]:
    """Return the boards of 5 to 8 px that an engine read after a method, or after any."""
    return {
        row.board
        for row in results.readings
        if row.judge == judge and method in {None, row.method} and _is_hard(row.group)
    }


def reading_section(results: Results) -> str:
    """Say how words are counted, and show every size."""
    rows = [
        _reading_row(results, judge, method)
        for judge in JUDGES
        for method in CALLED
        if results.tally(method, judge, _is_hard).written
    ]
    head = [
        "engine",
        "picture",
        "read again",
        *HARD,
        f"{TOO_SMALL} (not counted)",
        "broken",
        "all words read",
    ]
    return "\n\n".join(
        [
            prose(
                """A word could not be read if an engine reads it on the sharp board in full size, but not in the photo,
                which has half of its side. The figure is the share of these words that the engine reads afterwards,
                over all boards whose small letters are 8, 6 or 5 pixels high in the photo. Broken are words that it
                read in both, as a share of them, and reads no longer. The criterion is met where both engines, with
                the network alone and with what is delivered, are over it.""",
                """The floor is what the same engine breaks of a perfect picture: the sharp board with noise that no eye
                sees. Words broken up to this share say nothing against a method.""",
            ),
            table(head, rows) if rows else prose("There are no figures yet."),
            prose(
                """Limits:""",
                """- The boards are drawn, in fonts and words that were never trained on, and photographed by a made
                camera. Real handwriting may gain less.""",
                """- Neither engine took part in the training. The gate itself reads with a network of rapidocr, and
                with tesseract where it is set to: of what it delivers, they are not independent judges.""",
                """- rapidocr knows no Cyrillic letters: its boards are Latin alone, tesseract's are both. Formulas are
                not read.""",
                """- Words of one board share their font and their camera: how sure a figure is depends on the number
                of boards, not of words.""",
                """- The gate has all its time here (effort *full*). Where many wait, photos get less:
                see criterion 3.""",
            ),
        ]
    )


def _reading_row(results: Results, judge: str, method: str) -> list[str]:
    def recovered(*sizes: str) -> str:
        tally = sum((results.tally(method, judge, every(size)) for size in sizes), Tally())
        return f"{percent(tally.recovered_share)} of {tally.lost:,}" if tally.lost else "–"

    tally = results.tally(method, judge, _is_hard)
    return [
        judge,
        CALLED[method],
        recovered(*HARD),
        *map(recovered, HARD),
        recovered(TOO_SMALL),
        f"{percent(tally.broken_share)} of {tally.sure:,}" if tally.sure else "–",
        f"{percent(tally.recall)} of {tally.written:,}",
    ]


# ------------------------------------------------------------------------------ 2: nearness to the sharp board
@dataclass(frozen=True)
class Near:
    """How near a drawn board is to the sharp one after a method (``after``) and enlarged by cubics (``before``)."""

    psnr_before: float
    psnr_after: float
    ssim_before: float
    ssim_after: float

    @property
    def less_error(self) -> float:
        """Return 1 − MSE ÷ MSE: PSNR is 10 log₁₀(255² ÷ MSE)."""
        return float(1 - 10 ** (-(self.psnr_after - self.psnr_before) / 10))

    @property
    def less_unlike(self) -> float:
        """Return 1 − (1 − SSIM) ÷ (1 − SSIM)."""
        return 1 - (1 - self.ssim_after) / (1 - self.ssim_before)


def nearness(results: Results, method: str, *names: str) -> list[Near]:
    """Pair a method's drawn boards, of the groups that are named, with the same boards enlarged by cubics.

    Empty where the method was not tried on all of them.
    """
    before, after = (
        {
            row.board: (row.psnr, row.ssim)
            for row in results.made
            if row.method == tried
            and set(names) <= set(row.group)
            and row.psnr is not None
            and row.ssim is not None
        }
        for tried in (BICUBIC, method)
    )
    if before.keys() != after.keys():
        return []
    return [Near(before[board][0], after[board][0], before[board][1], after[board][1]) for board in before]


def nearness_lines(results: Results) -> list[Line]:
    """Return the lines of PSNR and SSIM, of the network alone."""
    names = (
        "PSNR: squared error less than enlarged by cubics",
        "SSIM: 1 − SSIM less than enlarged by cubics",
    )
    asked = f"≥ {100 * LEAST_NEARER:.0f} %"
    boards = nearness(results, OURS)
    if not boards:
        return [missing(2, name, asked, MEASURE_BOARDS) for name in names]
    psnr = [fmean(one.psnr_before for one in boards), fmean(one.psnr_after for one in boards)]
    ssim = [fmean(one.ssim_before for one in boards), fmean(one.ssim_after for one in boards)]
    told = [
        f"{psnr[0]:.2f} → {psnr[1]:.2f} dB, {signed(psnr[1] - psnr[0], 2)} dB",
        f"SSIM {ssim[0]:.3f} → {ssim[1]:.3f}, {signed(ssim[1] - ssim[0], 3)}",
    ]
    less = [fmean(one.less_error for one in boards), fmean(one.less_unlike for one in boards)]
    sample = f"{len(boards)} drawn boards"
    return [
        judged(
            2, name, asked, f"{percent(share)} ({more})", sample, MEASURE_BOARDS, is_met=share >= LEAST_NEARER
        )
        for name, share, more in zip(names, less, told, strict=True)
    ]


def nearness_section(results: Results) -> str:
    """Say how PSNR and SSIM are compared, and show the other readings of "20 % better"."""
    parts = [(CALLED[OURS], OURS, ""), (CALLED[GATE], GATE, "")]
    parts += [(f"the network, {size} px", OURS, f"{size} px") for size in X_HEIGHTS]
    rows = [
        _near_row(name, boards)
        for name, method, size in parts
        if (boards := nearness(results, method, *filter(None, [size])))
    ]
    head = [
        *(
            "picture",
            "boards",
            "squared error less",
            f"boards with ≥ {100 * LEAST_NEARER:.0f} %",
            "PSNR",
            "PSNR in %",
        ),
        *("1 − SSIM less", f"boards with ≥ {100 * LEAST_NEARER:.0f} %", "SSIM", "SSIM in %"),
    ]
    return "\n\n".join(
        [
            prose(
                """The photo has half the side of the sharp board, so the input is the photo enlarged by cubics. PSNR is
                over all colours, SSIM of luminance with a Gaussian window of 1.5 pixels (Wang et al. 2004), both of
                the whole picture. Compared is how far each still is from the sharp board, board by board; the figure
                is the mean over the boards:""",
                """- PSNR: the mean squared error is smaller by 1 − MSE(network) ÷ MSE(cubics) = 1 − 10^(−ΔPSNR ÷ 10);
                20 % are 0.97 dB.""",
                """- SSIM: what is unlike is smaller by 1 − (1 − SSIM(network)) ÷ (1 − SSIM(cubics)).""",
                """The plain gains are beside them. "In %" are the gains of PSNR in decibels and of SSIM over their own
                values, another reading of "20 % better"; the verdict does not rest on it.""",
            ),
            table(head, rows) if rows else prose("There are no figures yet."),
            prose(
                """Limits:""",
                """- A sharp original is known of drawn boards alone, all sizes, formulas included. Nothing is known of
                real photos.""",
                """- The verdict is about the network alone. The gate evens the light on purpose, which PSNR takes for
                an error, and takes lines back to the photo.""",
                """- Nearness is not legibility: criterion 1 is.""",
            ),
        ]
    )


def _near_row(name: str, boards: Sequence[Near]) -> list[str]:
    cells = [name, str(len(boards))]
    for less, before, after, digits in (
        ([one.less_error for one in boards], [one.psnr_before for one in boards],
         [one.psnr_after for one in boards], 2),
        ([one.less_unlike for one in boards], [one.ssim_before for one in boards],
         [one.ssim_after for one in boards], 3),
    ):  # fmt: skip
        gain = fmean(after) - fmean(before)
        cells += [
            percent(fmean(less)),
            str(sum(one >= LEAST_NEARER for one in less)),
            f"{fmean(before):.{digits}f} → {fmean(after):.{digits}f} ({signed(gain, digits)})",
            f"{signed(100 * gain / fmean(before), 1)} %",
        ]
    return cells


# ------------------------------------------------------------------------------------- 5: photos of real boards
def photo_lines(results: Results) -> list[Line]:
    """Return the lines of what is delivered for photos of real boards, by each engine."""
    return [_photo_line(results, judge) for judge in JUDGES]


def _photo_line(results: Results, judge: str) -> Line:
    name, asked = f"real photos, {judge}: {CALLED[GATE]}", "no photo reads worse"
    pairs = _pairs(results, judge)
    if not pairs:
        return missing(5, name, asked, MEASURE_BOARDS)
    worst = min(_changes(pairs.values()))
    before, after = _sums(pairs.values())
    photos = {photo.split(" ÷")[0] for photo in pairs}
    return judged(
        5,
        name,
        asked,
        f"worst photo {signed(worst)} words; all: {before.right:,} → {after.right:,} words read",
        f"{len(photos)} photos in {len(pairs)} sizes of them, {before.written:,} words",
        MEASURE_BOARDS,
        is_met=worst >= 0,
    )


Pair = tuple[Tally, Tally]
"""What was read in a photo, and in what is delivered for it."""


def _pairs(results: Results, judge: str, *names: str) -> dict[str, Pair]:
    """Return what was read of each photo; nothing where not all of them were read before and after."""
    before, after = (
        {
            row.board: row.tally
            for row in results.readings
            if (row.judge, row.method) == (judge, method) and {"photo", *names} <= set(row.group)
        }
        for method in (ORIGINAL, GATE)
    )
    return {photo: (before[photo], after[photo]) for photo in before} if before.keys() == after.keys() else {}


def _changes(pairs: Iterable[Pair]) -> list[int]:
    """Return how many more words are read rightly in what is delivered, photo by photo."""
    return [after.right - before.right for before, after in pairs]


def _sums(pairs: Collection[Pair]) -> Pair:
    return sum((before for before, _after in pairs), Tally()), sum(
        (after for _before, after in pairs), Tally()
    )


def photo_section(results: Results) -> str:
    """Say how photos are read, and show each reduction."""
    reductions = dict.fromkeys(group[1] for group in results.groups() if group[0] == "photo")
    rows = []
    for judge in JUDGES:
        for reduction in reductions:
            pairs = _pairs(results, judge, reduction)
            if pairs:
                rows.append([judge, reduction, *_photo_row(pairs.values())])
    head = ["engine", "reduction", "photos", "words", "read in the photo", "read in what is delivered"]
    head += ["better", "the same", "worse", "worst"]
    return "\n\n".join(
        [
            prose(
                """Photos of real boards are read as a whole, as they are and made two and three times smaller, against
                what a person wrote down: each word counts as often as it is written, in lower case. The client named no
                figure; ours is that in no photo, by either engine, fewer words are read rightly afterwards.""",
            ),
            table(head, rows) if rows else prose("There are no figures yet."),
            prose(
                """Limits:""",
                """- The photos are few, and the sizes of one photo are not independent.""",
                """- The engines change their minds by
                noise that no eye sees, so a word more or less on a photo may be chance.""",
                """- The gate itself reads with a network of rapidocr, and with tesseract where it is set to.""",
            ),
        ]
    )


def _photo_row(pairs: Collection[Pair]) -> list[str]:
    changes = _changes(pairs)
    before, after = _sums(pairs)
    counts = (
        sum(map(test, changes)) for test in (lambda one: one > 0, lambda one: one == 0, lambda one: one < 0)
    )
    return [
        str(len(pairs)),
        f"{before.written:,}",
        f"{before.right:,} ({percent(before.recall)})",
        f"{after.right:,} ({percent(after.recall)})",
        *map(str, counts),
        signed(min(changes)),
    ]
