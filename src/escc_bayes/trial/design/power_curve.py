"""Power and assurance against the number of events: what more events buy, and what they cannot."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.normal_power import assurance_limit, is_one_ratio, normal_rule, planned_log_ratio
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import events_at_looks

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


def power_curve(design: TrialDesign, rule: DecisionRule) -> PowerCurve | None:
    """Return power under the design's effect and assurance, from 0.2 to 3 times the planned events.

    Interim looks keep their share of the events. None where the rule has no closed form.
    """
    log_ratio = planned_log_ratio(design, design.effect)
    scales = np.geomspace(*RANGE, POINTS)
    rules = [normal_rule(design, rule, scale=scale) for scale in scales.tolist()]
    found = [of for of in rules if of is not None]
    if log_ratio is None or len(found) < len(rules):
        return None
    limit = assurance_limit(design, rule)
    assurance = None
    if is_one_ratio(design, design.effect) and design.believed is not None:
        assurance = np.array([of.assurance(design.believed) for of in found])
    power = np.array([of.power(log_ratio) for of in found])
    return PowerCurve(rule.name, scales * events_at_looks(design)[-1], power, assurance, limit)
