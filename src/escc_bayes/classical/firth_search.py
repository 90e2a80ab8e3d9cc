"""Where Firth's penalised likelihood l* is highest, all coefficients free or one held; where its profile has fallen.

Symbols as in ``firth.py``. Where numbers order the events, l* is no bowl: it has ridges that lead far out, flat slopes
and, at times, several maxima. Searches then begin at several points, and the highest is taken.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.newton import BoolArray, inverse
from escc_bayes.classical.penalised import Penalised
from escc_bayes.foundation.errors import EsccBayesError
from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray

type Objective = Callable[[FloatArray], Penalised]

# Newton steps with I, which are cheap, and then with the curvature of l* itself, which always settle.
CHEAP_STEPS, MOST_STEPS = 12, 60
# Longest step of a coefficient of a standardised column, or as far as it stands from 0: an order in time has its
# maximum hundreds of standard deviations out.
LONGEST = 5.0
# Gain in l* that a step promises below which it is the last one; and below which rounding stops it at the maximum.
NO_GAIN, ROUNDING_GAIN = 1e-12, 1e-8
# Step of the differences that give the curvature.
DIFFERENCE = 1e-5
# Coefficients of standardised columns beyond which levels or numbers are separated, or nearly so.
FAR_OUT = 20.0
# Coefficients of standardised columns beyond which there may be several maxima: levels or numbers separate the events.
SEVERAL = 3.0
# A profile that is higher than the maximum by more than this has come by another one.
HIGHER = 1e-7
# Points on either side at which an axis is looked at for other maxima.
LOOKS = 30
# Steps outwards in search of a limit, each twice as long as the one before, or a quarter where that was too far.
OUTWARDS = 16


class FirthError(EsccBayesError, ArithmeticError):
    """The penalised likelihood could not be maximised, or a limit of its profile was not found."""


class HigherError(EsccBayesError, ArithmeticError):
    """A profile came by a point that is higher than the maximum it belongs to."""

    def __init__(self, point: FloatArray) -> None:
        super().__init__("a higher maximum")
        self.point = point


@dataclass(frozen=True, slots=True)
class Top:
    """A maximum of l*, perhaps with some coefficients held."""

    point: FloatArray
    value: float
    information: FloatArray


def highest(objective: Objective, p: int) -> Top:
    """Return the maximum reached from 0; far out, the highest of that and of those reached from each column alone.

    Raises
    ------
    FirthError : no maximum from anywhere.
    """
    everything = np.ones(p, dtype=bool)
    starts = [np.zeros(p)]
    found = climbs(objective, starts, everything)
    if p > 1 and (not found or np.abs(found[0].point).max() > SEVERAL):
        alone = [climbs(objective, [np.zeros(p)], np.arange(p) == j) for j in range(p)]
        found += climbs(objective, [tops[0].point for tops in alone if tops], everything)
    if not found:
        return maximum(objective, starts[0], everything)
    return max(found, key=lambda top: top.value)


def climbs(objective: Objective, starts: Sequence[FloatArray], free: BoolArray) -> list[Top]:
    """Return the maxima that are reached from several points; from some perhaps none."""
    found = []
    for start in starts:
        try:
            found.append(maximum(objective, start, free))
        except FirthError:
            continue
    return found


def maximum(objective: Objective, start: FloatArray, free: BoolArray) -> Top:
    """Maximise l* over the ``free`` coefficients by Newton steps, halved while they do not climb.

    Raises
    ------
    FirthError : l* is not finite at the start; no maximum within ``MOST_STEPS`` steps.
    """
    point, here = start, objective(start)
    if not np.isfinite(here.value):
        raise FirthError("the penalised likelihood is not finite where its search began")
    cheap = CHEAP_STEPS
    for count in range(MOST_STEPS):
        score = here.score[free]
        curvature = here.information[np.ix_(free, free)] if count < cheap else curved(objective, point, free)
        move = uphill(curvature, score)
        longest = max(LONGEST, float(np.abs(point).max(initial=0.0)))
        move = move * min(1.0, longest / max(float(np.abs(move).max(initial=0.0)), longest))
        gain = float(score @ move)
        step = np.zeros_like(point)
        step[free] = move
        if not gain > NO_GAIN:
            last = objective(point + step)
            point, here = (point + step, last) if np.isfinite(last.value) else (point, here)
            return Top(point, here.value, here.information)
        ahead = climbed(objective, point, step, here.value)
        if ahead is None:
            if gain < ROUNDING_GAIN:
                return Top(point, here.value, here.information)
            if count >= cheap:
                break
            cheap = count
            continue
        if ahead[1].value == here.value and gain < ROUNDING_GAIN:
            return Top(point, here.value, here.information)
        point, here = ahead
    raise FirthError(f"no maximum of the penalised likelihood found in {MOST_STEPS} steps")


def uphill(curvature: FloatArray, score: FloatArray) -> FloatArray:
    """Return Newton's step; where the surface is no bowl, its bends are taken as if they were, so that it climbs."""
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        bends, axes = np.linalg.eigh(curvature)
        least = max(1e-8 * float(np.abs(bends).max(initial=0.0)), 1e-100)
        return np.asarray(axes @ ((axes.T @ score) / np.maximum(np.abs(bends), least)))
    return np.asarray(inverse(curvature) @ score)


