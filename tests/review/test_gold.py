"""Known pictures: marking, mixing in, and that votes on them decide nothing."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role, User
from review.models import Competence, Entry, GoldPicture, Override, Policy, Rule, Vote
from review.queue import take
from stockgen.models import Picture, Verdict
from tests.factories import cast, make_expert, make_pictures, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def operator() -> User:
    return make_user(Role.OPERATOR)


@pytest.fixture
def picture() -> Picture:
    return make_pictures()[0]


def entry_of(picture: Picture) -> Entry:
    return Entry.objects.select_related("picture").get(pk=picture.pk)


def test_marking_gives_the_known_verdict_and_closes_the_picture(operator: User, picture: Picture) -> None:
    known = entry_of(picture).mark_known(operator, Verdict.REJECTED, note=" Six fingers. ")
    assert (known.expected, known.note, known.added_by, known.is_active) == (
        Verdict.REJECTED, "Six fingers.", operator, True,
    )  # fmt: skip
    entry = entry_of(picture)
    assert (entry.gold, entry.is_open, entry.picture.verdict) == (True, False, Verdict.REJECTED)


def test_votes_on_it_decide_nothing_and_are_marked(operator: User, picture: Picture) -> None:
    entry_of(picture).mark_known(operator, Verdict.REJECTED)
    votes = [cast(make_expert(), picture) for _ in range(3)]
    assert all(vote.gold for vote in votes)
    entry = entry_of(picture)
    assert (entry.votes, entry.picture.verdict) == (0, Verdict.REJECTED)
    assert not Vote.objects.counted().exists()


@pytest.mark.parametrize(("drawn", "is_mixed_in"), [(0.29, True), (0.31, False)])
def test_it_is_mixed_in_at_the_rate_of_the_rule(
    operator: User, monkeypatch: pytest.MonkeyPatch, drawn: float, is_mixed_in: bool
) -> None:
    known, *others = make_pictures(3)
    entry_of(known).mark_known(operator, Verdict.APPROVED)
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=30))
    monkeypatch.setattr("review.queue.random.random", lambda: drawn)
    given = {hold.entry_id for hold in take(make_expert(), "tab", 2)}
    assert given == {one.pk for one in others} | ({known.pk} if is_mixed_in else set())


def test_a_rater_gets_it_once(operator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    known, *_others = make_pictures(4)
    entry_of(known).mark_known(operator, Verdict.APPROVED)
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=50))
    monkeypatch.setattr("review.queue.random.random", lambda: 0.0)
    rater = make_expert()
    cast(rater, known)
    assert known.pk not in {hold.entry_id for hold in take(rater, "tab", 3)}


def test_one_of_a_topic_that_the_rater_does_not_know_is_not_mixed_in(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    [known], pictures = make_pictures(), make_pictures(2)
    entry_of(known).mark_known(operator, Verdict.APPROVED)
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=50))
    monkeypatch.setattr("review.queue.random.random", lambda: 0.0)
    rater = make_expert()
    Competence.objects.set(rater, [pictures[0].topic])
    assert known.pk not in {hold.entry_id for hold in take(rater, "tab", 2)}


def test_it_is_decided_by_its_mark_alone(operator: User, picture: Picture) -> None:
    entry_of(picture).mark_known(operator, Verdict.REJECTED)
    before = Override.objects.count()
    for verb in (
        lambda: entry_of(picture).override(operator, Verdict.APPROVED, note="Why."),
        lambda: entry_of(picture).reopen(operator, note="Why."),
    ):
        with pytest.raises(ValidationError, match="known picture"):
            verb()
    assert Override.objects.count() == before
    assert entry_of(picture).picture.verdict == Verdict.REJECTED


def test_marking_again_changes_what_it_is_known_for(operator: User, picture: Picture) -> None:
    entry_of(picture).mark_known(operator, Verdict.REJECTED)
    entry_of(picture).mark_known(operator, Verdict.APPROVED, note="I was wrong.")
    assert GoldPicture.objects.get().expected == Verdict.APPROVED
    assert entry_of(picture).picture.verdict == Verdict.APPROVED


def test_it_is_known_for_a_verdict_that_decides(operator: User, picture: Picture) -> None:
    with pytest.raises(ValidationError):
        entry_of(picture).mark_known(operator, Verdict.PENDING)
    assert not GoldPicture.objects.exists()
    assert entry_of(picture).is_open


def test_forgotten_it_keeps_its_verdict_until_it_is_reopened(operator: User, picture: Picture) -> None:
    entry_of(picture).mark_known(operator, Verdict.REJECTED)
    cast(make_expert(), picture)
    entry_of(picture).forget_known(operator)
    entry = entry_of(picture)
    assert (entry.gold, entry.is_open, entry.picture.verdict) == (False, False, Verdict.REJECTED)
    assert not GoldPicture.objects.active().exists()
    entry.reopen(operator, note="An ordinary one now.")
    cast(make_expert(), picture)
    assert entry_of(picture).picture.verdict == Verdict.APPROVED
