"""What a single-arm trial will look like: its curve at the analysis, patients and events until then."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.simulation.expected_course import POINTS, TRIALS, curves_at
from escc_bayes.trial.simulation.forecast import Fan, ahead, count_fan, fan
from escc_bayes.trial.single_arm.design import SingleArmDesign
from escc_bayes.trial.single_arm.power import power_of
from escc_bayes.trial.single_arm.rules import SingleArmRule
from escc_bayes.trial.single_arm.simulate import arm_patients, seen_at_analysis
from escc_bayes.trial.truth.data_generating import Effect

RATIOS = np.linspace(0.4, 1.4, 51)


@dataclass(frozen=True, slots=True, eq=False)
class ArmCourse:
    """Fans of the Kaplan-Meier curve, of patients and of events; ``reference``: its survival at the curve's months."""

    curve: Fan
    reference: FloatArray
    entries: Fan
    events: Fan


def arm_course(design: SingleArmDesign, *, seed: Seed, level: float) -> ArmCourse:
    """Simulate a few hundred trials under the stated effect."""
    seen = arm_patients(design, design.effect, TRIALS, stream(seed, "predicted"), 0)
    shot = seen_at_analysis(design, seen).shot
    months = np.linspace(0.0, float(shot.time.max(axis=1).min()), POINTS)
    return ArmCourse(
        fan(curves_at(shot.time, shot.event, months), months, level),
        np.exp(-design.reference.cumulative(months)),
        count_fan(seen.entry, ahead(0.0, seen.entry.max(axis=1)), level),
        count_fan(seen.calendar, ahead(0.0, shot.month), level),
    )


def power_over_ratios(design: SingleArmDesign, rule: SingleArmRule) -> FloatArray | None:
    """Return the power of a rule at RATIOS over the reference; None without a closed form."""
    found = [power_of(design, rule.criterion, Effect((ratio,))) for ratio in RATIOS.tolist()]
    known = [value for value in found if value is not None]
    return np.array(known) if len(known) == len(found) else None
