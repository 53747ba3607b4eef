"""Votes: what is taken, what is refused, and that refusing stores nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now

from accounts.models import Role
from review import errors
from review.models import Entry, Hold, Policy, Rule, Vote
from stockgen.models import Verdict
from tests.factories import (
    cast,
    give,
    make_ballot,
    make_expert,
    make_pictures,
    make_reason,
    make_user,
    some_uuid,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def expire(*holds: Hold) -> None:
    Hold.objects.filter(pk__in=[hold.pk for hold in holds]).update(expires_at=Now())


def test_one_vote_decides_where_one_is_the_rule() -> None:
    good, bad = make_pictures(2)
    reason = make_reason(key="fake-text")
    rater = make_expert()
    cast(rater, good)
    cast(rater, bad, "reject", reasons=[reason.key])
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.verdict, bad.verdict) == (Verdict.APPROVED, Verdict.REJECTED)
    assert (good.verdict_reasons, bad.verdict_reasons) == ([], ["fake-text"])
    assert [change.verdict for change in bad.verdict_changes.all()] == ["rejected"]
    assert not Entry.objects.open().exists()


def test_the_same_ballot_sent_again_is_one_vote() -> None:
    [picture] = make_pictures()
    rater = make_expert()
    give(rater, picture)
    ballot = make_ballot(picture, seconds=1.5)
    assert Vote.objects.cast(rater, ballot)[1] is True
    assert Vote.objects.cast(rater, ballot)[1] is False
    assert Vote.objects.count() == 1


def test_an_id_that_another_vote_has_is_refused() -> None:
    one, two = make_pictures(2)
    rater, other = make_expert(), make_expert()
    vote = cast(rater, one)
    give(other, two)
    for ballot in (make_ballot(two, id=vote.pk), make_ballot(one, "reject", id=vote.pk)):
        with pytest.raises(errors.IdTaken):
            Vote.objects.cast(other, ballot)
    assert Vote.objects.count() == 1


def test_a_picture_that_was_never_held_cannot_be_voted_on() -> None:
    [picture] = make_pictures()
    rater, other = make_expert(), make_expert()
    give(other, picture)
    with pytest.raises(errors.NotHeld):
        Vote.objects.cast(rater, make_ballot(picture))
    assert not Vote.objects.exists()


def test_a_late_vote_counts_while_there_is_room() -> None:
    [picture] = make_pictures()
    rater = make_expert()
    expire(*give(rater, picture))
    Vote.objects.cast(rater, make_ballot(picture))
    picture.refresh_from_db()
    assert picture.verdict == Verdict.APPROVED


@pytest.mark.parametrize("filled_by", ["a hold", "a vote"])
def test_a_late_vote_is_refused_once_its_slot_is_filled(filled_by: str) -> None:
    [picture] = make_pictures()
    rater, other = make_expert(), make_expert()
    expire(*give(rater, picture))
    give(other, picture)
    if filled_by == "a vote":
        cast(other, picture, "reject")
    with pytest.raises(errors.SlotFilled):
        Vote.objects.cast(rater, make_ballot(picture))
    assert not Vote.objects.of(rater).exists()


def test_a_second_vote_on_the_same_picture_is_refused() -> None:
    Policy.objects.set(None, Rule(votes=3, calibration_share=0, gold_share=0))
    [picture] = make_pictures()
    rater = make_expert()
    cast(rater, picture)
    with pytest.raises(errors.AlreadyVoted):
        cast(rater, picture, "reject")
    assert Vote.objects.count() == 1


def test_a_decision_over_the_votes_closes_the_picture() -> None:
    [picture] = make_pictures()
    rater = make_expert()
    give(rater, picture)
    picture.entry.override(make_user(Role.OPERATOR), Verdict.REJECTED, note="a brand")
    with pytest.raises(errors.Closed):
        Vote.objects.cast(rater, make_ballot(picture))
    picture.refresh_from_db()
    assert picture.verdict == Verdict.REJECTED


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("choice", {"choice": "maybe"}),
        ("reasons", {"reasons": ["fake-text"]}),
        ("reasons", {"choice": "reject", "reasons": ["no-such-reason"]}),
        ("reasons", {"choice": "reject", "reasons": ["fake-text", "fake-text"]}),
        ("score", {"score": 0}),
        ("score", {"score": 6}),
        ("note", {"note": "x" * 501}),
        ("seconds", {"seconds": -1.0}),
        ("seconds", {"seconds": float("nan")}),
    ],
)
def test_values_out_of_range_are_refused_at_their_field(field: str, values: dict[str, Any]) -> None:
    make_reason(key="fake-text")
    [picture] = make_pictures()
    rater = make_expert()
    give(rater, picture)
    with pytest.raises(ValidationError) as caught:
        Vote.objects.cast(rater, make_ballot(picture, **values))
    assert list(caught.value.message_dict) == [field]
    assert not Vote.objects.exists()
    assert Hold.objects.exists()


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.OPERATOR, None])
def test_only_experts_vote(role: Role | None) -> None:
    [picture] = make_pictures()
    person = make_user(role)
    give(person, picture)
    with pytest.raises(PermissionDenied):
        Vote.objects.cast(person, make_ballot(picture))
    assert not Vote.objects.exists()


def test_a_picture_that_is_not_there_cannot_be_voted_on() -> None:
    with pytest.raises(Entry.DoesNotExist):
        Vote.objects.cast(make_expert(), make_ballot(some_uuid()))


def test_skips_and_flags_decide_nothing_and_take_no_room() -> None:
    skipped, flagged = make_pictures(2)
    rater = make_expert()
    cast(rater, skipped, "skip")
    cast(rater, flagged, "flag", note="a face")
    for picture in (skipped, flagged):
        entry = Entry.objects.get(pk=picture.pk)
        assert (entry.votes, entry.is_open) == (0, True)
    assert Entry.objects.get(pk=flagged.pk).flagged
    cast(make_expert(), flagged)
    flagged.refresh_from_db()
    assert flagged.verdict == Verdict.APPROVED


# ---------------------------------------------------------------------- taking back and changing
def test_taking_a_vote_back_restores_what_was_before() -> None:
    [picture] = make_pictures()
    rater = make_expert()
    vote = cast(rater, picture)
    Vote.objects.undo(rater, vote.pk, undo_id=some_uuid(), tab="tab")
    picture.refresh_from_db()
    entry = Entry.objects.get(pk=picture.pk)
    assert (picture.verdict, entry.votes, entry.is_open) == (Verdict.PENDING, 0, True)
    assert Hold.objects.live().filter(rater=rater, entry=entry).exists()
    assert [change.verdict for change in picture.verdict_changes.all()] == ["pending", "approved"]


def test_taking_back_twice_changes_nothing_more() -> None:
    [picture] = make_pictures()
    rater = make_expert()
    vote = cast(rater, picture)
    for _time in range(2):
        undone = Vote.objects.undo(rater, vote.pk, undo_id=some_uuid())
        assert not undone.live
    assert picture.verdict_changes.count() == 2


def test_nobody_takes_back_anothers_vote() -> None:
    [picture] = make_pictures()
    vote = cast(make_expert(), picture)
    with pytest.raises(Vote.DoesNotExist):
        Vote.objects.undo(make_expert(), vote.pk, undo_id=some_uuid())
    vote.refresh_from_db()
    assert vote.live


def test_a_changed_vote_keeps_its_slot_and_the_first_one_stays_as_a_fact() -> None:
    [picture] = make_pictures()
    rater = make_expert()
    vote = cast(rater, picture)
    changed, is_new = Vote.objects.cast(rater, make_ballot(picture, "reject", replaces=vote.pk))
    picture.refresh_from_db()
    vote.refresh_from_db()
    assert (is_new, picture.verdict, vote.live, changed.live) == (True, Verdict.REJECTED, False, True)
    assert vote.undo.rater == rater


def test_a_vote_taken_back_cannot_be_replaced_any_more() -> None:
    [picture] = make_pictures()
    rater = make_expert()
    vote = cast(rater, picture)
    Vote.objects.undo(rater, vote.pk, undo_id=some_uuid(), tab="tab")
    with pytest.raises(errors.TakenBack):
        Vote.objects.cast(rater, make_ballot(picture, "reject", replaces=vote.pk))


def test_skipped_pictures_come_again_when_asked_for() -> None:
    pictures = make_pictures(3)
    rater = make_expert()
    for picture in pictures:
        cast(rater, picture, "skip")
    assert Vote.objects.return_skipped(rater) == 3
    assert not Vote.objects.live().exists()
