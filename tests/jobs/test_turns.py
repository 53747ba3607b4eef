"""Turns are kept while they are needed, and forgotten after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from jobs.models import Turn
from stockgen.models import Picture
from tests.factories import claim_pictures, finish_picture, make_planned_run

pytestmark = pytest.mark.django_db


def age() -> None:
    Turn.objects.update(asked_at=Now() - timedelta(days=8))


def test_a_person_who_waits_keeps_the_turn() -> None:
    make_planned_run(count=1).pause()
    age()
    assert Turn.objects.tidy(Picture) == 0


def test_a_person_long_served_loses_the_turn_and_gets_a_new_one() -> None:
    run = make_planned_run(count=1)
    finish_picture(claim_pictures()[0])
    age()
    assert Turn.objects.tidy(Picture) == 1
    make_planned_run(run.owner, count=1)
    assert len(claim_pictures()) == 1


def test_asking_again_keeps_when_a_person_was_served() -> None:
    run = make_planned_run(count=1)
    claim_pictures()
    served = Turn.objects.get(kind="picture").served_at
    make_planned_run(run.owner, count=1)
    assert Turn.objects.get(kind="picture").served_at == served is not None
