"""Who is given what: no collisions, the order, competence, known pictures."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models.functions import Now
from pytest_django import Settings

from accounts.models import Role, User
from review.models import Competence, Entry, Hold, Policy, Rule, Vote
from review.ordering import rank
from review.queue import left_for, take
from stockgen.models import Picture, Run, Verdict
from tests.factories import cast, make_concept, make_expert, make_pictures, make_topic, make_user, some_uuid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def taken(rater: User, count: int = 1, tab: str = "tab") -> list[Picture]:
    return [hold.entry.picture for hold in take(rater, tab, count)]


def test_nobody_is_given_what_another_holds() -> None:
    make_pictures(5)
    one, other = taken(make_expert(), 3), taken(make_expert(), 3)
    assert (len(one), len(other)) == (3, 2)
    assert not set(one) & set(other)


def test_where_two_votes_are_wanted_two_are_given_the_picture_and_no_third() -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    pictures = make_pictures(2)
    assert [taken(make_expert(), 2) for _rater in range(3)] == [pictures, pictures, []]


def test_asking_again_gives_the_same_and_holds_it_longer() -> None:
    make_pictures(3)
    rater = make_expert()
    first = taken(rater, 2)
    Hold.objects.update(expires_at=Now() + timedelta(seconds=5))
    assert taken(rater, 2) == first
    assert Hold.objects.filter(expires_at__gt=Now() + timedelta(seconds=200)).count() == 2


def test_two_tabs_of_one_expert_hold_different_pictures() -> None:
    make_pictures(3)
    rater = make_expert()
    one, other = taken(rater, 2, "one"), taken(rater, 2, "other")
    assert (len(one), len(other)) == (2, 1)
    assert not set(one) & set(other)


def test_what_a_hold_that_ran_out_kept_goes_to_others() -> None:
    [picture] = make_pictures(1)
    assert taken(make_expert()) == [picture]
    Hold.objects.update(expires_at=Now())
    assert taken(make_expert()) == [picture]


def test_a_tab_that_closes_lets_its_pictures_go_but_for_those_with_votes_on_their_way() -> None:
    make_pictures(3)
    rater = make_expert()
    kept, *_others = taken(rater, 3)
    assert Hold.objects.release(rater, "tab", keep=[kept.pk]) == 2
    assert len(taken(make_expert(), 3)) == 2


def test_nobody_hoards_pictures_by_opening_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.queue.MOST_HELD", 3)
    make_pictures(5)
    rater = make_expert()
    assert [len(taken(rater, 2, tab)) for tab in ("one", "two", "three")] == [2, 1, 0]


def test_a_picture_one_has_rated_or_skipped_does_not_come_again() -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    rated, skipped, third = make_pictures(3)
    rater = make_expert()
    cast(rater, rated)
    cast(rater, skipped, "skip")
    assert taken(rater, 3) == [third]


def test_only_experts_are_given_pictures() -> None:
    make_pictures(1)
    with pytest.raises(PermissionDenied):
        take(make_user(Role.OPERATOR), "tab", 1)
    assert not Hold.objects.exists()


def test_an_expert_is_given_pictures_of_the_topics_they_know() -> None:
    medicine, sport = make_topic(), make_topic()
    make_pictures(2, topic=sport)
    known = make_pictures(2, topic=medicine)
    rater = make_expert()
    Competence.objects.set(rater, [medicine])
    assert taken(rater, 9) == known
    assert left_for(make_expert()) == 2


def test_what_is_left_counts_what_could_be_given_now() -> None:
    make_pictures(4)
    rater = make_expert()
    taken(make_expert(), 1)
    assert left_for(rater) == 3
    taken(rater, 2)
    assert left_for(rater) == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_left_does_not_waver_while_pictures_are_given() -> None:
    make_pictures(20)
    rater, counted = make_expert(), set()

    def give_and_take() -> None:
        for _ in range(30):
            take(rater, "tab", 12)
            Hold.objects.release(rater, "tab")
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        giving = pool.submit(give_and_take)
        while not giving.done():
            counted.add(left_for(rater))
        giving.result()
    assert counted == {20}


# ---------------------------------------------------------------------- the order
def test_cells_short_of_their_quota_come_first(settings: Settings) -> None:
    settings.STOCK_TARGET = 2
    topic, full, short = make_topic(), make_concept(share=50), make_concept(share=50)
    enough = make_pictures(3, topic=topic, concept=full)
    needed = make_pictures(2, topic=topic, concept=short)
    cast(make_expert(), enough[0])
    assert rank() == 2
    assert taken(make_expert(), 4) == [*needed, *enough[1:]]


def test_a_cell_that_falls_short_again_comes_forward_again(settings: Settings) -> None:
    settings.STOCK_TARGET = 1
    pictures = make_pictures(3)
    rater = make_expert()
    vote = cast(rater, pictures[0])
    rank()
    assert Entry.objects.filter(surplus=True).count() == 2
    Vote.objects.undo(rater, vote.pk, undo_id=some_uuid())
    rank()
    assert not Entry.objects.filter(surplus=True).exists()


def test_what_was_asked_for_first_comes_first() -> None:
    newer = make_pictures(1)
    older = make_pictures(1)
    Run.objects.filter(pk=older[0].run_id).update(created_at=Now() - timedelta(days=2))
    Entry.objects.all().delete()
    Entry.objects.take_in()
    assert taken(make_expert(), 2) == [*older, *newer]


def test_flagged_pictures_come_last() -> None:
    flagged, *others = make_pictures(3)
    cast(make_expert(), flagged, "flag")
    assert taken(make_expert(), 3) == [*others, flagged]


def test_near_duplicates_come_together_even_beyond_the_asked_number() -> None:
    one, between, alike = make_pictures(3)
    Entry.objects.filter(pk=alike.pk).update(stack=one.pk)
    assert taken(make_expert(), 1) == [one, alike]
    assert taken(make_expert(), 1) == [between]


# ---------------------------------------------------------------------- known pictures
def test_known_pictures_are_mixed_in_and_use_no_slot() -> None:
    known, *others = make_pictures(4)
    known.entry.mark_known(make_user(Role.OPERATOR), Verdict.REJECTED, note="hands")
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=50))
    raters = [make_expert() for _number in range(6)]
    given = [set(taken(rater, 3)) for rater in raters]
    assert given[0] - {known} == set(others)
    assert all(pictures <= {known} for pictures in given[1:])


def test_a_vote_on_a_known_picture_decides_nothing() -> None:
    [known] = make_pictures(1)
    known.entry.mark_known(make_user(Role.OPERATOR), Verdict.REJECTED)
    votes = [cast(make_expert(), known) for _rater in range(3)]
    known.refresh_from_db()
    assert all(vote.gold for vote in votes)
    assert (known.verdict, Entry.objects.get(pk=known.pk).votes) == (Verdict.REJECTED, 0)


def test_a_known_picture_comes_once_to_each_expert() -> None:
    known, *_others = make_pictures(30)
    known.entry.mark_known(make_user(Role.OPERATOR), Verdict.APPROVED)
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=50))
    rater = make_expert()
    seen: list[Picture] = []
    while pictures := taken(rater, 5):
        seen += pictures
        for picture in pictures:
            cast(rater, picture)
    assert len(seen) == len(set(seen))
    assert seen.count(known) == 1
