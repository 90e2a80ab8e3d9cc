"""SIMULATED cohorts of several transitions with known hazards: illness-death models and competing causes.

Each transition has the cumulative hazard rate t^shape exp(effect arm), with an effect of arm b over arm a of its own;
censored between months 18 and 60. After progression t counts from time zero (forward) or from progression (reset).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.integrate import quad

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from

MONTH, ARM = 24.0, {"kind": "binary", "levels": ["a", "b"]}
TRANSITIONS = ("progression", "death_without_progression", "death_after_progression")
CAUSES = ("local", "distant")
PROGRESSED, INCIDENCES = ("progressed",), tuple(f"incidence of {cause}" for cause in CAUSES)


@dataclass(frozen=True)
class Truth:
    """Hazards of every transition: rates, shapes, and log hazard ratios of arm b over arm a."""

    rates: np.ndarray
    shapes: np.ndarray
    effects: np.ndarray
    clock: str = "forward"

    def reached(self, k, unit, arm, start=0.0):
        """Return the months at which transition k, at risk from ``start``, has the cumulative hazard ``unit``."""
        own = self.rates[k] * np.exp(self.effects[k] * arm)
        return (start ** self.shapes[k] + unit / own) ** (1.0 / self.shapes[k])

    def spent(self, k, month):
        """Return the cumulative hazard of transition k in arm b."""
        return self.rates[k] * np.exp(self.effects[k]) * month ** self.shapes[k]

    def rate(self, k, month):
        """Return the hazard of transition k in arm b."""
        return self.spent(k, month) * self.shapes[k] / month


def illness_death(rng, arm, truth):
    """Return both endpoints of patients; progression in the month of a death does not occur."""
    first, second = (truth.reached(k, rng.standard_exponential(arm.size), arm) for k in (0, 1))
    unit = rng.standard_exponential(arm.size)
    reset = truth.clock == "reset"
    third = first + truth.reached(2, unit, arm) if reset else truth.reached(2, unit, arm, first)
    censored = rng.uniform(18.0, 60.0, arm.size)
    death = np.where(first < second, third, second)
    left = np.minimum(np.minimum(first, second), censored)
    frame = pd.DataFrame({"pfs": left, "seen": (left < censored).astype(int), "os": np.minimum(death, censored)})
    return frame.assign(died=(death <= censored).astype(int))


def competing_causes(rng, arm, truth):
    """Return the event of patients, which has one of two causes."""
    first, second = (truth.reached(k, rng.standard_exponential(arm.size), arm) for k in (0, 1))
    censored = rng.uniform(18.0, 60.0, arm.size)
    time = np.minimum(np.minimum(first, second), censored)
    cause = np.where(time == censored, None, np.where(first < second, *CAUSES))
    return pd.DataFrame({"time": time, "event": (time < censored).astype(int)}).assign(cause=cause)


def read(kind, frame, arm, covariates=None, **keys):
    """Return the SIMULATED cohort of a table, with covariates beside the arm and keys of the schema beside these."""
    frame = frame.assign(id=np.arange(len(frame)), arm=np.array(ARM["levels"])[arm])
    known = {"arm": ARM, **kind.covariates, **(covariates or {})}
    schema = {"id": "id", "endpoints": kind.endpoints, "covariates": known, **keys}
    return read_cohort(frame, schema_from(schema, "recovery"), provenance="simulated")


def progressed(truth):
    """Return the probability of being alive after progression at the month, in arm b, by quadrature."""

    def alive(u):
        after = truth.spent(2, MONTH - u if truth.clock == "reset" else MONTH)
        before = 0.0 if truth.clock == "reset" else truth.spent(2, u)
        return np.exp(-truth.spent(0, u) - truth.spent(1, u) - after + before) * truth.rate(0, u)

    return (quad(alive, 0.0, MONTH, epsabs=1e-12)[0],)


def incidences(truth):
    """Return the cumulative incidence of each cause by the month in arm b, by quadrature."""

    def happens(u, k):
        return np.exp(-truth.spent(0, u) - truth.spent(1, u)) * truth.rate(k, u)

    return tuple(quad(happens, 0.0, MONTH, args=(k,), epsabs=1e-12)[0] for k in range(2))


def state(posterior):
    """Return draws of the probability of being alive after progression in arm b, (draws, 1)."""
    return posterior.states(np.array([MONTH]), term="arm", group="b")[:, :, 1]


def caused(posterior):
    """Return draws of the cumulative incidences in arm b, (draws, 2)."""
    return posterior.cumulative_incidence(np.array([MONTH]), term="arm", group="b")[:, 0]


@dataclass(frozen=True)
class Kind:
    """An outcome: its words and columns, its transitions, their courses, and what is looked at beside hazard ratios."""

    outcome: dict
    endpoints: dict
    covariates: dict
    transitions: tuple[str, ...]
    rates: tuple[float, ...]
    effects: tuple[float, ...]
    course: Callable
    beside: tuple[str, ...]
    known: Callable
    drawn: Callable


KINDS = {
    "illness_death": Kind(
        {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": "forward"},
        {"pfs": {"time": "pfs", "event": "seen"}, "os": {"time": "os", "event": "died"}},
        {},
        TRANSITIONS,
        (0.04, 0.015, 0.05),
        (0.5, 0.0, 0.7),
        illness_death,
        PROGRESSED,
        progressed,
        state,
    ),
    "competing_causes": Kind(
        {"kind": "competing_causes", "endpoint": "failure", "cause": "cause"},
        {"failure": {"time": "time", "event": "event"}},
        {"cause": {"kind": "nominal", "levels": list(CAUSES)}},
        CAUSES,
        (0.02, 0.03),
        (0.7, 0.0),
        competing_causes,
        INCIDENCES,
        incidences,
        caused,
    ),
}
