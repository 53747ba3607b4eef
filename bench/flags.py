"""How right are the flags? Precision and recall of each on made defects, and against the experts' votes.

Drawn rooms are made blank, dark, blurred and poor in contrast, by degrees, and get signs with real words, with made-up
ones and with scrawls. What is not yet a defect (dusk, haze, half of the picture in focus, real words) counts against
the flags. The thresholds are chosen (``--choose``) on other rooms than those reported. Beside ours, the usual measures:
the variance of the Laplacian for blur, the mean brightness, the standard deviation, and "any text at all". Pictures
that overlap by nature (a blank one has no contrast, either) count for neither of the two.

Then the experts' votes in the site's own database, where there are any: how many of the flagged pictures they rejected
(precision), and how many of the rejected were flagged (recall). ``--votes`` shows only these.

    python -m bench.flags [--rooms 30] [--signs 60] [--choose] [--votes] [--check]
"""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import get_args

import cv2
import numpy as np
from tqdm import tqdm

from bench.defects import Made, lights, signs
from bench.report import Promise, conclude, parser, table
from engines.boards.reading import BoardReader
from engines.boards.results import ReadLine
from engines.gates import light
from engines.gates.examining import examine
from engines.gates.light import Pixels
from engines.gates.results import THRESHOLDS, Defect, Threshold
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER

CHOSEN_ON = 1000
REPORTED_ON = 200_000
"""First seeds of the rooms that thresholds are chosen on, and of those that are reported."""

LEAST_PRECISION = 0.95
LEAST_RECALL = 0.9
LEAST_RECALL_OF_TEXT = 0.75
"""Of signs with made-up words and of scrawls together."""

ALIKE: dict[Defect, frozenset[Defect]] = {
    "blank": frozenset({"low-contrast", "dark", "blurred"}),
    "low-contrast": frozenset({"blank", "dark"}),
    "blurred": frozenset({"blank"}),
    "dark": frozenset({"blank"}),
}
"""Made defects that are no fault of a flag: what is nearly black has no contrast, either."""


@dataclass(frozen=True)
class Measured:
    """What the detectors measured on a made picture, and what the usual ways do."""

    kind: str
    defect: Defect | None
    measures: dict[Defect, float]
    flagged: frozenset[Defect]
    usual: dict[Defect, float]
    seconds: float


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--rooms", type=int, default=30, help="for blank, dark, blurred, low contrast")
    arguments.add_argument("--signs", type=int, default=60, help="rooms with signs")
    arguments.add_argument("--choose", action="store_true", help="propose thresholds, on other rooms")
    arguments.add_argument(
        "--votes", action="store_true", help="only against the votes in the site's database"
    )
    options = arguments.parse_args()
    if options.votes:
        against_votes()
        return
    chosen = measured(options, CHOSEN_ON)
    if options.choose:
        show_choice(chosen)
        return
    promises = show(measured(options, REPORTED_ON), chosen)
    against_votes()
    conclude(promises, check=options.check)


def measured(options: Namespace, first: int) -> list[Measured]:
    """Examine the made pictures of rooms from a seed on."""
    reader = Counting(BoardReader.load(BOARD_READERS[DEFAULT_BOARD_READER]))
    made: list[Callable[[], list[Made]]] = [
        *(partial(lights, range(seed, seed + 1)) for seed in range(first, first + options.rooms)),
        *(partial(signs, range(seed, seed + 1)) for seed in range(first, first + options.signs)),
    ]
    return [look(one, reader) for make in tqdm(made, unit="room") for one in make()]


class Counting:
    """The reader of the signs; the rooms without signs are not read, which is what takes the time."""

    def __init__(self, reader: BoardReader) -> None:
        self.reader = reader
        self.lines = 0

    def read_all(self, image: Pixels) -> tuple[ReadLine, ...]:
        """Read, and remember how many lines there were."""
        lines = self.reader.read_all(image)
        self.lines = len(lines)
        return lines


class NoReader:
    """Reads nothing."""

    def read_all(self, image: Pixels) -> tuple[ReadLine, ...]:
        """Return no lines."""
        return ()


def look(made: Made, reader: Counting) -> Measured:
    """Examine one picture as a worker does, and in the usual ways."""
    start = time.perf_counter()
    is_read = made.kind in TEXTS
    reader.lines = 0
    examined = examine(made.picture, lambda: reader if is_read else NoReader())
    seconds = time.perf_counter() - start
    assert not examined.failures, examined.failures
    grey = light.luminance(made.picture)
    usual: dict[Defect, float] = {
        "blank": float(grey.std()),
        "dark": float(grey.mean()),
        "blurred": -float(cv2.Laplacian(grey, cv2.CV_32F).var()),
        "low-contrast": float(grey.std()),
        "fake-text": float(reader.lines),
    }
    return Measured(
        made.kind,
        made.defect,
        {finding.defect: finding.measure for finding in examined.findings},
        frozenset(finding.defect for finding in examined.defects),
        usual,
        seconds,
    )


TEXTS = frozenset({"no sign", "real words", "made-up words", "scrawls"})


def judged(rows: Iterable[Measured], defect: Defect) -> list[Measured]:
    """Return the pictures on which a flag is judged; text on those with and without signs, the rest on the others."""
    return [
        row
        for row in rows
        if (row.kind in TEXTS) == (defect == "fake-text")
        and (row.defect is None or row.defect not in ALIKE.get(defect, frozenset()))
    ]


