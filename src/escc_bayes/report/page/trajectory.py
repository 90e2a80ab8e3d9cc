"""Rows of ``trajectory.csv``: means of a marker by month, how patients differ, the error of a measurement."""

from collections.abc import Iterable

import numpy as np

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.trajectory import Described, described
from escc_bayes.estimand.tables import Row


def trajectory_rows(posteriors: Iterable[Posterior], level: float) -> list[Row]:
    """Return the rows of posteriors with a trajectory; none of others."""
    return [row_of(posterior, one, level) for posterior in posteriors for one in described(posterior)]


def row_of(posterior: Posterior, one: Described, level: float) -> Row:
    """Return median and limits of one quantity."""
    rows, course = posterior.plan.rows, posterior.plan.course
    assert course is not None
    low, middle, high = np.quantile(one.drawn, [(1.0 - level) / 2.0, 0.5, (1.0 + level) / 2.0]).tolist()
    return {
        "endpoint": rows.endpoint,
        "model": posterior.plan.spec.name,
        "method": posterior.method,
        "term": course.name,
        "quantity": one.quantity,
        "time": one.month,
        "value": middle,
        "lower": low,
        "upper": high,
        "level": level,
        "interval": "credible",
        "measured": one.measured,
        "n": rows.n,
        "events": rows.events,
        "provenance": posterior.record.provenance,
        "clock": rows.clock,
        "verdict": posterior.verdict,
    }
