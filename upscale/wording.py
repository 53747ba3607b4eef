"""Figures in words, in the reader's language."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from engines.statistics.intervals import Interval


def percent(value: float | None) -> str:
    """Write a share in whole per cent, one decimal where it is nearly all; a dash for None."""
    if value is None:
        return "–"
    if 0.95 <= value < 1:
        # 98.4 % and 97.6 % are on two sides of a promise of 98 %; and what is not all never reads as all.
        tenths = int(1000 * value + 1e-6)
        return _("%(number)s%%") % {"number": number_format(tenths / 10, 1 if tenths % 10 else 0)}
    return _("%(number)s%%") % {"number": round(100 * value)}


def percent_range(interval: Interval | None) -> str:
    """Write an interval of a share in whole per cent: “68–76%”."""
    if interval is None:
        return "–"
    return _("%(low)s–%(high)s%%") % {"low": round(100 * interval.low), "high": round(100 * interval.high)}


def seconds(value: float | None) -> str:
    """Write seconds: “4.1 s”, “38 s”; a dash for None."""
    if value is None:
        return "–"
    has_decimal = value < 10 and value != round(value)
    return _("%(seconds)s s") % {"seconds": number_format(value, 1) if has_decimal else round(value)}
