"""The coefficients against published worked examples, and against another implementation."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engines.statistics.agreement import (
    agreement,
    gwet_ac1,
    histogram_of,
    krippendorff_alpha,
    raw_agreement,
)

Ratings = list[list[int | None]]

# Krippendorff (2011), section C: four observers, twelve units, five categories; the same table is `cac.raw4raters`
# in Gwet's Handbook of Inter-Rater Reliability and in his R package irrCAC.
FOUR_OBSERVERS: Ratings = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
# Krippendorff (2011), section A: two observers, ten units, binary.
TWO_OBSERVERS: Ratings = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
# Krippendorff (2011), section B: two observers, twelve units, five categories a … e.
LETTERS: Ratings = [
    [0, 0, 1, 1, 3, 2, 2, 2, 4, 3, 3, 0],
    [1, 0, 1, 1, 1, 2, 2, 2, 4, 3, 3, 3],
]


def table(ratings: Ratings, categories: range) -> dict[tuple[int, ...], int]:
    units = zip(*ratings, strict=True)
    return histogram_of(tuple(unit.count(category) for category in categories) for unit in units)


def test_alpha_is_that_of_krippendorffs_example_with_missing_ratings() -> None:
    assert krippendorff_alpha(table(FOUR_OBSERVERS, range(1, 6))).value == pytest.approx(0.743, abs=0.0005)


def test_alpha_is_that_of_krippendorffs_binary_example() -> None:
    assert krippendorff_alpha(table(TWO_OBSERVERS, range(2))).value == pytest.approx(0.095, abs=0.0005)


def test_alpha_is_that_of_krippendorffs_example_with_two_observers() -> None:
    assert krippendorff_alpha(table(LETTERS, range(5))).value == pytest.approx(0.692, abs=0.0005)


def test_ac1_is_that_of_gwets_example_with_its_interval() -> None:
    found = gwet_ac1(table(FOUR_OBSERVERS, range(1, 6)))
    assert found.value == pytest.approx(0.77544, abs=0.000005)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.461, 1.0), abs=0.001)


def test_alpha_has_the_value_and_interval_that_gwet_gives_for_the_same_table() -> None:
    found = krippendorff_alpha(table(FOUR_OBSERVERS, range(1, 6)))
    assert found.value == pytest.approx(0.74342, abs=0.000005)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.419, 1.0), abs=0.001)


def test_raw_agreement_is_that_of_gwets_example() -> None:
    found = agreement(table(FOUR_OBSERVERS, range(1, 6)))
    assert found.raw.value == pytest.approx(0.81818, abs=0.000005)
    assert (found.units, found.paired) == (12, 11)


TABLES = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.none() | st.integers(0, 2), min_size=raters, max_size=raters), min_size=2, max_size=25
    )
)


@settings(deadline=None)  # the other implementation is slow at first
@given(TABLES)
def test_alpha_is_what_the_library_computes(units: list[list[int | None]]) -> None:
    histogram = histogram_of(tuple(unit.count(category) for category in range(3)) for unit in units)
    paired = [unit for unit in units if len(unit) - unit.count(None) >= 2]
    assume(len({rating for unit in paired for rating in unit if rating is not None}) > 1)
    data = np.array([[np.nan if one is None else one for one in unit] for unit in units]).T
    expected = krippendorff.alpha(data, value_domain=[0.0, 1.0, 2.0], level_of_measurement="nominal")
    assert krippendorff_alpha(histogram).value == pytest.approx(expected)


HISTOGRAMS = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(0, 400), min_size=1, max_size=12
)


@given(HISTOGRAMS)
def test_coefficients_are_at_most_one_and_lie_in_their_intervals(
    histogram: dict[tuple[int, ...], int],
) -> None:
    found = agreement(histogram)
    for one in (found.raw, found.alpha, found.ac1):
        if one is not None:
            assert -1.0000001 <= one.value <= 1.0000001
            assert one.interval is None or one.interval.low <= one.value <= one.interval.high + 1e-9
    assert (found.raw is None) == (found.ac1 is None) == (found.paired == 0)


@given(HISTOGRAMS)
def test_which_category_is_called_which_does_not_matter(histogram: dict[tuple[int, ...], int]) -> None:
    found = agreement(histogram)
    mirrored = agreement({(reject, approve): number for (approve, reject), number in histogram.items()})
    for one, other in ((found.raw, mirrored.raw), (found.alpha, mirrored.alpha), (found.ac1, mirrored.ac1)):
        assert (one is None) == (other is None)
        assert one is None or one.value == pytest.approx(other.value)


@given(HISTOGRAMS, st.integers(2, 40))
def test_more_pictures_of_the_same_kind_narrow_the_intervals(
    histogram: dict[tuple[int, ...], int], times: int
) -> None:
    few = agreement(histogram)
    many = agreement({counts: number * times for counts, number in histogram.items()})
    assert few.ac1 is None or many.ac1.value == pytest.approx(few.ac1.value)
    for one, other in ((few.alpha, many.alpha), (few.ac1, many.ac1)):
        if one is not None and one.interval is not None and one.interval.low > -1 and one.interval.high < 1:
            assert other.interval.width < one.interval.width


def test_full_agreement_is_one() -> None:
    found = agreement({(2, 0): 6, (0, 2): 6})
    assert found.alpha.value == pytest.approx(1)
    assert found.ac1.value == pytest.approx(1)
    assert found.raw.value == 1
    assert found.alpha.interval is None  # no unit differs, so the sample says nothing of its error
    assert found.raw.interval.low < 0.8


def test_alpha_falls_and_ac1_stays_where_nearly_all_is_approved() -> None:
    found = agreement({(2, 0): 950, (1, 1): 48, (0, 2): 2})
    assert found.raw.value > 0.95
    assert found.alpha.value < 0.1
    assert found.ac1.value > 0.94


@pytest.mark.parametrize("histogram", [{}, {(1, 0): 5, (0, 1): 3}, {(2, 0): 0}])
def test_without_a_pair_nothing_is_defined(histogram: dict[tuple[int, ...], int]) -> None:
    found = agreement(histogram)
    assert (found.raw, found.alpha, found.ac1, found.paired) == (None, None, None, 0)


def test_alpha_is_undefined_where_every_rating_is_the_same() -> None:
    found = agreement({(2, 0): 40, (3, 0): 2})
    assert found.alpha is None
    assert found.ac1.value == 1
    assert found.raw.value == 1


def test_few_units_get_no_interval() -> None:
    assert krippendorff_alpha({(2, 0): 4, (1, 1): 2, (0, 2): 3}).interval is None
    assert krippendorff_alpha({(2, 0): 5, (1, 1): 2, (0, 2): 3}).interval is not None


@pytest.mark.parametrize("histogram", [{(2, 0): 1, (1, 1, 1): 1}, {(2,): 3}, {(2, -1): 3}, {(2, 0): -1}])
def test_what_is_no_histogram_is_refused(histogram: dict[tuple[int, ...], int]) -> None:
    with pytest.raises(ValueError, match=r"categories|negative"):
        raw_agreement(histogram)
