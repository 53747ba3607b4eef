"""The criteria of the client, and a line of the pilot report: what is asked, what was measured, the verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

LEAST_RECOVERED = 0.50
"""More than this share of the words that could not be read is read afterwards."""

LEAST_NEARER = 0.20
"""PSNR and SSIM are at least this much better than those of the input."""

MOST_SECONDS = 120.0
"""The longest that 95 % of the photos may take, from upload to result."""

LEAST_SUCCESS = 0.98
"""Of all photos, at least this share gets a result."""

LEAST_READABLE = 0.80
"""Of the students who answer, at least this share says yes."""

ROOT = Path(__file__).resolve().parent.parent
FIGURES, SERVICE, REPORT = (
    Path("docs", *names)
    for names in (("board-model", "figures.json"), ("board-model", "service.json"), ("pilot-report.md",))
)
"""From the top of the clone."""

MEASURE_BOARDS = f"BOARD_PHOTOS=FOLDER python -m bench.boards --save {FIGURES}"
MEASURE_SERVICE = f"python -m bench.photos --save {SERVICE}"
WRITE = "python -m bench.pilot"


class Verdict(StrEnum):
    """Where a criterion stands."""

    MET = "met"
    NOT_MET = "not met"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Line:
    """One criterion, or one part of it. ``criterion`` is its number; ``sample`` says how much was measured."""

    criterion: int
    name: str
    asked: str
    figure: str
    sample: str
    verdict: Verdict
    command: str

    def __str__(self) -> str:
        return f"{self.verdict}: {self.criterion}. {self.name} = {self.figure} (asked {self.asked})"


def judged(
    criterion: int, name: str, asked: str, figure: str, sample: str, command: str, *, is_met: bool
) -> Line:
    """Return the line of what was measured."""
    verdict = Verdict.MET if is_met else Verdict.NOT_MET
    return Line(criterion, name, asked, figure, sample, verdict, command)


def missing(criterion: int, name: str, asked: str, command: str) -> Line:
    """Return the line of what was not measured, or not on all boards that it is about."""
    figure = f"not measured yet: run `{command}`"
    return Line(criterion, name, asked, figure, "–", Verdict.NOT_MEASURED, command)


def verdict_of(lines: Iterable[Line]) -> Verdict:
    """Return where a criterion stands as a whole: it is met where all its parts are."""
    verdicts = {line.verdict for line in lines}
    return next(
        verdict for verdict in (Verdict.NOT_MET, Verdict.NOT_MEASURED, Verdict.MET) if verdict in verdicts
    )


def percent(share: float) -> str:
    """Return a share of 1 in per cent."""
    return f"{100 * share:.1f} %"


def signed(value: float, digits: int = 0) -> str:
    """Return a number with its sign; nothing has none."""
    return "0" if round(value, digits) == 0 else f"{value:+.{digits}f}".replace("-", "−")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def prose(*paragraphs: str) -> str:
    """Return paragraphs, wrapped; those that begin with a dash are points of a list."""
    told = [
        textwrap.fill(
            " ".join(paragraph.split()),
            118,
            subsequent_indent="  " if paragraph.lstrip().startswith("- ") else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for paragraph in paragraphs
    ]
    parts = [told[0]]
    for before, after in pairwise(told):
        parts += ["\n" if before.startswith("- ") and after.startswith("- ") else "\n\n", after]
    return "".join(parts)
