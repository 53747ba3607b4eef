"""How many approved pictures each cell wants, and which have enough."""

from __future__ import annotations

from typing import Any

import pytest

from stockgen.models import Cause
from stockgen.models.quota import Cell, full_cells, quotas
from tests.factories import make_concept, make_pictures, make_topic

pytestmark = pytest.mark.django_db


def test_the_target_is_shared_out_over_topics_and_by_the_shares_of_concepts(settings: Any) -> None:
    settings.STOCK_TARGET = 100
    topics = [make_topic(), make_topic()]
    make_topic(is_active=False)
    large, small = make_concept(share=60), make_concept(share=20)
    assert quotas() == {
        Cell(topic.pk, concept.pk): quota for topic in topics for concept, quota in ((large, 38), (small, 13))
    }


def test_concepts_without_shares_want_the_same(settings: Any) -> None:
    settings.STOCK_TARGET = 10
    make_topic()
    make_concept(share=0)
    make_concept(share=0)
    assert set(quotas().values()) == {5}


def test_a_cell_is_full_with_its_quota_of_approved_pictures(settings: Any) -> None:
    settings.STOCK_TARGET = 2
    topic, concept = make_topic(), make_concept(share=100)
    one, two = make_pictures(2, topic=topic, concept=concept)
    settings.STOCK_TARGET = 2 * len({cell.topic for cell in quotas()})
    cell = Cell(topic.pk, concept.pk)
    wanted = quotas()[cell]
    one.approve(Cause.VOTES)
    assert (cell in full_cells()) == (wanted <= 1)
    two.approve(Cause.VOTES)
    assert (cell in full_cells()) == (wanted <= 2)
    two.reopen(Cause.VOTES)
    assert (cell in full_cells()) == (wanted <= 1)


def test_a_cell_that_is_not_offered_any_more_is_full_even_without_an_approved_picture() -> None:
    topic, concept = make_topic(), make_concept(share=100)
    make_pictures(topic=topic, concept=concept)
    assert Cell(topic.pk, concept.pk) not in full_cells()
    topic.is_active = False
    topic.save()
    assert Cell(topic.pk, concept.pk) in full_cells()
