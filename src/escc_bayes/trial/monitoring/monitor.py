"""Will the running trial succeed? The share of its completions in which each rule holds at the final look."""

import math
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.kinds import LEVEL, SEED
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.design.trial_plan import TrialPlan, planned
from escc_bayes.trial.looks.patients import Patients
from escc_bayes.trial.looks.snapshot import look_months, snapshot
from escc_bayes.trial.monitoring.future_patients import completed, final_columns
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.interim_model import Columns, weighted_of
from escc_bayes.trial.posterior.marginal_posterior import posterior
from escc_bayes.trial.simulation.decide import Criteria, Evidence, criteria_of, evidence_at, verdicts
from escc_bayes.trial.simulation.forecast import Forecast, forecast_of


@dataclass(frozen=True, slots=True)
class PredictiveSuccess:
    """Of one rule: ``probability`` of success at the final look, with its Monte Carlo standard error."""

    rule: str
    probability: float
    mc_error: float
    completions: int


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What a running trial may become.

    Attributes
    ----------
    better_now : P(HR < 1 | data so far).
    rules : predictive probability of success of each rule.
    forecast : patients, events and the month of the final look.
    """

    better_now: float
    rules: tuple[PredictiveSuccess, ...]
    forecast: Forecast

    @property
    def final_months(self) -> FloatArray:
        """Calendar month of the final look, (completions,)."""
        return self.forecast.final_months


@careful
def monitor(
    design: TrialDesign,
    interim: Interim,
    *,
    completions: int,
    seed: Seed = SEED,
    level: float = LEVEL,
    plans: tuple[RulePlan, ...] | None = None,
) -> Outlook:
    """Complete a running trial many times and judge every rule at the final look.

    ``plans``: boundaries by rule with this look at its own information; None: as planned.

    Interim looks between now and then are not acted upon: the probability is that of success at the end.
    Spiegelhalter, Freedman & Blackburn 1986, Control Clin Trials 7:8; Saville et al. 2014, Clin Trials 11:485.
    """
    return outlook(planned(design), interim, completions=completions, seed=seed, level=level, boundaries=plans)


def outlook(
    plan: TrialPlan,
    interim: Interim,
    *,
    completions: int,
    seed: Seed,
    level: float,
    boundaries: tuple[RulePlan, ...] | None,
) -> Outlook:
    """Return what a running trial may become; ``boundaries`` as in ``monitor``."""
    design = plan.design
    prior, final = design.analysis_prior, len(design.looks) - 1
    now = posterior(weighted_of(interim, prior), prior.mixture, prior.baseline, np.zeros(1)).below[0, 0]
    criteria = criteria_of(plan)
    if boundaries is not None:
        criteria = replace(criteria, plans=boundaries)
    carried = completed(design, interim, completions, generator(seed, "completions"))
    ended = final_evidence(design, criteria, carried, final_columns(design, interim))
    found = []
    for rule, verdict in zip(design.rules, verdicts(design, criteria, [ended], first=final), strict=True):
        share = float(np.mean(verdict.success))
        found.append(PredictiveSuccess(rule.name, share, math.sqrt(share * (1.0 - share) / completions), completions))
    return Outlook(float(now), tuple(found), forecast_of(design, interim.month, carried, level))


def final_evidence(design: TrialDesign, criteria: Criteria, seen: Patients, columns: Columns) -> Evidence:
    """Return what the completions show at the final look; ``columns`` of their strata."""
    month = look_months(seen, design.looks[-1:], design.lag)[0]
    # Nobody knows what is true of a running trial; no rule asks.
    return evidence_at(design, criteria.last_measures, snapshot(seen, month), {}, columns)
