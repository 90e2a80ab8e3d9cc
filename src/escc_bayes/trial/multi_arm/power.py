"""Power of Dunnett's test at one look: that any treatment succeeds, by one integral over the common control.

Z_j ~ N(-log(hr_j) sqrt(d_j r_j) / (1 + r_j), 1), d_j events expected of control and treatment j (Schoenfeld 1981,
Biometrika 68:316), correlated as under no effect.
"""

import math

import numpy as np

from escc_bayes.trial.multi_arm.design import MultiArmDesign
from escc_bayes.trial.multi_arm.dunnett import critical_value, exceeds
from escc_bayes.trial.truth.expected_events import expected_events, month_of_events


def power_of_any(design: MultiArmDesign, ratios: tuple[float, ...]) -> float | None:
    """Return the power that any treatment succeeds; None with several looks, or a control in draws."""
    if len(design.looks) > 1 or design.control.draws > 1:
        return None
    arms = design.arms_under(ratios)
    month = month_of_events(design.looks[-1], arms)
    if not math.isfinite(month):
        return None
    events = [expected_events(month, *arm) for arm in arms]
    mean = np.array(
        [
            -math.log(hr)
            * math.sqrt((events[0] + own) * part / design.allocation[0])
            / (1.0 + part / design.allocation[0])
            for hr, own, part in zip(ratios, events[1:], design.allocation[1:], strict=True)
        ]
    )
    every = np.ones((1, mean.size), dtype=np.bool_)
    bound = np.array([critical_value(design.alpha, design.loads)])
    return float(exceeds(bound, design.loads, every, mean)[0])
