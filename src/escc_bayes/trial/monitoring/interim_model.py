"""What the data of a running trial say of its parameters: the trial's own posterior, and joint draws to go on with.

Pieces: beta from its one-dimensional posterior; given beta, lambda_j ~ Gamma(a + D_j, b + Y0_j exp(-s beta) +
Y1_j exp((1 - s) beta)). Weibull: the shape first, among its nodes by their posterior weights, then the same with one
piece. Strata have hazards of their own in the draws, whether or not the trial's analysis gives them any.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, person_months
from escc_bayes.trial.design.analysis import analysis_data, arm_prior, side_by_side
from escc_bayes.trial.design.design import AnalysisPrior, TrialDesign
from escc_bayes.trial.looks.by_stratum import split
from escc_bayes.trial.looks.patients import Snapshot
from escc_bayes.trial.looks.risk_sets import RiskSets, risk_sets
from escc_bayes.trial.looks.sufficient_statistics import ArmData, reduced
from escc_bayes.trial.monitoring.design_clock import DesignClock, arm_clocks, shaped
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.posterior.exact_posterior import SHARE
from escc_bayes.trial.posterior.joint_draws import posterior_draws
from escc_bayes.trial.posterior.marginal_posterior import WeightedData, certain, posterior, rows_of
from escc_bayes.trial.posterior.weibull_analysis import WeibullShape, shape_nodes, weibull_data
from escc_bayes.trial.significance.measures import Orders
from escc_bayes.trial.truth.data_generating import inverted

# Events after this share of them say how high the hazard is at the end of what is seen.
LAST_EVENTS = 2.0 / 3.0

type Columns = tuple[tuple[slice, slice], ...]


class DrawnHazard(Protocol):
    """One hazard for each of many draws."""

    def scaled(self, factor: FloatArray) -> "DrawnHazard":
        """Return the hazard times ``factor`` (count,)."""
        ...

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H (count, m) at ``times`` (m,)."""
        ...

    def time_at(self, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (count, m)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPieces:
    """``rates`` (count, J) between ``cuts`` (J - 1,)."""

    rates: FloatArray
    cuts: FloatArray

    def scaled(self, factor: FloatArray) -> "DrawnPieces":
        """Return the hazard times ``factor`` (count,)."""
        return DrawnPieces(self.rates * factor[:, None], self.cuts)

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H (count, m) at ``times`` (m,)."""
        return self.rates @ person_months(times, self.cuts).T

    def time_at(self, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (count, m)."""
        return inverted(target, self.rates, np.broadcast_to(self.cuts, (self.rates.shape[0], self.cuts.size)))


@dataclass(frozen=True, slots=True, eq=False)
class DrawnWeibull:
    """H(t) = rate t0 (t / t0)^shape: ``rate`` and ``shape`` (count,), t0 the ``reference``."""

    rate: FloatArray
    shape: FloatArray
    reference: float

    def scaled(self, factor: FloatArray) -> "DrawnWeibull":
        """Return the hazard times ``factor`` (count,)."""
        return DrawnWeibull(self.rate * factor, self.shape, self.reference)

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H (count, m) at ``times`` (m,)."""
        return np.asarray((self.rate * self.reference)[:, None] * (times / self.reference) ** self.shape[:, None])

    def time_at(self, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (count, m)."""
        share = target / (self.rate * self.reference)[:, None]
        return np.asarray(self.reference * share ** (1.0 / self.shape[:, None]))


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Joint draws: hazard of each arm (control, treated) in each stratum."""

    hazards: tuple[tuple[DrawnHazard, ...], tuple[DrawnHazard, ...]]


def shot_of(interim: Interim) -> tuple[Snapshot, Columns]:
    """Return interim data as one trial at its look, controls first, strata in order within arms, and their columns."""
    place = np.lexsort((interim.strata, interim.treated))
    shot = Snapshot(
        time=interim.time[place][None, :].copy(),
        event=interim.event[place][None, :].copy(),
        month=np.array([interim.month]),
        enrolled=np.array([interim.time.size]),
        events=np.array([interim.events]),
        controls=int(np.count_nonzero(~interim.treated)),
    )
    return shot, columns_by(interim.counts)


def columns_by(counts: tuple[tuple[int, ...], tuple[int, ...]]) -> Columns:
    """Return the columns of each stratum among controls and among treated, from patients by arm and stratum."""
    edges = np.concatenate([[0], np.cumsum([*counts[0], *counts[1]])]).tolist()
    strata = len(counts[0])
    return tuple(
        (slice(edges[s], edges[s + 1]), slice(edges[strata + s], edges[strata + s + 1])) for s in range(strata)
    )


def orders_of(interim: Interim, prior: AnalysisPrior) -> Orders:
    """Return the patients in order, all together and by stratum."""
    shot, columns = shot_of(interim)
    whole = risk_sets(shot)
    strata: tuple[RiskSets, ...] = (whole,)
    if len(columns) > 1:
        strata = tuple(risk_sets(part) for part in split(shot, columns))
    return Orders(whole, strata, arm_prior(prior))


def weighted_of(interim: Interim, prior: AnalysisPrior) -> WeightedData:
    """Return the trial as its own analysis sees it."""
    if prior.weibull is None and not prior.by_stratum:
        return certain(interim.data(interim.cuts(prior.pieces, prior.cuts)))
    return analysis_data(prior, orders_of(interim, prior))


def joint_draws(design: TrialDesign, interim: Interim, count: int, generator: np.random.Generator) -> Drawn:
    """Draw hazard ratio and hazards of every stratum from their exact joint posterior, ``count`` times."""
    prior = design.analysis_prior
    beta, baselines = (
        weibull_draws(interim, prior, prior.weibull, count, generator)
        if prior.weibull is not None
        else piece_draws(interim, prior, count, generator)
    )
    share = SHARE[prior.baseline.at]
    factors = np.exp(-share * beta), np.exp((1.0 - share) * beta)
    control, treated = (tuple(baseline.scaled(factor) for baseline in baselines) for factor in factors)
    return Drawn((control, treated))


def on_design_clock(design: TrialDesign, interim: Interim, drawn: Drawn) -> Drawn:
    """Return the draws with the design's shape within pieces and beyond what is seen.

    A Weibull analysis goes on as drawn to the end of what is seen, and from there by the design's shape at the height
    that its last events show.
    """
    clocks = arm_clocks(design)
    arms = []
    for arm, (clock, of_strata) in enumerate(zip(clocks, drawn.hazards, strict=True)):
        found: list[DrawnHazard] = []
        for stratum, hazard in enumerate(of_strata):
            mine = (interim.treated == bool(arm)) & (interim.strata == stratum)
            followed = interim.time[mine] if mine.any() else interim.time
            if isinstance(hazard, DrawnPieces):
                events_by_piece = interim.pooled(hazard.cuts)[0]
                found.append(shaped(hazard.rates, hazard.cuts, clock, followed, events_by_piece))
            else:
                found.append(continued(hazard, interim, clock))
        arms.append(tuple(found))
    return Drawn((arms[0], arms[1]))


@dataclass(frozen=True, slots=True, eq=False)
class DrawnContinued:
    """``base`` to month ``until``, then the design's hazard times ``factor`` (count,)."""

    base: DrawnHazard
    until: float
    factor: FloatArray
    clock: DesignClock

    def scaled(self, factor: FloatArray) -> "DrawnContinued":
        """Return the hazard times ``factor`` (count,)."""
        return DrawnContinued(self.base.scaled(factor), self.until, self.factor * factor, self.clock)

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H (count, m) at ``times`` (m,)."""
        beyond = np.maximum(self.clock.at(times) - self.clock.at(np.array(self.until)), 0.0)
        return self.base.cumulative(np.minimum(times, self.until)) + self.factor[:, None] * beyond

    def time_at(self, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (count, m); infinite where it never does."""
        seen = self.base.cumulative(np.array([self.until]))
        past = np.maximum(target - seen, 0.0) / self.factor[:, None]
        late = self.clock.months_at(self.clock.at(np.array(self.until)) + past)
        return np.where(target > seen, late, self.base.time_at(np.minimum(target, seen)))


def continued(hazard: DrawnHazard, interim: Interim, clock: DesignClock) -> DrawnHazard:
    """Return a hazard that goes on by the design's shape beyond what is seen; as drawn where the design has none left.

    Its factor there is what it gains in the last third of the events over what the design's gains.
    """
    until = float(interim.time.max())
    died = interim.time[interim.event]
    since = float(np.quantile(died, LAST_EVENTS)) if died.size else 0.0
    gained = float(clock.at(np.array(until)) - clock.at(np.array(since)))
    if not gained > 0.0:
        return hazard
    own = hazard.cumulative(np.array([since, until]))
    return DrawnContinued(hazard, until, (own[:, 1] - own[:, 0]) / gained, clock)


def piece_draws(
    interim: Interim, prior: AnalysisPrior, count: int, generator: np.random.Generator
) -> tuple[FloatArray, tuple[DrawnHazard, ...]]:
    """Draw log hazard ratio (count,) and hazards in pieces of every stratum, the pieces common to all."""
    cuts = interim.cuts(prior.pieces, prior.cuts)
    data = side_by_side([stratum_data(interim, stratum, cuts) for stratum in range(len(interim.counts[0]))])
    beta, rates = posterior_draws(data, prior.mixture, prior.baseline, count, generator)
    pieces = cuts.size + 1
    return beta, tuple(
        DrawnPieces(rates[:, start : start + pieces], cuts) for start in range(0, rates.shape[1], pieces)
    )


def stratum_data(interim: Interim, stratum: int, cuts: FloatArray) -> ArmData:
    """Return events and person-months of one stratum."""
    mine = interim.strata == stratum
    return reduced(interim.time[mine], interim.event[mine], interim.treated[mine], cuts)


def weibull_draws(
    interim: Interim, prior: AnalysisPrior, shape: WeibullShape, count: int, generator: np.random.Generator
) -> tuple[FloatArray, tuple[DrawnHazard, ...]]:
    """Draw log hazard ratio (count,) and a Weibull hazard of every stratum, one shape for all."""
    strata = orders_of(interim, prior).strata
    weighted, shapes = weibull_data(strata, shape), np.exp(shape_nodes(strata, shape)[0][0])
    weight = posterior(weighted, prior.mixture, prior.baseline, np.zeros(1)).node_weight[0]
    node = generator.choice(weight.size, size=count, p=weight / weight.sum())
    beta, rates = np.empty(count), np.empty((count, len(strata)))
    for k in np.unique(node).tolist():
        here = node == k
        row = rows_of(weighted.data, k, k + 1)
        beta[here], rates[here] = posterior_draws(row, prior.mixture, prior.baseline, int(here.sum()), generator)
    return beta, tuple(DrawnWeibull(rates[:, s], shapes[node], shape.reference) for s in range(len(strata)))
