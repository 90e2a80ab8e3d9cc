"""A Kaplan-Meier curve as a figure draws it: from month 0, with its limits and a mark at each censored time."""

import numpy as np

from escc_bayes.classical.km import KaplanMeier
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.band import Band


def stepped(curve: KaplanMeier, *, label: str = "", exact: tuple[FloatArray, FloatArray] | None = None) -> Band:
    """Return a Kaplan-Meier curve from month 0, with its limits and the times of censored patients marked.

    Before the first event log-log limits do not exist; where ``exact`` limits (k + 1,) are given they stand beside.
    """
    start, none = np.ones(1), np.full(1, np.nan)
    return Band(
        label=label,
        times=np.concatenate([np.zeros(1), curve.time]),
        middle=np.concatenate([start, curve.survival]),
        lower=np.concatenate([start if exact is None else none, curve.lower]),
        upper=np.concatenate([start if exact is None else none, curve.upper]),
        steps=True,
        marks=curve.time[curve.censored > 0.0],
        beside=exact,
    )
