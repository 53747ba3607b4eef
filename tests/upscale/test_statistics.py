"""The figures of the promise, the queue, the alarms, and the worst cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from engines.statistics.intervals import Share
from jobs.models import Worker
from jobs.states import worker_name
from tests.boards import finish, make_photo, make_visitor
from upscale import charts
from upscale.alarms import Alarm, Trouble, alarms
from upscale.models import Photo, SurveyAnswer
from upscale.statistics import (
    ENOUGH_ANSWERS,
    Figures,
    Queue,
    figures,
    photos_of,
    queue_now,
    recent_report,
    report,
)

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUIET = Queue(0, 0, None, 0, 1, 5.0, "full")


def ended(
    seconds: float = 10, *, ago: timedelta = timedelta(), gain: float | None = 2.0, **fields: Any
) -> Photo:
    """Make a photo that was done so long after it was asked for."""
    scores = (
        {} if gain is None else {"after": {"score": 4.0 + gain, "words": 5, "confidence": 0.8, "lines": 3}}
    )
    if gain is None:
        scores = {"before": None, "after": None}  # type: ignore[dict-item]
    photo = finish(make_photo(), **scores, **fields)
    moment = timezone.now() - ago
    Photo.objects.filter(pk=photo.pk).update(asked_at=moment - timedelta(seconds=seconds), finished_at=moment)
    photo.refresh_from_db()
    return photo


def failed(ago: timedelta = timedelta()) -> Photo:
    """Make a photo that failed."""
    photo = make_photo()
    [claimed] = Photo.objects.filter(pk=photo.pk).claim(worker_name())
    assert claimed.fail("It broke.", retry=False)
    Photo.objects.filter(pk=photo.pk).update(finished_at=timezone.now() - ago)
    return claimed


def say(photo: Photo, *answers: str) -> None:
    """Answer the survey, each answer by somebody else."""
    for answer in answers:
        SurveyAnswer.objects.answer(photo, make_visitor(), answer)


# ---------------------------------------------------------------------- figures
def test_times_are_from_asking_to_the_result() -> None:
    for seconds in (10, 20, 30, 40, 130):
        ended(seconds)
    found = figures(LONG_AGO)
    assert found.p50 == pytest.approx(30)
    assert found.p95 == pytest.approx(112)
    assert found.within == Share(4, 5)


def test_what_failed_is_no_success_and_not_in_time_and_has_no_seconds() -> None:
    ended(10)
    failed()
    found = figures(LONG_AGO)
    assert (found.done, found.failed) == (1, 1)
    assert found.success == found.within == Share(1, 2)
    assert found.p95 == pytest.approx(10)


def test_what_waits_runs_or_was_cancelled_counts_in_nothing() -> None:
    make_photo()
    make_photo().cancel()
    found = figures(LONG_AGO)
    assert found == Figures()
    assert found.success.value is None


def test_only_photos_that_were_read_before_and_after_can_improve() -> None:
    for gain in (3.0, 0.0, -0.5, None):
        ended(gain=gain)
    assert figures(LONG_AGO).gained == Share(1, 3)


def test_each_answer_counts_though_a_photo_has_several() -> None:
    say(ended(), "yes", "partly", "no")
    say(ended(), "yes")
    ended()
    found = figures(LONG_AGO)
    assert (found.yes, found.partly, found.no, found.done) == (2, 1, 1, 3)
    assert found.readable == Share(2, 4)


def test_a_period_holds_what_ended_in_it() -> None:
    ended(ago=timedelta(hours=2))
    say(ended(ago=timedelta(hours=2)), "no")
    ended(ago=timedelta(minutes=5))
    found = figures(timezone.now() - timedelta(hours=1))
    assert (found.done, found.no) == (1, 0)


def test_the_deadline_is_a_setting(settings: Settings) -> None:
    ended(20)
    settings.PHOTO_DEADLINE_SECONDS = 15
    assert figures(LONG_AGO).within == Share(0, 1)


# ---------------------------------------------------------------------- the report
def test_a_report_tells_all_each_method_and_each_day() -> None:
    now = timezone.now()
    ended(10, method="enhanced")
    ended(30, method="enhanced")
    ended(50, method="bicubic", ago=timedelta(days=2))
    failed(ago=timedelta(days=2))
    found = report(LONG_AGO)
    assert found.all.done == 3
    assert found.all == figures(LONG_AGO)
    assert [(key, one.done, round(one.p50 or 0, 3)) for key, one in found.methods] == [
        ("enhanced", 2, 20),
        ("bicubic", 1, 50),
    ]
    assert [(day, one.done, one.failed) for day, one in found.days] == [
        ((now - timedelta(days=2)).date(), 1, 1),
        (now.date(), 2, 0),
    ]


def test_days_are_those_of_the_sites_time_zone() -> None:
    photo = ended()
    Photo.objects.filter(pk=photo.pk).update(finished_at=datetime(2026, 3, 1, 22, 30, tzinfo=UTC))
    with timezone.override("Europe/Moscow"):
        [(day, _figures)] = report(LONG_AGO).days
    assert day == date(2026, 3, 2)


def test_a_report_of_nothing_is_empty() -> None:
    found = report(LONG_AGO)
    assert found.all == Figures()
    assert (found.methods, found.days, found.cases) == ([], [], [])


def test_a_report_is_kept_for_some_seconds() -> None:
    ended()
    assert recent_report(LONG_AGO).all.done == 1
    ended()
    assert recent_report(LONG_AGO).all.done == 1
    assert report(LONG_AGO).all.done == 2


def test_the_worst_of_each_kind_come_first() -> None:
    fine = ended(5, gain=9.0)
    slow, slower = ended(80, gain=5.0), ended(90, gain=5.0)
    poor = ended(10, gain=0.5)
    kept = ended(10, gain=5.0, fallen_back=4)
    say(slow, "partly")
    say(poor, "no", "yes")
    say(fine, "yes")
    broken = failed()
    found = report(LONG_AGO)
    assert [case.key for case in found.unreadable] == [poor.pk, slow.pk]
    assert [(case.noes, case.partlies) for case in found.unreadable] == [(1, 0), (0, 1)]
    assert [case.key for case in found.failed] == [broken.pk]
    assert [case.key for case in found.slowest][:2] == [slower.pk, slow.pk]
    assert found.gained_least[0].key == poor.pk
    assert found.gained_least[0].gain == pytest.approx(0.5)
    assert [case.key for case in found.kept_most] == [kept.pk]
    assert [len(report(LONG_AGO, most=2).slowest)] == [2]


def test_a_photo_deleted_meanwhile_is_no_case_any_more() -> None:
    photo = ended()
    cases = report(LONG_AGO).cases
    assert set(photos_of(cases)) == {photo.pk}
    photo.remove()
    assert photos_of(cases) == {}


# ---------------------------------------------------------------------- the queue
def test_the_queue_tells_what_waits_since_when_and_who_works() -> None:
    ended()
    assert Photo.objects.filter(pk=make_photo().pk).claim("worker")
    make_photo()
    old = make_photo()
    Photo.objects.filter(pk=old.pk).update(asked_at=Now() - timedelta(seconds=200))
    Worker.objects.beat("one")
    queue = queue_now()
    assert (queue.waiting, queue.running, queue.overdue, queue.workers) == (2, 1, 1, 1)
    assert queue.oldest == pytest.approx(200, abs=5)
    assert queue.next_seconds > 0
    assert queue.next_effort == "full"


def test_an_empty_queue_has_no_oldest() -> None:
    queue = queue_now()
    assert (queue.waiting, queue.running, queue.oldest, queue.overdue, queue.workers) == (0, 0, None, 0, 0)


# ---------------------------------------------------------------------- alarms
def told(
    queue: Queue = QUIET, hour: Figures | None = None, day: Figures | None = None
) -> list[tuple[str, str]]:
    """Return the troubles with their periods."""
    found: list[Alarm] = alarms(queue, hour or Figures(), day or Figures())
    return [(alarm.trouble.value, alarm.period) for alarm in found]


def test_all_is_well_where_nothing_happens_or_all_is_kept() -> None:
    kept = Figures(done=100, failed=2, in_time=96, p50=20.0, p95=120.0, yes=80, no=20)
    assert told() == []
    assert told(hour=kept, day=kept) == []


def test_slow_photos_raise_an_alarm(settings: Settings) -> None:
    slow = Figures(done=10, in_time=9, p50=20.0, p95=120.5)
    assert told(hour=slow) == [(Trouble.LATE, "hour")]
    settings.PHOTO_DEADLINE_SECONDS = 121
    assert told(hour=slow) == []


def test_failing_photos_raise_an_alarm() -> None:
    assert told(hour=Figures(done=98, failed=2)) == []
    assert told(hour=Figures(done=97, failed=3)) == [(Trouble.FAILING, "hour")]
    assert told(hour=Figures(failed=1)) == [(Trouble.FAILING, "hour")]


def test_bad_answers_raise_an_alarm_once_there_are_enough() -> None:
    assert told(day=Figures(yes=0, no=ENOUGH_ANSWERS - 1)) == []
    assert told(day=Figures(yes=16, partly=4)) == []
    assert told(day=Figures(yes=15, partly=5)) == [(Trouble.UNREADABLE, "day")]


def test_today_is_told_only_where_the_last_hour_does_not_tell_it() -> None:
    broken = Figures(done=1, failed=1, p95=10.0)
    assert told(hour=broken, day=broken) == [(Trouble.FAILING, "hour")]
    assert told(hour=Figures(), day=broken) == [(Trouble.FAILING, "day")]


def test_waiting_photos_without_a_worker_come_first() -> None:
    stuck = Queue(3, 0, 300.0, 3, 0, 40.0, "full")
    assert told(stuck, hour=Figures(failed=1)) == [(Trouble.NO_WORKER, ""), (Trouble.FAILING, "hour")]
    assert told(Queue(3, 1, 300.0, 3, 1, 40.0, "full")) == [(Trouble.OVERDUE, "")]
    assert told(Queue(0, 0, None, 0, 0, 5.0, "full")) == []  # nobody waits for the worker that is not there


# ---------------------------------------------------------------------- charts
DAYS = [date(2026, 3, day) for day in (1, 2, 5)]


def test_a_line_of_days_is_broken_where_a_day_is_missing() -> None:
    shares = [(day, Share(90, 100)) for day in DAYS]
    drawn = charts.shares_by_day(shares, 0.98)
    assert [point.x for point in drawn.points] == ["0.00%", "25.00%", "100.00%"]
    assert len(drawn.lines) == 2
    assert len(drawn.bands) == 1
    assert [point.is_kept for point in drawn.points] == [False] * 3
    assert [text for _y, text in drawn.ticks] == ["90%", "95%", "100%"]


def test_a_day_without_photos_has_no_share() -> None:
    assert not charts.shares_by_day([(DAYS[0], Share(0, 0))], 0.98)
    assert charts.shares_by_day([(DAYS[0], Share(1, 1))], 0.98).points[0].x == "50.00%"


def test_seconds_are_drawn_with_the_deadline_in_sight() -> None:
    drawn = charts.seconds_by_day([(DAYS[0], 20.0, 60.0, 5), (DAYS[1], 30.0, 150.0, 5)], 120)
    assert [point.is_kept for point in drawn.points] == [True, False]
    assert [point.text for point in drawn.points] == ["60 s", "150 s"]
    assert float(drawn.goal.rstrip("%")) == pytest.approx(100 - 100 * 120 / (1.15 * 150), abs=0.01)
    assert drawn.ticks[0] == ("100.00%", "0 s")
    assert len(drawn.more) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.979, "97.9%"), (0.9799, "97.9%"), (0.98, "98%"), (0.99999, "99.9%"), (1.0, "100%"), (0.804, "80%")],
)
def test_a_share_that_is_not_all_never_reads_as_all(value: float, text: str) -> None:
    assert charts.wording.percent(value) == text
