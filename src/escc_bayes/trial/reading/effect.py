"""Read ``[effect]``: hazard ratios, or the treatment's median or survival, from which they follow.

S1(t) = S0(t)^r, so r = log 2 / H0(median), or, between landmarks, the gain of -log S1 over that of H0.
"""

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from escc_bayes.foundation import checks
from escc_bayes.foundation.sentence import counted
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.reading.truth import landmarks_from, pieces_from
from escc_bayes.trial.truth.data_generating import ControlHazard, Effect
from escc_bayes.trial.truth.stratum import Stratum

FORMS = ("hr", "median", "survival")
# Gain of a cumulative hazard below which no hazard ratio can be read off survival.
LEAST_GAIN = 1e-9


def effect_from(
    raw: Mapping[str, object], at: str, control: ControlHazard, strata: tuple[Stratum, ...]
) -> tuple[Effect, str]:
    """Read the effect, and of which treatment it is the hazard ratio where its survival is stated instead."""
    checks.refuse_unknown_keys(raw, (*FORMS, "cuts"), at)
    stated = [key for key in FORMS if key in raw]
    if len(stated) != 1:
        raise DesignError(
            f"{at}: 'hr' is missing; write hr = 0.70, hr = [1.0, 0.6] with cuts = [3.0], or the treatment's "
            'median = 19.6 or survival = { "24" = 0.5 }'
            if not stated
            else f"{at}: state one of {', '.join(FORMS)}, was given {stated}"
        )
    if "cuts" in raw and stated != ["hr"]:
        raise DesignError(f"{at}: 'cuts' belong to 'hr', not to '{stated[0]}'; remove them")
    effect, origin = form_from(raw, stated[0], at, control)
    return with_strata(effect, strata, at), origin


def form_from(raw: Mapping[str, object], key: str, at: str, control: ControlHazard) -> tuple[Effect, str]:
    """Read one of the forms."""
    if key == "hr":
        return Effect(*pieces_from(raw, "hr", at)), ""
    average = " at the average control hazard" if control.draws > 1 else ""
    if key == "median":
        median = checks.number(raw["median"], f"{at}, median", above=0.0)
        return Effect(
            (math.log(2.0) / gained(control, 0.0, median, at),)
        ), f"that of a median of {counted(median, 'month')}{average}"
    points = landmarks_from(checks.table(raw["survival"], f"{at}, survival"), f"{at}, survival")
    ratios = [math.log(s0 / s1) / gained(control, t0, t1, at) for (t0, s0), (t1, s1) in pairwise(points)]
    said = ", ".join(f"{share:g} at {counted(month, 'month')}" for month, share in points[1:])
    cuts = tuple(month for month, _ in points[1:-1])
    return Effect(tuple(ratios), cuts), f"that of a survival of {said}{average}"


def gained(control: ControlHazard, start: float, stop: float, at: str) -> float:
    """Return what the control's cumulative hazard gains between two months."""
    low, high = (float(control.cumulative(np.array([month]))[0]) for month in (start, stop))
    if high - low < LEAST_GAIN:
        raise DesignError(
            f"{at}: by the stated control hazard nobody has the event between month {start:g} and {stop:g}, so no "
            "hazard ratio follows from survival there; state hr"
        )
    return high - low


def with_strata(effect: Effect, strata: tuple[Stratum, ...], at: str) -> Effect:
    """Return the effect with the hazard ratio of every stratum, where one of them has its own."""
    if all(stratum.hr is None for stratum in strata):
        return effect
    if len(effect.hr) > 1:
        raise DesignError(
            f"{at}: the effect changes with time, and a stratum has a hazard ratio of its own; state one hr, or remove "
            "that of the stratum"
        )
    return Effect(effect.hr, by_stratum=tuple(effect.hr[0] if of.hr is None else of.hr for of in strata))
