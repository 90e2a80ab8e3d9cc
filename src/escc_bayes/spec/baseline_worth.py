"""What a baseline prior is worth in events, at the month about which it speaks.

With D events the logarithm of a cumulative hazard is known with variance about 1 / D (Poisson counts), so that a prior
with SD s of log H is worth 1 / s^2 events; a gamma on a rate is worth its shape. docs/methods/baseline_prior.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.sentence import about
from escc_bayes.spec.baseline import BaselinePrior, WeibullPrior
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.prior import Gamma, SurvivalStatement
from escc_bayes.spec.rows import AnalysisRows


@dataclass(frozen=True, slots=True)
class BaselineWorth:
    """The month at which the prior speaks, its worth in events there, and the events of the data by then."""

    month: float
    events: float
    seen: float

    def words(self) -> str:
        """Say all three."""
        return (
            f"at {about(self.month, 'month')} it is worth {about(self.events, 'event')} (1 / variance of log H), "
            f"beside {self.seen:.3g} in the data by then"
        )


def baseline_worth(spec: ModelSpec, baseline: BaselinePrior, rows: AnalysisRows) -> BaselineWorth:
    """Return the worth of a baseline prior.

    The month is that of the statement on survival; else that at which a Weibull's b0 stands; else the end of the
    first piece, whose rate is all that counts there; with one piece, the median follow-up.
    """
    stated = spec.baseline.prior
    if isinstance(stated, SurvivalStatement):
        month, events = stated.at, 1.0 / stated.log_hazard_sd**2
    elif isinstance(baseline, WeibullPrior):
        month, events = baseline.reference_time, 1.0 / baseline.level.sd**2
    else:
        month = float(baseline.cuts[0]) if baseline.cuts.size else float(np.median(rows.one_each.time))
        level = baseline.level
        events = level.shape if isinstance(level, Gamma) else 1.0 / level.sd**2
    return BaselineWorth(month, events, float((rows.weight * rows.event)[rows.time <= month].sum()))
