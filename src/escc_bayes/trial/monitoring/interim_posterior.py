"""The hazard ratio of a running trial: its exact posterior, and whether the design prior expected what is seen."""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray, person_months
from escc_bayes.spec.mixture import NormalMixture, blurred, mixture_of
from escc_bayes.trial.design.design import AnalysisPrior, TrialDesign
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.monitoring.interim import FollowUp, Interim
from escc_bayes.trial.monitoring.interim_model import joint_draws, weighted_of
from escc_bayes.trial.posterior.borrowing import Borrowing
from escc_bayes.trial.posterior.exact_posterior import log_density, mode
from escc_bayes.trial.posterior.marginal_posterior import Marginal, WeightedData, posterior
from escc_bayes.trial.simulation.forecast import Fan, fan

# The prior that leaves the estimate to the data: its SD on the log hazard ratio.
VAGUE_SD = 100.0
# Quantiles are looked for this many posterior standard deviations about the mean.
WIDEST = 12.0


@dataclass(frozen=True, slots=True)
class RatioPosterior:
    """Exact posterior of the hazard ratio (treatment over control) of one trial."""

    weighted: WeightedData
    prior: AnalysisPrior

    @property
    def data(self) -> ArmData:
        """Events and person-months, of one node where there is one."""
        return self.weighted.data

    def marginal(self, log_ratio: float) -> Marginal:
        """Return P(log HR < ``log_ratio`` | data), mean and SD."""
        return posterior(self.weighted, self.prior.mixture, self.prior.baseline, np.array([log_ratio]))

    def below(self, ratio: float) -> float:
        """Return P(HR < ``ratio`` | data)."""
        return self.log_below(math.log(ratio))

    def log_below(self, log_ratio: float) -> float:
        """Return P(log HR < ``log_ratio`` | data)."""
        return float(self.marginal(log_ratio).below[0, 0])

    def quantile(self, probability: float) -> float:
        """Return the hazard ratio that ``probability`` lies below."""
        found = self.marginal(0.0)
        mean, sd = float(found.mean[0]), float(found.sd[0])
        low, high = mean - WIDEST * sd, mean + WIDEST * sd
        return math.exp(root(lambda x: self.log_below(x) - probability, low, high, absolute=1e-9))


def posterior_of(interim: Interim, prior: AnalysisPrior, borrowing: Borrowing | None = None) -> RatioPosterior:
    """Return the posterior under the analysis prior, with what it borrows."""
    weighted = weighted_of(interim, prior)
    if borrowing is not None:
        weighted = borrowing.borrowed(weighted.data, prior.baseline, prior.mixture)
    return RatioPosterior(weighted, prior)


@dataclass(frozen=True, slots=True)
class PriorConflict:
    """An estimate beside what the design prior expected of it.

    Attributes
    ----------
    estimate, se : of the log hazard ratio, by the data alone.
    expected : prior predictive distribution of the estimate.
    tail : probability under it of an estimate at least as far out, on either side.
    """

    estimate: float
    se: float
    expected: NormalMixture
    tail: float


def prior_conflict(interim: Interim, prior: AnalysisPrior, believed: NormalMixture) -> PriorConflict | None:
    """Return how surprising the estimate is under what was ``believed``; None while an arm has no event.

    Box 1980, JRSS A 143:383; Spiegelhalter, Abrams & Myles 2004, section 5.8.
    """
    if not min(np.count_nonzero(interim.event & arm) for arm in (interim.treated, ~interim.treated)):
        return None
    estimate, se = estimate_of(weighted_of(interim, prior), prior)
    expected = blurred(believed, se)
    reached = expected.cdf(estimate)
    return PriorConflict(estimate, se, expected, 2.0 * min(reached, 1.0 - reached))


def estimate_of(weighted: WeightedData, prior: AnalysisPrior) -> tuple[float, float]:
    """Return log hazard ratio and standard error by the data alone: mode and curvature, or moments over a shape."""
    if weighted.data.trials == 1:
        centre, spread = mode(log_density(weighted.data, prior.baseline, 0.0, VAGUE_SD))
        return float(centre[0]), float(spread[0])
    found = posterior(weighted, mixture_of([(1.0, 0.0, VAGUE_SD)]), prior.baseline, np.zeros(1))
    return float(found.mean[0]), float(found.sd[0])


def arm_survival(
    interim: Interim,
    design: TrialDesign,
    months: FloatArray,
    *,
    draws: int,
    level: float,
    generator: np.random.Generator,
) -> tuple[Fan, Fan]:
    """Return the posterior survival of control and treatment at ``months`` since entry, strata by their patients."""
    drawn = joint_draws(design, interim, draws, generator)
    share = np.bincount(interim.strata, minlength=interim.stratum_count) / interim.time.size
    fans = [
        fan(
            np.sum([part * np.exp(-of.cumulative(months)) for part, of in zip(share, hazards, strict=True)], axis=0),
            months,
            level,
        )
        for hazards in drawn.hazards
    ]
    return fans[0], fans[1]


def pooled_survival(
    seen: FollowUp,
    prior: AnalysisPrior,
    months: FloatArray,
    *,
    draws: int,
    level: float,
    generator: np.random.Generator,
) -> Fan:
    """Return the posterior survival of all patients by one hazard, blinded."""
    cuts = seen.cuts(prior.pieces, prior.cuts)
    events, spent = seen.pooled(cuts)
    shape = np.broadcast_to(events + prior.baseline.shape, (draws, events.size))
    rates = generator.standard_gamma(shape) / (spent + prior.baseline.rate)
    return fan(np.exp(-rates @ person_months(months, cuts).T), months, level)
