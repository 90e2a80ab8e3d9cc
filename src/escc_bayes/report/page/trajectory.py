"""Rows of ``trajectory.csv``: means of a marker by month, how patients differ, the error of a measurement."""

from collections.abc import Iterable

import numpy as np

from escc_bayes.bayes.posterior.trajectory import Described, described_over
from escc_bayes.estimand.tables import Row
from escc_bayes.report.page.whose import Fitted, begun, ended, posteriors_of


def trajectory_rows(posteriors: Iterable[Fitted], level: float) -> list[Row]:
    """Return the rows of posteriors with a trajectory; none of others. Ensembles are pooled."""
    return [
        row_of(posterior, one, level) for posterior in posteriors for one in described_over(posteriors_of(posterior))
    ]


def row_of(posterior: Fitted, one: Described, level: float) -> Row:
    """Return median and limits of one quantity."""
    course = posterior.plan.course
    assert course is not None
    low, middle, high = np.quantile(one.drawn, [(1.0 - level) / 2.0, 0.5, (1.0 + level) / 2.0]).tolist()
    return {
        **begun(posterior),
        "term": course.name,
        "quantity": one.quantity,
        "time": one.month,
        "value": middle,
        "lower": low,
        "upper": high,
        "level": level,
        "interval": "credible",
        "measured": one.measured,
        **ended(posterior, one.share_between),
    }
