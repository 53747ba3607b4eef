"""The estimate says nothing too early and never climbs because time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jobs.estimate import ENOUGH, estimate

START = datetime(2026, 1, 1, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_too_few_finished_jobs_give_no_estimate() -> None:
    assert estimate(START, ENOUGH - 1, START + seconds(10), 5) is None


def test_nothing_started_gives_no_estimate() -> None:
    assert estimate(None, 0, None, 5) is None


def test_the_pace_is_the_throughput_seen() -> None:
    pace = estimate(START, 10, START + seconds(40), 5)
    assert pace is not None
    assert pace.seconds_each == 4
    assert pace.seconds_left(START + seconds(40)) == 20


def test_passing_time_only_lowers_it_and_never_below_zero() -> None:
    pace = estimate(START, 10, START + seconds(40), 5)
    assert pace is not None
    left = [pace.seconds_left(START + seconds(40 + passed)) for passed in range(30)]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
