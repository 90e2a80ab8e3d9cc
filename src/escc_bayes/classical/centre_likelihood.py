"""Maximum likelihood with a model's own baseline and normal effects of centres: piecewise exponential and Weibull.

The log-likelihoods of ``piecewise`` and ``weibull`` with an indicator column for each centre, under the penalty of
``shared_effects``. docs/methods/frailty.md.
"""

import numpy as np

from escc_bayes.classical import piecewise, weibull
from escc_bayes.classical.centres import unfit_groups
from escc_bayes.classical.newton import CollinearError, Objective, running, standardise
from escc_bayes.classical.ratios import Coefficients, collinear_words, entry_of, missing, weight_of
from escc_bayes.classical.shared_effects import shared_effects
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.plan import ModelPlan


def family_with_centres(plan: ModelPlan) -> Coefficients:
    """Return log hazard ratios under the plan's baseline family with normal effects of its centres."""
    family = "piecewise" if isinstance(plan.baseline, PiecewisePrior) else "weibull"
    method, p = f"{family}_frailty_normal", plan.design.columns.shape[1]
    names = plan.spec.intercepts
    problem = unfit_groups(plan, names)
    if problem:
        return missing(method, p, problem)
    try:
        columns = standardise(plan.design.columns)
    except CollinearError as error:
        return missing(method, p, collinear_words(error, plan))
    rows = plan.rows
    codes, member = np.unique(rows.covariates[names[0]].values, return_inverse=True)
    z = np.hstack([columns.z, (member[:, None] == np.arange(codes.size)).astype(np.float64)])
    objective, start = family_objective(plan, z)
    events = np.bincount(member, weights=rows.weight * rows.event, minlength=codes.size)
    found = shared_effects(
        objective, start, groups=events, frailty="normal", hold=np.empty((start.size, 0)), events=float(events.sum())
    )
    inside = slice(start.size - z.shape[1], start.size - codes.size)
    scale = np.outer(columns.deviation, columns.deviation)
    return Coefficients(
        method,
        found.top.point[inside] / columns.deviation,
        found.covariance[inside, inside] / scale,
        running(found.top.last_step[inside], columns.z),
    )


def family_objective(plan: ModelPlan, z: FloatArray) -> tuple[Objective, FloatArray]:
    """Return the log-likelihood over (baseline, columns z), and where to start."""
    rows, entry, weight = plan.rows, entry_of(plan), weight_of(plan)
    if isinstance(plan.baseline, PiecewisePrior):
        events, exposure = piecewise.events_and_exposure(
            rows.time, rows.event, cuts=plan.baseline.cuts, entry=entry, weight=weight
        )
        start = np.concatenate([piecewise.crude_rates(events, exposure), np.zeros(z.shape[1])])
        return lambda point: piecewise.likelihood(z, events, exposure, point), start
    died = rows.event == 1.0
    weibull.refuse_without_events(rows.time, died)
    spells, centre = weibull.spells_of(z, rows.time, died, entry=entry, weight=rows.weight)
    return lambda point: weibull.likelihood(spells, point, centre), weibull.starting_point(spells, z.shape[1])
