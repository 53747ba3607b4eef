"""Figures in words, in the reader's language."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from engines.statistics.intervals import Interval, Share


def count(number: float) -> str:
    """Write a number as a whole one, with its thousands apart."""
    return number_format(round(number), force_grouping=True)


def percent(value: float | None) -> str:
    """Write a share in whole per cent; a dash for None."""
    if value is None:
        return "–"
    return _("%(number)s%%") % {"number": round(100 * value)}


def percent_range(interval: Interval | None) -> str:
    """Write an interval of a share in whole per cent: “68–76%”."""
    if interval is None:
        return "–"
    return _("%(low)s–%(high)s%%") % {"low": round(100 * interval.low), "high": round(100 * interval.high)}


def share_in_words(share: Share) -> str:
    """Write a share with its interval and its number, as a screen reader should say it."""
    return _("%(share)s, 95%% interval %(range)s, n = %(total)s") % {
        "share": percent(share.value),
        "range": percent_range(share.interval),
        "total": count(share.total),
    }


def hours(number: float) -> str:
    """Write hours as people say them: “40 min”, “3.2 h”, “58 h”."""
    if round(60 * number) < 60:
        return _("%(minutes)d min") % {"minutes": round(60 * number)}
    return _("%(hours)s h") % {"hours": number_format(number, 1) if number < 10 else count(number)}
