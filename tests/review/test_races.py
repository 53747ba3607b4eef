"""Several people at the same moment, on the real PostgreSQL: nothing is given out, counted or decided twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import Role, User
from review import errors, queue
from review.models import Entry, Hold, Policy, Preferences, Rule, Vote
from stockgen.models import Picture, Verdict
from tests.factories import cast, give, make_ballot, make_expert, make_pictures, make_user, some_uuid

pytestmark = pytest.mark.django_db(transaction=True)

LOCK = 20_26


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    cache.clear()
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


class Crowd:
    """Threads with a database connection of their own each."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool = pool

    def start(self, work: Callable[..., Any], *args: Any, **named: Any) -> Future[Any]:
        """Let a thread do something; its result or exception is the future's."""

        def run() -> Any:
            try:
                return work(*args, **named)
            finally:
                connection.close()

        return self.pool.submit(run)

    def at_once(self, *works: Callable[[], Any]) -> list[Any]:
        """Let each do its work in the same moment; returns results and exceptions."""
        barrier = threading.Barrier(len(works))

        def run(work: Callable[[], Any]) -> Any:
            barrier.wait(10)
            return work()

        return [outcome_of(future) for future in [self.start(run, work) for work in works]]


def outcome_of(future: Future[Any]) -> Any:
    return future.exception(30) or future.result()


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    with ThreadPoolExecutor(16) as pool:
        yield Crowd(pool)


def wait_for_blocked(count: int = 1) -> None:
    """Wait until so many other connections wait for a lock."""
    for _try in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@contextmanager
