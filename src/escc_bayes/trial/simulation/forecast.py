"""When the final look comes, and how patients and events add up until then, over the completions of a running trial."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.looks.patients import Patients
from escc_bayes.trial.looks.snapshot import look_months

POINTS = 49
# The fans reach to where nearly all completions have ended.
REACH = 0.975


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """Median and pointwise limits (g,) of a count or a share over ``months`` (g,)."""

    months: FloatArray
    median: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What the completions become.

    Attributes
    ----------
    final_months : (completions,) calendar month of the final look.
    reached : share of them that reach the final number of events; 1 where the look does not wait for events.
    last_entry : (completions,) month of the last entry.
    events, entries : calendar time from the look on.
    """

    final_months: FloatArray
    reached: float
    last_entry: FloatArray
    events: Fan
    entries: Fan


def forecast_of(design: TrialDesign, month: float, ended: Patients, level: float) -> Forecast:
    """Return the forecast from completions seen at calendar ``month``."""
    look = design.looks[-1]
    # A trial that already has all that the look waits for, or whose database is behind, is looked at now.
    final = np.maximum(look_months(ended, (look,), design.lag)[0], month) + design.lag
    there = np.isfinite(ended.calendar).sum(axis=1) >= (look.awaited or 0)
    last = ended.entry.max(axis=1)
    return Forecast(
        final_months=final,
        reached=float(np.mean(there)),
        last_entry=last,
        events=count_fan(ended.calendar, ahead(month, final), level),
        entries=count_fan(ended.entry, ahead(month, last), level),
    )


def ahead(month: float, ends: FloatArray) -> FloatArray:
    """Return months from ``month`` to where nearly all ``ends`` have come."""
    return np.linspace(month, max(float(np.quantile(ends, REACH)), month), POINTS)


def count_fan(at: FloatArray, months: FloatArray, level: float) -> Fan:
    """Return how many of ``at`` (n, m) lie at or before each of ``months``."""
    counts = np.stack([np.count_nonzero(at <= month, axis=1) for month in months], axis=1)
    return fan(counts, months, level)


def fan(values: FloatArray, months: FloatArray, level: float) -> Fan:
    """Return median and limits of ``values`` (n, g) over ``months`` (g,)."""
    tail = (1.0 - level) / 2.0
    lower, median, upper = np.quantile(values, [tail, 0.5, 1.0 - tail], axis=0)
    return Fan(months, median, lower, upper)
