"""A trajectory's hazard ratios beside those of values as measured: carried forward, and as if known at time zero.

The value carried forward holds the error of its measurement and stays while the marker moves, so that its hazard ratio
is nearer to 1 than the trajectory's own; the naive analysis gives patients at time zero what they had to live to have.
docs/methods/trajectory.md.
"""

from dataclasses import replace

import numpy as np

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.compare.other_analyses import AS_KNOWN, CARRIED, TRAJECTORY, Analysis
from escc_bayes.data.covariates import CovariateData
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.spec.design import build_design
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import NAIVE
from escc_bayes.spec.structures.registry import PerDoubling, Trajectory


def trajectory_analyses(posterior: Posterior, *, seed: Seed, level: float) -> tuple[Analysis, ...]:
    """Return every hazard ratio by the trajectory, the last value carried forward, and naively, with Cox of the latter.

    None where the model has no trajectory.
    """
    plan = posterior.plan
    if plan.course is None:
        return ()
    asked = standard_contrasts(plan.design)
    found = [Analysis(TRAJECTORY, tuple(posterior.estimates(asked, level=level)))]
    for name, other in ((CARRIED, carried_forward(plan)), (AS_KNOWN, known_at_start(plan))):
        own = stream(seed, plan.spec.name, name)
        fitted = fit_or_replace(other, RunSettings("laplace"), seed=own)
        classical = fit_classical_plan(other)
        cox = (e for one in asked for e in classical.ratios(one, level) if e.method == "cox")
        found.append(Analysis(name, (*fitted.estimates(asked, level=level), *cox)))
    return tuple(found)


def as_measured(spec: ModelSpec) -> ModelSpec:
    """Return the model with values as measured in place of trajectories, under the same prior per doubling."""
    effects = tuple(
        PerDoubling(e.name, e.covariates, e.prior) if isinstance(e, Trajectory) else e for e in spec.effects
    )
    return replace(spec, effects=effects)


def carried_forward(plan: ModelPlan) -> ModelPlan:
    """Return the plan with the last value carried forward, on the same rows."""
    spec = as_measured(plan.spec)
    return ModelPlan(spec, plan.rows, build_design(spec, plan.rows), plan.baseline)


def known_at_start(plan: ModelPlan) -> ModelPlan:
    """Return the plan with each patient's last value as if it had been known at time zero."""
    course, rows = plan.course, plan.rows.one_each
    assert course is not None
    assert course.block.coding.curve is not None
    (name,) = course.block.effect.covariates
    values = course.measured.values
    latest = values.shape[1] - 1 - np.argmax(~np.isnan(values[:, ::-1]), axis=1)
    last = course.block.coding.curve.center * 2.0 ** values[np.arange(len(values)), latest]
    held = CovariateData(rows.covariates[name].schema, last, np.zeros(last.size))
    clock = f"{NAIVE} {rows.clock} (the last value of {name} treated as known then)"
    spec = as_measured(plan.spec)
    rows = replace(rows, covariates={**rows.covariates, name: held}, clock=clock)
    return ModelPlan(spec, rows, build_design(spec, rows), plan.baseline)
