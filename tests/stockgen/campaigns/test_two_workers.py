"""A campaign advanced by two workers at the same moment, on the real PostgreSQL."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F

from jobs.states import State
from stockgen.campaigns.advancing import Advance, advance
from stockgen.campaigns.standing import standing_of
from stockgen.models import Campaign, Picture, Verdict
from stockgen.models.campaign_stage import Stage
from tests.factories import decide_all, make_campaign, make_concept, make_topic, write_plans

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TIMES = 200
LIMIT = 12


def test_advanced_by_two_workers_at_once_two_hundred_times_it_keeps_every_limit() -> None:
    campaign = make_campaign(
        target=240,
        unrated_limit=LIMIT,
        topics={make_topic(): 1},
        concepts={make_concept(): 75, make_concept(): 25},
    )
    rng = random.Random(1)
    barrier = threading.Barrier(2)
    both_worked = 0
    with ThreadPoolExecutor(2) as pool:
        for _ in range(TIMES):
            first, second = pool.map(lambda _n: _advance_with(barrier, campaign.pk), range(2))
            both_worked += bool(first.pictures and second.pictures)
            write_plans(campaign, locations=12)
            standing = standing_of(campaign)
            for cell in standing.cells:
                assert cell.counts.in_flight <= min(LIMIT, cell.missing)
                assert cell.counts.approved <= cell.quota
            _render(campaign)
            for verdict in (Verdict.APPROVED, Verdict.REJECTED):
                decide_all(campaign, verdict, most=rng.randrange(LIMIT // 2))
    assert both_worked == 0, "what the one asked for, the other asked for again"
    pictures = Picture.objects.filter(cell__campaign=campaign)
    made = list(pictures.values_list("prompt", "seed"))
    assert len(made) == len(set(made)) >= 240
    campaign.refresh_from_db()
    assert campaign.stage == Stage.REACHED
    assert [cell.counts.approved for cell in standing_of(campaign).cells] == [180, 60]


def _advance_with(barrier: threading.Barrier, key: UUID) -> Advance:
    try:
        barrier.wait(10)
        return advance(key)
    finally:
        connection.close()


def _render(campaign: Campaign) -> None:
    """End the pictures without files: this is about who asks for how many."""
    Picture.objects.filter(cell__campaign=campaign).queued().update(
        state=State.DONE, image="made", sha256="0" * 64, seconds=0.1, finished_at=F("created_at")
    )
