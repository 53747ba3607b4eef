"""How every bench prints: a table, and with ``--check`` a verdict on what is promised."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


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
