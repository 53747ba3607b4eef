"""Who wins pairwise comparisons: strengths by the Bradley–Terry model, with intervals.

The first of two contestants wins with the probability 1 / (1 + exp(second − first)), where *first* and *second* are
their (log-)strengths. A tie counts as half a win for each. That keeps one parameter a contestant; Davidson's model
(1970) adds one for how common ties are, but with it a contestant that ties always and one that wins half are the
same all the same. The intervals are a little too wide where ties are many, never too narrow.

A weak prior: besides the real comparisons, every contestant has won and lost half a comparison against one of average
strength. So one who wins everything has a finite strength, and few comparisons do not look like certainty.

Sources: Bradley, R. A. & Terry, M. E. (1952), Biometrika 39, 324–345; Agresti, A. (2013), Categorical Data Analysis,
3rd edition, section 11.6; intervals from the inverse of the information matrix. Solved by Newton's method, which needs
that matrix anyway, converges in a few steps and finds what the MM algorithm of Hunter, D. R. (2004), Annals of
Statistics 32, 384–406, finds: the maximum is the only one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.statistics.intervals import CONFIDENCE, Interval, normal_quantile

PRIOR_COMPARISONS = 1.0
"""The weight of the prior: so many comparisons, half of them won, against average strength."""

_STEPS = 100
_TOLERANCE = 1e-10

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pairing:
    """All comparisons of two contestants: how often each won, and how often neither."""

    first: str
    second: str
    first_won: int
    second_won: int
    ties: int = 0

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise ValueError(f"“{self.first}” cannot be compared with itself.")
        if min(self.first_won, self.second_won, self.ties) < 0:
            raise ValueError(f"{self} has a negative count.")

    @property
    def comparisons(self) -> int:
        return self.first_won + self.second_won + self.ties


@dataclass(frozen=True)
class Estimate:
    """A value and its 95 % interval."""

    value: float
    interval: Interval


@dataclass(frozen=True)
class Contestant:
    """One contestant's place.

    ``strength`` is on the log scale, 0 the average of its group; ``wins`` the probability that it wins against
    one of average strength. Contestants of different ``group`` never met, not even through others: their strengths
    do not compare. One who has met nobody could be anything: its interval has no ends.
    """

    key: str
    strength: Estimate
    wins: Estimate
    comparisons: int
    group: int


@dataclass(frozen=True)
class Ranking:
    """The contestants by strength, the strongest first, group by group, and how many comparisons there were.

    ``lead`` is by how much the first is stronger than the second; None unless there are two and all are connected.
    """

    contestants: tuple[Contestant, ...]
    comparisons: int
    lead: Estimate | None

    @property
    def is_connected(self) -> bool:
        """True when everyone has met everyone, if only through others, so that there is one ranking."""
        return len({contestant.group for contestant in self.contestants}) <= 1

    @property
    def is_decided(self) -> bool:
        """True when the first is stronger than the second with 97.5 % certainty (its interval is above 0)."""
        return self.lead is not None and self.lead.interval.low > 0


def rank(
    pairings: Iterable[Pairing], *, contestants: Sequence[str] = (), prior: float = PRIOR_COMPARISONS
) -> Ranking:
    """Rank everyone named in the pairings and in ``contestants`` (those who have not met anyone yet).

    The groups stand by size, the largest first. With a ``prior`` of 0 this is the plain maximum likelihood; it then
    raises ``ValueError`` where that does not exist: where some have only ever won against the rest.
    """
    if prior < 0:
        raise ValueError(f"A prior of {prior} comparisons is negative.")
    met = list(pairings)
    keys = list(dict.fromkeys([*contestants, *(key for pair in met for key in (pair.first, pair.second))]))
    place = {key: index for index, key in enumerate(keys)}
    won = np.zeros((len(keys), len(keys)))
    for pair in met:
        won[place[pair.first], place[pair.second]] += pair.first_won + pair.ties / 2
        won[place[pair.second], place[pair.first]] += pair.second_won + pair.ties / 2
    groups = _groups(won)
    if prior == 0 and any((won[np.ix_(group, group)] > 0).any() for group in groups):
        _refuse_endless(won, groups, keys)
    fitted = [(group, *_fit(won[np.ix_(group, group)], prior)) for group in groups]
    standings: list[Contestant] = []
    for number, (group, strengths, covariance) in enumerate(fitted):
        rows = [
            _contestant(keys[index], strengths[row], covariance[row, row], won[index], won[:, index], number)
            for row, index in enumerate(group)
        ]
        standings += sorted(rows, key=lambda one: -one.strength.value)
    return Ranking(tuple(standings), sum(pair.comparisons for pair in met), _lead(fitted))


# ---------------------------------------------------------------------------------------------------------- parts
def _fit(won: Floats, prior: float) -> tuple[Floats, Floats]:
    """Return the strengths of one group, their mean taken away, and the covariance of these."""
    size = len(won)
    met = won + won.T
    strengths = np.zeros(size)
    for _ in range(_STEPS):
        slope, information = _derivatives(strengths, won, met, prior)
        step = np.linalg.pinv(information, hermitian=True) @ slope
        # Far from the maximum a full step may overshoot; 1 is a factor of e in the odds.
        strengths += step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < _TOLERANCE:
            break
    else:
        raise ArithmeticError("The strengths do not converge.")
    _, information = _derivatives(strengths, won, met, prior)
    centring = np.eye(size) - 1 / size
    return centring @ strengths, centring @ np.linalg.pinv(information, hermitian=True) @ centring


def _derivatives(strengths: Floats, won: Floats, met: Floats, prior: float) -> tuple[Floats, Floats]:
    """Return the slope of the log-likelihood and its negative curvature."""
    chance = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
    against_average = 1 / (1 + np.exp(-strengths))
    slope = (won - met * chance).sum(axis=1) + prior * (0.5 - against_average)
    weight = met * chance * (1 - chance)
    own = weight.sum(axis=1) + prior * against_average * (1 - against_average)
    return slope, np.diag(own) - weight


def _groups(won: Floats) -> list[list[int]]:
    """Return those who met, if only through others, together; the largest group first."""
    left = dict.fromkeys(range(len(won)))
    groups: list[list[int]] = []
    while left:
        group = _reached(won + won.T, next(iter(left)))
        groups.append(group)
        for index in group:
            del left[index]
    return sorted(groups, key=len, reverse=True)


def _refuse_endless(won: Floats, groups: list[list[int]], keys: list[str]) -> None:
    for group in groups:
        for way in (won, won.T):
            reached = _reached(way, group[0])
            if len(reached) < len(group):
                apart = ", ".join(keys[index] for index in group if index not in reached)
                raise ValueError(
                    f"Without a prior there is no finite strength: {apart} only ever won or only ever lost."
                )


def _reached(edges: Floats, start: int) -> list[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for index in np.flatnonzero(edges[waiting.pop()]).tolist():
            if index not in seen:
                seen.add(index)
                waiting.append(index)
    return sorted(seen)


def _contestant(
    key: str, strength: float, variance: float, won: Floats, lost: Floats, group: int
) -> Contestant:
    comparisons = round(float(won.sum() + lost.sum()))
    estimate = _estimate(strength, variance if comparisons else math.inf)
    low, high = estimate.interval.low, estimate.interval.high
    wins = Estimate(_logistic(strength), Interval(_logistic(low), _logistic(high)))
    return Contestant(key, estimate, wins, comparisons, group)


def _lead(fitted: list[tuple[list[int], Floats, Floats]]) -> Estimate | None:
    if len(fitted) != 1 or len(fitted[0][0]) < 2:
        return None
    _, strengths, covariance = fitted[0]
    first, second = np.argsort(-strengths, kind="stable")[:2]
    variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
    return _estimate(strengths[first] - strengths[second], variance)


def _estimate(value: float, variance: float) -> Estimate:
    reach = normal_quantile(CONFIDENCE) * math.sqrt(max(0.0, variance))
    return Estimate(float(value), Interval(float(value - reach), float(value + reach)))


def _logistic(value: float) -> float:
    return 0.5 * (1 + math.tanh(value / 2))
