"""An expert's counters at times that the test sets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from accounts.models import Role, User
from review.models import Policy, Rule, Vote
from review.queue import take
from review.session import session_of
from stockgen.models import Picture, Verdict
from tests.factories import cast, make_ballot, make_expert, make_pictures, make_user, some_uuid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def rated_at(rater: User, *ages: float) -> None:
    """Let a rater have voted so many seconds ago each."""
    for picture, age in zip(make_pictures(len(ages)), ages, strict=True):
        vote = cast(rater, picture)
        Vote.objects.filter(pk=vote.pk).update(created_at=Now() - timedelta(seconds=age))


def rated_by_both(count: int, other_choice: str, rater: User, other: User) -> list[Picture]:
    pictures = make_pictures(count)
    for picture in pictures:
        cast(rater, picture)
        cast(other, picture, other_choice)
    return pictures


def test_pace_is_that_of_the_last_ten_minutes_of_voting() -> None:
    rater = make_expert()
    rated_at(rater, 10, 20, 30, 40, 50, 5000)
    assert session_of(rater).pace_per_hour == pytest.approx(360, rel=0.05)


def test_pace_is_unknown_under_five_votes() -> None:
    rater = make_expert()
    rated_at(rater, 10, 20, 30, 40, 700)
    assert session_of(rater).pace_per_hour is None


def test_a_streak_ends_at_a_pause_of_over_a_minute() -> None:
    rater = make_expert()
    rated_at(rater, 5, 60, 118, 180, 185)
    assert session_of(rater).streak == 3


def test_a_new_rater_has_no_streak_and_no_pace() -> None:
    session = session_of(make_expert())
    assert (session.votes, session.streak, session.pace_per_hour, session.left) == (0, 0, None, 0)


def test_what_is_in_hand_is_left_too() -> None:
    rater = make_expert()
    make_pictures(3)
    [held] = take(rater, "tab", 1)
    assert session_of(rater).left == 3
    Vote.objects.cast(rater, make_ballot(held.entry_id))
    assert session_of(rater).left == 2


def test_votes_are_those_since_the_session_began_but_not_skips_nor_what_was_taken_back() -> None:
    rater = make_expert()
    rated_at(rater, 30, 60, 3600)
    one, two = make_pictures(2)
    cast(rater, one, "skip")
    undone = cast(rater, two)
    Vote.objects.undo(rater, undone.pk, undo_id=some_uuid())
    assert session_of(rater).votes == 3
    since = Vote.objects.order_by("created_at")[1].created_at
    assert session_of(rater, since).votes == 2


def test_agreement_is_with_the_majority_of_the_others_over_decided_pictures() -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    rater, other, third = make_expert(), make_expert(), make_expert()
    rated_by_both(9, "approve", rater, other)
    split = rated_by_both(3, "reject", rater, other)
    assert session_of(rater).agreed_on == 9  # ties are not decided
    assert session_of(rater).agreement is None
    for picture in split:
        cast(third, picture, "reject")
    session = session_of(rater)
    assert (session.agreed_on, session.agreement) == (12, 0.75)


def test_known_pictures_say_nothing_of_agreement() -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    rater, other = make_expert(), make_expert()
    operator = make_user(Role.OPERATOR)
    for picture in make_pictures(11):
        picture.entry.mark_known(operator, Verdict.APPROVED)
        cast(rater, picture)
        cast(other, picture)
    session = session_of(rater)
    assert (session.agreed_on, session.agreement, session.votes) == (0, None, 11)


def test_a_skipped_known_picture_counts_as_skipped_like_any_other() -> None:
    rater = make_expert()
    one, two = make_pictures(2)
    two.entry.mark_known(make_user(Role.OPERATOR), Verdict.APPROVED)
    cast(rater, one, "skip")
    cast(rater, two, "skip")
    assert session_of(rater).skipped == 2
