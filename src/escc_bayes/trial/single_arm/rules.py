"""What a single arm is judged by: the one-sample log-rank test, survival at a month, a posterior probability.

D events are seen, E = sum of H0(t_i) are expected of the same follow-up under the reference. One-sample log-rank:
Z = (E - D) / sqrt(E) (Breslow 1975, Int Stat Rev 43:45; Finkelstein, Muzikansky & Schoenfeld 2003, JNCI 95:1434).
Survival at month m: X of n patients are known to be without the event at m, losses before it counting as events;
success where P(X or more | p0) is at most alpha. Posterior: D ~ Poisson(E exp(theta + delta)), theta ~ N(m, s) the log
hazard ratio over concurrent controls, delta ~ N(0, drift) their log hazard over the reference's.
``docs/methods/single_arm.md``.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtrc, ndtr, ndtri

from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.looks.patients import Snapshot

# Nodes of log(hazard over reference) on each side of the null, over so many SDs, or so many powers of e of its tail.
NODES, REACH, TAIL = 64, 9.0, 40.0
# A prior so wide on the log hazard ratio has limits that nobody reads.
FLAT = 4.0
UNIT, WEIGHT = np.polynomial.legendre.leggauss(NODES)
STEPS = 40


@dataclass(frozen=True, slots=True, eq=False)
class ArmSeen:
    """What n trials show: patients at their end (``shot``), ``events`` D and ``expected`` E of each, (n,)."""

    shot: Snapshot
    events: FloatArray
    expected: FloatArray


@dataclass(frozen=True, slots=True)
class OneSampleLogRank:
    """One-sample log-rank test at one-sided ``alpha``."""

    alpha: float

    @property
    def null(self) -> float:
        """The hazard ratio at which it has its type I error."""
        return 1.0

    def holds(self, seen: ArmSeen) -> BoolArray:
        """Return whether it succeeds, (n,)."""
        z = (seen.expected - seen.events) / np.sqrt(np.maximum(seen.expected, 1e-300))
        return np.asarray(z > float(ndtri(1.0 - self.alpha)))

    def words(self) -> str:
        """Say it."""
        return f"one-sample log-rank test one-sided {self.alpha:g}"


@dataclass(frozen=True, slots=True)
class Milestone:
    """Exact binomial test of survival at ``month`` above ``least``, at one-sided ``alpha``, of ``patients``.

    ``null``: the hazard ratio over the reference at which survival there is ``least``.
    """

    month: float
    least: float
    alpha: float
    patients: int
    null: float

    @property
    def needed(self) -> int:
        """The smallest number without the event that succeeds; more than all where none does."""
        counts = np.arange(self.patients + 1)
        rare = bdtrc(counts - 1.0, self.patients, self.least) <= self.alpha
        return int(counts[rare][0]) if rare.any() else self.patients + 1

    @property
    def level(self) -> float:
        """The type I error that whole numbers leave, without losses."""
        return self.power(self.least)

    def power(self, share: float) -> float:
        """Return the probability of success where ``share`` of patients are known to be without the event."""
        return float(bdtrc(self.needed - 1.0, self.patients, share))

    def holds(self, seen: ArmSeen) -> BoolArray:
        """Return whether it succeeds, (n,)."""
        return np.asarray(np.count_nonzero(seen.shot.time >= self.month, axis=1) >= self.needed)

    def words(self) -> str:
        """Say it."""
        return (
            f"survival at {counted(self.month, 'month')} above {self.least:.3g}, exact binomial one-sided "
            f"{self.alpha:g}: {self.needed} or more of {self.patients} known to be without the event then"
        )


@dataclass(frozen=True, slots=True)
class SingleArmPosterior:
    """P(HR < ``null`` | data) above ``threshold``, over concurrent controls; ``drift``: SD of their log hazard."""

    null: float
    threshold: float
    prior: Normal
    drift: float

    def holds(self, seen: ArmSeen) -> BoolArray:
        """Return whether it succeeds, (n,)."""
        return np.asarray(self.probability(seen.events, seen.expected) > self.threshold)

    def probability(self, events: FloatArray, expected: FloatArray) -> FloatArray:
        """Return P(log HR < log null | D, E), (n,), by quadrature over phi = theta + delta.

        Examples
        --------
        >>> rule = SingleArmPosterior(1.0, 0.95, Normal(0.0, 10.0), 0.0)
        >>> rule.probability(np.array([12.0]), np.array([20.0])).round(3)
        array([0.979])
        """
        mean, variance = self.prior.mean, self.prior.sd**2 + self.drift**2
        phi, sd = mode(events, expected, mean, variance)
        # A Poisson likelihood falls as exp(D phi) to the left, slower than a normal where D is small.
        far = np.maximum(REACH * sd, TAIL / (events + 0.5))
        low = np.maximum(phi - far, mean - REACH * math.sqrt(variance))
        high, middle = phi + REACH * sd, np.clip(math.log(self.null), low, phi + REACH * sd)
        peak = log_density(events, expected, phi[:, None], mean, variance)
        mass, inside = np.zeros(events.shape), np.zeros(events.shape)
        for start, stop in ((low, middle), (middle, high)):
            half = (stop - start)[:, None] / 2.0
            at = start[:, None] + half * (UNIT + 1.0)
            weight = WEIGHT * half * np.exp(log_density(events, expected, at, mean, variance) - peak)
            mass += weight.sum(axis=1)
            inside += (weight * self.below(at)).sum(axis=1)
        return np.asarray(inside / mass)

    def below(self, phi: FloatArray) -> FloatArray:
        """Return P(theta < log null | phi): certain without drift."""
        limit = math.log(self.null)
        if self.drift == 0.0:
            return np.asarray(phi < limit, dtype=np.float64)
        share = self.prior.sd**2 / (self.prior.sd**2 + self.drift**2)
        mean = self.prior.mean + share * (phi - self.prior.mean)
        return np.asarray(ndtr((limit - mean) / math.sqrt(share * self.drift**2)))

    def words(self) -> str:
        """Say it."""
        flat = self.prior.sd >= FLAT
        prior = "practically flat prior" if flat else f"prior {self.prior.hazard_ratio_words()}"
        said = f"P(HR < {self.null:g} | data) > {self.threshold:g}, {prior}"
        if self.drift == 0.0:
            return f"{said}; concurrent controls taken to have the reference's hazard"
        low, high = (math.exp(side * 1.959964 * self.drift) for side in (-1.0, 1.0))
        return f"{said}; hazard of concurrent controls {low:.2f} to {high:.2f} times the reference's (95 %)"


def mode(events: FloatArray, expected: FloatArray, mean: float, variance: float) -> tuple[FloatArray, FloatArray]:
    """Return the mode of phi and the SD that its curvature says, (n,) each, by Newton's steps of at most 1."""
    phi = np.full(events.shape, mean)
    for _ in range(STEPS):
        rate = expected * np.exp(phi)
        phi = phi + np.clip((events - rate - (phi - mean) / variance) / (rate + 1.0 / variance), -1.0, 1.0)
    return phi, 1.0 / np.sqrt(expected * np.exp(phi) + 1.0 / variance)


def log_density(events: FloatArray, expected: FloatArray, at: FloatArray, mean: float, variance: float) -> FloatArray:
    """Return the log density of phi ``at`` (n, k), up to a constant."""
    return np.asarray(events[:, None] * at - expected[:, None] * np.exp(at) - (at - mean) ** 2 / (2.0 * variance))


type Criterion = OneSampleLogRank | Milestone | SingleArmPosterior


@dataclass(frozen=True, slots=True)
class SingleArmRule:
    """A criterion of success under a name."""

    name: str
    criterion: Criterion

    def sentence(self) -> str:
        """Say the rule."""
        return f"{self.name}: success if {self.criterion.words()}."
