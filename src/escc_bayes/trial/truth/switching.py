"""Controls who cross over to treatment: a share of them at a month after entry, the others never.

After the switch at month S a patient gains hazard as the treated do, on the clock u(H0) of ``simulate``:
H0(S) + u(H0(t)) - u(H0(S)) = E, for those who have not had the event by then (E > H0(S)).
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.trial.truth.data_generating import inverted


@dataclass(frozen=True, slots=True)
class Switching:
    """``share`` of the controls switch ``after`` so many months since entry, if they live without the event."""

    share: float
    after: float

    def words(self) -> str:
        """Say who switches."""
        return (
            f"{self.share:.0%} of controls without the event switch to treatment after {counted(self.after, 'month')}"
        )


def gained(clock: FloatArray, slopes: FloatArray, edges: FloatArray) -> FloatArray:
    """Return u(H0) at ``clock`` (n, m): slopes (n or 1, k + 1) between ``edges`` (n or 1, k); inverts ``inverted``."""
    inner = np.concatenate([np.zeros((edges.shape[0], 1)), edges], axis=1)
    total = np.zeros(np.broadcast_shapes(clock.shape, (max(slopes.shape[0], edges.shape[0]), 1)))
    for k in range(slopes.shape[1]):
        stop = inner[:, k + 1 : k + 2] if k + 1 < inner.shape[1] else np.inf
        total += slopes[:, k : k + 1] * np.clip(clock - inner[:, k : k + 1], 0.0, stop - inner[:, k : k + 1])
    return total


def switched_clock(
    unit: FloatArray, switches: BoolArray, at: FloatArray, slopes: FloatArray, edges: FloatArray
) -> FloatArray:
    """Return the clock H0 at which each control has the event.

    Parameters
    ----------
    unit : (n, m) standard exponentials of the controls.
    switches : (n, m) who would switch.
    at : (n or 1, 1) H0 at the month of the switch.
    slopes, edges : hazard ratios of the treated, and the clock at which they change.
    """
    late = switches & (unit > at)
    target = np.maximum(gained(np.broadcast_to(at, unit.shape), slopes, edges) + unit - at, 0.0)
    return np.where(late, inverted(target, slopes, edges), unit)
