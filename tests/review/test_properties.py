"""Whatever several raters do in whatever order: slots hold, verdicts follow, undo restores."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts.models import Role
from review.errors import Refused
from review.models import Choice, Entry, Hold, Policy, Rule, Vote, outcome
from review.models.vote import DECISIVE
from review.queue import take
from stockgen.models import Picture, Verdict
from tests.factories import make_ballot, make_expert, make_pictures, make_user, some_uuid

PICTURES = 2
RATERS = 3

rater_numbers = st.integers(0, RATERS - 1)
picture_numbers = st.integers(0, PICTURES - 1)


class Queue(RuleBasedStateMachine):
    """Every verb of the queue, in random order, by several raters, an operator and the clock."""

    @initialize(votes=st.integers(1, 3), calibration=st.sampled_from([0, 50, 100]))
    def begin(self, votes: int, calibration: int) -> None:
        """Start with pictures under some rule."""
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        Policy.objects.set(None, Rule(votes=votes, calibration_share=calibration, gold_share=0))
        self.pictures = make_pictures(PICTURES)
        self.raters = [make_expert() for _number in range(RATERS)]
        self.operator = make_user(Role.OPERATOR)

    def teardown(self) -> None:
        """Forget everything."""
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # ------------------------------------------------------------------ verbs
    @rule(number=rater_numbers, count=st.integers(1, 3))
    def take(self, number: int, count: int) -> None:
        """Nobody is given more than there is room for beside votes and other holds."""
        before = set(Hold.objects.live().values_list("pk", flat=True))
        for hold in take(self.raters[number], "tab", count):
            if hold.pk not in before:
                entry = Entry.objects.get(pk=hold.entry_id)
                assert entry.votes + entry.holds.live().count() <= entry.slots

    @rule(number=rater_numbers, choice=st.sampled_from(Choice.values))
    def rate(self, number: int, choice: str) -> None:
        """A rater is given a picture and votes on it, as usual."""
        if holds := take(self.raters[number], "tab", 1):
            self._cast(number, self._number(holds[0].entry_id), choice)

    @rule(number=rater_numbers, choice=st.sampled_from(DECISIVE), lasting=st.booleans())
    def everyone_takes_and_one_votes(self, number: int, choice: str, lasting: bool) -> None:
        """Holds of several raters, still good or run out, meet a vote."""
        for rater in self.raters:
            take(rater, "tab", PICTURES)
            if not lasting:
                Hold.objects.update(expires_at=Now())
        self.vote_on_what_was_given(number, choice, 0)

    @rule(number=rater_numbers, picture=picture_numbers, choice=st.sampled_from(Choice.values))
    def vote(self, number: int, picture: int, choice: str) -> None:
        """A vote is taken or refused; a refusal stores nothing."""
        self._cast(number, picture, choice)

    @rule(number=rater_numbers, choice=st.sampled_from(Choice.values), pick=st.integers(0, 9))
    def vote_on_what_was_given(self, number: int, choice: str, pick: int) -> None:
        """A vote on a hold, be it live or run out."""
        held = list(
            Hold.objects.filter(rater=self.raters[number]).order_by("pk").values_list("entry", flat=True)
        )
        if held:
            self._cast(number, self._number(held[pick % len(held)]), choice)

    @rule(number=rater_numbers, choice=st.sampled_from(Choice.values), pick=st.integers(0, 9))
    def change(self, number: int, choice: str, pick: int) -> None:
        """A rater changes one of their votes."""
        mine = list(Vote.objects.of(self.raters[number]).order_by("created_at"))
        if mine:
            vote = mine[pick % len(mine)]
            self._cast(number, self._number(vote.entry_id), choice, replaces=vote.pk)

    def _cast(self, number: int, picture: int, choice: str, **fields: Any) -> None:
        rater, entry = self.raters[number], self._entry(picture)
        before = Vote.objects.count(), Hold.objects.count()
        had_slot = Vote.objects.counted().filter(entry=entry, rater=rater).exists()
        held = Hold.objects.filter(entry=entry, rater=rater)
        others = 0 if held.live().exists() else entry.holds.live().exclude(rater=rater).count()
        was_held = held.exists()
        try:
            Vote.objects.cast(rater, make_ballot(entry, choice, **fields))
        except Refused:
            assert (Vote.objects.count(), Hold.objects.count()) == before
        else:
            assert was_held or fields
            if choice in DECISIVE:
                assert not entry.overridden
                assert had_slot or entry.votes + others < entry.slots

    @rule(number=rater_numbers, pick=st.integers(0, 9))
    def undo(self, number: int, pick: int) -> None:
        """Taking a vote back leaves every other vote as it was."""
        rater = self.raters[number]
        mine = list(Vote.objects.of(rater).order_by("created_at"))
        if not mine:
            return
        vote = mine[pick % len(mine)]
        others = set(Vote.objects.live().exclude(pk=vote.pk).values_list("pk", flat=True))
        assert not Vote.objects.undo(rater, vote.pk, undo_id=some_uuid(), tab="tab").live
        assert set(Vote.objects.live().values_list("pk", flat=True)) == others

    @rule(number=rater_numbers, picture=picture_numbers, choice=st.sampled_from(Choice.values))
    def vote_and_undo(self, number: int, picture: int, choice: str) -> None:
        """A vote that is taken back at once leaves what was before."""
        before = self._states()
        ballot = make_ballot(self.pictures[picture], choice)
        try:
            vote, _new = Vote.objects.cast(self.raters[number], ballot)
        except Refused:
            return
        Vote.objects.undo(self.raters[number], vote.pk, undo_id=some_uuid(), tab="tab")
        assert self._states() == before

    @rule()
    def time_passes(self) -> None:
        """Every hold runs out."""
        Hold.objects.update(expires_at=Now())

    @rule(number=rater_numbers)
    def close_the_tab(self, number: int) -> None:
        """A rater's holds go to others."""
        Hold.objects.release(self.raters[number], "tab")

    @rule(picture=picture_numbers, verdict=st.sampled_from([Verdict.APPROVED, Verdict.REJECTED]))
    def override(self, picture: int, verdict: Verdict) -> None:
        """An operator decides over the votes."""
        self._entry(picture).override(self.operator, verdict, note="because")

    @rule(picture=picture_numbers)
    def reopen(self, picture: int) -> None:
        """An operator takes a verdict back."""
        try:
            self._entry(picture).reopen(self.operator, note="again")
        except ValidationError:
            assert Picture.objects.get(pk=self.pictures[picture].pk).verdict == Verdict.PENDING

    @rule(votes=st.integers(1, 4))
    def change_the_rule(self, votes: int) -> None:
        """An operator asks for another number of votes."""
        Policy.objects.set(None, Rule(votes=votes, calibration_share=0, gold_share=0))

    # ------------------------------------------------------------------ what always holds
    @invariant()
    def no_picture_has_more_live_votes_than_slots(self) -> None:
        """Slots hold, and the counter is right."""
        for entry in self._entries():
            assert entry.votes == entry.ballots.counted().count() <= entry.slots

    @invariant()
    def the_verdict_is_what_the_rule_says_of_the_live_votes(self) -> None:
        """A decision over the votes stands above them."""
        for entry in self._entries():
            choices = Counter(entry.ballots.counted().values_list("choice", flat=True))
            slots, verdict = outcome(choices["approve"], choices["reject"], entry.wanted)
            picture = entry.picture
            if entry.overridden:
                assert picture.verdict == entry.overrides.get(live=True).verdict
                assert not entry.is_open
            else:
                assert (picture.verdict, entry.slots) == (verdict, slots)
                assert entry.is_open == (verdict == Verdict.PENDING)
            latest = picture.verdict_changes.order_by("id").last()
            assert picture.verdict == (latest.verdict if latest else Verdict.PENDING)

    @invariant()
    def nobody_has_two_live_votes_on_a_picture(self) -> None:
        """One rater, one voice."""
        pairs = list(Vote.objects.live().values_list("entry", "rater"))
        assert len(pairs) == len(set(pairs))

    @invariant()
    def a_vote_that_was_taken_back_has_the_fact_of_it(self) -> None:
        """Nothing is forgotten."""
        assert set(Vote.objects.filter(live=False).values_list("pk", flat=True)) == set(
            Vote.objects.filter(undo__isnull=False).values_list("pk", flat=True)
        )

    # ------------------------------------------------------------------ reading
    def _entries(self) -> list[Entry]:
        if not hasattr(self, "pictures"):
            return []
        return list(Entry.objects.select_related("picture").filter(picture__in=self.pictures))

    def _number(self, entry: UUID) -> int:
        return next(number for number, picture in enumerate(self.pictures) if picture.pk == entry)

    def _entry(self, picture: int) -> Entry:
        return Entry.objects.get(pk=self.pictures[picture].pk)

    def _states(self) -> list[tuple[Any, ...]]:
        return [
            (entry.pk, entry.votes, entry.slots, entry.is_open, entry.flagged, entry.picture.verdict)
            for entry in sorted(self._entries(), key=lambda entry: entry.pk)
        ]


@pytest.mark.slow
class TestQueue(TestCase, Queue.TestCase):  # type: ignore[misc,name-defined,valid-type]
    settings = settings(  # type: ignore[assignment]
        max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
    )


@pytest.mark.parametrize(
    ("approvals", "rejections", "wanted", "expected"),
    [
        (0, 0, 1, (1, Verdict.PENDING)),
        (1, 0, 1, (1, Verdict.APPROVED)),
        (0, 1, 1, (1, Verdict.REJECTED)),
        (1, 0, 2, (2, Verdict.PENDING)),
        (1, 1, 2, (3, Verdict.PENDING)),
        (2, 1, 2, (3, Verdict.APPROVED)),
        (1, 2, 2, (3, Verdict.REJECTED)),
        (2, 0, 3, (3, Verdict.PENDING)),
        (2, 1, 3, (3, Verdict.APPROVED)),
        (2, 2, 4, (5, Verdict.PENDING)),
        (2, 0, 1, (2, Verdict.APPROVED)),
    ],
)
def test_the_rule_says_what_votes_come_to(
    approvals: int, rejections: int, wanted: int, expected: tuple[int, Verdict]
) -> None:
    assert outcome(approvals, rejections, wanted) == expected
