"""Truths under which the cohort's own design is simulated: its patients, covariates and censoring as they are.

``posterior``: each cohort has the hazard ratios and the baseline of one draw of the posterior. ``null``: the baseline
of a draw and all hazard ratios 1. ``printed``: the baseline of a draw and the hazard ratios that Cox prints from this
cohort (Firth where one of them has no finite estimate).
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.firth import firth_wald
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.proportional import Proportional
from escc_bayes.sensitivity.checks.replicates import censoring_limits
from escc_bayes.spec.plan import ModelPlan

POSTERIOR, NULL, PRINTED = "posterior", "null", "printed"
SCENARIOS = (POSTERIOR, NULL, PRINTED)


@dataclass(frozen=True, slots=True)
class Truth:
    """True values of a number of cohorts.

    Attributes
    ----------
    scenario : one of ``SCENARIOS``, or ``prior``.
    log_hr : (cohorts, q) log hazard ratio of each contrast.
    hazards : of patients in each cohort.
    columns : (n, p) of the patients, on which these hazards are.
    """

    scenario: str
    log_hr: FloatArray
    hazards: PatientHazards
    columns: FloatArray


def truth(
    scenario: str, posterior: Posterior, classical: ClassicalFit, asked: tuple[HazardRatio, ...], count: int, seed: Seed
) -> Truth:
    """Return the truth of ``count`` cohorts of a scenario."""
    rng = generator(seed, "truth", scenario)
    chosen = rng.integers(posterior.coefficients.shape[0], size=count)
    plan, drawn = posterior.plan, posterior.hazards.part(chosen)
    if scenario == POSTERIOR:
        return of_hazards(scenario, plan, drawn, asked)
    design = classical.plan.design
    coef = np.zeros(design.columns.shape[1]) if scenario == NULL else printed_coefficients(classical)
    contrasts = np.array([float(weights(one, design) @ coef) for one in asked])
    hazards = Proportional(np.tile(coef, (count, 1)), drawn.hazard)
    return Truth(scenario, np.tile(contrasts, (count, 1)), hazards, design.columns - design.columns.mean(axis=0))


def of_hazards(scenario: str, plan: ModelPlan, hazards: PatientHazards, asked: tuple[HazardRatio, ...]) -> Truth:
    """Return the truth that the hazards of a model's draws are, one draw for each cohort."""
    contrasts = np.array([weights(one, plan.design) for one in asked])
    return Truth(scenario, hazards.coefficients @ contrasts.T, hazards, plan.design.centred)


def printed_coefficients(classical: ClassicalFit) -> FloatArray:
    """Return the log hazard ratios that Cox prints, or Firth's where one of Cox's is not finite."""
    found = classical.cox
    if not found.problem and not found.infinite.any():
        return found.coef
    rows = classical.plan.rows
    return firth_wald(classical.plan.design.columns, rows.time, rows.event)[0]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Simulated follow-up (cohorts, n) in months and events 0/1."""

    time: FloatArray
    event: FloatArray


def simulated(found: Truth, plan: ModelPlan, seed: Seed) -> Outcomes:
    """Return cohorts of the plan's patients, each with its own entry and censoring time, under a truth."""
    rng = generator(seed, "cohorts", found.scenario)
    unit = rng.standard_exponential((found.hazards.draws, plan.rows.n))
    drawn = found.hazards.event_times(found.columns, plan.rows.entry, unit)
    end = censoring_limits(plan.rows, rng.uniform(size=unit.shape))
    return Outcomes(np.minimum(drawn, end), (drawn <= end).astype(np.float64))
