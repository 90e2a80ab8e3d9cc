"""E-values: how strong an unmeasured confounder must be to explain a hazard ratio away.

A confounder associated with exposure and with outcome by a risk ratio of E each, given all else, could move a true risk
ratio of 1 to the one seen; a weaker one could not. E = R + sqrt(R (R - 1)), R the risk ratio, 1 / R below 1. A hazard
ratio is a risk ratio where the outcome is rare (below 15 % at the end of follow-up); where it is common,
R = (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1 / HR)). VanderWeele & Ding 2017, Ann Intern Med 167:268.
"""

import math


def risk_ratio(hr: float, *, rare: bool) -> float:
    """Return the risk ratio that a hazard ratio stands for.

    Examples
    --------
    >>> round(risk_ratio(2.0, rare=False), 3)
    1.613
    """
    if rare:
        return hr
    return -math.expm1(-math.log(2.0) * math.sqrt(hr)) / -math.expm1(-math.log(2.0) / math.sqrt(hr))


def e_value(hr: float, *, rare: bool = False) -> float:
    """Return the E-value of a hazard ratio.

    Parameters
    ----------
    hr : positive.
    rare : whether fewer than about 15 % have the outcome by the end of follow-up.

    Returns
    -------
    A risk ratio of at least 1.

    Examples
    --------
    >>> round(e_value(0.25), 2), round(e_value(0.25, rare=True), 2)
    (4.56, 7.46)
    """
    ratio = risk_ratio(hr if hr >= 1.0 else 1.0 / hr, rare=rare)
    return ratio + math.sqrt(ratio * (ratio - 1.0))


def e_value_of_limit(lower: float, upper: float, *, rare: bool = False) -> float:
    """Return the E-value of the limit nearer to 1; 1 where the interval holds 1."""
    if lower <= 1.0 <= upper:
        return 1.0
    return e_value(lower if lower > 1.0 else upper, rare=rare)
