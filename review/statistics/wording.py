"""Figures in words, in the reader's language."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from engines.statistics.intervals import Interval
from stockgen.wording import count, percent, percent_range, share_in_words

__all__ = [
    "coefficient",
    "coefficient_range",
    "count",
    "percent",
    "percent_range",
    "reading_of",
    "share_in_words",
]

RELIABLE = 0.8
TENTATIVE = 0.667
"""Krippendorff, K. (2004), Content Analysis, 2nd edition, page 241: the usual bounds for alpha."""


def coefficient(value: float | None) -> str:
    """Write a coefficient with two decimals; a dash for None."""
    if value is None:
        return "–"
    # Django cuts decimals off; and there is no minus before 0.00.
    return number_format(round(value, 2) + 0.0, 2).replace("-", "−")


def coefficient_range(interval: Interval | None) -> str:
    """Write the interval of a coefficient: “0.55 to 0.61”."""
    if interval is None:
        return "–"
    return _("%(low)s to %(high)s") % {"low": coefficient(interval.low), "high": coefficient(interval.high)}


def reading_of(alpha: float | None) -> str:
    """Say what an alpha allows to conclude."""
    if alpha is None:
        return _("not enough to tell")
    if alpha >= RELIABLE:
        return _("reliable")
    return _("tentative") if alpha >= TENTATIVE else _("not reliable")
