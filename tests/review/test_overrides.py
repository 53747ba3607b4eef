"""Deciding over the votes, and taking a verdict back: by whom, when, and what is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role, User
from jobs.ids import uuid7
from review import errors
from review.models import Entry, Hold, Override, Policy, Rule, Vote
from review.queue import take
from stockgen.models import Cause, Picture, Verdict, VerdictChange
from tests.factories import cast, give, make_ballot, make_expert, make_pictures, make_reason, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def designer() -> User:
    return make_user(Role.DESIGNER)


@pytest.fixture
def picture(designer: User) -> Picture:
    return make_pictures(owner=designer)[0]


def entry_of(picture: Picture) -> Entry:
    return Entry.objects.select_related("picture").get(pk=picture.pk)


def verdict_of(picture: Picture) -> str:
    return str(Picture.objects.get(pk=picture.pk).verdict)


def stored() -> tuple[int, int]:
    return Override.objects.count(), VerdictChange.objects.count()


def test_a_designer_decides_an_own_picture_over_the_votes(designer: User, picture: Picture) -> None:
    cast(make_expert(), picture)
    reason = make_reason()
    entry_of(picture).override(designer, Verdict.REJECTED, note=" Fake letters. ", reasons=[reason.key])
    picture.refresh_from_db()
    assert (picture.verdict, picture.verdict_reasons) == (Verdict.REJECTED, [reason.key])
    change = picture.verdict_changes.first()
    assert (change.cause, change.by, change.note) == (Cause.OVERRIDE, designer, "Fake letters.")
    assert Vote.objects.live().count() == 1
    assert entry_of(picture).overridden


def test_it_needs_no_votes_and_takes_the_picture_out_of_the_queue(picture: Picture) -> None:
    entry_of(picture).override(make_user(Role.OPERATOR), Verdict.APPROVED, note="Just right.")
    assert verdict_of(picture) == Verdict.APPROVED
    assert not Entry.objects.open().exists()
    assert take(make_expert(), "tab", 1) == []


def test_a_vote_that_comes_after_it_is_refused(picture: Picture) -> None:
    rater = make_expert()
    give(rater, picture)
    entry_of(picture).override(make_user(Role.OPERATOR), Verdict.APPROVED, note="Just right.")
    with pytest.raises(errors.Closed):
        Vote.objects.cast(rater, make_ballot(picture, "reject"))
    assert verdict_of(picture) == Verdict.APPROVED


def test_taking_a_vote_back_does_not_change_it(picture: Picture) -> None:
    rater = make_expert()
    vote = cast(rater, picture)
    entry_of(picture).override(make_user(Role.OPERATOR), Verdict.REJECTED, note="No.")
    Vote.objects.undo(rater, vote.pk, undo_id=uuid7(), tab="tab")
    assert verdict_of(picture) == Verdict.REJECTED
    assert not Hold.objects.live().exists()


def test_the_latest_of_two_holds_and_both_are_kept(designer: User, picture: Picture) -> None:
    entry_of(picture).override(designer, Verdict.REJECTED, note="No.")
    entry_of(picture).override(make_user(Role.OPERATOR), Verdict.APPROVED, note="Yes.")
    assert verdict_of(picture) == Verdict.APPROVED
    assert list(Override.objects.order_by("pk").values_list("note", "live")) == [
        ("No.", False),
        ("Yes.", True),
    ]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"note": "  "}, "note"),
        ({"note": "x" * 501}, "note"),
        ({"note": "Why.", "reasons": ["nothing"]}, "reasons"),
        ({"verdict": Verdict.PENDING, "note": "Why."}, "verdict"),
        ({"verdict": Verdict.APPROVED, "note": "Why.", "reasons": ["people"]}, "reasons"),
    ],
)
def test_what_is_out_of_range_is_said_at_its_field_and_stores_nothing(
    picture: Picture, fields: dict[str, Any], field: str
) -> None:
    make_reason(key="people")
    before = stored()
    with pytest.raises(ValidationError) as refused:
        entry_of(picture).override(make_user(Role.OPERATOR), **{"verdict": Verdict.REJECTED} | fields)
    assert set(refused.value.message_dict) == {field}
    assert stored() == before
    assert verdict_of(picture) == Verdict.PENDING


VERBS: dict[str, Callable[[Entry, User], object]] = {
    "override": lambda entry, by: entry.override(by, Verdict.REJECTED, note="Why."),
    "reopen": lambda entry, by: entry.reopen(by, note="Why."),
    "clear_flags": lambda entry, by: entry.clear_flags(by),
    "mark_known": lambda entry, by: entry.mark_known(by, Verdict.REJECTED),
    "forget_known": lambda entry, by: entry.forget_known(by),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", [Role.DESIGNER, Role.EXPERT, None])
def test_nobody_else_may_decide(picture: Picture, verb: str, role: Role | None) -> None:
    cast(make_expert(), picture)
    before = stored()
    with pytest.raises(PermissionDenied):
        VERBS[verb](entry_of(picture), make_user(role))
    assert stored() == before
    assert verdict_of(picture) == Verdict.APPROVED


def test_an_owner_who_is_no_designer_any_more_may_not_decide(designer: User, picture: Picture) -> None:
    designer.give_roles(Role.EXPERT)
    with pytest.raises(PermissionDenied):
        entry_of(picture).override(designer, Verdict.APPROVED, note="Why.")


# ---------------------------------------------------------------------- reopening
def test_reopening_asks_for_one_vote_more_which_then_decides(picture: Picture) -> None:
    operator = make_user(Role.OPERATOR)
    cast(make_expert(), picture)
    entry_of(picture).reopen(operator, note="Look again.")
    entry = entry_of(picture)
    assert (entry.picture.verdict, entry.wanted, entry.votes, entry.is_open) == (Verdict.PENDING, 2, 1, True)
    change = entry.picture.verdict_changes.first()
    assert (change.cause, change.by, change.note) == (Cause.REOPENED, operator, "Look again.")
    cast(make_expert(), picture)
    assert verdict_of(picture) == Verdict.APPROVED


def test_reopening_lifts_a_decision_over_the_votes(picture: Picture) -> None:
    operator = make_user(Role.OPERATOR)
    entry_of(picture).override(operator, Verdict.REJECTED, note="No.")
    entry_of(picture).reopen(operator, note="I was wrong.")
    entry = entry_of(picture)
    assert (entry.overridden, entry.is_open, entry.picture.verdict) == (False, True, Verdict.PENDING)
    assert not Override.objects.filter(live=True).exists()
    cast(make_expert(), picture)
    assert verdict_of(picture) == Verdict.APPROVED


def test_a_picture_that_is_not_decided_cannot_be_reopened(picture: Picture) -> None:
    before = stored()
    with pytest.raises(ValidationError, match="not decided"):
        entry_of(picture).reopen(make_user(Role.OPERATOR), note="Why.")
    assert stored() == before


def test_reopening_needs_a_reason(picture: Picture) -> None:
    cast(make_expert(), picture)
    with pytest.raises(ValidationError) as refused:
        entry_of(picture).reopen(make_user(Role.OPERATOR), note="")
    assert set(refused.value.message_dict) == {"note"}
    assert verdict_of(picture) == Verdict.APPROVED


def test_a_new_rule_does_not_undo_a_reopening(picture: Picture) -> None:
    cast(make_expert(), picture)
    entry_of(picture).reopen(make_user(Role.OPERATOR), note="Look again.")
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))
    assert verdict_of(picture) == Verdict.PENDING
    cast(make_expert(), picture)
    assert verdict_of(picture) == Verdict.APPROVED


# ---------------------------------------------------------------------- who may know the votes
def test_votes_are_hidden_from_whoever_may_still_be_given_the_picture(picture: Picture) -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
    operator = make_user(Role.OPERATOR)
    both = make_user(Role.OPERATOR)
    both.give_roles(Role.OPERATOR, Role.EXPERT)
    cast(make_expert(), picture)
    assert entry_of(picture).hides_votes_from(both)
    assert not entry_of(picture).hides_votes_from(operator)
    cast(both, picture, "skip")
    assert entry_of(picture).hides_votes_from(both)
    Vote.objects.return_skipped(both)
    cast(both, picture)
    assert not entry_of(picture).hides_votes_from(both)


def test_votes_on_a_decided_picture_are_hidden_from_nobody_who_decides(picture: Picture) -> None:
    both = make_user(Role.OPERATOR)
    both.give_roles(Role.OPERATOR, Role.EXPERT)
    cast(make_expert(), picture)
    assert not entry_of(picture).hides_votes_from(both)
    entry_of(picture).mark_known(both, Verdict.APPROVED)
    assert entry_of(picture).hides_votes_from(both)
