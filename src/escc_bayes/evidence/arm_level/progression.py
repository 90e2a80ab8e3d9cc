"""Progression beside death: PFS of the patients of an arm whose OS is given.

Nobody progresses after the end of OS, and whoever died has a PFS event. So the patients without one are some of those
alive at the end of their follow-up, censored there; the others' event months are placed so that Kaplan-Meier passes
through the print, and given to patients who were still alive then.
"""

import numpy as np

from escc_bayes.evidence.arm_level.curve import Anchor, Curve
from escc_bayes.evidence.arm_level.events import Arm, arm_through
from escc_bayes.evidence.arm_level.follow_up import FollowUp
from escc_bayes.hazard.piecewise import FloatArray


def progression_of(
    os: Arm,
    anchors: tuple[Anchor, ...],
    curve: Curve,
    os_curve: Curve,
    follow_up: FollowUp,
    events: int,
    tilt: float,
    rng: np.random.Generator,
) -> Arm:
    """Return months and events of PFS for the patients of ``os``, in their order.

    Parameters
    ----------
    events : PFS events, at least the deaths.
    tilt : as in ``arm_through``.
    """
    alive = np.flatnonzero(os.event == 0.0)
    weight = curve.survival(os.time[alive]) / np.maximum(os_curve.survival(os.time[alive]), 1e-9)
    weight = np.clip(weight * np.exp(tilt * (os.time[alive] / follow_up.longest - 0.5)), 1e-6, 1e6)
    free = int(np.clip(os.time.size - events, 0, alive.size))
    # Drawn without replacement in proportion to the weights (Efraimidis & Spirakis 2006).
    keys = rng.random(alive.size) ** (1.0 / weight)
    chosen = np.sort(alive[np.argsort(-keys)[:free]])
    censored = os.time[chosen]
    tail = curve.tilted(tilt).tail
    marginal = arm_through(anchors, os.time.size, censored, tail, follow_up, tilt, rng, fixed=True)
    months = marginal.time[marginal.event == 1.0]
    time, event = os.time.copy(), np.ones(os.time.size)
    event[chosen] = 0.0
    others = np.setdiff1d(np.arange(os.time.size), chosen)
    time[others] = given_to(months, os.time[others], rng)
    return Arm(time, event)


def given_to(months: FloatArray, ends: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return each patient's event month, at most the end of OS: the latest months first, each to one still alive then.

    Months that nobody lives to see are cut at the end of OS: death is then the event.
    """
    found = np.empty(ends.size)
    order = np.argsort(-ends)
    open_to: list[int] = []
    next_one = 0
    for month in np.sort(months)[::-1]:
        while next_one < ends.size and ends[order[next_one]] >= month:
            open_to.append(int(order[next_one]))
            next_one += 1
        if open_to:
            patient = open_to.pop(int(rng.integers(len(open_to))))
            found[patient] = month
        else:
            patient = int(order[next_one])
            next_one += 1
            found[patient] = ends[patient]
    return found
