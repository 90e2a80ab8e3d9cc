"""What a regression is fitted to: a row for each patient, or for each part of follow-up in which effects are the same.

Where coefficients change at some months, follow-up is cut there: each part is left-truncated at its start, which Cox,
piecewise exponential and Weibull likelihoods of delayed entry handle as it is. Therneau & Grambsch 2000, Modeling
Survival Data, section 3.7.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.risk_rows import risk_rows


@dataclass(frozen=True, slots=True)
class Regression:
    """Rows (m,) of a regression.

    Attributes
    ----------
    columns : (m, coefficients), uncentred.
    time, event : months, 0/1.
    entry, weight, cluster : None where nobody enters late, weights are all 1, patients are independent.
    of : (m,) the row of the analysis that each is a part of.
    """

    columns: FloatArray
    time: FloatArray
    event: FloatArray
    entry: FloatArray | None
    weight: FloatArray | None
    cluster: IntArray | None
    of: IntArray


def regression(plan: ModelPlan) -> Regression:
    """Return the rows of a plan with treatment-coded, uncentred columns."""
    rows, design = plan.rows, plan.design
    entry, weight = entry_of(plan), weight_of(plan)
    if not design.segment_ends.size:
        return Regression(design.columns, rows.time, rows.event, entry, weight, rows.cluster, np.arange(rows.time.size))
    parts = risk_rows(rows, design)
    own, of = parts.at_risk, parts.of
    return Regression(
        parts.columns,
        own.stop,
        own.event,
        own.start,
        None if weight is None else weight[of],
        None if rows.cluster is None else rows.cluster[of],
        of,
    )


def entry_of(plan: ModelPlan) -> FloatArray | None:
    """Return entry times where anyone enters late."""
    return plan.rows.entry if plan.rows.delayed else None


def weight_of(plan: ModelPlan) -> FloatArray | None:
    """Return case weights where they are not all 1."""
    return plan.rows.weight if (plan.rows.weight != 1.0).any() else None
