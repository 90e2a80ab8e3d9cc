"""The rows at risk of a plan with trajectories: each within one piece of the baseline and one stretch of trajectories.

Within a row the value of a patient is a straight line, or stays as it is. With w the row's months, h its log hazard
where the value is the centre, d = value - centre in its middle and s the slope, its cumulative hazard is

    w exp(h + psi d) sinh(x) / x,    x = psi s w / 2.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from escc_bayes.bayes.model.trajectories import passed
from escc_bayes.hazard.at_risk import split_at
from escc_bayes.hazard.piecewise import FloatArray, IntArray, piece_of
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.plan import ModelPlan

# Below this the series of log(sinh(x) / x) is right to the last digit.
SMALL = 0.05


@dataclass(frozen=True, slots=True)
class TrajectoryRows:
    """Rows (m,), patient by patient.

    Attributes
    ----------
    patient, piece : whose row it is; its piece of the baseline.
    stop, months, event, weight : its end, its length, whether the event ends it, its weight.
    columns : (m, p) centred, 0 in the column that the trajectory stands for.
    middle, end : (m, stretches) months of each stretch before the row's middle and its end.
    moving : (m, stretches) 1 in the stretch that the row lies in; 0 where trajectories stay.
    """

    patient: IntArray
    piece: IntArray
    stop: FloatArray
    months: FloatArray
    event: FloatArray
    weight: FloatArray
    columns: FloatArray
    middle: FloatArray
    end: FloatArray
    moving: FloatArray


def trajectory_rows(plan: ModelPlan) -> TrajectoryRows:
    """Return the rows of a plan that has a trajectory."""
    course, baseline = plan.course, plan.baseline
    assert course is not None
    assert isinstance(baseline, PiecewisePrior)
    planned = course.measured.months
    rows, of = split_at(plan.rows.at_risk, np.union1d(planned[1:], baseline.cuts))
    columns = plan.design.centred[of]
    columns[:, course.block.start] = 0.0
    middle = 0.5 * (rows.start + rows.stop)
    inside = (middle[:, None] > planned[:-1]) & (middle[:, None] < planned[1:])
    return TrajectoryRows(
        patient=rows.patient,
        piece=piece_of(rows.stop, baseline.cuts),
        stop=rows.stop,
        months=rows.stop - rows.start,
        event=rows.event,
        weight=rows.weight,
        columns=columns,
        middle=passed(planned, middle),
        end=passed(planned, rows.stop),
        moving=inside.astype(np.float64),
    )


def log_sinhc(x: Any, xp: Any) -> Any:
    """Return log(sinh(x) / x), 0 at 0.

    Examples
    --------
    >>> log_sinhc(np.array([0.0, 1.0, 800.0]), np).round(6).tolist()
    [0.0, 0.161439, 792.622241]
    """
    small = abs(x) < SMALL
    far = where(small, 1.0, abs(x), xp)
    square = where(small, x, 0.0, xp) ** 2
    series = square / 6.0 - square**2 / 180.0 + square**3 / 2835.0
    return where(small, series, far + xp.log1p(-xp.exp(-2.0 * far)) - xp.log(2.0 * far), xp)


def slope_of_log_sinhc(x: FloatArray) -> FloatArray:
    """Return the derivative of ``log_sinhc``, coth(x) - 1 / x."""
    small = np.abs(x) < SMALL
    far, near = np.where(small, 1.0, x), np.where(small, x, 0.0)
    return np.where(small, near / 3.0 - near**3 / 45.0 + 2.0 * near**5 / 945.0, 1.0 / np.tanh(far) - 1.0 / far)


def where(condition: Any, one: Any, other: Any, xp: Any) -> Any:
    """Return ``one`` where a condition holds, else ``other``."""
    return np.where(condition, one, other) if xp is np else xp.switch(condition, one, other)
