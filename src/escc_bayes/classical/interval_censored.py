"""Turnbull's estimate of a group: survival of events between two months, without a model.

It has no standard errors of its own, and none are printed. docs/methods/interval_censoring.md.
"""

import numpy as np

from escc_bayes.classical.baseline_rows import EVERYONE, group_columns, origin, term_groups
from escc_bayes.classical.curves import members
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.turnbull import Turnbull, turnbull
from escc_bayes.spec.rows import AnalysisRows


def group_turnbull(rows: AnalysisRows, term: str, group: str) -> Turnbull | None:
    """Return the estimate of a group, or of all for no term; None where patients enter late.

    With late entries the maximum is not unique, and can be far from survival: Pan & Chappell 1998, Lifetime Data Anal
    4:187.
    """
    if rows.delayed:
        return None
    inside = members(rows, term, group)
    return turnbull(rows.last_free[inside], np.where(rows.event > 0.0, rows.time, np.inf)[inside])


def turnbull_rows(rows: AnalysisRows, terms: tuple[str, ...]) -> list[Row]:
    """Return rows of ``turnbull.csv``: each span that holds mass, for all and for every group of the covariates."""
    found: list[Row] = []
    for term in ("", *terms):
        for group, label in term_groups(rows, term):
            curve = group_turnbull(rows, term, group)
            if curve is None:
                return []
            found += [
                {
                    "endpoint": rows.endpoint,
                    "term": term,
                    "group": label if term else EVERYONE,
                    "start": float(start),
                    "stop": float(stop),
                    "probability": float(mass),
                    "survival": float(after),
                    **group_columns(rows, term, group),
                    **origin(rows, "no limits: the estimate has no standard error of its own"),
                }
                for start, stop, mass, after in zip(curve.start, curve.stop, curve.mass, curve.after, strict=True)
            ]
    return found
