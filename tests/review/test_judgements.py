"""Judgements: cast once, taken back, never lost and never counted twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from accounts.models import User
from review import errors
from review.comparing import next_pairs
from review.models import Judgement, JudgementUndo, Pair
from stockgen.models import Comparison
from tests.comparing import judge, make_compared, make_opinion
from tests.factories import make_expert, some_uuid

pytestmark = pytest.mark.django_db


@pytest.fixture
def rater(db: None) -> User:
    return make_expert()


@pytest.fixture
def comparison(db: None) -> Comparison:
    return make_compared(pictures_per_cell=3)


@pytest.fixture
def pair(comparison: Comparison, rater: User) -> Pair:
    return next_pairs(comparison, rater, 1)[0]


# ---------------------------------------------------------------------- cast
@pytest.mark.parametrize("choice", ["left", "right", "same", "skip"])
def test_a_judgement_is_stored_once_however_often_it_is_sent(rater: User, pair: Pair, choice: str) -> None:
    opinion = make_opinion(pair, choice, seconds=2.5)
    first, is_new = Judgement.objects.cast(rater, opinion)
    again, is_new_again = Judgement.objects.cast(rater, opinion)
    assert (is_new, is_new_again) == (True, False)
    assert first.pk == again.pk == opinion.id
    stored = Judgement.objects.get()
    assert (stored.pair, stored.choice, stored.seconds, stored.live) == (pair, choice, 2.5, True)


def test_skips_do_not_count(comparison: Comparison, rater: User) -> None:
    for pair, choice in zip(next_pairs(comparison, rater, 3), ("left", "same", "skip"), strict=True):
        judge(rater, pair, choice)
    assert sorted(Judgement.objects.counted().values_list("choice", flat=True)) == ["left", "same"]


def test_a_second_judgement_on_a_pair_is_refused(rater: User, pair: Pair) -> None:
    judge(rater, pair)
    with pytest.raises(errors.PairJudged):
        judge(rater, pair, "right")
    assert Judgement.objects.get().choice == "left"


def test_one_id_for_two_judgements_is_refused(comparison: Comparison, rater: User) -> None:
    one, two = next_pairs(comparison, rater, 2)
    judgement = judge(rater, one)
    for other in (make_opinion(two, id=judgement.pk), make_opinion(one, "same", id=judgement.pk)):
        with pytest.raises(errors.IdTaken):
            Judgement.objects.cast(rater, other)
    assert Judgement.objects.count() == 1


def test_anothers_pair_is_not_there(rater: User, pair: Pair) -> None:
    other = make_expert()
    with pytest.raises(Pair.DoesNotExist):
        judge(other, pair)
    judgement = judge(rater, pair)
    with pytest.raises(Judgement.DoesNotExist):
        Judgement.objects.undo(other, judgement.pk, undo_id=some_uuid())
    assert Judgement.objects.live().count() == 1


def test_anothers_id_is_taken(comparison: Comparison, rater: User, pair: Pair) -> None:
    judgement, other = judge(rater, pair), make_expert()
    [theirs] = next_pairs(comparison, other, 1)
    with pytest.raises(errors.IdTaken):
        Judgement.objects.cast(other, make_opinion(theirs, id=judgement.pk))


def test_only_experts_judge(rater: User, pair: Pair) -> None:
    judgement = judge(rater, pair)
    rater.groups.clear()
    former = User.objects.get(pk=rater.pk)
    with pytest.raises(PermissionDenied):
        judge(former, pair)
    with pytest.raises(PermissionDenied):
        Judgement.objects.undo(former, judgement.pk, undo_id=some_uuid())
    assert Judgement.objects.live().count() == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("choice", {"choice": "approve"}), ("choice", {"choice": ""}), ("seconds", {"seconds": -1.0}),
        ("seconds", {"seconds": 86_401.0}), ("seconds", {"seconds": float("nan")}),
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_said_at_its_field(
    rater: User, pair: Pair, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as refused:
        Judgement.objects.cast(rater, make_opinion(pair, **values))
    assert set(refused.value.message_dict) == {field}
    assert not Judgement.objects.exists()


# ---------------------------------------------------------------------- late, closed
def test_a_judgement_that_comes_late_counts(comparison: Comparison, rater: User, pair: Pair) -> None:
    other = make_expert()
    for theirs in next_pairs(comparison, other, 10):
        judge(other, theirs)
    comparison.cancel()
    assert judge(rater, pair).live


def test_a_closed_comparison_takes_no_judgement_and_gives_none_back(
    comparison: Comparison, rater: User
) -> None:
    one, two = next_pairs(comparison, rater, 2)
    opinion = make_opinion(one)
    judgement, _is_new = Judgement.objects.cast(rater, opinion)
    comparison.close()
    with pytest.raises(errors.ComparisonClosed):
        judge(rater, two)
    with pytest.raises(errors.ComparisonClosed):
        Judgement.objects.undo(rater, judgement.pk, undo_id=some_uuid())
    assert Judgement.objects.cast(rater, opinion) == (judgement, False)  # its answer was lost on the way
    comparison.reopen()
    assert judge(rater, two).live


# ---------------------------------------------------------------------- undo
def test_an_undo_is_a_new_fact_and_the_pair_is_judged_again(rater: User, pair: Pair) -> None:
    judgement = judge(rater, pair)
    undo_id = some_uuid()
    for _time in range(2):
        undone = Judgement.objects.undo(rater, judgement.pk, undo_id=undo_id)
        assert not undone.live
    assert JudgementUndo.objects.get().pk == undo_id
    again = judge(rater, pair, "right")
    assert list(Judgement.objects.order_by("created_at").values_list("pk", "live")) == [
        (judgement.pk, False), (again.pk, True),
    ]  # fmt: skip


def test_an_undo_with_the_id_of_another_undo_is_refused(comparison: Comparison, rater: User) -> None:
    one, two = (judge(rater, pair) for pair in next_pairs(comparison, rater, 2))
    undo_id = some_uuid()
    Judgement.objects.undo(rater, one.pk, undo_id=undo_id)
    with pytest.raises(errors.IdTaken):
        Judgement.objects.undo(rater, two.pk, undo_id=undo_id)
    assert Judgement.objects.live().get() == two


# ---------------------------------------------------------------------- at the same moment
@pytest.mark.django_db(transaction=True)
def test_the_same_judgement_sent_many_times_at_once_is_one(rater: User, pair: Pair) -> None:
    opinion = make_opinion(pair, seconds=1.5)
    results = at_once(8, lambda: Judgement.objects.cast(rater, opinion)[1])
    assert sorted(results) == [False] * 7 + [True]
    assert Judgement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_different_judgements_on_a_pair_at_once_are_one(rater: User, pair: Pair) -> None:
    results = at_once(4, lambda: judge(rater, pair).live)
    assert [result for result in results if result is True] == [True]
    assert {type(result) for result in results} == {bool, errors.PairJudged}
    assert Judgement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_id_for_two_pairs_at_once_is_refused_for_the_second(comparison: Comparison, rater: User) -> None:
    one, two = next_pairs(comparison, rater, 2)
    opinion = make_opinion(one)
    with transaction.atomic():
        Judgement.objects.cast(rater, opinion)
        thread, results = start(lambda: Judgement.objects.cast(rater, make_opinion(two, id=opinion.id)))
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert isinstance(results[0], errors.IdTaken)


def start(work: Any) -> tuple[threading.Thread, list[Any]]:
    """Let a thread with a connection of its own do something; its result or exception comes into the list."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001  (it is what the test looks at)
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def at_once(count: int, work: Any) -> list[Any]:
    """Let threads do the same in the same moment; returns results and exceptions."""
    barrier = threading.Barrier(count)

    def wait_and_work() -> Any:
        barrier.wait(10)
        return work()

    started = [start(wait_and_work) for _index in range(count)]
    for thread, _results in started:
        thread.join(30)
    return [result for _thread, results in started for result in results]
