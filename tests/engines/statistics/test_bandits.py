"""Thompson sampling: its arithmetic against exact values, its choices by what must hold, its worth by simulation."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.statistics.bandits import (
    Arm,
    Beta,
    attainable_yield,
    choose,
    fit_prior,
    is_worn,
    wants_fresh,
)

MOST = 40
UNSURE = Beta(1.0, 2.0)
counts = st.builds(Arm, st.integers(0, 30), st.integers(0, 30), st.integers(0, 10))


# ---------------------------------------------------------------------------------------------------------- beliefs
@given(st.integers(1, 40), st.integers(1, 40), st.fractions(0, 1, max_denominator=50))
@settings(deadline=None)
def test_a_belief_of_whole_numbers_is_the_exact_binomial_tail(alpha: int, beta: int, value: Fraction) -> None:
    tries = alpha + beta - 1
    exact = sum(math.comb(tries, k) * value**k * (1 - value) ** (tries - k) for k in range(alpha, tries + 1))
    assert Beta(alpha, beta).below(float(value)) == pytest.approx(float(exact), abs=1e-12)


def test_the_arcsine_distribution_has_its_closed_form() -> None:
    for value in (0.001, 0.2, 0.5, 0.77, 0.9999):
        assert Beta(0.5, 0.5).below(value) == pytest.approx(2 / math.pi * math.asin(math.sqrt(value)))


@given(st.floats(0.05, 150), st.floats(0.05, 150), st.floats(0.01, 0.99))
@settings(deadline=None)
def test_a_quantile_is_where_its_probability_is_reached(
    alpha: float, beta: float, probability: float
) -> None:
    belief = Beta(alpha, beta)
    found = belief.quantile(probability)
    assert belief.below(found - 2e-9) <= probability + 1e-9
    assert belief.below(found + 2e-9) >= probability - 1e-9


def test_the_interval_is_the_published_one_of_clopper_and_pearson() -> None:
    # 10 of 20: 0.2720 … 0.7280, the quantiles of Beta(10, 11) and Beta(11, 10).
    assert Beta(10, 11).interval().low == pytest.approx(0.2720, abs=5e-5)
    assert Beta(11, 10).interval().high == pytest.approx(0.7280, abs=5e-5)


@pytest.mark.parametrize("values", [(0, 1), (1, -1), (math.nan, 1), (math.inf, 1)])
def test_what_is_no_distribution_is_refused(values: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no Beta"):
        Beta(*values)


def test_what_is_no_probability_or_count_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        UNSURE.quantile(1.1)
    with pytest.raises(ValueError, match="confidence"):
        UNSURE.interval(1.0)
    with pytest.raises(ValueError, match="negative"):
        Arm(1, -1)
    with pytest.raises(ValueError, match="given out"):
        choose([Arm(0, 0)], -1, prior=UNSURE, rng=random.Random(1))
    with pytest.raises(ValueError, match="given out"):
        choose([Arm(0, 0)], 1, prior=UNSURE, floor=1.5, rng=random.Random(1))


# ------------------------------------------------------------------------------------------------------------ prior
def test_nothing_known_is_a_cautious_prior() -> None:
    nothing = fit_prior([])
    assert nothing.mean == pytest.approx(0.5)
    assert 5 < nothing.strength < 20
    assert fit_prior([Arm(0, 0, pending=5)]) == nothing
    one = fit_prior([Arm(0, 4)])
    assert 0.1 < one.mean < 0.4
    assert one.strength < 20


def test_the_prior_of_many_arms_is_the_distribution_they_were_drawn_from() -> None:
    rng = random.Random(5)
    yields = [rng.betavariate(1, 2) for _ in range(300)]
    arms = [Arm(hits := sum(rng.random() < p for _ in range(30)), 30 - hits) for p in yields]
    found = fit_prior(arms)
    assert found.mean == pytest.approx(1 / 3, abs=0.04)
    assert found.strength == pytest.approx(3, abs=0.8)


def test_arms_that_do_not_differ_give_a_strong_prior_that_stays_bounded() -> None:
    found = fit_prior([Arm(10, 20)] * 200)
    assert found.mean == pytest.approx(1 / 3, abs=0.01)
    assert 100 < found.strength <= 200


def test_the_prior_is_not_biased_by_dropping_arms_for_bad_luck() -> None:
    rng = random.Random(8)
    arms = []
    for _ in range(600):
        share = rng.betavariate(4, 4)
        hits = misses = 0
        while hits + misses < 30 and misses - hits < 2:
            won = rng.random() < share
            hits, misses = hits + won, misses + (not won)
        arms.append(Arm(hits, misses))
    naive = sum(arm.successes / arm.verdicts for arm in arms) / len(arms)
    assert naive < 0.42
    assert fit_prior(arms).mean == pytest.approx(0.5, abs=0.03)


# ---------------------------------------------------------------------------------------------------------- choices
@given(st.lists(counts, max_size=12), st.integers(0, 80), st.floats(0, 1), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_no_arm_gets_more_than_its_cap_and_nothing_that_fits_is_left_out(
    arms: list[Arm], count: int, floor: float, seed: int
) -> None:
    chosen = choose(arms, count, prior=UNSURE, floor=floor, most=20, rng=random.Random(seed))
    room = [max(0, 20 - arm.pulls) for arm in arms]
    assert len(chosen) == min(count, sum(room))
    assert all(given <= room[index] for index, given in Counter(chosen).items())


def test_without_a_cap_every_pull_is_given_out() -> None:
    assert len(choose([Arm(500, 500)], 70, prior=UNSURE, rng=random.Random(2))) == 70
    assert choose([], 5, prior=UNSURE, rng=random.Random(2)) == []


def test_the_same_state_of_the_generator_gives_the_same_choice() -> None:
    arms = [Arm(k, 9 - k) for k in range(10)]
    first, second = (choose(arms, 30, prior=UNSURE, rng=random.Random(7)) for _ in range(2))
    assert first == second
    assert first != choose(arms, 30, prior=UNSURE, rng=random.Random(8))


def test_the_better_arm_gets_most_pulls() -> None:
    given = Counter(choose([Arm(30, 10), Arm(10, 30)], 30, prior=Beta(5, 5), floor=0, rng=random.Random(1)))
    assert given[0] >= 28


@pytest.mark.parametrize("size", [8, 24, 60])
def test_one_success_does_not_take_the_batch(size: int) -> None:
    arms = [Arm(1, 0), *[Arm(0, 0)] * 19]
    given = Counter(choose(arms, size, prior=UNSURE, most=MOST, rng=random.Random(3)))
    assert given[0] <= 4
    assert len(given) >= min(size / 3, 20)


def test_pulls_that_wait_for_verdicts_count_as_in_flight() -> None:
    arms = [Arm(2, 0, pending=3), Arm(0, 0), Arm(0, 0)]
    assert 0 not in choose(arms, 6, prior=UNSURE, floor=0, rng=random.Random(4))


def test_the_floor_goes_to_those_with_the_fewest_pulls() -> None:
    arms = [Arm(20, 5), Arm(9, 9), Arm(9, 9), Arm(6, 6)]
    given = Counter(choose(arms, 6, prior=Beta(80, 80), floor=1, rng=random.Random(4)))
    assert given == {3: 6}
    evened = Counter(choose([Arm(0, 0)] * 6, 18, prior=Beta(5, 5), floor=1, rng=random.Random(4)))
    assert set(evened.values()) == {3}


def test_a_worn_arm_is_passed_over_while_another_has_room() -> None:
    arms = [Arm(0, 20), Arm(3, 3)]
    assert set(choose(arms, 12, prior=UNSURE, floor=0.5, most=MOST, rng=random.Random(4))) == {1}
    assert 0 in choose(arms, 40, prior=UNSURE, floor=0.5, most=MOST, rng=random.Random(4))


# ------------------------------------------------------------------------------------------------------ fresh arms
def test_an_arm_is_worn_when_it_has_its_cap_or_fails_too_often() -> None:
    assert is_worn(Arm(40, 0), UNSURE, most=MOST)
    assert is_worn(Arm(30, 0, pending=10), UNSURE, most=MOST)
    assert is_worn(Arm(0, 3), UNSURE, most=MOST)
    assert is_worn(Arm(0, 90), UNSURE)
    assert not is_worn(Arm(0, 0), UNSURE, most=MOST)
    assert not is_worn(Arm(90, 5), UNSURE)
    assert not is_worn(Arm(2, 1), UNSURE, most=MOST)


@given(st.integers(0, 39), st.integers(0, 38))
@settings(deadline=None)
def test_a_success_never_wears_an_arm_out(successes: int, failures: int) -> None:
    if successes + failures < MOST - 1 and not is_worn(Arm(successes, failures), UNSURE, most=MOST):
        assert not is_worn(Arm(successes + 1, failures), UNSURE, most=MOST)


def test_arms_that_hardly_differ_are_not_left_for_bad_luck() -> None:
    assert not is_worn(Arm(0, 6), Beta(66, 134), most=MOST)
    assert not is_worn(Arm(8, 22), Beta(66, 134), most=MOST)


def test_what_is_attainable_is_more_than_the_average_the_more_arms_differ() -> None:
    spread = [attainable_yield(Beta(k, 2 * k), most=MOST) for k in (0.5, 1, 4, 60)]
    assert spread == sorted(spread, reverse=True)
    assert spread[1] > 0.5
    assert spread[-1] == pytest.approx(1 / 3, abs=0.02)
    assert attainable_yield(UNSURE, most=10) < attainable_yield(UNSURE, most=MOST)


def test_the_attainable_yield_is_that_of_the_best_rule_found_by_hand() -> None:
    # Two pulls at most, a fresh arm costs half a success. Always both: (1 − 1/2) / 2. The second only after a success:
    # (1/2 + 1/2 · 2/3 − 1/2) / (3/2) = 2/9, which is less.
    assert attainable_yield(Beta(1, 1), most=2) == pytest.approx(1 / 4, abs=1e-6)
    # A yield of all or nothing: two successes after a first one. (1/2 · 2 − 1/2) / (3/2), against 1/4 for always both.
    assert attainable_yield(Beta(1e-6, 1e-6), most=2) == pytest.approx(1 / 3, abs=1e-5)


def test_fresh_arms_are_wanted_when_the_good_ones_cannot_take_the_batch() -> None:
    good, worn = Arm(12, 4), Arm(0, 10)
    assert wants_fresh([good] * 4, UNSURE, 24, most=MOST) == 0
    assert wants_fresh([worn] * 20, UNSURE, 24, most=MOST) == 8
    assert wants_fresh([good, *[worn] * 9], UNSURE, 24, most=MOST) == 3
    assert wants_fresh([Arm(35, 4)], UNSURE, 4, most=MOST) == 1
    assert wants_fresh([], UNSURE, 0) == 0


# ------------------------------------------------------------------------------------------------------------- worth
def pulls_to(wanted: int, draw: Callable[[random.Random], float], *, thompson: bool, seed: int) -> int:
    """Return the pulls until a cell of 24 arms has its successes; batches of 24, verdicts two batches late."""
    rng = random.Random(seed)
    arms = [[draw(rng), 0, 0, 0] for _ in range(24)]
    waiting: list[list[int]] = []
    pulls = 0
    while sum(arm[1] for arm in arms) < wanted:
        known = [Arm(int(arm[1]), int(arm[2]), int(arm[3])) for arm in arms]
        if thompson:
            prior = fit_prior(known)
            fresh = wants_fresh(known, prior, 24, most=MOST) if len(arms) < 60 else 0
            arms += [[draw(rng), 0, 0, 0] for _ in range(fresh)]
            known += [Arm(0, 0)] * fresh
            batch = choose(known, 24, prior=prior, most=MOST, rng=rng)
        else:
            order = sorted(range(len(arms)), key=lambda i: (known[i].pulls, rng.random()))
            batch = order[:24]
        pulls += len(batch)
        for index in batch:
            arms[index][3] += 1
        waiting.append(batch)
        for index in waiting.pop(0) if len(waiting) > 1 else ():
            won = rng.random() < arms[index][0]
            arms[index][3] -= 1
            arms[index][1 if won else 2] += 1
    return pulls


@pytest.mark.slow
def test_a_cell_whose_yields_vary_takes_a_quarter_fewer_pulls_than_uniform_allocation() -> None:
    def draw(rng: random.Random) -> float:
        return rng.betavariate(1, 2)

    ours, uniform = (
        sum(pulls_to(250, draw, thompson=way, seed=seed) for seed in range(12)) for way in (True, False)
    )
    assert ours <= 0.75 * uniform, (ours, uniform)


@pytest.mark.slow
def test_a_cell_whose_yields_do_not_vary_takes_no_more_pulls_than_uniform_allocation() -> None:
    ours, uniform = (
        sum(pulls_to(250, lambda rng: 1 / 3, thompson=way, seed=seed) for seed in range(12))
        for way in (True, False)
    )
    assert ours <= 1.03 * uniform, (ours, uniform)
