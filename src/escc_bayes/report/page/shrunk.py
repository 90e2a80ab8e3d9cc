"""Rows of ``shrinkage.csv``: how far each column under a horseshoe is shrunk, and how many effects that leaves."""

from collections.abc import Iterable

import numpy as np

from escc_bayes.bayes.posterior.between import variance_parts
from escc_bayes.bayes.posterior.shrinkage import Shrunk, is_shrunk, shrunk_over
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.report.page.whose import Fitted, begun, ended, posteriors_of

KEPT, EFFECTS = "kept", "effective_effects"


def shrinkage_rows(posteriors: Iterable[Fitted], level: float) -> list[Row]:
    """Return the rows of posteriors with an effect under a horseshoe; none of others. Ensembles are pooled."""
    each = [(p, one) for p in posteriors if is_shrunk(p.plan) for one in shrunk_over(posteriors_of(p))]
    return [row for posterior, one in each for row in rows_of(posterior, one, level)]


def rows_of(posterior: Fitted, one: Shrunk, level: float) -> list[Row]:
    """Return the effective number of effects, then what is kept of each column."""
    rows = [row_of(posterior, level, one.effect, EFFECTS, one.effects, one.prior_effects)]
    for j, label in enumerate(one.labels):
        rows.append(row_of(posterior, level, label, KEPT, 1.0 - one.factors[:, j], 1.0 - one.prior_factors[:, j]))
    return rows


def row_of(posterior: Fitted, level: float, term: str, quantity: str, drawn: FloatArray, prior: FloatArray) -> Row:
    """Return median and limits of draws of the posterior, and of the prior."""
    shares = [(1.0 - level) / 2.0, 0.5, (1.0 + level) / 2.0]
    share = variance_parts(drawn.reshape(len(posteriors_of(posterior)), -1)).share
    (low, middle, high), (prior_low, prior_middle, prior_high) = np.quantile(drawn, shares), np.quantile(prior, shares)
    return {
        **begun(posterior),
        "term": term,
        "quantity": quantity,
        "mean": float(drawn.mean()),
        "median": float(middle),
        "lower": float(low),
        "upper": float(high),
        "level": level,
        "interval": "credible",
        "prior_mean": float(prior.mean()),
        "prior_median": float(prior_middle),
        "prior_lower": float(prior_low),
        "prior_upper": float(prior_high),
        **ended(posterior, share),
    }
