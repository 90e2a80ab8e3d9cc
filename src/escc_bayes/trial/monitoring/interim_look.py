"""A look at a running trial: every finding as a number with its interval and as a sentence, blinded or not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.monitoring.adjusted import adjusted_ratios
from escc_bayes.trial.monitoring.future_patients import completed_blinded
from escc_bayes.trial.monitoring.interim import FollowUp, Interim
from escc_bayes.trial.monitoring.interim_posterior import arm_survival, pooled_survival
from escc_bayes.trial.monitoring.look_findings import adjusted_found, comparison, verdict_found
from escc_bayes.trial.monitoring.look_progress import accrual, months, progress
from escc_bayes.trial.monitoring.look_result import LookResult
from escc_bayes.trial.monitoring.monitor import outlook
from escc_bayes.trial.monitoring.this_look import this_look
from escc_bayes.trial.monitoring.verdict import plan_now, verdicts_now
from escc_bayes.trial.simulation.forecast import Fan, Forecast, forecast_of

SURVIVAL_DRAWS = 2_000
SURVIVAL_POINTS = 61
EVERYONE = "all patients"


@dataclass(frozen=True, slots=True, eq=False)
class InterimLook:
    """What a look shows.

    Attributes
    ----------
    findings : in the order they are told.
    blinded, unblinded : forecasts by one hazard for all, and by the arms' own; None at the final look, and unblinded
        where the look is blinded.
    survival : posterior survival by arm, or of all patients.
    """

    design: TrialDesign
    seen: FollowUp
    level: float
    findings: tuple[LookResult, ...]
    blinded: Forecast | None
    unblinded: Forecast | None
    survival: Mapping[str, Fan]
    record: Record


def interim_look(
    design: TrialDesign,
    seen: FollowUp,
    *,
    completions: int,
    seed: Seed,
    level: float,
    provenance: str,
    data_digest: str,
) -> InterimLook:
    """Look at a running trial; unblinded where ``seen`` is an ``Interim``.

    Parameters
    ----------
    completions : of the trial, from which probabilities and months come.
    level : of every interval.
    provenance, data_digest : of the data.

    Raises
    ------
    DesignError : the design's analysis is one that completions do not know.
    """
    plan = planned(design)
    look, told = this_look(plan, seen), None
    # At the final look nothing is left to predict.
    blinded = None if look.final else blinded_forecast(design, seen, completions, seed, level)
    findings: list[LookResult] = []
    if isinstance(seen, Interim):
        plans = tuple(plan_now(rule, look) for rule in plan.rules)
        if not look.final:
            told = outlook(plan, seen, completions=completions, seed=seed, level=level, boundaries=plans)
        predictive = {success.rule: success.probability for success in told.rules} if told is not None else {}
        verdicts = verdicts_now(design, seen, look, plans, predictive)
        findings += verdict_found(design, look, verdicts, blinded=False)
        findings += adjusted_found(adjusted_ratios(design, seen, look, plans, verdicts, level), level)
        findings += comparison(plan, seen, look, plans, told, level, {(of.rule, of.kind) for of in verdicts})
    else:
        findings += verdict_found(design, look, (), blinded=True)
    patients = sum(design.patients)
    findings += progress(design.name, patients, design.looks[-1].events, seen, provenance)
    findings += accrual(design.accrual, patients, seen, blinded, level)
    findings += months(plan, blinded, told, level)
    begun = findings[0]
    if provenance != "observed":
        findings[0] = replace(begun, words=f"{provenance.upper()} data. {begun.words}")
    settings = (
        ("completions", completions),
        ("month", seen.month),
        ("look", "open" if isinstance(seen, Interim) else "blinded"),
    )
    record = Record(design.digest, data_digest, seed_label(seed), provenance, "monitor", settings, versions())
    return InterimLook(
        design=design,
        seen=seen,
        level=level,
        findings=tuple(findings),
        blinded=blinded,
        unblinded=told.forecast if told is not None else None,
        survival=survival(design, seen, level, generator(seed, "survival")),
        record=record,
    )


def blinded_forecast(design: TrialDesign, seen: FollowUp, completions: int, seed: Seed, level: float) -> Forecast:
    """Return the forecast by one hazard for all patients."""
    carried = completed_blinded(design, seen, completions, generator(seed, "blinded"))
    return forecast_of(design, seen.month, carried, level)


def survival(design: TrialDesign, seen: FollowUp, level: float, random: np.random.Generator) -> Mapping[str, Fan]:
    """Return posterior survival of each arm, or of all, as far as patients are followed."""
    months = np.linspace(0.0, float(seen.time.max()), SURVIVAL_POINTS)
    prior = design.analysis_prior
    if not isinstance(seen, Interim):
        pooled = pooled_survival(seen, prior, months, draws=SURVIVAL_DRAWS, level=level, generator=random)
        return {EVERYONE: pooled}
    fans = arm_survival(seen, design, months, draws=SURVIVAL_DRAWS, level=level, generator=random)
    return dict(zip(design.arms, fans, strict=True))
