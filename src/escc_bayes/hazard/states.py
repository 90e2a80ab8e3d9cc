"""Where patients of an illness-death model are: start, progressed, dead; from cumulative hazards, in closed form.

H12 is the cumulative hazard of leaving the start state, H1 its part by progression, H3 that of death after it. Between
two months of a grid that holds every jump all hazards are constant, so that with an exponent E linear in u there

    integral of exp(-E(u)) dH1(u)  =  (H1(b) - H1(a)) exp(-min(E(a), E(b))) filled(|E(b) - E(a)|),
    filled(x) = (1 - exp(-x)) / x,

exactly, and without a difference of nearly equal numbers. Andersen & Keiding 2002, Stat Methods Med Res 11:91.
docs/methods/illness_death.md.
"""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray


def filled(x: FloatArray) -> FloatArray:
    """Return (1 - exp(-x)) / x for x >= 0, 1 at 0.

    Examples
    --------
    >>> filled(np.array([0.0, 1.0])).round(4).tolist()
    [1.0, 0.6321]
    """
    safe = np.where(x == 0.0, 1.0, x)
    return np.where(x == 0.0, 1.0, -np.expm1(-safe) / safe)


def entering(progressing: FloatArray, exponent: FloatArray) -> FloatArray:
    """Return the integral of exp(-exponent) over dH1, (...), from both at the months of a grid, (..., g)."""
    first, second = exponent[..., :-1], exponent[..., 1:]
    between = np.exp(-np.minimum(first, second)) * filled(np.abs(second - first))
    return np.asarray((np.diff(progressing, axis=-1) * between).sum(axis=-1))


def progressed(progressing: FloatArray, leaving: FloatArray, dying: FloatArray) -> FloatArray:
    """Return the probability of being alive after progression at the months of a grid, clock forward.

    Parameters
    ----------
    progressing, leaving, dying : (..., g) H1, H12 and H3 at the months, the first of which is 0.

    Returns
    -------
    (..., g).
    """
    into, out, lost = (np.diff(values, axis=-1) for values in (progressing, leaving, dying))
    gained = np.exp(-leaving[..., :-1]) * into * np.exp(-np.minimum(out, lost)) * filled(np.abs(out - lost))
    kept = np.exp(-lost)
    found = np.zeros_like(leaving)
    for place in range(gained.shape[-1]):
        found[..., place + 1] = found[..., place] * kept[..., place] + gained[..., place]
    return found


def incidence(causes: FloatArray) -> FloatArray:
    """Return the cumulative incidence of each cause at the months of a grid.

    Parameters
    ----------
    causes : (K, ..., g) cumulative hazard of each cause at the months, the first of which is 0.

    Returns
    -------
    (K, ..., g); with exp(-sum of the hazards) they add up to 1.

    Examples
    --------
    >>> incidence(np.array([[0.0, 0.5], [0.0, 1.0]])).round(4).tolist()
    [[0.0, 0.259], [0.0, 0.5179]]
    """
    leaving = causes.sum(axis=0)
    spent = np.exp(-leaving[..., :-1]) * filled(np.diff(leaving, axis=-1))
    found = np.zeros_like(causes)
    found[..., 1:] = np.cumsum(np.diff(causes, axis=-1) * spent, axis=-1)
    return found


def spent_before(leaving: FloatArray, months: FloatArray) -> FloatArray:
    """Return the mean time in the start state up to the last month of a grid (g,), (...), from H12 (..., g)."""
    first, second = leaving[..., :-1], leaving[..., 1:]
    return np.asarray((np.diff(months) * np.exp(-first) * filled(second - first)).sum(axis=-1))
