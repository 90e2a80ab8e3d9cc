"""What a search asks of each target: how hard it pulls, and whether it must be matched."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from escc_bayes.evidence.reconstruction.assemble import Asked
from escc_bayes.evidence.reconstruction.problem import BoolArray
from escc_bayes.evidence.reconstruction.search import Plan, rank_weight

# Pull of a target that is set aside.
WEAK = 0.003


def without(plan: Plan, aside: BoolArray) -> Plan:
    """Return the plan in which the targets set aside (T,) pull weakly and are not required."""
    weight = np.array([rank_weight(t) for t in plan.targets])
    return replace(plan, asked=Asked(np.where(aside, WEAK, weight), ~aside))


def demanding(plan: Plan, numbers: Sequence[int], times: float = 1.0) -> Plan:
    """Return the plan that requires some targets more, at so many times the weight of their rank."""
    asked = Asked(plan.asked.weight.copy(), plan.asked.required.copy())
    asked.weight[numbers] = [times * rank_weight(plan.targets[k]) for k in numbers]
    asked.required[numbers] = True
    return replace(plan, asked=asked)
