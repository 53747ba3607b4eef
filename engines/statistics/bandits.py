"""Which locations and prompts the next pictures go to: Thompson sampling over arms that succeed or fail.

An *arm* is something that can be tried again and again (a location, a prompt of a location), a *pull* one try (a
picture), a *success* a pull that was approved. Arms of one cell have different yields, drawn from a common Beta
distribution, the *prior*, which is itself learnt from all arms of the cell.

Sources:

- Thompson, W. R. (1933), "On the likelihood that one unknown probability exceeds another in view of the evidence of
  two samples", Biometrika 25, 285–294; Chapelle, O. & Li, L. (2011), "An empirical evaluation of Thompson sampling",
  NeurIPS 24, which also shows that it copes with verdicts that arrive late and in batches.
- The prior from the marginal (beta-binomial) likelihood of all arms: Gelman, A. et al. (2013), Bayesian Data Analysis,
  3rd edition, section 5.3. The likelihood does not care how pulls were given out, whereas the mean of the arms' shares
  is biased: arms are dropped because of bad luck.
- When to leave an arm for a fresh one: Berry, D. A. et al. (1997), "Bandit problems with infinitely many arms",
  Annals of Statistics 25, 2103–2116. Here by the optimal stopping problem itself, solved backwards; Gittins, J. C.
  (1979), JRSS B 41, 148–177, shows that an arm's worth can be found without looking at the others.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engines.statistics.intervals import CONFIDENCE, Interval

HORIZON = 40
"""How many pulls of an arm are looked ahead where it has no cap."""

FRESH_COST = 0.5
"""What finding a fresh arm costs, in successes. Without it, arms that do not differ would be left for nothing."""

FEWEST_IN_FLIGHT = 3
"""So many pulls of an arm may always wait for their verdicts; more only as it has verdicts already."""

WEAKEST, STRONGEST = 1.0, 200.0
"""The bounds of a fitted prior's strength: it weighs as much as so many verdicts."""

_MEANS = np.linspace(0.01, 0.99, 50)
_STRENGTHS = np.geomspace(WEAKEST, STRONGEST, 24)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Arm:
    """What is known of an arm: verdicts, and pulls that still wait for theirs. All 0 or more."""

    successes: int
    failures: int
    pending: int = 0

    def __post_init__(self) -> None:
        if min(self.successes, self.failures, self.pending) < 0:
            raise ValueError(f"{self} has a negative count.")

    @property
    def verdicts(self) -> int:
        return self.successes + self.failures

    @property
    def pulls(self) -> int:
        """All pulls, those without a verdict too."""
        return self.verdicts + self.pending


@dataclass(frozen=True)
class Beta:
    """A Beta distribution: what is believed of a yield. Both parameters are above 0."""

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if not (self.alpha > 0 and self.beta > 0 and math.isfinite(self.alpha + self.beta)):
            raise ValueError(f"{self} is no Beta distribution: its parameters are finite and above 0.")

    @property
    def mean(self) -> float:
        return self.alpha / self.strength

    @property
    def strength(self) -> float:
        """How many verdicts the belief is worth."""
        return self.alpha + self.beta

    def posterior(self, arm: Arm) -> Beta:
        """Return the belief after an arm's verdicts."""
        return Beta(self.alpha + arm.successes, self.beta + arm.failures)

    def below(self, value: float) -> float:
        """Return the probability that the yield is at most ``value`` (the regularized incomplete beta function)."""
        return _incomplete_beta(self.alpha, self.beta, min(1.0, max(0.0, value)))

    def quantile(self, probability: float) -> float:
        """Return the yield that is not exceeded with this probability, to 1e-9."""
        if not 0 <= probability <= 1:
            raise ValueError(f"A probability is between 0 and 1, not {probability}.")
        low, high = 0.0, 1.0
        while high - low > 1e-9:
            middle = (low + high) / 2
            low, high = (middle, high) if self.below(middle) < probability else (low, middle)
        return (low + high) / 2

    def interval(self, confidence: float = CONFIDENCE) -> Interval:
        """Return the equal-tailed credible interval."""
        if not 0 < confidence < 1:
            raise ValueError(f"A confidence is between 0 and 1, not {confidence}.")
        tail = (1 - confidence) / 2
        return Interval(self.quantile(tail), self.quantile(1 - tail))


