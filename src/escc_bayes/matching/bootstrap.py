"""Curves of both groups as a posterior without a model: the Bayesian bootstrap of weighted Kaplan-Meier.

Independent units (matched sets, patients) get Dirichlet weights beside those of the design; each draw is a curve of
each group. No hazards are assumed proportional, and nothing is smoothed. Rubin 1981, Ann Stat 9:130; Lo 1993, Ann
Stat 21:100. docs/methods/matching.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.followed import Followed

METHOD = "bayes_bootstrap"
DRAWS = 1000
# Numbers (draws x patients) held at once.
CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """Curves of one group: months (m,) with someone leaving, survival after each (draws, m)."""

    months: FloatArray
    survival: FloatArray

    def at(self, month: float) -> FloatArray:
        """Return survival at a month, (draws,)."""
        place = int(np.searchsorted(self.months, month, side="right"))
        return np.ones(self.survival.shape[0]) if place == 0 else self.survival[:, place - 1]

    def lived(self, until: float) -> FloatArray:
        """Return months lived by a month, (draws,)."""
        inside = self.months < until
        widths = np.diff(np.concatenate([[0.0], self.months[inside], [until]]))
        whole = np.column_stack([np.ones(self.survival.shape[0]), self.survival[:, inside]])
        return np.asarray(whole @ widths)

    def median(self) -> FloatArray:
        """Return the month by which half have had the event, (draws,); infinite where a curve stays above one half."""
        below = self.survival <= 0.5
        first = below.argmax(axis=1)
        return np.where(below.any(axis=1), self.months[first], np.inf)


def drawn_curves(own: Followed, seed: Seed) -> tuple[Drawn, Drawn]:
    """Return the curves of control and treated; a unit of both groups has one weight in both."""
    rng = generator(seed, METHOD)
    units = int(own.cluster.max()) + 1
    step = max(1, CHUNK // own.time.size)
    parts: tuple[list[FloatArray], list[FloatArray]] = ([], [])
    months = [np.unique(own.time[own.of_group(code)]) for code in (0, 1)]
    for begin in range(0, DRAWS, step):
        share = rng.standard_exponential((min(step, DRAWS - begin), units))
        weight = own.weight * share[:, own.cluster]
        for code in (0, 1):
            inside = own.of_group(code)
            entry = None if own.entry is None else own.entry[inside]
            parts[code].append(curves(own.time[inside], own.event[inside], entry, weight[:, inside], months[code]))
    control, treated = (Drawn(months[code], np.concatenate(parts[code])) for code in (0, 1))
    return control, treated


def curves(
    time: FloatArray, event: FloatArray, entry: FloatArray | None, weight: FloatArray, months: FloatArray
) -> FloatArray:
    """Return Kaplan-Meier after each month (m,) under several sets of weights (draws, n): (draws, m).

    Examples
    --------
    >>> curves(np.array([1.0, 2.0]), np.array([1.0, 0.0]), None, np.array([[1.0, 3.0]]), np.array([1.0, 2.0]))
    array([[0.75, 0.75]])
    """
    order = np.argsort(time, kind="stable")
    first = np.searchsorted(time[order], months, side="left")
    ordered = weight[:, order]
    at_risk = np.cumsum(ordered[:, ::-1], axis=1)[:, ::-1][:, first]
    died = np.add.reduceat(ordered * event[order], first, axis=1)
    if entry is not None:
        by_entry = np.argsort(entry, kind="stable")
        later = np.cumsum(weight[:, by_entry][:, ::-1], axis=1)[:, ::-1]
        later = np.column_stack([later, np.zeros(weight.shape[0])])
        at_risk = at_risk - later[:, np.searchsorted(entry[by_entry], months, side="left")]
    step = np.divide(died, at_risk, out=np.zeros_like(died), where=at_risk > 0.0)
    return np.asarray(np.cumprod(np.clip(1.0 - step, 0.0, 1.0), axis=1))