def a_moment_between_looking_and_locking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let whoever looks for pictures stop after its snapshot is taken, before it locks any, until the block ends."""
    waiting = queue._NEXT.replace(
        "WHERE", f"WHERE (SELECT pg_advisory_xact_lock_shared({LOCK}))::text IS NOT NULL AND", 1
    )
    monkeypatch.setattr(queue, "_NEXT", waiting)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def verdict_of(picture: Picture) -> str:
    return Picture.objects.values_list("verdict", flat=True).get(pk=picture.pk)


# ---------------------------------------------------------------------- giving out
def test_who_was_a_moment_late_gets_the_next_picture_and_not_an_empty_queue(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_pictures(2)
    slow, quick = make_expert(), make_expert()
    with a_moment_between_looking_and_locking(monkeypatch):
        late = crowd.start(queue.take, slow, "tab", 1)
        wait_for_blocked()
        [hold] = queue.take(quick, "tab", 1)
    assert hold.entry_id == first.pk
    assert [hold.entry_id for hold in outcome_of(late)] == [second.pk]


def test_a_picture_that_is_locked_this_moment_does_not_make_the_queue_look_empty(crowd: Crowd) -> None:
    [picture], rater = make_pictures(1), make_expert()
    with transaction.atomic():
        Entry.objects.select_for_update().get(pk=picture.pk)
        asking = crowd.start(queue.take, rater, "tab", 1)
        wait_for_blocked()
    assert [hold.entry_id for hold in outcome_of(asking)] == [picture.pk]


@pytest.mark.parametrize("overlap", [1, 3])
def test_a_crowd_rates_every_picture_as_often_as_wanted_and_nobody_is_refused(
    crowd: Crowd, overlap: int
) -> None:
    Policy.objects.set(None, Rule(votes=overlap, calibration_share=0, gold_share=0))
    pictures = make_pictures(24)
    raters = [make_expert() for _index in range(8)]

    def rate(rater: User) -> int:
        count = 0
        while holds := queue.take(rater, "tab", 2):
            for hold in holds:
                Vote.objects.cast(rater, make_ballot(hold.entry_id, "approve"))
                count += 1
        return count

    counts = crowd.at_once(*[lambda rater=rater: rate(rater) for rater in raters])
    assert all(isinstance(count, int) for count in counts), counts
    # One may have found nothing free while others held the rest: somebody else votes on those then.
    assert sum(counts) == len(pictures) * overlap == Vote.objects.counted().count()
    assert set(Counter(Vote.objects.values_list("entry", flat=True)).values()) == {overlap}
    assert {verdict_of(picture) for picture in pictures} == {Verdict.APPROVED}


def test_two_tabs_of_one_rater_share_nothing_not_even_a_known_picture(crowd: Crowd) -> None:
    Policy.objects.update(gold_share=100)
    known, *pictures = make_pictures(5)
    known.entry.mark_known(make_user(Role.OPERATOR), Verdict.APPROVED)
    rater = make_expert()
    with transaction.atomic():
        first = {hold.entry_id for hold in queue.take(rater, "first", 2)}
        other = crowd.start(queue.take, rater, "second", 2)
        wait_for_blocked()
    second = {hold.entry_id for hold in outcome_of(other)}
    assert known.pk in first
    assert not first & second
    assert first | second == {picture.pk for picture in [known, *pictures]}
    assert set(Hold.objects.of_tab(rater, "first").values_list("entry", flat=True)) == first


def test_the_same_tab_asking_twice_at_once_gets_the_same_pictures(crowd: Crowd) -> None:
    make_pictures(6)
    rater = make_expert()
    with transaction.atomic():
        first = {hold.entry_id for hold in queue.take(rater, "tab", 3)}
        again = crowd.start(queue.take, rater, "tab", 3)
        wait_for_blocked()
    assert {hold.entry_id for hold in outcome_of(again)} == first


def test_a_picture_being_voted_on_is_not_waited_for(crowd: Crowd) -> None:
    one, two = make_pictures(2)
    voter, rater = make_expert(), make_expert()
    with transaction.atomic():
        cast(voter, one)
        held = outcome_of(crowd.start(queue.take, rater, "tab", 2))
    assert [hold.entry_id for hold in held] == [two.pk]


# ---------------------------------------------------------------------- voting
def test_two_late_votes_and_one_slot_make_one_vote(crowd: Crowd) -> None:
    [picture] = make_pictures()
    raters = [make_expert() for _index in range(6)]
    for rater in raters:
        give(rater, picture)
    Hold.objects.update(expires_at=Now())
    results = crowd.at_once(
        *[lambda rater=rater: Vote.objects.cast(rater, make_ballot(picture)) for rater in raters]
    )
    assert Counter(type(result) for result in results) == {tuple: 1, errors.SlotFilled: 5}
    assert Vote.objects.count() == Entry.objects.get().votes == 1


def test_the_same_ballot_sent_many_times_at_once_is_one_vote(crowd: Crowd) -> None:
    [picture] = make_pictures()
    rater = make_expert()
    give(rater, picture)
    ballot = make_ballot(picture, seconds=2.25, score=4)
    results = crowd.at_once(*[lambda: Vote.objects.cast(rater, ballot)] * 8)
    assert {vote.pk for vote, _is_new in results} == {ballot.id}
    assert sorted(is_new for _vote, is_new in results) == [False] * 7 + [True]
    assert Vote.objects.count() == 1


def test_two_different_votes_of_one_rater_at_once_are_one_vote(crowd: Crowd) -> None:
    [picture] = make_pictures()
    rater = make_expert()
    give(rater, picture)
    results = crowd.at_once(
        *[
            lambda choice=choice: Vote.objects.cast(rater, make_ballot(picture, choice))
            for choice in ("approve", "reject")
        ]
    )
    assert {type(result) for result in results} == {tuple, errors.AlreadyVoted}
    assert Vote.objects.count() == 1


def test_one_id_for_two_pictures_at_once_is_refused_for_the_second(crowd: Crowd) -> None:
    one, two = make_pictures(2)
    rater = make_expert()
    give(rater, one, two)
    first, second = make_ballot(one), make_ballot(two)
    with transaction.atomic():
        Vote.objects.cast(rater, first)
        late = crowd.start(Vote.objects.cast, rater, make_ballot(two, id=first.id))
        wait_for_blocked()
    assert isinstance(outcome_of(late), errors.IdTaken)
    assert Vote.objects.cast(rater, second)[1]


def test_one_id_for_two_undos_at_once_is_refused_for_the_second(crowd: Crowd) -> None:
    one, two = make_pictures(2)
    rater = make_expert()
    first, second = cast(rater, one), cast(rater, two)
    undo_id = some_uuid()
    with transaction.atomic():
        Vote.objects.undo(rater, first.pk, undo_id=undo_id)
        late = crowd.start(Vote.objects.undo, rater, second.pk, undo_id=undo_id)
        wait_for_blocked()
    assert isinstance(outcome_of(late), errors.IdTaken)
    second.refresh_from_db()
    assert second.live


def test_a_vote_and_its_undo_sent_many_times_at_once_leave_it_undone_once(crowd: Crowd) -> None:
    [picture] = make_pictures()
    rater = make_expert()
    vote = cast(rater, picture)
    results = crowd.at_once(*[lambda: Vote.objects.undo(rater, vote.pk, undo_id=some_uuid(), tab="tab")] * 6)
    assert {(result.pk, result.live) for result in results} == {(vote.pk, False)}
    assert verdict_of(picture) == Verdict.PENDING
    assert picture.verdict_changes.count() == 2


def test_two_changes_of_one_vote_at_once_leave_one(crowd: Crowd) -> None:
    [picture] = make_pictures()
    rater = make_expert()
    vote = cast(rater, picture)
    results = crowd.at_once(
        *[lambda: Vote.objects.cast(rater, make_ballot(picture, "reject", replaces=vote.pk))] * 2
    )
    assert {type(result) for result in results} == {tuple, errors.TakenBack}
    assert verdict_of(picture) == Verdict.REJECTED


@pytest.mark.parametrize("choice", ["skip", "flag"])
def test_taking_a_skip_back_leaves_the_picture_to_who_has_it_by_now(choice: str) -> None:
    [picture] = make_pictures()
    rater, other = make_expert(), make_expert()
    skip = cast(rater, picture, choice)
    assert [hold.entry_id for hold in queue.take(other, "tab", 1)] == [picture.pk]
    Vote.objects.undo(rater, skip.pk, undo_id=some_uuid(), tab="tab")
    assert list(Hold.objects.live().values_list("rater", flat=True)) == [other.pk]
    assert Vote.objects.cast(other, make_ballot(picture))[1]


# ---------------------------------------------------------------------- deciding
def test_a_vote_behind_a_decision_over_the_votes_is_refused(crowd: Crowd) -> None:
    [picture] = make_pictures()
    rater = make_expert()
    give(rater, picture)
    with transaction.atomic():
        picture.entry.override(make_user(Role.OPERATOR), Verdict.REJECTED, note="a brand")
        late = crowd.start(Vote.objects.cast, rater, make_ballot(picture))
        wait_for_blocked()
    assert isinstance(outcome_of(late), errors.Closed)
    assert verdict_of(picture) == Verdict.REJECTED


def test_a_vote_behind_a_change_of_the_rule_follows_the_new_rule(crowd: Crowd) -> None:
    [picture] = make_pictures()
    rater = make_expert()
    give(rater, picture)
    with transaction.atomic():
        Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))
        late = crowd.start(Vote.objects.cast, rater, make_ballot(picture))
        wait_for_blocked()
    vote, _is_new = outcome_of(late)
    assert vote.live
    assert verdict_of(picture) == Verdict.PENDING


def test_a_change_of_the_rule_behind_a_vote_leaves_what_the_vote_decided(crowd: Crowd) -> None:
    [picture] = make_pictures()
    with transaction.atomic():
        cast(make_expert(), picture)
        late = crowd.start(Policy.objects.set, None, Rule(votes=2, calibration_share=0, gold_share=0))
        wait_for_blocked()
    assert isinstance(outcome_of(late), Policy)
    assert verdict_of(picture) == Verdict.APPROVED


def test_two_who_reopen_a_picture_at_once_ask_for_one_vote_more(crowd: Crowd) -> None:
    [picture] = make_pictures()
    operator = make_user(Role.OPERATOR)
    cast(make_expert(), picture)
    results = crowd.at_once(*[lambda: Entry.objects.get().reopen(operator, note="look again")] * 2)
    assert {type(result) for result in results} == {type(None), ValidationError}
    assert Entry.objects.get().slots == 2


def test_marking_and_unmarking_a_known_picture_at_once_do_not_lock_each_other_out(crowd: Crowd) -> None:
    make_pictures()
    operator = make_user(Role.OPERATOR)
    entry = Entry.objects.get()
    entry.mark_known(operator, Verdict.APPROVED)
    with transaction.atomic():
        Entry.objects.select_for_update().get()
        unmark = crowd.start(Entry.objects.get().forget_known, operator)
        wait_for_blocked()
        entry.mark_known(operator, Verdict.REJECTED)
    assert outcome_of(unmark) is None
    entry.refresh_from_db()
    assert not entry.gold
    assert not entry.known.is_active


def test_two_first_settings_of_preferences_at_once_are_both_taken(crowd: Crowd) -> None:
    rater = make_expert()
    with transaction.atomic():
        Preferences.of(rater).change(grid_size=12)
        late = crowd.start(Preferences.of(rater).change, grid_size=48)
        wait_for_blocked()
    assert not isinstance(outcome_of(late), Exception)
    assert Preferences.of(rater).grid_size == 48
