"""How far the groups lie apart before and after, in standard deviations of the treated. docs/methods/matching.md.

Symbols: m weighted mean and v weighted variance of a group; SMD = (m_1 - m_0) / SD of the treated before matching, of
two values a < b (b - a) sqrt(p (1 - p)) with p their share of b. Austin 2009, Stat Med 28:3083.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.design import Design
from escc_bayes.matching.patients import Column, Patients

DISTANCE = "distance"
# Below this a standard deviation is rounding.
NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Balance:
    """Of one covariate: standardised differences of means, treated less control, and ratios of variances.

    ``pooled``: the treated all have one value, and the root of the mean variance of both groups stands in for their SD.
    """

    covariate: str
    smd_before: float
    smd_after: float
    ratio_before: float
    ratio_after: float
    mean_treated: float
    mean_control_before: float
    mean_control_after: float
    mean_treated_after: float
    pooled: bool


def balance_of(patients: Patients, design: Design) -> tuple[Balance, ...]:
    """Return the balance of the score, then of each covariate."""
    distance = () if design.score is None else (Column(DISTANCE, design.score),)
    return tuple(
        balance_of_column(column, patients.treated, design.weight, two_valued=column.name != DISTANCE)
        for column in (*distance, *patients.shown)
    )


def balance_of_column(
    column: Column, treated: NDArray[np.bool_], weight: FloatArray, *, two_valued: bool = True
) -> Balance:
    """Return the balance of one column under weights (n,); before, everybody weighs 1.

    Examples
    --------
    >>> found = balance_of_column(
    ...     Column("age", np.array([60.0, 70.0, 50.0, 62.0, 66.0])), np.array([True, True, False, False, False]),
    ...     np.array([1.0, 1.0, 0.0, 1.0, 1.0]))
    >>> round(found.smd_before, 4), round(found.smd_after, 4)
    (0.8014, 0.1414)
    """
    values = column.values
    yes_no = two_valued and np.unique(values).size <= 2
    whole = np.ones(values.size)
    spread, pooled = standard_deviation(values, treated, two_valued=yes_no)
    (m1, v1), (m0, v0) = (moments(values, whole, inside) for inside in (treated, ~treated))
    (after1, w1), (after0, w0) = (moments(values, weight, inside) for inside in (treated, ~treated))
    return Balance(
        covariate=column.name,
        smd_before=difference(m1 - m0, spread),
        smd_after=difference(after1 - after0, spread),
        ratio_before=np.nan if yes_no else ratio(v1, v0),
        ratio_after=np.nan if yes_no else ratio(w1, w0),
        mean_treated=m1,
        mean_control_before=m0,
        mean_control_after=after0,
        mean_treated_after=after1,
        pooled=pooled,
    )


def standard_deviation(values: FloatArray, treated: NDArray[np.bool_], *, two_valued: bool) -> tuple[float, bool]:
    """Return the SD of the treated, and whether both groups stand in for them, since they have one value only."""
    own, other = (variance(values[inside], two_valued=two_valued) for inside in (treated, ~treated))
    size = max(1.0, float(np.abs(values).max()))
    if own > (NOTHING * size) ** 2:
        return float(np.sqrt(own)), False
    return float(np.sqrt((own + other) / 2.0)), True


def variance(values: FloatArray, *, two_valued: bool) -> float:
    """Return the variance: of two values by their shares, of numbers with n - 1."""
    if two_valued:
        return float(values.var())
    return float(values.var(ddof=1)) if values.size > 1 else 0.0


def moments(values: FloatArray, weight: FloatArray, inside: NDArray[np.bool_]) -> tuple[float, float]:
    """Return weighted mean and variance; with equal weights the variance has n - 1."""
    w, x = weight[inside], values[inside]
    total = float(w.sum())
    if total <= 0.0:
        return np.nan, np.nan
    mean = float(w @ x / total)
    rest = total - float(w @ w) / total
    return mean, float(w @ (x - mean) ** 2 / rest) if rest > NOTHING * total else np.nan


def difference(apart: float, spread: float) -> float:
    """Return a difference in standard deviations: 0 where nobody differs, infinite where only the groups do."""
    if spread > 0.0:
        return apart / spread
    return 0.0 if apart == 0.0 else float(np.copysign(np.inf, apart))


def ratio(one: float, other: float) -> float:
    """Return a ratio of variances; NaN without any."""
    return one / other if other > 0.0 else np.nan
