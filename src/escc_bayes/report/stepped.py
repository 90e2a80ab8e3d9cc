"""A Kaplan-Meier curve as a figure draws it: from month 0, with its limits and a mark at each censored time."""

import numpy as np

from escc_bayes.classical.km import KaplanMeier
from escc_bayes.plots.band import Band


def stepped(curve: KaplanMeier, *, label: str = "") -> Band:
    """Return a Kaplan-Meier curve from month 0, with its limits and the times of censored patients marked."""
    start = np.ones(1)
    return Band(
        label=label,
        times=np.concatenate([np.zeros(1), curve.time]),
        middle=np.concatenate([start, curve.survival]),
        lower=np.concatenate([start, curve.lower]),
        upper=np.concatenate([start, curve.upper]),
        steps=True,
        marks=curve.time[curve.censored > 0.0],
    )
