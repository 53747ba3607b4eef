"""The Wilson interval against published values, and what holds for every share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.statistics.intervals import Interval, Share, normal_quantile, student_quantile, wilson


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_wilson_interval_is_that_of_newcombe_1998_table_1(
    hits: int, total: int, low: float, high: float
) -> None:
    found = wilson(hits, total)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.00005)


def test_nothing_has_no_interval_and_no_share() -> None:
    assert wilson(0, 0) is None
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None


@given(st.integers(1, 10_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_holds_the_share_and_stays_a_share(pair: tuple[int, int]) -> None:
    hits, total = pair
    found = wilson(hits, total)
    assert 0 <= found.low <= hits / total <= found.high <= 1
    mirrored = wilson(total - hits, total)
    assert mirrored.low == pytest.approx(1 - found.high)
    assert mirrored.high == pytest.approx(1 - found.low)


@given(st.integers(1, 1000), st.integers(2, 50))
def test_more_pictures_narrow_it(hits: int, times: int) -> None:
    assert wilson(hits * times, 2 * hits * times).width < wilson(hits, 2 * hits).width


@pytest.mark.parametrize(("hits", "total"), [(3, 2), (-1, 2), (0, -1)])
def test_what_is_no_share_is_refused(hits: int, total: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(hits, total)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_is_between_nothing_and_certainty(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, confidence)


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(5, 2.5706), (10, 2.2281), (11, 2.2010), (30, 2.0423), (120, 1.9799)]
)
def test_students_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student_quantile(0.95, freedom) == pytest.approx(quantile, abs=0.005)


def test_student_becomes_normal() -> None:
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert student_quantile(0.95, 10**6) == pytest.approx(normal_quantile(0.95), abs=1e-5)
    with pytest.raises(ValueError, match="5 degrees"):
        student_quantile(0.95, 4)


def test_shares_add_up() -> None:
    assert Share(1, 2) + Share(3, 8) == Share(4, 10)
    assert Interval(0.25, 0.75).width == 0.5