def climbed(
    objective: Objective, point: FloatArray, step: FloatArray, value: float
) -> tuple[FloatArray, Penalised] | None:
    """Return the first point of step, step / 2, step / 4 ... that is no lower; None if there is none."""
    for halving in range(30):
        ahead = point + step / 2**halving
        there = objective(ahead)
        if there.value >= value:
            return ahead, there
    return None


def curved(objective: Objective, point: FloatArray, free: BoolArray) -> FloatArray:
    """Return minus the second derivatives of l* for the free coefficients, by differences of the score."""
    at = np.flatnonzero(free)
    found = np.empty((at.size, at.size))
    for row, j in enumerate(at):
        step = np.zeros_like(point)
        step[j] = DIFFERENCE * (1.0 + abs(point[j]))
        up, down = objective(point + step), objective(point - step)
        found[row] = (down.score[at] - up.score[at]) / (2.0 * step[j])
    return (found + found.T) / 2.0 if np.isfinite(found).all() else np.eye(at.size)


def profile(objective: Objective, top: Top, before: Sequence[FloatArray], j: int, fixed: float) -> Top:
    """Return the maximum of l* with coefficient ``j`` held at ``fixed``.

    Parameters
    ----------
    before : where the maximum was when ``j`` was held nearby; the search begins where they say it should lie.

    Raises
    ------
    FirthError : no maximum was found.
    HigherError : it is higher than ``top``.
    """
    free = np.arange(top.point.size) != j
    starts = [*on_the_way(top, before, j, fixed), held_at(top.point, j, fixed), np.where(free, 0.0, fixed)]
    far = is_far(fixed, *starts)
    found: list[Top] = []
    for start in starts:
        found += climbs(objective, [start], free)
        if found and not far:
            break
    if not found:
        return maximum(objective, starts[0], free)
    best = max(found, key=lambda one: one.value)
    if far:
        best = max([best, *climbs(objective, across(objective, best, free), free)], key=lambda one: one.value)
    if best.value > top.value + HIGHER:
        raise HigherError(best.point)
    return best


def across(objective: Objective, best: Top, free: BoolArray) -> list[FloatArray]:
    """Return, for each free coefficient, the tops seen along its axis through ``best``: other maxima may lie there."""
    reach = max(FAR_OUT, 3.0 * float(np.abs(best.point).max()))
    distances = np.geomspace(0.05, reach, LOOKS)
    starts = []
    for k in np.flatnonzero(free):
        line = np.tile(best.point, (2 * LOOKS + 1, 1))
        line[:, k] = np.concatenate([-distances[::-1], [0.0], distances])
        values = np.array([objective(point).value for point in line])
        tops = np.flatnonzero((values[1:-1] >= values[:-2]) & (values[1:-1] >= values[2:])) + 1
        starts += [line[at] for at in tops[np.isfinite(values[tops])]]
    return starts


def on_the_way(top: Top, before: Sequence[FloatArray], j: int, fixed: float) -> list[FloatArray]:
    """Return where the maximum with coefficient ``j`` at ``fixed`` should lie by others that are known.

    On the line through the two nearest of them, or along the ridge of the quadratic at the top; far out, where there is
    no such line, beside the last.
    """
    known = sorted([top.point, *before], key=lambda point: abs(point[j] - fixed))[:2]
    if is_far(fixed, *known):
        return [held_at(point, j, fixed) for point in before[-1:]]
    if len(known) > 1 and known[0][j] != known[1][j]:
        line = (known[1] - known[0]) / (known[1][j] - known[0][j])
    else:
        ridge = inverse(top.information)[:, j]
        line = ridge / ridge[j]
    return [np.where(np.arange(line.size) == j, fixed, known[0] + (fixed - known[0][j]) * line)]


def is_far(fixed: float, *points: FloatArray) -> bool:
    """Whether a coefficient, or one of several points, lies where there may be several maxima."""
    return max(abs(fixed), *(float(np.abs(point).max()) for point in points)) > SEVERAL


def held_at(start: FloatArray, j: int, fixed: float) -> FloatArray:
    """Return a point with coefficient ``j`` at ``fixed``: far out the others grow with it, along the ray."""
    same_side = fixed * start[j] > 0.0
    ray = fixed / start[j] if same_side and min(abs(fixed), abs(start[j])) > FAR_OUT else 1.0
    return np.where(np.arange(start.size) == j, fixed, start * ray)


def limit(objective: Objective, top: Top, j: int, std_error: float, fall: float) -> float:
    """Find where the profile has fallen by ``fall``, on the side of ``std_error``'s sign; NaN if it does not.

    The search runs on the root of the fall, which is nearly a straight line.
    """
    near = float(top.point[j])
    before: list[FloatArray] = []
    # The maximum itself has fallen by nothing; each place is searched once, but far out: a second search, that begins
    # where the last one ended, may see a higher maximum there.
    known = {near: math.sqrt(fall)}

    def short(b: float) -> float:
        if b not in known or is_far(b, top.point, *before[-1:]):
            there = profile(objective, top, before, j, b)
            before.append(there.point)
            known[b] = math.sqrt(fall) - math.sqrt(max(0.0, top.value - there.value))
        return known[b]

    step = 1.25 * std_error * math.sqrt(2.0 * fall)
    for _ in range(OUTWARDS):
        try:
            if short(near + step) < 0:
                return root(short, near, near + step, absolute=1e-9)
            near, step = near + step, 2.0 * step
        except (FirthError, ValueError):
            # Too far at once: from a point that is nearer the search may see its way.
            step /= 4.0
    return math.nan
