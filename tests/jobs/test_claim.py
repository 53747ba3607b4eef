"""Claiming: who and what is next, and that nobody gets what another has."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from pytest_django import Settings

from jobs.states import State
from stockgen.models import Picture
from tests.factories import claim_pictures, make_planned_run, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Picture, "batch_limit", classmethod(lambda cls, first: 2))


def test_a_claim_takes_a_batch_with_one_token_and_a_lease() -> None:
    make_planned_run(count=3)
    first, second = claim_pictures()
    assert first.state == second.state == State.RUNNING
    assert first.token == second.token is not None
    assert first.lease_until is not None
    assert Picture.objects.queued().count() == 1


def test_nothing_due_gives_an_empty_claim() -> None:
    assert claim_pictures() == []


def test_a_batch_never_mixes_sizes() -> None:
    owner = make_user()
    make_planned_run(owner, count=1, width=64, height=64)
    make_planned_run(owner, count=1, width=128, height=128)
    assert [len(claim_pictures()), len(claim_pictures()), len(claim_pictures())] == [1, 1, 0]


def test_a_batch_never_mixes_people() -> None:
    make_planned_run(count=1)
    make_planned_run(count=1)
    first, second = claim_pictures(), claim_pictures()
    assert len(first) == len(second) == 1
    assert first[0].person != second[0].person


def test_the_person_served_least_recently_goes_first() -> None:
    greedy, modest = make_user(), make_user()
    make_planned_run(greedy, count=40)
    claim_pictures()
    make_planned_run(modest, count=1)
    served = [claim_pictures()[0].person for _ in range(3)]
    assert served == [modest.person, greedy.person, greedy.person]


def test_higher_priority_goes_before_fairness() -> None:
    waiting = make_user()
    make_planned_run(waiting, count=2)
    urgent = make_planned_run(count=1)
    claimed_last = make_planned_run(count=1)
    Picture.objects.filter(run=urgent).update(priority=10)
    assert claim_pictures()[0].run_id == urgent.pk
    assert claim_pictures()[0].person == waiting.person
    assert claim_pictures()[0].run_id == claimed_last.pk


def test_a_cap_holds_for_each_person(settings: Settings) -> None:
    settings.JOB_RUNNING_CAP_PER_PERSON = 2
    make_planned_run(count=5)
    assert len(claim_pictures()) == 2
    assert claim_pictures() == []


def test_a_held_job_is_not_claimed() -> None:
    run = make_planned_run(count=2)
    run.pause()
    assert claim_pictures() == []
    run.resume()
    assert len(claim_pictures()) == 2


def test_a_job_waiting_for_its_next_attempt_is_not_claimed() -> None:
    make_planned_run(count=1)
    Picture.objects.update(due_at=Now() + timedelta(hours=1))
    assert claim_pictures() == []


def test_a_job_that_must_run_alone_is_claimed_alone() -> None:
    make_planned_run(count=3)
    oldest = Picture.objects.order_by("id").first()
    Picture.objects.filter(pk=oldest.pk).update(alone=True)  # type: ignore[union-attr]
    assert [len(claim_pictures()), len(claim_pictures())] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_workers_claiming_at_once_never_get_the_same_job() -> None:
    make_planned_run(count=60)
    got: list[list[Picture]] = [[] for _ in range(6)]
    start = threading.Barrier(6)

    def work(mine: list[Picture]) -> None:
        start.wait()
        try:
            while batch := Picture.objects.claim("w"):
                mine.extend(batch)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    claimed = [picture.pk for mine in got for picture in mine]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) == set(Picture.objects.running().values_list("pk", flat=True))
    while batch := Picture.objects.claim("w"):
        claimed += [picture.pk for picture in batch]
    assert len(claimed) == len(set(claimed)) == 60


def test_a_cap_holds_within_one_batch_too(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.JOB_RUNNING_CAP_PER_PERSON = 3
    monkeypatch.setattr(Picture, "batch_limit", classmethod(lambda cls, first: 8))
    make_planned_run(count=5)
    assert len(claim_pictures()) == 3
