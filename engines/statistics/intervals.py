"""Shares and confidence intervals.

Sources: Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference", JASA 22,
209–212; recommended over others for small numbers by Newcombe, R. G. (1998), Statistics in Medicine 17, 857–872.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
"""The confidence of every interval where none is named."""


@dataclass(frozen=True)
class Interval:
    """The two ends of a confidence interval, ``low`` ≤ ``high``."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class Share:
    """``hits`` of ``total``. There is no share of nothing: ``value`` and ``interval`` are then None."""

    hits: int
    total: int

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.total + other.total)

    @property
    def value(self) -> float | None:
        """The share, 0 … 1."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % Wilson interval."""
        return wilson(self.hits, self.total)


def wilson(hits: float, total: int, confidence: float = CONFIDENCE) -> Interval | None:
    """Return the Wilson score interval of a share, within 0 … 1; None where ``total`` is 0.

    ``hits`` may be a fraction: the sum of ``total`` values between 0 and 1 varies at most as much as a count does, so
    the interval is then wide enough. Raises ``ValueError`` for hits outside 0 … ``total`` and for a confidence
    outside 0 … 1, both ends excluded.
    """
    if total < 0 or not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no share.")
    if total == 0:
        return None
    z = normal_quantile(confidence)
    share = hits / total
    scale = 1 + z * z / total
    middle = (share + z * z / (2 * total)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    # At the two extremes the formula gives exactly 0 and 1, and rounding may miss them.
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == total else min(1.0, middle + half)
    return Interval(low, high)


def normal_quantile(confidence: float) -> float:
    """Return how many standard deviations a two-sided interval of a normal variable reaches (0.95: 1.96)."""
    if not 0 < confidence < 1:
        raise ValueError(f"A confidence is between 0 and 1, not {confidence}.")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def student_quantile(confidence: float, freedom: int) -> float:
    """Return the same for Student's t with ``freedom`` ≥ 5 degrees of freedom, to 0.005 or better.

    Source: Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.7.5. Raises ``ValueError`` below 5,
    where the expansion is too coarse.
    """
    if freedom < 5:
        raise ValueError(f"The expansion needs 5 degrees of freedom or more, not {freedom}.")
    z = normal_quantile(confidence)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )
