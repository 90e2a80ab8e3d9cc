"""One sweep over the missing values: parameters of the hazard drawn, then each covariate given all else.

p(x | others, outcome) is proportional to p(x | others) times the patient's likelihood d log h(t | x) - H(t | x) +
H(entry | x). A level is drawn from these products. A number is drawn by iterated sampling importance resampling: of
candidates from p(x | others) and the value held, one is taken with probability proportional to its likelihood, which
leaves the target unchanged whatever their number. Bartlett, Seaman, White & Carpenter 2015, Stat Methods Med Res
24:462; Andrieu, Lee & Vihola 2018, Bernoulli 24:842.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from escc_bayes.bayes.engines.registry import sampler_for
from escc_bayes.bayes.imputation.categorical import draw_probabilities
from escc_bayes.bayes.imputation.continuous import draw_regression
from escc_bayes.bayes.imputation.predictors import predictors
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.sampling.settings import RunSettings, silent
from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.column_values import with_values
from escc_bayes.spec.imputable import Imputable
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan

# Of the hazard's posterior: enough that importance weights correct the approximation before one is taken.
HAZARD = RunSettings("laplace", draws=100, chains=1)
CANDIDATES = 50


def swept(
    spec: ModelSpec,
    cohort: Cohort,
    missing: tuple[Imputable, ...],
    rng: np.random.Generator,
    seed: Seed,
) -> Cohort:
    """Return the cohort with every missing value drawn anew.

    Parameters
    ----------
    spec : of complete cases.
    cohort : whose missing values hold those of the sweep before.
    missing : whose values are drawn.
    seed : of the draw of the hazard's parameters.
    """
    plan = make_plan(spec, cohort)
    drawn = sampler_for(HAZARD).run(plan, HAZARD, seed, silent).draws.values
    chosen = int(rng.integers(drawn["baseline"].shape[1]))
    one = {name: values[0, chosen : chosen + 1] for name, values in drawn.items()}
    hazards = parameters.hazards(plan, one, 1)
    for covariate in missing:
        if covariate.where.size:
            # Columns are centred where the parameters were drawn: the plan of the sweep serves, its values move on.
            plan = with_rows(plan, cohort)
            cohort = completed_with(cohort, {covariate.name: drawn_values(plan, hazards, covariate, rng)}, missing)
    return cohort


def with_rows(plan: ModelPlan, cohort: Cohort) -> ModelPlan:
    """Return the plan with the values that the cohort holds now, under the plan's own coding and centres."""
    held = {name: cohort.covariate(name).at(plan.rows.positions) for name in plan.rows.covariates}
    moved = replace(plan, rows=replace(plan.rows, covariates=held))
    every = np.arange(plan.rows.time.size)
    columns = plan.design.centred
    for name, data in held.items():
        before = plan.rows.covariates[name].values
        changed = every[data.values != before]
        if changed.size:
            own = with_values(moved, name, changed, data.values[changed][:, None])[:, 0]
            inside = plan.design.columns_of(name)
            columns = np.array(columns)
            columns[changed, inside] = own[:, inside]
    return replace(moved, design=replace(plan.design, columns=columns + plan.design.center))


def drawn_values(
    plan: ModelPlan, hazards: PatientHazards, covariate: Imputable, rng: np.random.Generator
) -> FloatArray:
    """Return new values (i,) of the patients whose value is missing."""
    of = np.searchsorted(plan.rows.positions, covariate.where)
    data, x = plan.rows.covariates[covariate.name], predictors(plan, covariate.name)
    if data.schema.categorical:
        codes, level = np.unique(data.values, return_inverse=True)
        ordered = data.schema.kind == "ordered"
        prior = draw_probabilities(x, level, codes.size, ordered=ordered, rng=rng)[of]
        values = np.broadcast_to(codes, (of.size, codes.size))
        with np.errstate(divide="ignore"):
            weight = np.log(prior) + log_likelihood(plan, hazards, covariate.name, of, values)
    else:
        mean, sd = draw_regression(x, data.values, covariate.name, rng)
        fresh = mean[of][:, None] + sd * rng.standard_normal((of.size, CANDIDATES))
        values = np.column_stack([data.values[of], fresh])
        weight = log_likelihood(plan, hazards, covariate.name, of, values)
    chosen = np.argmax(weight + rng.gumbel(size=weight.shape), axis=1)
    return values[np.arange(of.size), chosen]


def log_likelihood(plan: ModelPlan, hazards: PatientHazards, name: str, of: IntArray, values: FloatArray) -> FloatArray:
    """Return the log-likelihood of patients ``of`` (i,) were their values of a covariate ``values`` (i, k), (i, k)."""
    columns = with_values(plan, name, of, values)
    several = np.repeat(of, values.shape[1])
    rows = plan.rows
    patterns = plan.told_apart(columns.reshape(several.size, -1), several)
    found = hazards.log_likelihood(
        patterns, rows.time[several], rows.event[several], rows.entry[several], rows.weight[several]
    )
    return found[0].reshape(values.shape)


def completed_with(cohort: Cohort, values: Mapping[str, FloatArray], missing: tuple[Imputable, ...]) -> Cohort:
    """Return the cohort with new values of some covariates, for the patients in whom they are missing."""
    where = {one.name: one.where for one in missing}
    covariates = dict(cohort.covariates)
    for name, found in values.items():
        held = np.array(covariates[name].values)
        held[where[name]] = found
        covariates[name] = replace(covariates[name], values=held)
    return replace(cohort, covariates=MappingProxyType(covariates))
