"""How far raters agree beyond chance: raw agreement, Krippendorff's alpha and Gwet's AC1, for nominal categories.

All three take any number of raters for each unit, and missing ratings. They are computed from a *histogram*: how many
units have which number of ratings in each category. ``{(2, 0): 90, (1, 1): 7, (0, 2): 3}`` stands for 100 pictures
rated twice, 7 of them approved by one and rejected by the other; a hundred thousand pictures cost as much as ten.

Sources:

- raw agreement: the mean over units of the share of agreeing pairs; Fleiss, J. L. (1971), Psychological Bulletin 76,
  378–382.
- alpha: Krippendorff, K. (2011), "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania.
- AC1: Gwet, K. L. (2008), "Computing inter-rater reliability and its variance in the presence of high agreement",
  British Journal of Mathematical and Statistical Psychology 61, 29–48.
- standard errors of alpha and AC1, over the sampling of units: Gwet, K. L. (2014), Handbook of Inter-Rater
  Reliability, 4th edition, chapter 5 (linearization); the intervals use Student's t with units − 1 degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engines.statistics.intervals import CONFIDENCE, Interval, student_quantile, wilson

Counts = tuple[int, ...]
Histogram = Mapping[Counts, int]

FEWEST_UNITS = 10
"""With fewer units a standard error is itself too uncertain: then there is a coefficient without an interval."""


@dataclass(frozen=True)
class Coefficient:
    """An agreement coefficient, at most 1, and its 95 % interval where one can be given."""

    value: float
    interval: Interval | None


@dataclass(frozen=True)
class Agreement:
    """What one histogram says. A coefficient is None where it is not defined.

    ``units`` have a rating, ``paired`` of them two or more; only these tell about agreement.
    """

    units: int
    paired: int
    raw: Coefficient | None
    alpha: Coefficient | None
    ac1: Coefficient | None


def agreement(histogram: Histogram) -> Agreement:
    """Compute everything. Raises ``ValueError`` for a histogram that cannot be one."""
    rated, paired = _checked(histogram)
    return Agreement(
        units=_size(rated),
        paired=_size(paired),
        raw=raw_agreement(histogram),
        alpha=krippendorff_alpha(histogram),
        ac1=gwet_ac1(histogram),
    )


def raw_agreement(histogram: Histogram) -> Coefficient | None:
    """Return the mean share of agreeing pairs, 0 … 1, each unit counting the same; None without a pair.

    It says nothing about chance: two raters who both approve nine pictures in ten at random agree on 82 %. The
    interval is Wilson's.
    """
    _rated, paired = _checked(histogram)
    units = _size(paired)
    if not units:
        return None
    agreeing = sum(number * _agreeing_pairs(counts) for counts, number in paired.items())
    return Coefficient(agreeing / units, wilson(min(agreeing, units), units))


def krippendorff_alpha(histogram: Histogram) -> Coefficient | None:
    """Return Krippendorff's alpha for nominal data: 1 full agreement, 0 chance, below 0 systematic disagreement.

    None without a pair, and where every rating is the same: with nothing to tell apart, alpha is undefined.
    """
    _rated, paired = _checked(histogram)
    if not paired:
        return None
    units = _size(paired)
    mean_ratings = sum(number * sum(counts) for counts, number in paired.items()) / units
    shares = [
        sum(number * counts[category] for counts, number in paired.items()) / (units * mean_ratings)
        for category in range(len(next(iter(paired))))
    ]
    chance = sum(share * share for share in shares)
    if math.isclose(chance, 1.0):
        return None

    def observed_in(counts: Counts) -> float:
        return _agreeing_pairs(counts) * sum(counts) / mean_ratings

    observed = _mean(paired, observed_in)
    # Krippendorff corrects for drawing the pairs of chance without replacement; Gwet's notation of the same.
    correction = 1 / (units * mean_ratings)
    value = ((1 - correction) * observed + correction - chance) / (1 - chance)
    uncorrected = (observed - chance) / (1 - chance)

    def linear(counts: Counts) -> float:
        surplus = (sum(counts) - mean_ratings) / mean_ratings
        expected = sum(count * share for count, share in zip(counts, shares, strict=True)) / mean_ratings
        own = (observed_in(counts) - observed * surplus - chance) / (1 - chance)
        return own - 2 * (1 - uncorrected) * (expected - chance * surplus - chance) / (1 - chance)

    return Coefficient(value, _interval(value, paired, linear, uncorrected))


def gwet_ac1(histogram: Histogram) -> Coefficient | None:
    """Return Gwet's AC1: as alpha, but steady where nearly every rating is the same. None without a pair.

    Units with one rating count for how common a category is, not for agreement.
    """
    rated, paired = _checked(histogram)
    if not paired:
        return None
    categories = len(next(iter(rated)))
    all_units, paired_units = _size(rated), _size(paired)
    shares = [
        sum(number * counts[category] / sum(counts) for counts, number in rated.items()) / all_units
        for category in range(categories)
    ]
    chance = sum(share * (1 - share) for share in shares) / (categories - 1)
    observed = _mean(paired, _agreeing_pairs)
    value = (observed - chance) / (1 - chance)

    def linear(counts: Counts) -> float:
        ratings = sum(counts)
        own = (
            all_units / paired_units * (_agreeing_pairs(counts) - chance) / (1 - chance)
            if ratings >= 2
            else 0
        )
        rarity = sum(count * (1 - share) for count, share in zip(counts, shares, strict=True))
        expected = rarity / (ratings * (categories - 1))
        return own - 2 * (1 - value) * (expected - chance) / (1 - chance)

    return Coefficient(value, _interval(value, rated, linear, value))


def histogram_of(units: Iterable[Counts]) -> dict[Counts, int]:
    """Count units that have the same counts."""
    found: dict[Counts, int] = {}
    for counts in units:
        found[counts] = found.get(counts, 0) + 1
    return found


# ---------------------------------------------------------------------------------------------------------- parts
def _checked(histogram: Histogram) -> tuple[dict[Counts, int], dict[Counts, int]]:
    """Return the part with a rating at all, and the part with two or more."""
    if len({len(counts) for counts in histogram}) > 1 or any(len(counts) < 2 for counts in histogram):
        raise ValueError("Every unit has a count for each of the same two or more categories.")
    if any(number < 0 or min(counts) < 0 for counts, number in histogram.items()):
        raise ValueError("A histogram has no negative counts.")
    rated = {counts: number for counts, number in histogram.items() if number and sum(counts) >= 1}
    return rated, {counts: number for counts, number in rated.items() if sum(counts) >= 2}


def _size(histogram: Histogram) -> int:
    return sum(histogram.values())


def _mean(histogram: Histogram, value: Callable[[Counts], float]) -> float:
    return sum(number * value(counts) for counts, number in histogram.items()) / _size(histogram)


def _agreeing_pairs(counts: Counts) -> float:
    """Return the share of a unit's pairs of ratings that agree."""
    ratings = sum(counts)
    return sum(count * (count - 1) for count in counts) / (ratings * (ratings - 1))


def _interval(
    value: float, histogram: Histogram, linear: Callable[[Counts], float], middle: float
) -> Interval | None:
    """Return the interval from the units' linearized contributions; None for few units and where none differs."""
    units = _size(histogram)
    if units < FEWEST_UNITS:
        return None
    squares = sum(number * (linear(counts) - middle) ** 2 for counts, number in histogram.items())
    error = math.sqrt(squares / (units * (units - 1)))
    if error < 1e-12:  # every unit says the same, so that the sample knows nothing of its error
        return None
    reach = error * student_quantile(CONFIDENCE, units - 1)
    return Interval(max(-1.0, value - reach), min(1.0, value + reach))
