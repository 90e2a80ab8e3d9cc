"""Events and exposure of each patient in each piece of a plan's baseline: what a likelihood with free rates sees."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.ratios import weibull_fit
from escc_bayes.classical.regression import entry_of
from escc_bayes.classical.weibull import WeibullFit
from escc_bayes.hazard.piecewise import FloatArray, person_months, piece_of
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True, slots=True)
class PoissonData:
    """Weighted events and exposure (n, pieces observed), and which of all pieces these are."""

    events: FloatArray
    exposure: FloatArray
    kept: np.ndarray

    def whole(self, values: FloatArray) -> FloatArray:
        """Return values (n, pieces observed) with zeros for the pieces in which nobody is observed."""
        found = np.zeros((values.shape[0], self.kept.size))
        found[:, self.kept] = values
        return found


def poisson_data(plan: ModelPlan) -> PoissonData:
    """Return the data of a plan; of a Weibull baseline one piece, in time to the power of its fitted shape."""
    rows = plan.rows
    if isinstance(plan.baseline, PiecewisePrior):
        exposure = person_months(rows.time, plan.baseline.cuts, entry_of(plan)) * rows.weight[:, None]
        events = np.zeros_like(exposure)
        events[np.arange(rows.n), piece_of(rows.time, plan.baseline.cuts)] = rows.event * rows.weight
    else:
        fitted = weibull_fit(plan, plan.baseline.reference_time)
        shape = float(np.exp(fitted.log_shape)) if isinstance(fitted, WeibullFit) else 1.0
        months = plan.baseline.reference_time
        spent = (rows.time / months) ** shape - (np.maximum(rows.entry, 0.0) / months) ** shape
        exposure, events = (spent * rows.weight)[:, None], (rows.event * rows.weight)[:, None]
    kept = exposure.sum(axis=0) > 0.0
    return PoissonData(events[:, kept], exposure[:, kept], kept)