def fit_prior(arms: Sequence[Arm]) -> Beta:
    """Return how the yields of the arms are distributed, and so what a fresh arm promises.

    Every arm counts by what its verdicts say, however many pulls it was given and why. Averaged over all means and
    strengths by their likelihood (a uniform mean, a log-uniform strength from 1 to 200), so that few arms give a
    cautious answer: about Beta(5, 5) where nothing is known. Costs about 1 ms.
    """
    means, strengths = (grid.ravel() for grid in np.meshgrid(_MEANS, _STRENGTHS, indexing="ij"))
    likelihood = _log_likelihood(arms, means * strengths, (1 - means) * strengths)
    weights = np.exp(likelihood - likelihood.max())
    weights /= weights.sum()
    mean = float(weights @ means)
    # The spread between arms only: what is not known of their common mean is no reason to try another arm.
    variance = float(weights @ (means * (1 - means) / (strengths + 1)))
    strength = min(STRONGEST, max(WEAKEST, mean * (1 - mean) / variance - 1))
    return Beta(mean * strength, (1 - mean) * strength)


def choose(
    arms: Sequence[Arm],
    count: int,
    *,
    prior: Beta,
    floor: float = 0.1,
    most: int | None = None,
    leaves_worn: bool = True,
    rng: random.Random,
) -> list[int]:
    """Return the arms of the next ``count`` pulls, by their index.

    Each pull goes to the arm whose yield, drawn from its posterior, is the highest; with probability ``floor`` to
    one of those with the fewest pulls instead. Worn arms are passed over while another one has room, unless
    ``leaves_worn`` is false, for arms in whose place no fresh ones can be had. Pulls wait for verdicts together, so an
    arm may have at most as many in flight as it has verdicts (and always three) while another one may still be
    pulled: one lucky success never takes the whole batch.

    No arm gets more than ``most`` pulls, earlier ones included; what fits nowhere is left out, so that the list may
    be shorter. The same for the same ``rng`` state.
    """
    if count < 0 or not 0 <= floor <= 1:
        raise ValueError(f"{count} pulls with a floor of {floor} cannot be given out.")
    pulls = [arm.pulls for arm in arms]
    in_flight = [arm.pending for arm in arms]
    beliefs = [prior.posterior(arm) for arm in arms]
    worn = [leaves_worn and is_worn(arm, prior, most=most) for arm in arms]
    chosen: list[int] = []
    while len(chosen) < count:
        open_ones = [i for i in range(len(arms)) if most is None or pulls[i] < most]
        if not open_ones:
            break
        preferred = _allowed([i for i in open_ones if not worn[i]] or open_ones, arms, in_flight)
        if rng.random() < floor:
            fewest = min(pulls[i] for i in preferred)
            best = rng.choice([i for i in preferred if pulls[i] == fewest])
        else:
            best = max(preferred, key=lambda i: rng.betavariate(beliefs[i].alpha, beliefs[i].beta))
        chosen.append(best)
        pulls[best] += 1
        in_flight[best] += 1
    return chosen


def is_worn(arm: Arm, prior: Beta, *, most: int | None = None) -> bool:
    """True for an arm that is used up: it has ``most`` pulls, or leaving it for a fresh one is worth more.

    That is: no way to go on with it, however cleverly stopped, is expected to beat ``attainable_yield``.
    """
    if most is not None and arm.pulls >= most:
        return True
    rule = _stopping_rule(*_rounded(prior), _horizon(most))
    if arm.verdicts >= len(rule.keeps):
        return prior.posterior(arm).mean < rule.price
    return not rule.keeps[arm.verdicts][arm.successes]


def attainable_yield(prior: Beta, *, most: int | None = None) -> float:
    """Return the successes a pull that are within reach while fresh arms can be had: at least about the prior's mean.

    The yield at which a fresh arm, pulled at most ``most`` times and left at the best moment, just earns its cost of
    half a success. For the prior's mean to 0.01 and its strength to 5 %, so that it is mostly known already.
    """
    return _stopping_rule(*_rounded(prior), _horizon(most)).price


def wants_fresh(arms: Sequence[Arm], prior: Beta, count: int, *, most: int | None = None) -> int:
    """Return how many fresh arms the next ``count`` pulls should be waiting for; 0 where the present ones do.

    They do while the arms that are not worn may take all of those pulls in flight.
    """
    room = 0
    for arm in arms:
        if not is_worn(arm, prior, most=most):
            allowed = max(FEWEST_IN_FLIGHT, arm.verdicts) - arm.pending
            room += max(0, allowed if most is None else min(allowed, most - arm.pulls))
    return math.ceil(max(0, count - room) / FEWEST_IN_FLIGHT)


