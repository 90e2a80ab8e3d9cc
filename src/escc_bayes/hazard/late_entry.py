"""From which month a Kaplan-Meier curve with delayed entry can speak: when the risk set was empty for the last time.

Nobody under observation, nothing known: a curve after such a month is conditional on surviving it. A product over all
months would be 0 for ever after the last patient at risk has died, with others still to enter.
docs/methods/kaplan_meier.md.
"""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray


def watched_from(time: FloatArray, event: FloatArray, entry: FloatArray) -> float:
    """Return the month after which somebody is always at risk until the end of follow-up; 0 without a gap.

    Parameters
    ----------
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    entry : (n,) months at which each patient comes under observation.

    Examples
    --------
    >>> watched_from(np.array([2.0, 5.0, 9.0]), np.array([1, 1, 0]), np.array([0.0, 3.0, 4.0]))
    3.0
    """
    order = np.argsort(entry, kind="stable")
    start = np.maximum(entry[order], 0.0)
    died = event > 0.0
    until = np.concatenate(([0.0], np.maximum.accumulate(time[order])[:-1]))
    gaps = start > until
    for place in np.flatnonzero((start == until) & (start > 0.0)):
        # The next patient enters in the month in which the last one leaves: a gap where nobody is left alive.
        last = (time == start[place]) & (entry < start[place])
        gaps[place] = bool(died[last].all())
    return float(start[gaps].max(initial=0.0))
