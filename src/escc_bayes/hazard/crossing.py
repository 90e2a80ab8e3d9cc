"""The time at which a cumulative hazard reaches a target, for many at once, from its values alone.

Chandrupatla's method on log H against log t, in which a Weibull hazard is a straight line and pieces bend little.
Chandrupatla 1997, Adv Eng Softw 28:145.
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


def bracketed(above: Spent, a: FloatArray, b: FloatArray, f_a: FloatArray, f_b: FloatArray) -> FloatArray:
    """Return where ``above`` is 0 between ``a`` and ``b``: inverse quadratic steps where they are safe, else halves."""
    c, f_c, t = a, f_a, np.full(a.shape, 0.5)
    best = a
    for _ in range(STEPS):
        x = a + t * (b - a)
        f_x = above(x)
        same = (f_x > 0.0) == (f_a > 0.0)
        c, f_c = np.where(same, a, b), np.where(same, f_a, f_b)
        b, f_b = np.where(same, b, a), np.where(same, f_b, f_a)
        a, f_a = x, f_x
        best = np.where(np.abs(f_a) < np.abs(f_b), a, b)
        least = PRECISION * np.maximum(1.0, np.abs(best)) / np.abs(b - a)
        done = (least > 0.5) | (f_a == 0.0)
        if done.all():
            break
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        safe = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
        curved = f_a / (f_b - f_a) * f_c / (f_b - f_c) + (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
        t = np.where(done, 0.0, np.clip(np.where(safe, curved, 0.5), least, 1.0 - least))
    return best
