"""How far two posteriors of one model agree: the means and spreads of every log hazard ratio."""

import math
from dataclasses import dataclass

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.errors import EstimandError

# A shift of a tenth of a posterior SD, or a tenth of its width, changes no conclusion; more is no chance of sampling.
MOST_SHIFT = 0.1
MOST_STRETCH = 0.1


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two posteriors on one contrast.

    Attributes
    ----------
    first, second : estimates of the hazard ratio.
    shift : mean log hazard ratio of the first minus that of the second, in posterior SDs of the second.
    sd_ratio : SD of the log hazard ratio of the first over that of the second.
    """

    first: Estimate
    second: Estimate
    shift: float
    sd_ratio: float

    @property
    def close(self) -> bool:
        """Whether shift and ratio are small enough to change no conclusion."""
        return abs(self.shift) <= MOST_SHIFT and abs(self.sd_ratio - 1.0) <= MOST_STRETCH


def agreement(first: Posterior, second: Posterior, *, level: float) -> tuple[Agreement, ...]:
    """Compare two posteriors of the same model on the same patients, contrast by contrast.

    Parameters
    ----------
    first, second : such as those of engines ``laplace`` and ``nuts``.
    level : of the intervals.

    Raises
    ------
    EstimandError : the posteriors are of other models or data.
    """
    one, two = first.record, second.record
    if (one.spec_digest, one.data_digest) != (two.spec_digest, two.data_digest):
        given = ", ".join(f"{p.plan.spec.name} ({p.plan.rows.sentence()})" for p in (first, second))
        raise EstimandError(f"agreement needs two posteriors of one model on the same patients, was given {given}")
    found = []
    for asked in standard_contrasts(second.plan.design):
        a, b = first.estimate(asked, level=level), second.estimate(asked, level=level)
        shift = (a.log_mean - b.log_mean) / b.log_sd if b.log_sd > 0.0 else 0.0
        found.append(Agreement(a, b, shift, a.log_sd / b.log_sd if b.log_sd > 0.0 else 1.0))
    return tuple(found)


def agreement_sentence(found: tuple[Agreement, ...], second: Posterior) -> str:
    """Say how far the posteriors of one model agree, and what chance alone would do."""
    if not found:
        return ""
    a, b = found[0].first, found[0].second
    shift = max(abs(row.shift) for row in found)
    ratios = [row.sd_ratio for row in found]
    ess = min(second.diagnostics.min_ess_bulk, second.diagnostics.min_ess_tail)
    verdict = "agree" if all(row.close for row in found) else "DIFFER"
    return (
        f"{a.model}: {a.method} and {b.method} {verdict}: means of the log hazard ratios at most {shift:.3f} posterior "
        f"SDs apart, ratios of SDs {min(ratios):.3f} to {max(ratios):.3f} (one Monte Carlo standard error of "
        f"{b.method}: up to {1.0 / math.sqrt(ess):.3f} SDs). Verdicts: {a.method} {a.verdict}, {b.method} {b.verdict}."
    )
