"""The hazard ratio of a running trial: its exact posterior, and whether the design prior expected what is seen."""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray, person_months
from escc_bayes.spec.mixture import NormalMixture, blurred
from escc_bayes.trial.completion import posterior_draws
from escc_bayes.trial.design import AnalysisPrior
from escc_bayes.trial.exact_posterior import SHARE, log_density, mode, moments, probability_below
from escc_bayes.trial.forecast import Fan, fan
from escc_bayes.trial.interim import FollowUp, Interim
from escc_bayes.trial.sufficient import ArmData

# The prior that leaves the estimate to the data: its SD on the log hazard ratio.
VAGUE_SD = 100.0
# Quantiles are looked for this many posterior standard deviations about the mean.
WIDEST = 12.0


@dataclass(frozen=True, slots=True)
class RatioPosterior:
    """Exact posterior of the hazard ratio (treatment over control) of one trial."""

    data: ArmData
    prior: AnalysisPrior

    def below(self, ratio: float) -> float:
        """Return P(HR < ``ratio`` | data)."""
        return self.log_below(math.log(ratio))

    def log_below(self, log_ratio: float) -> float:
        """Return P(log HR < ``log_ratio`` | data)."""
        prior = self.prior
        return float(probability_below(self.data, prior.mixture, prior.baseline, np.array([log_ratio]))[0, 0])

    def quantile(self, probability: float) -> float:
        """Return the hazard ratio that ``probability`` lies below."""
        mean, sd = moments(self.data, self.prior.mixture, self.prior.baseline)
        low, high = float(mean[0] - WIDEST * sd[0]), float(mean[0] + WIDEST * sd[0])
        return math.exp(root(lambda x: self.log_below(x) - probability, low, high, absolute=1e-9))


def posterior_of(interim: Interim, prior: AnalysisPrior) -> RatioPosterior:
    """Return the posterior under the analysis prior."""
    return RatioPosterior(interim.data(interim.cuts(prior.pieces, prior.cuts)), prior)


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
    data = posterior_of(interim, prior).data
    if not min(data.control_events.sum(), data.treated_events.sum()) > 0.0:
        return None
    centre, spread = mode(log_density(data, prior.baseline, 0.0, VAGUE_SD))
    estimate, se = float(centre[0]), float(spread[0])
    expected = blurred(believed, se)
    reached = expected.cdf(estimate)
    return PriorConflict(estimate, se, expected, 2.0 * min(reached, 1.0 - reached))


def arm_survival(
    interim: Interim,
    prior: AnalysisPrior,
    months: FloatArray,
    *,
    draws: int,
    level: float,
    generator: np.random.Generator,
) -> tuple[Fan, Fan]:
    """Return the posterior survival of control and treatment at ``months`` since entry."""
    cuts = interim.cuts(prior.pieces, prior.cuts)
    beta, rates = posterior_draws(interim.data(cuts), prior.mixture, prior.baseline, draws, generator)
    share, cumulative = SHARE[prior.baseline.at], rates @ person_months(months, cuts).T
    control = np.exp(-cumulative * np.exp(-share * beta)[:, None])
    treated = np.exp(-cumulative * np.exp((1.0 - share) * beta)[:, None])
    return fan(control, months, level), fan(treated, months, level)


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
