"""Which pair of pictures comes next: even coverage, no pair twice, blind sides, several raters at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role
from review import comparing, errors
from review.comparing import Progress, has_pairs_for, next_pairs, progress_of, tasks_of
from review.models import Competence, Judgement, Pair
from review.models.judgement import left_comes_first
from tests.comparing import (
    contestant_of,
    end_plans,
    finish_all,
    judge,
    judge_all,
    make_compared,
    make_comparison,
    prefer,
)
from tests.factories import make_expert, make_topic, make_user, some_uuid

pytestmark = pytest.mark.django_db

THREE = ["sdxl", "realvisxl-5", "sdxl-turbo"]


@pytest.fixture
def nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no pair drawn for a second look."""
    monkeypatch.setattr(comparing, "TWICE_SHARE", 0)


def models_of(pair: Pair) -> frozenset[str]:
    return frozenset({contestant_of(pair.left), contestant_of(pair.right)})


def pictures_of(pair: Pair) -> frozenset[Any]:
    return frozenset({pair.left_id, pair.right_id})


# ---------------------------------------------------------------------- what is a pair
def test_pairs_are_of_one_cell_and_seed_and_of_different_models() -> None:
    comparison = make_compared(contestants=THREE, topics=[make_topic(), make_topic()], pictures_per_cell=2)
    pairs = next_pairs(comparison, make_expert(), 100)
    assert len(pairs) == 2 * 2 * 3
    for pair in pairs:
        left, right = pair.left, pair.right
        assert (left.topic_id, left.concept_id, left.seed) == (right.topic_id, right.concept_id, right.seed)
        assert left.prompt_id == right.prompt_id
        assert len(models_of(pair)) == 2


def test_language_models_meet_by_their_pictures_of_one_seed() -> None:
    keys = ["smollm2-135m-instruct", "qwen2.5-7b-instruct"]
    comparison = make_compared(varies="language", contestants=keys, image_model="sdxl", pictures_per_cell=3)
    pairs = next_pairs(comparison, make_expert(), 100)
    assert len(pairs) == 3
    for pair in pairs:
        assert models_of(pair) == set(keys)
        assert pair.left.seed == pair.right.seed


def test_pictures_that_are_not_rendered_yet_are_not_shown() -> None:
    comparison = make_comparison(pictures_per_cell=2)
    rater = make_expert()
    assert next_pairs(comparison, rater, 9) == []
    end_plans(comparison)
    assert next_pairs(comparison, rater, 9) == []
    finish_all(comparison, most=3)
    assert len(next_pairs(comparison, rater, 9)) == 1
    finish_all(comparison)
    assert len(next_pairs(comparison, rater, 9)) == 2


# ---------------------------------------------------------------------- which one
def test_asking_again_gives_the_same_pairs_until_they_are_judged() -> None:
    comparison, rater = make_compared(pictures_per_cell=6), make_expert()
    first = next_pairs(comparison, rater, 2)
    assert next_pairs(comparison, rater, 2) == first
    assert next_pairs(comparison, rater, 3)[:2] == first
    judge(rater, first[0])
    assert next_pairs(comparison, rater, 1) == [first[1]]


def test_no_pair_comes_twice_to_one_rater_even_skipped() -> None:
    comparison, rater = make_compared(contestants=THREE, pictures_per_cell=3), make_expert()
    pairs: list[Pair] = []
    while given := next_pairs(comparison, rater, 2):
        judge(rater, given[0], "skip" if len(pairs) % 2 else "left")
        pairs.append(given[0])
    assert len({pictures_of(pair) for pair in pairs}) == len(pairs) == 9


def test_an_undone_pair_comes_again_the_same_way_round() -> None:
    comparison, rater = make_compared(pictures_per_cell=1), make_expert()
    [pair] = next_pairs(comparison, rater, 1)
    judgement = judge(rater, pair)
    assert next_pairs(comparison, rater, 1) == []
    Judgement.objects.undo(rater, judgement.pk, undo_id=some_uuid())
    [again] = next_pairs(comparison, rater, 1)
    assert (again.pk, again.left_id, again.right_id) == (pair.pk, pair.left_id, pair.right_id)


def test_what_nobody_has_judged_comes_first(nothing_twice: None) -> None:
    comparison = make_compared(pictures_per_cell=6)
    first, second = make_expert(), make_expert()
    seen = {pictures_of(judge(first, pair).pair) for pair in next_pairs(comparison, first, 4)}
    given = [pictures_of(pair) for pair in next_pairs(comparison, second, 6)]
    assert not set(given[:2]) & seen
    assert set(given[2:]) == seen


def test_several_raters_at_once_are_spread(nothing_twice: None) -> None:
    comparison = make_compared(pictures_per_cell=12)
    given = [
        pictures_of(pair)
        for rater in (make_expert() for _index in range(6))
        for pair in next_pairs(comparison, rater, 2)
    ]
    assert len(set(given)) == 12


