"""From fits to what figures draw: survival curves, numbers at risk, hazards, prior fans, densities."""

import math
from collections.abc import Sequence

import numpy as np

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.prior_check import PriorCheck
from escc_bayes.classical.curves import exact_limits, group_curve, members, part
from escc_bayes.classical.interval_censored import group_turnbull
from escc_bayes.classical.km import numbers_at_risk
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.hazard.baseline import Hazard, PiecewiseHazard
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.stratified import Stratified
from escc_bayes.plots.band import Band
from escc_bayes.plots.density import Density
from escc_bayes.plots.survival import AtRisk
from escc_bayes.report.document.stepped import stepped
from escc_bayes.spec.rows import AnalysisRows

GRID_POINTS = 61
DENSITY_POINTS = 161
PRIOR_DRAWS = 4000
# Draws behind a drawn band or density: its edges then move by less than the width of a line.
DRAWN = 4000
FAN_LEVELS = (0.95, 0.8, 0.5)
AFTER = 1e-9


def limits(draws: FloatArray, level: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return median and equal-tailed limits over the first axis."""
    tail = (1.0 - level) / 2.0
    lower, middle, upper = np.quantile(draws, [tail, 0.5, 1.0 - tail], axis=0)
    return middle, lower, upper


def km_band(rows: AnalysisRows, term: str, group: str, level: float, *, label: str = "") -> Band:
    """Return the Kaplan-Meier curve of a group, censored patients marked, with log-log limits and exact ones beside."""
    curve = group_curve(rows, term, group, level)
    return stepped(curve, label=label, exact=exact_limits(rows, curve))


def observed_band(rows: AnalysisRows, term: str, group: str, level: float, *, label: str = "") -> Band:
    """Return Kaplan-Meier, or Turnbull's estimate where events lie between two months.

    The latter falls evenly within a span; its limits are the least and the largest survival that fit it.
    """
    found = None if rows.left is None else group_turnbull(rows, term, group)
    if found is None:
        return km_band(rows, term, group, level, label=label)
    inside = members(rows, term, group)
    ends = np.concatenate([found.start, found.stop[np.isfinite(found.stop)], rows.time[inside].max(initial=0.0)[None]])
    # Just after each end as well: a known month is a step.
    times = np.unique(np.concatenate([np.zeros(1), ends, ends * (1.0 + AFTER)]))
    times = times[times <= rows.time[inside].max()]
    low, high = found.bounds(times)
    return Band(label, times, found.survival(times), low, high)


def posterior_band(posterior: Posterior, term: str, group: str, level: float, *, label: str = "") -> Band:
    """Return the survival curve of a group: pointwise medians and credible limits over all draws given."""
    until = float(posterior.plan.rows.time[members(posterior.plan.rows, term, group)].max())
    times = np.linspace(0.0, until, GRID_POINTS)
    return Band(label, times, *limits(posterior.survival(times, term=term, group=group), level))


def at_risk(rows: AnalysisRows, term: str, groups: tuple[str, ...], months: FloatArray) -> AtRisk:
    """Return the numbers at risk of each group, or of all, and their events until each month."""
    counts, events = [], []
    for group in groups:
        inside = members(rows, term, group if term else "")
        counts.append(numbers_at_risk(rows.time[inside], part(rows, inside)["entry"], months))
        died = np.sort(rows.time[inside][rows.event[inside] == 1.0])
        events.append(np.searchsorted(died, months, side="right"))
    return AtRisk(read_as(rows, term, groups), months, np.array(counts), np.array(events))


def read_as(rows: AnalysisRows, term: str, groups: tuple[str, ...]) -> tuple[str, ...]:
    """Return groups as people read them: levels by their labels."""
    covariate = rows.covariates.get(term)
    return groups if covariate is None else tuple(map(covariate.schema.read_as, groups))


def hazard_bands(posterior: Posterior, level: float, *, label: str) -> tuple[Band, ...]:
    """Return the baseline hazard, or that of each stratum, events per month."""
    hazards, rows = posterior.thinned(DRAWN).hazards, posterior.plan.rows
    until = float(rows.time.max())
    if not isinstance(hazards, Stratified):
        return (hazard_band(hazards.hazard, until, level, label=label),)
    pairs = zip(hazards.strata, rows.stratum_levels, strict=True)
    return tuple(hazard_band(one.hazard, until, level, label=f"{label}, {name}") for one, name in pairs)


def hazard_band(hazard: Hazard, until: float, level: float, *, label: str) -> Band:
    """Return a hazard, events per month, to a month: steps of a piecewise one, or a curve."""
    if isinstance(hazard, PiecewiseHazard):
        inside = hazard.cuts[hazard.cuts < until]
        rates = np.exp(hazard.log_rates[:, : inside.size + 1])
        times = np.concatenate([np.zeros(1), inside, [until]])
        return Band(label, times, *limits(np.concatenate([rates, rates[:, -1:]], axis=1), level), steps=True)
    times = np.linspace(until / 200.0, until, 200)
    return Band(label, times, *limits(np.exp(hazard.log_hazard(times)), level))


def prior_fan(check: PriorCheck) -> tuple[Band, ...]:
    """Return nested bands of the prior survival of whom the baseline describes, widest first."""
    return tuple(Band(f"{100 * level:g} %", check.times, *limits(check.baseline, level)) for level in FAN_LEVELS)


def prior_log_ratios(asked: Sequence[HazardRatio], posterior: Posterior) -> FloatArray:
    """Return prior draws of log hazard ratios, (contrasts, draws)."""
    plan = posterior.plan
    values = prior_draws(plan, PRIOR_DRAWS, posterior.seed)
    prior = parameters.coefficients(plan.design.blocks, values, PRIOR_DRAWS)
    return np.stack([prior @ weights(one, plan.design) for one in asked])


def posterior_log_ratios(asked: Sequence[HazardRatio], posterior: Posterior) -> FloatArray:
    """Return posterior draws of log hazard ratios, (contrasts, draws): as many as a drawing needs."""
    fewer = posterior.thinned(DRAWN)
    return np.stack([fewer.draws(one) for one in asked])


def density(draws: FloatArray, at: FloatArray, *, label: str) -> Density:
    """Return the density of a log hazard ratio at ``at``, by normal kernels; draws without spread have none.

    Kernel SD: that of the draws times n^(-1/5). Scott 1992, Multivariate Density Estimation, section 6.5.
    """
    if np.ptp(draws) == 0.0:
        return Density(label, at, np.zeros(at.size))
    # Written out: importing scipy.stats takes longer than every density of a report.
    width = draws.std(ddof=1) * draws.size**-0.2
    apart = (at[:, None] - draws) / width
    kernels = np.exp(np.multiply(apart, -0.5 * apart, out=apart), out=apart)
    return Density(label, at, kernels.mean(axis=1) / (width * math.sqrt(2.0 * math.pi)))
