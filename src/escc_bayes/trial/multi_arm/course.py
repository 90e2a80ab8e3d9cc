"""What a trial of several treatments will look like: survival of each arm as stated, patients and events by month."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.multi_arm.design import MultiArmDesign
from escc_bayes.trial.multi_arm.simulate import course, drawn, outcomes
from escc_bayes.trial.simulation.expected_course import POINTS, TRIALS

LONGEST = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class MultiArmCourse:
    """Survival of each arm (arms, g) at ``months`` (g,); when trials ``ended``, and the share at each look."""

    months: FloatArray
    survival: FloatArray
    ended: FloatArray
    by_look: FloatArray


def multi_arm_course(design: MultiArmDesign, *, seed: Seed) -> MultiArmCourse:
    """Return what the stated ratios bring; a few hundred trials are simulated."""
    seen = course(design, design.ratios, drawn(design, TRIALS, stream(seed, "predicted"), 0))
    _, end = outcomes(design, seen)
    months = np.linspace(0.0, min(float(seen.months[-1].max()), LONGEST), POINTS)
    clock = np.array([arm.cumulative(months) for _, arm, _ in design.arms_under(design.ratios)])
    ended = seen.months[end, np.arange(end.size)]
    return MultiArmCourse(months, np.exp(-clock), ended, np.bincount(end, minlength=len(design.looks)) / end.size)
