"""Power and assurance against the number of events: what more events buy, and what they cannot."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.normal_power import assurance_limit, is_one_ratio
from escc_bayes.trial.design.trial_plan import PlannedRule, TrialPlan

POINTS = 25
RANGE = (0.2, 3.0)


@dataclass(frozen=True, slots=True, eq=False)
class PowerCurve:
    """Closed forms of one rule at ``events`` (m,) of the final look; ``assurance`` and ``limit`` may be absent."""

    rule: str
    events: FloatArray
    power: FloatArray
    assurance: FloatArray | None
    limit: float | None


def power_curve(plan: TrialPlan, planned: PlannedRule) -> PowerCurve | None:
    """Return power under the design's effect and assurance, from 0.2 to 3 times the planned events.

    Interim looks keep their share of the events. None where the rule has no closed form.
    """
    design, rule, log_ratio = plan.design, planned.rule, plan.log_ratio
    scales = np.geomspace(*RANGE, POINTS)
    rules = [planned.scaled(scale) for scale in scales.tolist()]
    known = [of for of in rules if of is not None]
    if log_ratio is None or len(known) < len(rules):
        return None
    limit = assurance_limit(design, rule)
    assurance = None
    if is_one_ratio(design, design.effect) and design.believed is not None:
        assurance = np.array([of.assurance(design.believed) for of in known])
    power = np.array([of.power(log_ratio) for of in known])
    return PowerCurve(rule.name, scales * plan.events[-1], power, assurance, limit)
