"""Flags: they keep a picture for last and wait for somebody who decides."""

from __future__ import annotations

import pytest

from accounts.models import Role
from review.models import Entry, Policy, Rule, Undo, Vote
from review.queue import take
from stockgen.models import Picture, Verdict
from tests.factories import cast, make_expert, make_pictures, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def flagged() -> set[object]:
    return set(Entry.objects.flagged().values_list("pk", flat=True))


def test_a_flag_decides_nothing_and_puts_the_picture_last() -> None:
    first, second = make_pictures(2)
    cast(make_expert(), first, "flag", note="A brand?")
    assert flagged() == {first.pk}
    assert Picture.objects.get(pk=first.pk).verdict == Verdict.PENDING
    assert [hold.entry_id for hold in take(make_expert(), "tab", 2)] == [second.pk, first.pk]


def test_clearing_takes_the_flags_of_all_back_and_keeps_who_did_it() -> None:
    picture, other = make_pictures(2)
    operator = make_user(Role.OPERATOR)
    flaggers = [make_expert(), make_expert()]
    for rater in flaggers:
        cast(rater, picture, "flag")
    cast(flaggers[0], other, "flag")
    assert Entry.objects.get(pk=picture.pk).clear_flags(operator) == 2
    assert flagged() == {other.pk}
    assert set(Undo.objects.values_list("rater", flat=True)) == {operator.pk}
    assert Vote.objects.filter(choice="flag").count() == 3
    assert picture.pk in {hold.entry_id for hold in take(flaggers[0], "tab", 5)}


def test_clearing_where_there_is_no_flag_changes_nothing() -> None:
    [picture] = make_pictures()
    cast(make_expert(), picture)
    assert Entry.objects.get().clear_flags(make_user(Role.OPERATOR)) == 0
    assert Vote.objects.live().count() == 1
    assert Picture.objects.get(pk=picture.pk).verdict == Verdict.APPROVED


def test_a_decision_over_the_votes_answers_the_flag() -> None:
    [picture] = make_pictures()
    cast(make_expert(), picture, "flag")
    Entry.objects.get().override(make_user(Role.OPERATOR), Verdict.APPROVED, note="Fine.")
    assert not flagged()


def test_designers_may_answer_flags_on_their_own_pictures_only() -> None:
    designer = make_user(Role.DESIGNER)
    [mine], [theirs] = make_pictures(owner=designer), make_pictures()
    for picture in (mine, theirs):
        cast(make_expert(), picture, "flag")
    decidable = Entry.objects.flagged().decidable_by(designer)
    assert [entry.pk for entry in decidable] == [mine.pk]
    assert not Entry.objects.decidable_by(make_expert()).exists()
    assert Entry.objects.decidable_by(make_user(Role.OPERATOR)).count() == 2
