"""The cumulative hazard H0 of the controls as a clock: on it the treated hazard is piecewise linear, whatever H0 is."""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.trial.design.design import TrialDesign


def effect_edges(design: TrialDesign, control_draw: IntArray) -> FloatArray:
    """Return H0 at the cuts of the effect, (n or 1, k): where the treated hazard's slope changes on that clock."""
    return cumulative_at(design, control_draw, np.array(design.effect.cuts))


def cumulative_at(design: TrialDesign, control_draw: IntArray, months: FloatArray) -> FloatArray:
    """Return H0 at ``months`` (k,): (n, k), or (1, k) where the hazard is known."""
    chosen = control_draw if design.control.draws > 1 else control_draw[:1]
    return design.control.cumulative_of(chosen, months)
