"""Are a digitised curve and the numbers at risk printed under it in one unit of time?

With N patients at month 0 and curve S, n(t) <= N S(t) whatever the censoring. A table in years under a curve in months
makes patients vanish early; a curve in years over a table in months leaves fewer than the table has. Where another unit
fits and the given one does not, both readings are named and none is chosen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from escc_bayes.evidence.digitised import DigitisedCurve, NumbersAtRisk
from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import FloatArray

# The unit of the numbers at risk over that of the curve, in the words of both.
UNITS: tuple[tuple[float, str, str], ...] = (
    (12.0, "years", "months"),
    (1.0 / 12.0, "months", "years"),
    (30.4375, "months", "days"),
    (1.0 / 30.4375, "days", "months"),
    (30.4375 / 7.0, "months", "weeks"),
    (7.0 / 30.4375, "weeks", "months"),
)
# A reading may be so far off, as a share of the patients at month 0; beyond 1 patient.
SLACK = 0.05
# A table that ends within this share of the curve and loses so many beside the curve's events is not in its unit.
SHORT, VANISHED = 0.25, 0.4
# With the right unit the table ends at the curve's end, give or take.
ENDS = (0.4, 1.25)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table's times, multiplied by a unit, go with a curve.

    Attributes
    ----------
    excess : most by which a number at risk passes what the curve leaves, as a share of the patients.
    lost : share of those whom the curve leaves at the table's last month who are not at risk any more.
    ends : the table's last month over the curve's.
    """

    excess: float
    lost: float
    ends: float


def refuse_other_units(arms: Iterable[tuple[DigitisedCurve, NumbersAtRisk]], where: str) -> None:
    """Raise where the numbers at risk of an arm fit its curve in another unit of time alone.

    Raises
    ------
    CohortError : with both readings.
    """
    for curve, numbers in arms:
        positive = numbers.time > 0.0
        if not positive.any():
            continue
        given = fit_in(curve, numbers, 1.0)
        beyond, short = given.excess > 0.0, given.ends < SHORT and given.lost > VANISHED
        if not (beyond or short):
            continue
        for factor, table_unit, curve_unit in UNITS:
            other = fit_in(curve, numbers, factor)
            fits = other.excess <= 0.0 and ENDS[0] <= other.ends <= ENDS[1]
            if fits and (beyond or other.lost < given.lost):
                raise CohortError(told(curve, numbers, given, (factor, table_unit, curve_unit), where))


def fit_in(curve: DigitisedCurve, numbers: NumbersAtRisk, factor: float) -> Fit:
    """Return how a table goes with a curve if its times are ``factor`` times as long as they say."""
    times, count = factor * numbers.time, numbers.count.astype(np.float64)
    # Just before each month: events on it have not left yet.
    left = count[0] * survival_before(curve, times)
    allowed = left + max(SLACK * count[0], 1.0)
    # Beyond its last point a curve is drawn no farther than patients are followed.
    far = times > ENDS[1] * float(curve.time[-1])
    excess = np.where(far & (count > 0), 1.0, (count - allowed) / count[0])
    lost = 1.0 - float(count[-1] / left[-1]) if left[-1] > 0.0 else 0.0
    return Fit(float(excess.max()), lost, float(times[-1] / curve.time[-1]))


def survival_before(curve: DigitisedCurve, times: FloatArray) -> FloatArray:
    """Return the curve just before ``times``."""
    return curve.survival[np.maximum(np.searchsorted(curve.time, times, side="left") - 1, 0)]


def told(curve: DigitisedCurve, numbers: NumbersAtRisk, given: Fit, unit: tuple[float, str, str], where: str) -> str:
    """Say both readings of the times."""
    factor, table_unit, curve_unit = unit
    end, last, count = float(curve.time[-1]), float(numbers.time[-1]), int(numbers.count[-1])
    start = int(numbers.count[0])
    if given.excess > 0.0:
        against = f"{count} are at risk at month {last:g}, and the curve ends at month {end:.1f}, or leaves fewer"
    else:
        against = (
            f"{start - count} of {start} patients vanish by month {last:g}, and the curve goes on to month {end:.1f}"
        )
    remedy = (
        f"multiply the months of the numbers at risk by {factor:.4g}"
        if factor > 1.0
        else f"multiply the months of the curve by {1.0 / factor:.4g}"
    )
    other = factor * last
    return (
        f"{where}, arm '{curve.arm}': curve and numbers at risk are not in one unit. As given (both in months), "
        f"{against}. With the numbers at risk in {table_unit} and the curve in {curve_unit} they fit: the table then "
        f"ends at {other:.1f} {curve_unit}, the curve at {end:.1f}. If so, {remedy} where that makes months; otherwise "
        "correct what was misread"
    )
