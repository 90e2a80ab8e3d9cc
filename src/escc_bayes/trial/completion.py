"""A running trial carried to its end, many times: parameters from the exact posterior, then every patient's future.

beta from its one-dimensional posterior; given beta, lambda_j ~ Gamma(a + D_j, b + Y0_j exp(-s beta) +
Y1_j exp((1 - s) beta)). Patients still followed live on from what is known of them: H(T) = H(t) + E.
"""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, person_months
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.design import TrialDesign
from escc_bayes.trial.exact_posterior import SHARE, GammaBaseline, integrals, log_density, mode, reach
from escc_bayes.trial.interim import FollowUp, Interim
from escc_bayes.trial.pace import future_entries
from escc_bayes.trial.seen import Patients
from escc_bayes.trial.simulate import exponentials
from escc_bayes.trial.sufficient import ArmData, BoolArray
from escc_bayes.trial.truth import inverted

# Points of the grid on which one posterior is inverted.
GRID = 2001
NODES = 60


def posterior_draws(
    data: ArmData, prior: NormalMixture, baseline: GammaBaseline, count: int, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw log hazard ratio (count,) and hazards (count, J) of one trial from their exact joint posterior."""
    weights = integrals(data, prior, baseline, np.zeros(1), NODES)[1][0]
    part = generator.choice(weights.size, size=count, p=weights / weights.sum())
    unit, beta = generator.random(count), np.empty(count)
    for k in range(weights.size):
        here = part == k
        if here.any():
            beta[here] = inverse_cdf(data, baseline, float(prior.means[k]), float(prior.sds[k]), unit[here])
    share = SHARE[baseline.at]
    exposure = data.control_months * np.exp(-share * beta)[:, None]
    exposure = exposure + data.treated_months * np.exp((1.0 - share) * beta)[:, None] + baseline.rate
    events = data.control_events + data.treated_events + baseline.shape
    return beta, generator.standard_gamma(np.broadcast_to(events, exposure.shape)) / exposure


def inverse_cdf(data: ArmData, baseline: GammaBaseline, mean: float, sd: float, unit: FloatArray) -> FloatArray:
    """Return the quantiles ``unit`` of the log hazard ratio under one normal prior, by the trapezoidal rule."""
    density = log_density(data, baseline, mean, sd)
    centre, spread = mode(density)
    peak = density(centre[:, None])[:, 0]
    low, high = reach(density, centre, spread, peak)
    values = np.linspace(low[0], high[0], GRID)
    height = np.exp(density(values[None, :])[0] - peak[0])
    cumulative = np.concatenate([[0.0], np.cumsum((height[1:] + height[:-1]) / 2.0)])
    return np.interp(unit, cumulative / cumulative[-1], values)


def completed(design: TrialDesign, interim: Interim, count: int, generator: np.random.Generator) -> Patients:
    """Return ``count`` completions of a trial: the patients seen, with their futures, and those still to come.

    Patients still to come enter at a pace drawn given the entries so far, the arms in random order, and fill each arm
    to its planned number.
    """
    prior = design.analysis_prior
    cuts = interim.cuts(prior.pieces, prior.cuts)
    beta, rates = posterior_draws(interim.data(cuts), prior.mixture, prior.baseline, count, generator)
    share = SHARE[prior.baseline.at]
    coming = still_to_come(design, interim)
    arrivals = generator.permuted(future_entries(design, interim, (count, sum(coming)), generator), axis=1)
    arms = []
    for arm, (sign, columns) in enumerate(((-share, slice(0, coming[0])), (1.0 - share, slice(coming[0], None)))):
        hazard = rates * np.exp(sign * beta)[:, None]
        mine = interim.treated == bool(arm)
        arms.append(arm_futures(interim, mine, arrivals[:, columns], hazard, cuts, design.dropout[arm], generator))
    entry, died, lost = (np.concatenate(pair, axis=1) for pair in zip(*arms, strict=True))
    return Patients(entry, np.minimum(died, lost), np.where(lost < died, np.inf, entry + died), arms[0][0].shape[1])


def still_to_come(design: TrialDesign, interim: Interim) -> tuple[int, int]:
    """Return how many patients each arm still lacks; an arm with more than planned takes them from the other."""
    left = max(sum(design.patients) - interim.entry.size, 0)
    control = min(max(design.patients[0] - int(np.count_nonzero(~interim.treated)), 0), left)
    return control, left - control


def completed_blinded(design: TrialDesign, seen: FollowUp, count: int, generator: np.random.Generator) -> Patients:
    """Return ``count`` completions by one hazard for all patients: nothing is asked or told of the arms.

    Pooled hazards lambda_j ~ Gamma(a + D_j, b + Y_j); dropout at the mean of the arms' rates.
    """
    prior, planned = design.analysis_prior, design.patients
    cuts = seen.cuts(prior.pieces, prior.cuts)
    events, months = seen.pooled(cuts)
    shape = np.broadcast_to(events + prior.baseline.shape, (count, events.size))
    hazard = generator.standard_gamma(shape) / (months + prior.baseline.rate)
    arrivals = future_entries(design, seen, (count, max(sum(planned) - seen.entry.size, 0)), generator)
    dropout = float(np.average(design.dropout, weights=planned))
    everyone = np.ones(seen.entry.shape, dtype=np.bool_)
    entry, died, lost = arm_futures(seen, everyone, arrivals, hazard, cuts, dropout, generator)
    return Patients(entry, np.minimum(died, lost), np.where(lost < died, np.inf, entry + died), entry.shape[1])


def arm_futures(
    interim: FollowUp,
    mine: BoolArray,
    arrivals: FloatArray,
    hazard: FloatArray,
    cuts: FloatArray,
    dropout_rate: float,
    generator: np.random.Generator,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return entry, months to event and months to loss of one arm, each (count, patients); infinite where never.

    Parameters
    ----------
    mine : (n,) the arm's patients among those seen.
    arrivals : (count, m) entry of its patients still to come.
    hazard : (count, J) of each completion between ``cuts`` (J - 1,).
    """
    count, come = arrivals.shape
    known = np.concatenate([interim.time[mine], np.zeros(come)])
    event = np.concatenate([interim.event[mine], np.zeros(come, dtype=np.bool_)])
    lost = np.concatenate([interim.lost[mine], np.zeros(come, dtype=np.bool_)])
    entry = np.concatenate([np.broadcast_to(interim.entry[mine], (count, int(mine.sum()))), arrivals], axis=1)
    shape = (count, known.size)
    reached = hazard @ person_months(known, cuts).T
    died = inverted(reached + exponentials(generator, shape), hazard, np.broadcast_to(cuts, (count, cuts.size)))
    died = np.where(event, known, np.where(lost, np.inf, died))
    months = known + exponentials(generator, shape) / dropout_rate if dropout_rate > 0.0 else np.full(shape, np.inf)
    return entry, died, np.where(event, np.inf, np.where(lost, known, months))