def scores(
    rows: Iterable[Measured], defect: Defect, is_flagged: Callable[[Measured], bool]
) -> tuple[float, float]:
    """Return the precision and the recall of a flag."""
    right = flags = made = 0
    for row in rows:
        flagged, is_one = is_flagged(row), row.defect == defect
        right, flags, made = right + (flagged and is_one), flags + flagged, made + is_one
    return (right / flags if flags else 1.0), (right / made if made else 1.0)


def best(
    rows: list[Measured], defect: Defect, value: Callable[[Measured], float], *, is_most: bool
) -> Threshold:
    """Return the threshold of the highest F1: in the middle between the neighbouring values."""
    values = sorted({value(row) for row in rows})
    middles = [(one + other) / 2 for one, other in pairwise(values)] or values
    if len(middles) > 400:
        middles = [middles[place] for place in np.linspace(0, len(middles) - 1, 400).astype(int)]

    def f1(bound: float) -> float:
        threshold = Threshold(bound, is_most)
        precision, recall = scores(rows, defect, lambda row: threshold.is_passed_by(value(row)))
        return 2 * precision * recall / max(precision + recall, 1e-9)

    reached = max(map(f1, middles))
    alike = [bound for bound in middles if f1(bound) >= reached - 1e-9]
    return Threshold(alike[len(alike) // 2], is_most)


def usual_measure(defect: Defect) -> Callable[[Measured], float]:
    """Return what reads the usual measure of a defect off a picture."""
    return lambda row: row.usual[defect]


def show_choice(rows: list[Measured]) -> None:
    """Print the thresholds that these rooms would choose beside those in use."""
    lines = []
    for defect in get_args(Defect):
        mine = judged(rows, defect)
        used = THRESHOLDS[defect]
        found = best(mine, defect, lambda row, defect=defect: row.measures[defect], is_most=used.is_most)  # type: ignore[misc]
        lines.append((defect, f"{found.bound:.4g}", f"{used.bound:.4g}"))
    table(("flag", "best on these rooms", "in use"), lines)


def show(rows: list[Measured], chosen: list[Measured]) -> list[Promise]:
    """Print precision and recall of each flag, ours and the usual way's, and recall by degree."""
    lines, promises = [], []
    for defect in get_args(Defect):
        mine = judged(rows, defect)
        precision, recall = scores(mine, defect, lambda row, defect=defect: defect in row.flagged)  # type: ignore[misc]
        is_most = THRESHOLDS[defect].is_most
        usual = best(judged(chosen, defect), defect, usual_measure(defect), is_most=is_most)
        other = scores(mine, defect, lambda row, u=usual, defect=defect: u.is_passed_by(row.usual[defect]))  # type: ignore[misc]
        made = sum(row.defect == defect for row in mine)
        lines.append(
            (
                defect,
                made,
                len(mine) - made,
                f"{precision:.3f}",
                f"{recall:.3f}",
                *(f"{one:.3f}" for one in other),
            )
        )
        least = LEAST_RECALL_OF_TEXT if defect == "fake-text" else LEAST_RECALL
        promises += [
            Promise(f"precision, {defect}", precision, LEAST_PRECISION, at_least=True),
            Promise(f"recall, {defect}", recall, least, at_least=True),
        ]
    table(("flag", "made", "others", "precision", "recall", "usual precision", "usual recall"), lines)
    print()
    by_kind: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in rows:
        for defect in [row.defect] if row.defect else get_args(Defect):
            by_kind[row.kind, defect].append(defect in row.flagged)
    table(
        ("made", "flag", "pictures", "flagged"),
        [
            (kind, defect, len(flags), f"{np.mean(flags):.3f}")
            for (kind, defect), flags in by_kind.items()
            if any(flags) or any(row.kind == kind and row.defect == defect for row in rows)
        ],
    )
    seconds = [row.seconds for row in rows]
    print(
        f"\nA picture of {len(rows)}: {np.median(seconds):.2f} s at the median, {np.percentile(seconds, 95):.2f} s p95"
    )
    return promises


def against_votes() -> None:
    """Print how many of the decided pictures with each flag the experts rejected, beside those of all pictures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.db import connection

    from stockgen.models import Flag
    from stockgen.models.flag import rejected_by_flag

    is_site = Flag._meta.db_table in connection.introspection.table_names()
    figures = {name: counts for name, *counts in rejected_by_flag()} if is_site else {}
    decided, wrong, _ = figures.pop("all", (0, 0, 0))
    if not decided:
        print("\nVotes: no picture that was examined is decided yet in the site's database.")
        return
    plain, plainly_wrong, _ = figures.pop("", (0, 0, 0))
    figures["any"] = [decided - plain, wrong - plainly_wrong, 0]
    lines = [
        (name, flagged, f"{right / max(1, flagged):.3f}", f"{right / max(1, wrong):.3f}", for_it or "–")
        for name, (flagged, right, for_it) in figures.items()
    ]
    print(
        f"\nVotes: of {decided} decided pictures {wrong} are rejected, {wrong / decided:.3f}: the precision of chance."
    )
    table(("flag", "flagged", "precision", "recall", "for that reason"), lines)


if __name__ == "__main__":
    main()
