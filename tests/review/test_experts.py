"""Which topics an expert is given, and what the list of experts says of each."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role
from jobs.ids import uuid7
from review.models import Competence, Policy, Rule, Vote
from review.queue import take
from review.roster import roster
from tests.factories import cast, give, make_expert, make_pictures, make_topic, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_votes_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))


def test_an_expert_without_topics_is_given_every_topic() -> None:
    make_pictures(), make_pictures()
    assert Competence.objects.topics_of(rater := make_expert()) is None
    assert len(take(rater, "tab", 10)) == 2


def test_an_expert_with_topics_is_given_these_only() -> None:
    [one], [_two] = make_pictures(), make_pictures()
    rater = make_expert()
    Competence.objects.set(rater, [one.topic])
    assert [hold.entry_id for hold in take(rater, "tab", 10)] == [one.pk]


def test_setting_topics_replaces_those_before_and_touches_nobody_else() -> None:
    one, two = make_topic(), make_topic()
    rater, other = make_expert(), make_expert()
    Competence.objects.set(rater, [one, two])
    Competence.objects.set(other, [one])
    Competence.objects.set(rater, [two, two])
    assert Competence.objects.topics_of(rater) == [two.pk]
    assert Competence.objects.topics_of(other) == [one.pk]
    Competence.objects.set(rater, [])
    assert Competence.objects.topics_of(rater) is None


def test_the_list_counts_live_votes_and_pictures_in_hand() -> None:
    pictures = make_pictures(4)
    rater, idle = make_expert(username="a"), make_expert(username="b")
    Competence.objects.set(rater, [pictures[0].topic])
    cast(rater, pictures[0])
    cast(rater, pictures[1], "skip")
    gone = cast(rater, pictures[2])
    Vote.objects.undo(rater, gone.pk, undo_id=uuid7())
    give(rater, pictures[3])
    first, second = roster()
    assert (first.user, first.votes, first.holds, first.topics) == (rater, 1, 1, [pictures[0].topic])
    assert first.last_vote_at == Vote.objects.get(entry=pictures[0].pk).created_at
    assert (second.user, second.votes, second.holds, second.topics) == (idle, 0, 0, [])
    assert second.last_vote_at is None


def test_the_list_names_all_who_may_rate_and_nobody_else(django_assert_num_queries: Any) -> None:
    experts = [make_expert(username=f"expert-{number}") for number in range(5)]
    root = make_user(None, username="root", is_superuser=True)
    make_user(Role.DESIGNER)
    make_expert(username="gone", is_active=False)
    with django_assert_num_queries(5):
        assert [rater.user for rater in roster()] == [*experts, root]