def test_what_is_drawn_is_judged_twice_as_early_as_the_rest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "TWICE_SHARE", 100)
    comparison = make_compared(pictures_per_cell=20)
    first, second, third = make_expert(), make_expert(), make_expert()
    seen = {pictures_of(judge(first, pair).pair) for pair in next_pairs(comparison, first, 10)}
    again = {pictures_of(judge(second, pair).pair) for pair in next_pairs(comparison, second, 10)}
    assert again & seen
    left = 20 - len(seen & again)
    assert not {pictures_of(pair) for pair in next_pairs(comparison, third, left)} & seen & again


def test_models_whose_order_is_uncertain_meet_more_often(nothing_twice: None) -> None:
    comparison = make_compared(contestants=THREE, pictures_per_cell=30)
    rater = make_expert()
    met: Counter[frozenset[str]] = Counter()
    for _time in range(60):
        [pair] = next_pairs(comparison, rater, 1)
        met[models_of(pair)] += 1
        # The third always loses; the first two are as good as each other.
        if "sdxl-turbo" in models_of(pair):
            prefer(rater, pair, next(iter(models_of(pair) - {"sdxl-turbo"})))
        else:
            judge(rater, pair, "same")
    even = met[frozenset({"sdxl", "realvisxl-5"})]
    assert even > 25
    assert all(count >= 10 for count in met.values())


def test_many_pairs_at_once_are_of_all_models(nothing_twice: None) -> None:
    comparison = make_compared(contestants=THREE, pictures_per_cell=10)
    met = Counter(models_of(pair) for pair in next_pairs(comparison, make_expert(), 9))
    assert set(met.values()) == {3}


# ---------------------------------------------------------------------- blind
def test_each_side_shows_each_model_about_as_often() -> None:
    comparison = make_compared(pictures_per_cell=40)
    pairs = [pair for _index in range(3) for pair in next_pairs(comparison, make_expert(), 40)]
    left = sum(contestant_of(pair.left) == "sdxl" for pair in pairs)
    assert 40 <= left <= 80  # 120 fair coins: outside once in 4,000 times


def test_the_side_hangs_on_rater_and_pair_alone() -> None:
    rater, other = make_expert(), make_expert()
    ids = [(some_uuid(), some_uuid()) for _index in range(200)]
    mine = [left_comes_first(rater, *pair) for pair in ids]
    assert mine == [left_comes_first(rater, *reversed(pair)) for pair in ids]
    assert 60 < sum(mine) < 140
    assert mine != [left_comes_first(other, *pair) for pair in ids]


def test_the_order_of_ids_tells_nothing_of_the_model() -> None:
    comparison = make_compared(pictures_per_cell=40)
    pairs = sorted(next_pairs(comparison, make_expert(), 40), key=lambda pair: pair.pk)
    flips = sum(contestant_of(one.left) != contestant_of(other.left) for one, other in pairwise(pairs))
    assert 5 < flips < 35


# ---------------------------------------------------------------------- for whom
def test_an_expert_is_given_only_topics_that_they_know() -> None:
    known, unknown = make_topic(), make_topic()
    comparison, rater = make_compared(topics=[known, unknown], pictures_per_cell=2), make_expert()
    Competence.objects.set(rater, [known])
    assert {pair.left.topic for pair in next_pairs(comparison, rater, 9)} == {known}
    assert progress_of(comparison, rater) == Progress(judged=0, left=2)
    [task] = tasks_of(rater)
    assert task.topics == [known]
    Competence.objects.set(rater, [make_topic()])
    assert tasks_of(rater) == []
    assert not has_pairs_for(rater)


def test_a_closed_comparison_gives_nothing() -> None:
    comparison, rater = make_compared(), make_expert()
    comparison.close()
    with pytest.raises(errors.ComparisonClosed):
        next_pairs(comparison, rater, 1)
    assert tasks_of(rater) == []
    assert not has_pairs_for(rater)


def test_only_experts_are_given_pairs() -> None:
    with pytest.raises(PermissionDenied):
        next_pairs(make_compared(), make_user(Role.DESIGNER), 1)


def test_there_is_something_to_judge_until_all_is_judged() -> None:
    rater = make_expert()
    assert not has_pairs_for(rater)
    comparison = make_compared(pictures_per_cell=2)
    assert has_pairs_for(rater)
    next_pairs(comparison, rater, 2)
    assert has_pairs_for(rater)
    judge_all(comparison, rater, "same")
    assert not has_pairs_for(rater)
    assert progress_of(comparison, rater) == Progress(judged=2, left=0)
    assert [task.progress for task in tasks_of(rater)] == [Progress(2, 0)]
    assert has_pairs_for(make_expert())


def test_the_next_pairs_cost_as_many_queries_however_many_there_are(
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    comparison, rater = make_compared(contestants=THREE, pictures_per_cell=20), make_expert()
    with django_assert_max_num_queries(12):
        assert len(next_pairs(comparison, rater, 50)) == 50
