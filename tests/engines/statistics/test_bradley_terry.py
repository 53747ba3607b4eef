"""The Bradley–Terry model against a published worked example, and by what must hold."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.statistics.bradley_terry import Pairing, Ranking, _fit, rank

# Agresti, A. (2013), Categorical Data Analysis, 3rd edition, table 11.10: the American League, east, in 1987. Row beat
# column so often.
TEAMS = ["Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore"]
WINS = [
    [0, 7, 9, 7, 7, 9, 11],
    [6, 0, 7, 5, 11, 9, 9],
    [4, 6, 0, 7, 7, 8, 12],
    [6, 8, 6, 0, 6, 7, 10],
    [6, 2, 6, 7, 0, 7, 12],
    [4, 4, 5, 6, 6, 0, 6],
    [2, 4, 1, 3, 1, 7, 0],
]
# Turner, H. & Firth, D. (2012), "Bradley-Terry Models in R: The BradleyTerry2 Package", Journal of Statistical Software
# 48(9), section 3.4: the strengths and their standard errors, Baltimore being 0.
PUBLISHED = {
    "Boston": (1.1077, 0.3339),
    "Cleveland": (0.6839, 0.3319),
    "Detroit": (1.4364, 0.3396),
    "Milwaukee": (1.5814, 0.3433),
    "New York": (1.2476, 0.3359),
    "Toronto": (1.2945, 0.3367),
}
BASEBALL = [Pairing(TEAMS[i], TEAMS[j], WINS[i][j], WINS[j][i]) for i in range(7) for j in range(i + 1, 7)]


def strengths(ranking: Ranking) -> dict[str, float]:
    return {one.key: one.strength.value for one in ranking.contestants}


def test_the_strengths_are_the_published_ones_of_the_baseball_teams() -> None:
    found = strengths(rank(BASEBALL, prior=0))
    for team, (strength, _) in PUBLISHED.items():
        assert found[team] - found["Baltimore"] == pytest.approx(strength, abs=5e-4)
    assert sum(found.values()) == pytest.approx(0)


def test_the_standard_errors_are_the_published_ones_of_the_baseball_teams() -> None:
    _, covariance = _fit(np.array(WINS, dtype=float), 0)
    for team, (_, error) in PUBLISHED.items():
        row = TEAMS.index(team)
        variance = covariance[row, row] + covariance[6, 6] - 2 * covariance[row, 6]
        assert math.sqrt(variance) == pytest.approx(error, abs=5e-4)


def test_the_prior_hardly_moves_strengths_that_are_well_known() -> None:
    plain, ours = strengths(rank(BASEBALL, prior=0)), strengths(rank(BASEBALL))
    assert list(plain) == list(ours)
    assert all(abs(ours[team]) < abs(plain[team]) + 0.01 for team in TEAMS)
    assert max(abs(plain[team] - ours[team]) for team in TEAMS) < 0.05


def test_two_contestants_have_the_closed_form() -> None:
    ranking = rank([Pairing("a", "b", 30, 10)], prior=0)
    first, second = ranking.contestants
    assert first.strength.value - second.strength.value == pytest.approx(math.log(3))
    assert ranking.lead.value == pytest.approx(math.log(3))
    assert ranking.lead.interval.width / 2 == pytest.approx(1.959964 * math.sqrt(1 / 30 + 1 / 10))
    assert ranking.is_decided


def test_a_tie_is_half_a_win_for_each() -> None:
    with_ties = rank([Pairing("a", "b", 4, 1, ties=6), Pairing("b", "c", 2, 2)])
    as_halves = rank([Pairing("a", "b", 7, 4), Pairing("b", "c", 2, 2)])
    assert strengths(with_ties) == pytest.approx(strengths(as_halves))
    assert {one.key: one.comparisons for one in with_ties.contestants} == {"a": 11, "b": 15, "c": 4}
    assert with_ties.comparisons == 15


def test_one_who_wins_everything_has_a_finite_strength_and_an_interval() -> None:
    ranking = rank([Pairing("a", "b", 20, 0), Pairing("a", "c", 20, 0), Pairing("b", "c", 10, 10)])
    best = ranking.contestants[0]
    assert best.key == "a"
    assert 1 < best.strength.value < 6
    assert 0.7 < best.wins.interval.low < best.wins.value < best.wins.interval.high < 1
    assert ranking.is_decided


def test_without_a_prior_such_a_strength_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"no finite strength: .*only ever"):
        rank([Pairing("a", "b", 5, 0), Pairing("b", "c", 1, 1)], prior=0)
    with pytest.raises(ValueError, match="negative"):
        rank([], prior=-1)


def test_few_comparisons_decide_nothing() -> None:
    assert not rank([Pairing("a", "b", 1, 0)]).is_decided
    assert not rank([Pairing("a", "b", 3, 1)]).is_decided


def test_groups_that_never_met_are_told_apart() -> None:
    ranking = rank(
        [Pairing("c", "d", 9, 1), Pairing("a", "b", 3, 1), Pairing("b", "e", 3, 1)], contestants=["z"]
    )
    assert [(one.key, one.group) for one in ranking.contestants] == [
        ("a", 0), ("b", 0), ("e", 0), ("c", 1), ("d", 1), ("z", 2),
    ]  # fmt: skip
    assert not ranking.is_connected
    assert ranking.lead is None
    assert not ranking.is_decided
    for group in (0, 1):
        mean = [one.strength.value for one in ranking.contestants if one.group == group]
        assert sum(mean) == pytest.approx(0)


def test_one_who_has_met_nobody_could_be_anything() -> None:
    (alone,) = rank([], contestants=["z"]).contestants
    assert (alone.wins.value, alone.wins.interval.low, alone.wins.interval.high) == (0.5, 0.0, 1.0)
    assert alone.strength.interval.width == math.inf
    assert rank([]).contestants == ()
    assert rank([]).is_connected


def test_a_pairing_without_comparisons_connects_nobody() -> None:
    assert not rank([Pairing("a", "b", 0, 0)]).is_connected


def test_what_cannot_be_a_pairing_is_refused() -> None:
    with pytest.raises(ValueError, match="itself"):
        Pairing("a", "a", 1, 0)
    with pytest.raises(ValueError, match="negative"):
        Pairing("a", "b", 1, -1)


pairs = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]),
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 50)),
    max_size=15,
)


@given(pairs)
@settings(deadline=None)
def test_any_record_is_ranked_and_turning_it_round_turns_the_strengths(
    record: dict[tuple[int, int], tuple[int, int, int]],
) -> None:
    forwards = rank(Pairing(str(a), str(b), won, lost, ties) for (a, b), (won, lost, ties) in record.items())
    back = rank(Pairing(str(a), str(b), lost, won, ties) for (a, b), (won, lost, ties) in record.items())
    mirrored = strengths(back)
    for one in forwards.contestants:
        assert math.isfinite(one.strength.value)
        assert one.strength.interval.low <= one.strength.value <= one.strength.interval.high
        assert 0 <= one.wins.interval.low <= one.wins.value <= one.wins.interval.high <= 1
        assert mirrored[one.key] == pytest.approx(-one.strength.value, abs=1e-6)


def test_the_intervals_hold_the_truth_about_95_times_in_100() -> None:
    rng = random.Random(3)
    truth = [0.9, 0.3, 0.0, -0.4, -0.8]
    held: list[bool] = []
    for _ in range(150):
        played = []
        for i in range(5):
            for j in range(i + 1, 5):
                chance = 1 / (1 + math.exp(truth[j] - truth[i]))
                won = sum(rng.random() < chance for _ in range(40))
                played.append(Pairing(str(i), str(j), won, 40 - won))
        held += [
            one.strength.interval.low <= truth[int(one.key)] <= one.strength.interval.high
            for one in rank(played).contestants
        ]
    assert 0.93 <= sum(held) / len(held) <= 0.975
