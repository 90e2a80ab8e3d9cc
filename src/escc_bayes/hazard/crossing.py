"""The time at which a cumulative hazard reaches a target, for many at once, from its values alone.

Regula falsi (Illinois) on log H against log t, in which a Weibull hazard is a straight line and pieces bend little;
a step that leaves the bracket is halved instead. Dowell & Jarratt 1971, BIT 11:168.
"""

from collections.abc import Callable

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

STEPS, PRECISION = 200, 1e-13
# No month beyond exp(WIDEST), or nearer to 0 than exp(-WIDEST), is looked at.
WIDEST = 700.0

type Spent = Callable[[FloatArray], FloatArray]


def crossing_time(cumulative: Spent, target: FloatArray) -> FloatArray:
    """Return the months (d, n) at which ``cumulative``, increasing in each element of (d, n) months, is ``target``.

    0 where the target is 0; infinite where it is not reached by e^700 months.

    Examples
    --------
    >>> crossing_time(lambda months: 0.1 * months, np.array([[0.5]]))
    array([[5.]])
    """
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        wanted = np.log(target)

        def above(log_time: FloatArray) -> FloatArray:
            return np.log(cumulative(np.exp(log_time))) - wanted

        low, high = np.zeros(target.shape), np.zeros(target.shape)
        f_low = f_high = above(low)
        step = 1.0
        while ((f_low > 0.0) & (low > -WIDEST)).any():
            low = np.where(f_low > 0.0, np.maximum(low - step, -WIDEST), low)
            f_low, step = above(low), 2.0 * step
        step = 1.0
        while ((f_high < 0.0) & (high < WIDEST)).any():
            high = np.where(f_high < 0.0, np.minimum(high + step, WIDEST), high)
            f_high, step = above(high), 2.0 * step
        found = np.exp(bracketed(above, low, high, f_low, f_high))
        never = (f_high < 0.0) | np.isposinf(target)
        return np.where(never, np.inf, np.where(f_low > 0.0, 0.0, found))


def bracketed(above: Spent, low: FloatArray, high: FloatArray, f_low: FloatArray, f_high: FloatArray) -> FloatArray:
    """Return where ``above`` is 0 between ``low`` and ``high``."""
    at, side = low, np.zeros(low.shape)
    for count in range(STEPS):
        at = high - f_high * (high - low) / (f_high - f_low)
        # Every fourth step halves: where pieces of very different hazards meet, a chord alone would creep.
        inside = (at >= low) & (at <= high) & (count % 4 != 3)
        at = np.where(inside, at, 0.5 * (low + high))
        value = above(at)
        right = value > 0.0
        # An end that is kept twice counts for half.
        f_low = np.where(right, np.where(side > 0.0, 0.5 * f_low, f_low), value)
        f_high = np.where(right, value, np.where(side < 0.0, 0.5 * f_high, f_high))
        low, high = np.where(right, low, at), np.where(right, at, high)
        side = np.where(right, 1.0, -1.0)
        if ((high - low < PRECISION * np.maximum(1.0, np.abs(at))) | (value == 0.0)).all():
            break
    return at
