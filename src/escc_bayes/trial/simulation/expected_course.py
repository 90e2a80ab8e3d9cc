"""What a planned trial will look like: survival curves at the final look, patients and events until then."""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.root import root
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.looks.patients import Snapshot
from escc_bayes.trial.looks.snapshot import look_months, snapshot
from escc_bayes.trial.simulation.decide import BELIEVED, TRUTH, log_ratio_of
from escc_bayes.trial.simulation.forecast import Fan, Forecast, fan, forecast_of
from escc_bayes.trial.simulation.simulate import draw, patients
from escc_bayes.trial.truth.data_generating import ArmHazard, TreatedHazard
from escc_bayes.trial.truth.stratum import apportioned

TRIALS = 400
POINTS = 61
MONTHS = (12.0, 24.0, 36.0)
FARTHEST_MONTHS = 1e4


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedCourse:
    """Of one scenario: fans of the Kaplan-Meier curves of control and treatment at the final look, and the forecast."""

    scenario: str
    curves: tuple[Fan, Fan]
    forecast: Forecast


def expected_course(design: TrialDesign, *, seed: Seed, level: float) -> tuple[ExpectedCourse, ...]:
    """Simulate a few hundred trials under the stated effect, and under the design prior where there is one."""
    names = (TRUTH,) if design.design_prior is None else (TRUTH, BELIEVED)
    draws = draw(design, TRIALS, stream(seed, "predicted"), 0)
    found = []
    for name in names:
        seen = patients(design, draws, log_ratio_of(name, design, draws))
        shot = snapshot(seen, look_months(seen, design.looks[-1:], design.lag)[0], design.lag)
        found.append(ExpectedCourse(name, curve_fans(shot, level), forecast_of(design, 0.0, seen, level)))
    return tuple(found)


def curve_fans(shot: Snapshot, level: float) -> tuple[Fan, Fan]:
    """Return the fans of both arms' curves, as far as both arms of every trial are followed."""
    arms = (slice(0, shot.controls), slice(shot.controls, None))
    until = min(float(shot.time[:, columns].max(axis=1).min()) for columns in arms)
    months = np.linspace(0.0, until, POINTS)
    control, treated = (curves_at(shot.time[:, part], shot.event[:, part], months) for part in arms)
    return fan(control, months, level), fan(treated, months, level)


def curves_at(time: FloatArray, event: BoolArray, months: FloatArray) -> FloatArray:
    """Return the Kaplan-Meier curve of every trial (n, m) at ``months``."""
    return np.stack([curve_at(*of, months) for of in zip(time, event, strict=True)])


def curve_at(time: FloatArray, event: BoolArray, months: FloatArray) -> FloatArray:
    """Return Kaplan-Meier at ``months``; patients not yet in (time 0) are at risk of nothing."""
    order = np.argsort(time, kind="stable")
    time, event = time[order], event[order]
    # Tied deaths fall one after the other: (1 - 1/Y) (1 - 1/(Y - 1)) .. = 1 - d/Y.
    first = np.searchsorted(time, time, side="left")
    died = np.cumsum(event) - event
    at_risk = time.size - first - (died - died[first])
    survival = np.cumprod(np.where(event, 1.0 - 1.0 / at_risk, 1.0))
    return np.concatenate([[1.0], survival])[np.searchsorted(time, months, side="right")]


@dataclass(frozen=True, slots=True)
class ArmTruth:
    """What is taken as true of an arm: ``median`` in months (infinite: not reached), ``survival`` at MONTHS."""

    name: str
    patients: int
    median: float
    survival: tuple[float, ...]
    yearly_dropout: float


def arm_truths(design: TrialDesign) -> tuple[ArmTruth, ...]:
    """Return what the design takes as true of control and treatment, without switching.

    Where strata have effects of their own, treatment by stratum, with the control's hazard as if it were 1 there.
    """
    (control, treatment), (controls, treated) = design.arms, design.patients
    arms: list[tuple[str, int, ArmHazard, float]] = [(control, controls, design.control, design.dropout[0])]
    if design.effect.by_stratum:
        counts = apportioned(treated, design.strata)
        for place, (stratum, count) in enumerate(zip(design.strata, counts, strict=True)):
            hazard = TreatedHazard(design.control, design.effect.of_stratum(place))
            arms.append((f"{treatment}, {stratum.name}", count, hazard, design.dropout[1]))
    else:
        arms.append((treatment, treated, TreatedHazard(design.control, design.effect), design.dropout[1]))
    return tuple(
        ArmTruth(
            name,
            count,
            median_of(hazard),
            tuple(np.exp(-hazard.cumulative(np.array(MONTHS))).tolist()),
            1.0 - math.exp(-12.0 * dropout),
        )
        for name, count, hazard, dropout in arms
    )


def median_of(hazard: ArmHazard) -> float:
    """Return the month by which half have the event; infinite where they never do."""

    def missing(month: float) -> float:
        return float(hazard.cumulative(np.array([month]))[0]) - math.log(2.0)

    return root(missing, 0.0, FARTHEST_MONTHS) if missing(FARTHEST_MONTHS) > 0.0 else math.inf
