"""Newton's method for log-likelihoods of hazards.

Columns are brought to one scale, steps are halved while they do not climb, flat and endless directions are found.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.foundation.errors import InputError
from escc_bayes.hazard.piecewise import FloatArray

type BoolArray = NDArray[np.bool_]
type Objective = Callable[[FloatArray], tuple[float, FloatArray, FloatArray]]

# A column is a combination of others when less than this share of its length is its own.
COLLINEAR = 1e-8
# With less than this share of the largest information, the likelihood does not depend on a direction.
FLAT = 1e-10
# Least information that is inverted: where there is none, a variance is huge and not infinite.
NO_INFORMATION = 1e-100
MOST_STEPS = 100
# Newton stops when a step promises less than this gain in log-likelihood for each event.
NO_GAIN = 1e-12
# The last step to a maximum is tiny; a step along a likelihood without one moves some log hazards by about 1.
RUNNING = 1e-2


class CollinearError(InputError, ValueError):
    """Columns are constant or combinations of each other; ``columns`` are their indices."""

    def __init__(self, columns: tuple[int, ...]) -> None:
        super().__init__(columns)
        self.columns = columns

    def __str__(self) -> str:
        if len(self.columns) == 1:
            return f"column {self.columns[0]} of X is constant; drop it"
        named = ", ".join(map(str, self.columns))
        return f"columns {named} of X determine each other; drop one or merge levels"


@dataclass(frozen=True, slots=True)
class Standardised:
    """Columns with mean 0 and standard deviation 1, and the way back: x = mean + deviation * z."""

    z: FloatArray
    mean: FloatArray
    deviation: FloatArray


def standardise(X: FloatArray) -> Standardised:
    """Centre and scale the columns of X (n, p); raise ``CollinearError`` if one tells nothing new."""
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    # Rounding leaves a constant column a deviation of about 1e-16 times its value.
    for column in np.flatnonzero(deviation <= 1e-14 * np.abs(X).max(axis=0)):
        raise CollinearError((int(column),))
    z = (X - mean) / deviation
    refuse_combinations(z)
    return Standardised(z, mean, deviation)


def refuse_combinations(z: FloatArray) -> None:
    """Raise ``CollinearError`` at the first column of z that the columns before it determine."""
    lengths = np.linalg.svd(z, compute_uv=False)
    if lengths.size == z.shape[1] and lengths.min(initial=np.inf) > COLLINEAR * lengths.max(initial=0.0):
        return
    for column in range(1, z.shape[1]):
        shares = np.linalg.lstsq(z[:, :column], z[:, column], rcond=None)[0]
        own = z[:, column] - z[:, :column] @ shares
        if np.linalg.norm(own) <= COLLINEAR * np.linalg.norm(z[:, column]):
            others = np.flatnonzero(np.abs(shares) > np.sqrt(COLLINEAR))
            raise CollinearError((*(int(other) for other in others), column))


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where Newton stopped, with the observed information there and the step that led there.

    Where it did not settle, ``last_step`` is the whole step that it wanted to take last.
    """

    point: FloatArray
    value: float
    information: FloatArray
    last_step: FloatArray
    settled: bool


def climb(objective: Objective, start: FloatArray, *, hold: FloatArray, events: float) -> Maximum:
    """Maximise by Newton steps, halved while they do not climb.

    Parameters
    ----------
    objective : gives value, gradient (p,) and observed information (p, p) at a point.
    hold : (p, q) orthonormal directions along which the start is kept.
    events : (weighted) number of events, the size of the log-likelihood.
    """
    point, anchor = start, hold @ hold.T
    value, gradient, information = objective(point)
    whole, step, settled = np.zeros_like(start), np.zeros_like(start), start.size == 0
    for _ in range(0 if settled else MOST_STEPS):
        whole = step = inverse(information + anchor) @ gradient
        settled = bool(gradient @ step <= NO_GAIN * events)
        for _ in range(40):
            trial = objective(point + step)
            if trial[0] >= value - NO_GAIN * abs(value) and np.isfinite(trial[2]).all():
                break
            step = step / 2
        else:
            break
        point = point + step
        value, gradient, information = trial
        if settled:
            break
    return Maximum(point, value, information, step if settled else whole, settled)


def inverse(information: FloatArray) -> FloatArray:
    """Invert a symmetric matrix, negative curvature turned round and none below a floor: steps climb."""
    values, vectors = np.linalg.eigh(information)
    size = np.abs(values)
    floor = max(1e-15 * float(size.max(initial=0.0)), NO_INFORMATION)
    return np.asarray((vectors / np.maximum(size, floor)) @ vectors.T)


def flat_directions(information: FloatArray) -> FloatArray:
    """Return orthonormal directions (p, q) that the likelihood does not depend on."""
    values, vectors = np.linalg.eigh(information)
    return np.asarray(vectors[:, values <= FLAT * values.max(initial=0.0)])


def running(last_step: FloatArray, z: FloatArray) -> BoolArray:
    """Mark the coefficients (p,) whose last step still moved somebody's log hazard: they run to infinity."""
    return np.asarray(np.abs(last_step) * np.abs(z).max(axis=0, initial=0.0) > RUNNING)
