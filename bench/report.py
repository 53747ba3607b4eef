"""How every bench prints: a table, and with ``--check`` a verdict on what is promised; and how figures are kept."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """A figure as a file keeps it: ``promised`` is the most it may be, or with ``at_least`` the least; None: anything.

    ``unit`` stands behind the figure; empty for shares of 1 and for counts.
    """

    name: str
    measured: float
    unit: str = ""
    promised: float | None = None
    at_least: bool = False


@dataclass(frozen=True)
class Measurement:
    """All figures of one run of a bench, and how it was set."""

    setting: dict[str, int]
    figures: list[Figure]

    def find(self, name: str) -> Figure | None:
        """Return a figure by its name; None where it was not measured."""
        return next((figure for figure in self.figures if figure.name == name), None)

    def save(self, file: Path) -> None:
        """Write it to a file of JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> Measurement:
        """Read what was written. Raises ``OSError``, ``ValueError``."""
        kept = json.loads(file.read_text(encoding="utf-8"))
        return cls(kept["setting"], [Figure(**figure) for figure in kept["figures"]])


@dataclass(frozen=True)
class Promise:
    """A figure that the documents promise: ``measured`` must be at most, or at least, ``bound``."""

    name: str
    measured: float
    bound: float
    at_least: bool = False
    unit: str = ""

    @property
    def is_kept(self) -> bool:
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    @property
    def figure(self) -> Figure:
        return Figure(self.name, self.measured, self.unit.strip(), self.bound, self.at_least)

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        verdict = "kept" if self.is_kept else "MISSED"
        return f"{verdict}: {self.name} = {self.measured:.4g}{self.unit} (promised {sign} {self.bound:g}{self.unit})"


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the ``--check`` that every bench takes."""
    made = argparse.ArgumentParser(description=(description or "").split("\n", maxsplit=1)[0])
    made.add_argument("--check", action="store_true", help="exit 1 where a promised figure is not met")
    return made


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under a head, columns aligned."""
    lines = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def conclude(promises: Sequence[Promise], *, check: bool) -> None:
    """Print the promises, the missed ones last; with ``check`` exit 1 if there are any."""
    print()
    for promise in sorted(promises, key=lambda promise: not promise.is_kept):
        print(promise)
    if check and not all(promise.is_kept for promise in promises):
        sys.exit(1)
