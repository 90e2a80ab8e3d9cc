"""Rows of ``time_zero.csv`` and ``clones.csv``."""

from collections.abc import Sequence

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.time_zero.answers import Answer
from escc_bayes.time_zero.emulation import INTERVALS, QUANTITIES, Emulation
from escc_bayes.time_zero.request import Request


def time_zero_rows(answers: Sequence[Answer], endpoint: str, provenance: str) -> list[Row]:
    """Return ``time_zero.csv``: one row for each analysis, landmark, contrast and method."""
    return [
        {
            "endpoint": endpoint,
            "term": one.term,
            **hazard_ratio_of(one),
            "rows": one.rows,
            "grace": one.grace,
            "model": one.model,
            "clock": one.clock,
            "assumes": one.assumes,
            "provenance": provenance,
            "verdict": one.verdict,
            "note": one.note,
        }
        for one in answers
    ]


def hazard_ratio_of(one: Answer) -> Row:
    """Return the hazard ratio of one analysis with its limits and its patients, and which analysis it is."""
    return {
        "contrast": one.contrast,
        "analysis": one.analysis,
        "landmark": one.landmark,
        "method": one.method,
        "hr": one.hr,
        "lower": one.lower,
        "upper": one.upper,
        "level": one.level,
        "interval": one.interval,
        "n": one.n,
        "events": one.events,
        "dropped": one.dropped,
    }


def clone_rows(found: Sequence[Emulation], covariate: CovariateSchema, asked: Request, provenance: str) -> list[Row]:
    """Return ``clones.csv``: risks and restricted means of both strategies, and their differences.

    Of several reconstructions at the months that all have: means of the estimates, limits over all draws together.
    """
    if not found:
        return []
    never, ever = covariate.levels
    arms = (f"{never} throughout", f"{ever} by {counted(asked.grace or 0.0, 'month')}")
    months = sorted(set.intersection(*(set(one.times.tolist()) for one in found)))
    n = round(float(np.median([one.clones.patients.time.size for one in found])))
    events = {arm: round(float(np.median([one.clones.died[k].sum() for one in found]))) for k, arm in enumerate(arms)}
    whole = round(float(np.median([one.clones.patients.event.sum() for one in found])))
    rows: list[Row] = []
    for place, quantity in enumerate(QUANTITIES):
        for month in months:
            at = [one.times.tolist().index(month) for one in found]
            value = np.mean([one.curves[place, :, k] for one, k in zip(found, at, strict=True)], axis=0)
            for method, interval in INTERVALS.items():
                drawn = np.concatenate(
                    [one.curve_draws[method][:, place, :, k] for one, k in zip(found, at, strict=True)]
                )
                for group, estimate, values in parts(arms, value, drawn):
                    lower, upper = np.quantile(values, [0.5 - asked.level / 2.0, 0.5 + asked.level / 2.0])
                    rows.append(
                        {
                            "endpoint": asked.endpoint,
                            "term": covariate.name,
                            "grace": asked.grace,
                            "quantity": quantity if group in arms else f"{quantity}_difference",
                            "group": group,
                            "time": month,
                            "method": method,
                            "value": estimate,
                            "lower": float(lower),
                            "upper": float(upper),
                            "level": asked.level,
                            "interval": interval,
                            "n": n,
                            "events": events.get(group, whole),
                            "provenance": provenance,
                        }
                    )
    return rows


def parts(arms: tuple[str, str], value: FloatArray, drawn: FloatArray) -> list[tuple[str, float, FloatArray]]:
    """Return both strategies, and the second less the first: name, estimate, draws."""
    never, ever = arms
    return [
        (never, float(value[0]), drawn[:, 0]),
        (ever, float(value[1]), drawn[:, 1]),
        (f"{ever} minus {never}", float(value[1] - value[0]), drawn[:, 1] - drawn[:, 0]),
    ]
