"""What was measured on boards: kept row by row, pooled as it is asked for, written to a file and read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from bench.board_measures import Tally


@dataclass(frozen=True)
class Reading:
    """What one judge read of one board after one method."""

    board: str
    group: tuple[str, ...]
    method: str
    judge: str
    tally: Tally


@dataclass(frozen=True)
class Made:
    """How long a method took for one photo, and how near its picture is to the board, where that is known."""

    board: str
    group: tuple[str, ...]
    method: str
    seconds: float
    megapixels: float
    psnr: float | None = None
    ssim: float | None = None


Where = Callable[[tuple[str, ...]], bool]


def every(*wanted: str) -> Where:
    """Return what is true of groups that hold all of these names."""
    return lambda group: set(wanted) <= set(group)


def _all(group: tuple[str, ...]) -> bool:
    return bool(group)


@dataclass
class Results:
    """All rows of a measurement."""

    readings: list[Reading] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)

    def tally(self, method: str, judge: str, where: Where = _all) -> Tally:
        """Pool what a judge read after a method in the groups that are meant."""
        found = (
            row.tally
            for row in self.readings
            if (row.method, row.judge) == (method, judge) and where(row.group)
        )
        return sum(found, Tally())

    def psnr(self, method: str, where: Where = _all) -> float:
        """Return the mean PSNR in dB over drawn boards; NaN where there are none."""
        return _mean([row.psnr for row in self._made(method, where) if row.psnr is not None])

    def ssim(self, method: str, where: Where = _all) -> float:
        """Return the mean SSIM over drawn boards; NaN where there are none."""
        return _mean([row.ssim for row in self._made(method, where) if row.ssim is not None])

    def seconds(self, method: str, where: Where = _all) -> float:
        """Return the seconds for each megapixel of the photos; NaN where there are none."""
        rows = list(self._made(method, where))
        return (
            sum(row.seconds for row in rows) / sum(row.megapixels for row in rows) if rows else float("nan")
        )

    def groups(self) -> list[tuple[str, ...]]:
        """Return the groups that were read, in order."""
        return list(dict.fromkeys(row.group for row in self.readings))

    def methods(self) -> list[str]:
        """Return the methods that were tried, in order."""
        made, read = [row.method for row in self.made], [row.method for row in self.readings]
        return list(dict.fromkeys(made + read))

    def judges(self) -> list[str]:
        """Return the judges, in order."""
        return list(dict.fromkeys(row.judge for row in self.readings))

    def _made(self, method: str, where: Where) -> Iterator[Made]:
        return (row for row in self.made if row.method == method and where(row.group))

    def save(self, file: Path) -> None:
        """Write all rows to a file of JSON."""
        rows = {
            "readings": [asdict(row) for row in self.readings],
            "made": [asdict(row) for row in self.made],
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> Results:
        """Read what was written. Raises ``OSError``, ``ValueError``."""
        rows = json.loads(file.read_text(encoding="utf-8"))
        return cls(
            [
                Reading(**{**row, "group": tuple(row["group"]), "tally": Tally(**row["tally"])})
                for row in rows["readings"]
            ],
            [Made(**{**row, "group": tuple(row["group"])}) for row in rows["made"]],
        )


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
