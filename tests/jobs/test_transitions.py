"""Every way out of a state, and that a worker which lost its claim changes nothing."""

from __future__ import annotations

import os
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from jobs.models import WrongState
from jobs.states import State, is_known_dead, worker_name
from stockgen.models import Picture
from tests.factories import claim_pictures, finish_picture, make_planned_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Picture, "batch_limit", classmethod(lambda cls, first: 2))


def expire(*pictures: Picture) -> None:
    Picture.objects.filter(pk__in=[picture.pk for picture in pictures]).update(
        lease_until=Now() - timedelta(seconds=1)
    )


def test_success_stores_the_result() -> None:
    make_planned_run(count=1)
    [picture] = claim_pictures()
    assert finish_picture(picture)
    assert (picture.state, picture.progress, picture.token) == (State.DONE, 1, None)
    assert picture.finished_at is not None


def test_success_after_the_lease_was_taken_over_is_discarded() -> None:
    make_planned_run(count=1)
    [zombie] = claim_pictures()
    expire(zombie)
    Picture.objects.sweep()
    Picture.objects.update(due_at=Now())
    [heir] = claim_pictures()
    assert not finish_picture(zombie, b"late")
    assert finish_picture(heir, b"right")
    assert heir.image.read() == b"right"


def test_a_failure_that_may_pass_is_tried_again_later() -> None:
    make_planned_run(count=1)
    [picture] = claim_pictures()
    assert picture.fail("the network is down", retry=True)
    assert (picture.state, picture.failures, picture.error) == (State.QUEUED, 1, "the network is down")
    assert picture.due_at > picture.created_at
    assert claim_pictures() == []


def test_the_back_off_doubles() -> None:
    make_planned_run(count=1)
    waits = []
    for _ in range(2):
        Picture.objects.update(due_at=Now())
        [picture] = claim_pictures()
        with transaction.atomic():
            picture.fail("again", retry=True)
            now = Picture.objects.annotate(now=Now()).get().now
            waits.append((picture.due_at - now).total_seconds())
    assert waits[0] == pytest.approx(2, abs=0.5)
    assert waits[1] == pytest.approx(4, abs=0.5)


def test_the_third_failure_is_final() -> None:
    make_planned_run(count=1)
    for _ in range(3):
        Picture.objects.update(due_at=Now())
        [picture] = claim_pictures()
        picture.fail("again", retry=True)
    assert picture.state == State.FAILED


def test_a_failure_that_cannot_pass_is_final_at_once() -> None:
    make_planned_run(count=1)
    [picture] = claim_pictures()
    picture.fail("no such model", retry=False)
    assert picture.state == State.FAILED


def test_failing_what_was_cancelled_changes_nothing() -> None:
    make_planned_run(count=1)
    [picture] = claim_pictures()
    Picture.objects.get().cancel()
    assert not picture.fail("too late", retry=True)
    assert Picture.objects.get().state == State.CANCELLED


def test_cancelling_twice_is_fine() -> None:
    make_planned_run(count=1)
    picture = Picture.objects.get()
    picture.cancel()
    picture.cancel()
    assert picture.state == State.CANCELLED


def test_a_done_job_cannot_be_cancelled_or_retried() -> None:
    make_planned_run(count=1)
    [picture] = claim_pictures()
    finish_picture(picture)
    with pytest.raises(WrongState):
        picture.cancel()
    with pytest.raises(WrongState):
        picture.retry()


def test_a_retry_begins_with_a_clean_slate() -> None:
    make_planned_run(count=1)
    [picture] = claim_pictures()
    picture.fail("no such model", retry=False)
    picture.retry()
    assert (picture.state, picture.failures, picture.error) == (State.QUEUED, 0, "")
    assert len(claim_pictures()) == 1


def test_a_heartbeat_extends_the_lease_and_tells_what_is_still_ours() -> None:
    make_planned_run(count=2)
    first, second = claim_pictures()
    assert first.token is not None
    second.cancel()
    assert Picture.objects.heartbeat(first.token, 0.5, seconds=60) == {first.pk}
    before = first.lease_until
    first.refresh_from_db()
    assert first.progress == 0.5
    assert before is not None
    assert first.lease_until is not None
    assert first.lease_until > before


def test_a_release_gives_the_claim_back_without_blame() -> None:
    make_planned_run(count=2)
    first, second = claim_pictures()
    finish_picture(first)
    assert first.token is None
    assert second.token is not None
    assert Picture.objects.release(second.token) == 1
    second.refresh_from_db()
    assert (second.state, second.failures, second.alone) == (State.QUEUED, 0, False)


def test_an_expired_batch_is_queued_again_one_by_one_without_blame() -> None:
    make_planned_run(count=2)
    expire(*claim_pictures())
    assert Picture.objects.sweep() == 2
    assert set(Picture.objects.values_list("state", "failures", "alone")) == {(State.QUEUED, 0, True)}
    assert len(claim_pictures()) == 1


def test_a_job_that_kills_its_worker_three_times_alone_fails() -> None:
    make_planned_run(count=2)
    expire(*claim_pictures())
    Picture.objects.sweep()
    poison = Picture.objects.order_by("id")[0]
    for _ in range(3):
        Picture.objects.filter(pk=poison.pk).update(due_at=Now(), priority=1)
        [picture] = claim_pictures()
        assert picture.pk == poison.pk
        expire(picture)
        Picture.objects.sweep()
    poison.refresh_from_db()
    assert poison.state == State.FAILED
    assert "died" in poison.error
    assert len(claim_pictures()) == 1


def test_a_job_claimed_alone_is_blamed_at_once() -> None:
    make_planned_run(count=1)
    expire(*claim_pictures())
    Picture.objects.sweep()
    assert Picture.objects.get().failures == 1


def test_a_living_worker_within_its_lease_is_left_alone() -> None:
    make_planned_run(count=1)
    claim_pictures()
    assert Picture.objects.sweep() == 0


def test_a_worker_known_dead_loses_its_claim_before_the_lease_ends() -> None:
    make_planned_run(count=1)
    place = worker_name().rsplit("/", 2)[0]
    Picture.objects.claim(f"{place}/{os.getpid()}/1")
    assert Picture.objects.sweep() == 1


def test_another_host_s_worker_is_never_known_dead() -> None:
    assert not is_known_dead("elsewhere/4026531836/1/1")
    assert not is_known_dead(worker_name())


def test_the_database_refuses_a_running_job_without_a_lease() -> None:
    make_planned_run(count=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Picture.objects.update(state=State.RUNNING, token=uuid.uuid4())
