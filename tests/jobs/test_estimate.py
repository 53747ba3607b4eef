"""The estimate says nothing too early or after a stall, and never climbs because time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jobs.estimate import ENOUGH, WINDOW, Pace, estimate

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def after(*finished: float, left: int = 5, now: float | None = None) -> Pace | None:
    return estimate(
        START, [at(seconds) for seconds in finished], left, at(finished[-1] if now is None else now)
    )


def test_too_few_finished_jobs_give_no_estimate() -> None:
    assert after(*range(1, ENOUGH)) is None
    assert after(*range(1, ENOUGH + 1)) is not None


def test_the_pace_is_the_throughput_seen() -> None:
    pace = after(*range(4, 44, 4))
    assert pace is not None
    assert pace.seconds_each == 4
    assert pace.seconds_left(at(40)) == 20


def test_a_batch_that_finishes_at_once_counts_from_the_beginning() -> None:
    pace = after(8.0, 8.1, 8.2, 8.3)
    assert pace is not None
    assert 2 < pace.seconds_each < 2.1


def test_a_long_run_is_judged_by_its_latest_jobs() -> None:
    pace = after(*(1000 + number for number in range(WINDOW)))
    assert pace is not None
    assert pace.seconds_each == 1


def test_passing_time_only_lowers_it_and_never_below_zero() -> None:
    pace = after(*range(4, 44, 4))
    assert pace is not None
    left = [pace.seconds_left(at(40 + passed)) for passed in range(30)]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0


def test_after_a_stall_there_is_none() -> None:
    assert after(1, 2, 3, now=60) is not None
    assert after(1, 2, 3, now=3600) is None
