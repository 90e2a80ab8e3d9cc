"""Where a function crosses zero. Brent 1973, Algorithms for Minimization without Derivatives, chapter 4.

A secant or inverse quadratic step where it is safe, a halving where it is not. The steps are those of
``scipy.optimize.brentq``, so the digits are too; importing scipy.optimize takes longer than a fit by ``laplace``.
"""

import math
from collections.abc import Callable

MOST_STEPS = 200


def root(
    function: Callable[[float], float], low: float, high: float, *, absolute: float = 1e-12, relative: float = 1e-12
) -> float:
    """Return where a continuous function is zero between two points at which its signs differ.

    Parameters
    ----------
    function : of one number.
    low, high : the two points, in any order.
    absolute, relative : the answer is right to ``absolute + relative * |answer|``.

    Raises
    ------
    ValueError : the signs are the same, or a value is NaN.

    Examples
    --------
    >>> round(root(lambda x: x * x - 2.0, 0.0, 2.0), 10)
    1.4142135624
    """
    before, here = low, high
    at_before, at_here = function(before), function(here)
    if at_before == 0.0:
        return before
    if at_here == 0.0:
        return here
    if math.isnan(at_before + at_here) or (at_before < 0.0) == (at_here < 0.0):
        raise ValueError(f"no change of sign between {low:g} ({at_before:g}) and {high:g} ({at_here:g})")
    across, at_across = before, at_before
    last_step = step = here - before
    for _ in range(MOST_STEPS):
        if (at_before < 0.0) != (at_here < 0.0):
            across, at_across = before, at_before
            last_step = step = here - before
        if abs(at_across) < abs(at_here):
            before, here, across = here, across, here
            at_before, at_here, at_across = at_here, at_across, at_here
        near = (absolute + relative * abs(here)) / 2.0
        half = (across - here) / 2.0
        if at_here == 0.0 or abs(half) < near:
            break
        tried = math.inf
        if abs(last_step) > near and abs(at_here) < abs(at_before):
            tried = interpolated(before, here, across, at_before, at_here, at_across)
        if 2.0 * abs(tried) < min(abs(last_step), 3.0 * abs(half) - near):
            last_step, step = step, tried
        else:
            last_step = step = half
        before, at_before = here, at_here
        here += step if abs(step) > near else near if half > 0.0 else -near
        at_here = function(here)
    return here


def interpolated(
    before: float, here: float, across: float, at_before: float, at_here: float, at_across: float
) -> float:
    """Return the step from ``here`` to the zero of a line (two points) or of an inverse parabola (three)."""
    if before == across:
        return -at_here * (here - before) / (at_here - at_before)
    slope_before = (at_before - at_here) / (before - here)
    slope_across = (at_across - at_here) / (across - here)
    return (
        -at_here
        * (at_across * slope_across - at_before * slope_before)
        / (slope_across * slope_before * (at_across - at_before))
    )
