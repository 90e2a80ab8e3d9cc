"""Rubin's rules: one estimate and its error from completed cohorts.

theta = mean of theta_m, T = W + (1 + 1/M) B: W the mean squared error within, B the variance of the theta_m. Limits by
t with the degrees of freedom of Barnard & Rubin 1999, Biometrika 86:948, of nu = events - coefficients in the complete
data. Rubin 1987, Multiple Imputation for Nonresponse in Surveys. docs/methods/missing.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr, stdtrit

from escc_bayes.classical.centres import left_out
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.classical.ratios import NOT_FINITE, Source, wald, weibull_coefficients
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.estimand.estimate import Estimate, joined_notes
from escc_bayes.foundation.kinds import LEVEL
from escc_bayes.foundation.record import Record
from escc_bayes.hazard.piecewise import FloatArray

# Below this share between the members the degrees of freedom are those of the complete data.
LEAST_SHARE = 1e-4


@dataclass(frozen=True, slots=True)
class Rubin:
    """An estimate over completed cohorts: value, standard error, degrees of freedom, share of T between cohorts."""

    value: float
    std_error: float
    df: float
    share: float

    def limits(self, level: float) -> tuple[float, float]:
        """Return the confidence limits."""
        half = float(stdtrit(self.df, 0.5 + level / 2.0)) * self.std_error
        return self.value - half, self.value + half

    @property
    def p_value(self) -> float:
        """Two-sided."""
        return float(2.0 * stdtr(self.df, -abs(self.value / self.std_error)))


def rubin(values: FloatArray, variances: FloatArray, df_complete: float) -> Rubin:
    """Pool estimates (m,) with their squared standard errors (m,).

    Examples
    --------
    >>> found = rubin(np.array([0.9, 1.1]), np.array([0.04, 0.04]), 30.0)
    >>> round(found.value, 3), round(found.std_error, 3), round(found.df, 1), round(found.share, 2)
    (1.0, 0.265, 4.1, 0.43)
    """
    m = values.size
    between = (1.0 + 1.0 / m) * float(values.var(ddof=1))
    total = float(variances.mean()) + between
    share = max(between / total, LEAST_SHARE)
    own = (m - 1) / share**2
    observed = (df_complete + 1.0) / (df_complete + 3.0) * df_complete * (1.0 - share)
    return Rubin(float(values.mean()), math.sqrt(total), own * observed / (own + observed), between / total)


def pooled_ratios(
    fits: Sequence[ClassicalFit], asked: HazardRatio, record: Record, about: Sequence[str], *, level: float = LEVEL
) -> tuple[Estimate, ...]:
    """Return one hazard ratio over completed cohorts by each method whose limits are Wald's.

    Parameters
    ----------
    fits : of one model on every completed cohort.
    record : of the completed cohorts.
    about : what is imputed, for the note.
    """
    by_member = [walds(fit, asked, level) for fit in fits]
    return tuple(of_members(found, fits[0], record, about, level) for found in zip(*by_member, strict=True))


def walds(fit: ClassicalFit, asked: HazardRatio, level: float) -> tuple[Estimate, ...]:
    """Return a hazard ratio by Cox and by Weibull: all covariates together, Wald limits. Firth's are of a profile."""
    source = Source(fit.plan, fit.plan.spec.name, fit.record, level, left_out(fit.plan.spec.intercepts))
    found = (fit.cox, weibull_coefficients(fit.weibull, fit.plan.design.size))
    return tuple(wald(asked, source, coefficients) for coefficients in found)


def of_members(
    members: Sequence[Estimate], fit: ClassicalFit, record: Record, about: Sequence[str], level: float
) -> Estimate:
    """Return the pool of one method's estimates, or why there is none."""
    logs, errors = (np.array([getattr(e, name) for e in members]) for name in ("log_mean", "log_sd"))
    first = replace(members[0], record=record)
    bad = int((~(np.isfinite(logs) & np.isfinite(errors))).sum())
    if bad:
        note = next(e.note for e in members if not math.isfinite(e.log_sd)) or NOT_FINITE
        said = f"not pooled: in {bad} of {len(members)} completed cohorts {note}"
        absent = replace(first, value=math.nan, log_mean=math.nan, log_sd=math.nan, note=said)
        return replace(absent, lower=math.nan, upper=math.nan, p_value=math.nan)
    found = rubin(logs, errors**2, max(fit.plan.rows.events - fit.plan.design.size, 1))
    lower, upper = found.limits(level)
    share = f"{100.0 * found.share:.0f} % of the variance of the log lies between {len(members)} completed cohorts"
    return replace(
        first,
        value=math.exp(found.value),
        lower=math.exp(lower),
        upper=math.exp(upper),
        p_value=found.p_value,
        log_mean=found.value,
        log_sd=found.std_error,
        groups="",
        note=joined_notes(f"{share} (Rubin's rules, {found.df:.0f} degrees of freedom)", *about),
    )
