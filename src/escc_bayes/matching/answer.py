"""One row of ``effect.csv``."""

import math
from dataclasses import dataclass

from scipy.special import ndtri


@dataclass(frozen=True, slots=True)
class Answer:
    """What one method says of the treatment's hazard ratio.

    Attributes
    ----------
    method, design : by what, on which design; ``none``: on everybody as they are.
    hr, lower, upper, level, interval : NaN where there is none; ``note`` then says why.
    n, events : patients and events behind it.
    se : standard error, or posterior SD, of the log hazard ratio.
    prob_lt_1, prob_lt_08 : of a posterior, Pr(HR < 1) and Pr(HR < 0.8); NaN otherwise.
    """

    method: str
    design: str
    hr: float
    lower: float
    upper: float
    level: float
    interval: str
    n: int
    events: int
    se: float
    prob_lt_1: float = math.nan
    prob_lt_08: float = math.nan
    verdict: str = "ok"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """Level of the limits, and the patients and events behind a row."""

    level: float
    n: int
    events: int


def wald(method: str, design: str, log_hr: float, se: float, of: Counted) -> Answer:
    """Return a row with limits exp(b -+ z se)."""
    z = float(ndtri(0.5 + of.level / 2.0))
    hr, lower, upper = (math.exp(min(log_hr + sign * z * se, 700.0)) for sign in (0.0, -1.0, 1.0))
    return Answer(method, design, hr, lower, upper, of.level, "confidence", of.n, of.events, se)


def absent(method: str, design: str, why: str, of: Counted) -> Answer:
    """Return a row without a number, that says why."""
    nothing = (math.nan, math.nan, math.nan)
    kind = "credible" if method.startswith("bayes") else "confidence"
    return Answer(method, design, *nothing, of.level, kind, of.n, of.events, math.nan, note=why)