# ---------------------------------------------------------------------------------------------------------- parts
def _allowed(candidates: list[int], arms: Sequence[Arm], in_flight: Sequence[int]) -> list[int]:
    """Return those that may have one more pull in flight; where none may, those that are least over."""
    over = {i: in_flight[i] / max(FEWEST_IN_FLIGHT, arms[i].verdicts) for i in candidates}
    bound = max(1.0, math.nextafter(min(over.values()), math.inf))
    return [i for i in candidates if over[i] < bound]


def _log_likelihood(arms: Sequence[Arm], alpha: Floats, beta: Floats) -> Floats:
    """Return the log of the beta-binomial likelihood at every point, without the part that is the same for all."""
    total = np.zeros_like(alpha)
    if not arms:
        return total
    up = _log_rising(alpha, max(arm.successes for arm in arms))
    down = _log_rising(beta, max(arm.failures for arm in arms))
    both = _log_rising(alpha + beta, max(arm.verdicts for arm in arms))
    for arm in arms:
        total += up[arm.successes] + down[arm.failures] - both[arm.verdicts]
    return total


def _log_rising(start: Floats, most: int) -> Floats:
    """Return the logs of the rising factorials of ``start``, in row n of n factors, for 0 … ``most``."""
    factors = np.log(start + np.arange(most)[:, None])
    return np.concatenate([np.zeros((1, start.size)), np.cumsum(factors, axis=0)])


def _horizon(most: int | None) -> int:
    return HORIZON if most is None else max(1, most)


@dataclass(frozen=True)
class _StoppingRule:
    """What a pull must earn, and for n verdicts, in row n, whether an arm with 0 … n successes is worth going on."""

    price: float
    keeps: list[Flags]


def _rounded(prior: Beta) -> tuple[float, float]:
    """Return mean and strength on a grid: solving the stopping problem takes some milliseconds."""
    return min(0.99, max(0.01, round(prior.mean, 2))), round(math.log(prior.strength), 1)


@lru_cache(maxsize=1024)
def _stopping_rule(mean: float, log_strength: float, horizon: int) -> _StoppingRule:
    strength = math.exp(log_strength)
    alpha, beta = mean * strength, (1 - mean) * strength
    low, high = 0.0, 1.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        _flags, worth = _backwards(alpha, beta, horizon, middle)[-1]
        low, high = (middle, high) if worth[0] > FRESH_COST else (low, middle)
    price = (low + high) / 2
    return _StoppingRule(price, [flags for flags, _ in reversed(_backwards(alpha, beta, horizon, price))])


def _backwards(alpha: float, beta: float, horizon: int, price: float) -> list[tuple[Flags, Floats]]:
    """Solve the stopping problem in which every pull costs ``price`` and every success earns 1, the last pull first.

    Returns for n = horizon − 1 … 0 verdicts: where going on pays, and what it is worth, by the number of successes.
    """
    later = np.zeros(horizon + 1)
    rows: list[tuple[Flags, Floats]] = []
    for verdicts in range(horizon - 1, -1, -1):
        chance = (alpha + np.arange(verdicts + 1)) / (alpha + beta + verdicts)
        worth = chance - price + chance * later[1 : verdicts + 2] + (1 - chance) * later[: verdicts + 1]
        later = np.maximum(0.0, worth)
        rows.append((worth > 0, later))
    return rows


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return I_x(a, b) by Lentz's continued fraction (Press et al., Numerical Recipes, 3rd edition, section 6.4)."""
    if x in (0.0, 1.0):
        return x
    scale = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return scale * _fraction(a, b, x) / a
    return 1 - scale * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    tiny = 1e-300

    def guarded(value: float) -> float:
        return value if abs(value) > tiny else tiny

    c, d = 1.0, 1 / guarded(1 - (a + b) * x / (a + 1))
    found = d
    for step in range(1, 10_000):
        for term in (
            step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)),
            -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1)),
        ):
            d = 1 / guarded(1 + term * d)
            c = guarded(1 + term / c)
            found *= c * d
        if abs(c * d - 1) < 1e-14:
            return found
    raise ArithmeticError(f"The incomplete beta function of {a}, {b} does not converge at {x}.")
