"""Historical patients in the pieces of a trial's analysis, and trials with some of them added.

Events D_h and person-months Y_h of the controls of an earlier study and, where it had both arms, of its treated.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import gammaln

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline
from escc_bayes.trial.posterior.marginal_posterior import WeightedData

NOTHING = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Historical:
    """An earlier study: ``events`` and person-``months`` of its controls in each piece, (J,); read-only.

    ``treated_events``, ``treated_months``: of its treated, empty where it had none or they are not borrowed.
    """

    events: FloatArray
    months: FloatArray
    treated_events: FloatArray = field(default_factory=lambda: NOTHING)
    treated_months: FloatArray = field(default_factory=lambda: NOTHING)
    name: str = ""

    def __post_init__(self) -> None:
        for values in (self.events, self.months, self.treated_events, self.treated_months):
            values.setflags(write=False)

    @property
    def both_arms(self) -> bool:
        """Whether treated patients are among them."""
        return self.treated_months.size > 0

    @property
    def total(self) -> float:
        """Events of all."""
        return float(self.events.sum() + self.treated_events.sum())


def added(
    data: ArmData, old: Historical, share: float | FloatArray = 1.0, stretch: float | FloatArray = 1.0
) -> ArmData:
    """Return trials with historical patients among their own.

    Parameters
    ----------
    share : what each counts, or (n, 1).
    stretch : factor on their person-months beside it, or (n, 1): their hazard over the trial's.
    """
    return added_counts(
        data,
        (share * old.events, share * stretch * old.months),
        (share * old.treated_events, share * stretch * old.treated_months) if old.both_arms else None,
    )


def added_counts(
    data: ArmData, control: tuple[FloatArray, FloatArray], treated: tuple[FloatArray, FloatArray] | None = None
) -> ArmData:
    """Return trials with events and person-months more, each (J,) or (n, J), in one arm or both."""
    d1, y1 = data.treated_events, data.treated_months
    if treated is not None:
        d1, y1 = d1 + treated[0], y1 + treated[1]
    return ArmData(data.control_events + control[0], d1, data.control_months + control[1], y1)


def nobody(pieces: int) -> ArmData:
    """Return one trial without patients."""
    return ArmData(*(np.zeros((1, pieces)) for _ in range(4)))


def marginal(data: ArmData, baseline: GammaBaseline) -> FloatArray:
    """Return the part of the log marginal likelihood that depends on the events alone, (n,)."""
    found = gammaln(baseline.shape + data.control_events + data.treated_events).sum(axis=1)
    return np.asarray(found)


def at_nodes(parts: list[ArmData], log_weight: FloatArray) -> WeightedData:
    """Return trials (n) at nodes (G), given node by node, as rows trial by trial."""

    def rows(values: list[FloatArray]) -> FloatArray:
        return np.stack(np.broadcast_arrays(*values), axis=1).reshape(-1, values[0].shape[1])

    data = ArmData(
        rows([part.control_events for part in parts]),
        rows([part.treated_events for part in parts]),
        rows([part.control_months for part in parts]),
        rows([part.treated_months for part in parts]),
    )
    return WeightedData(data, log_weight)
