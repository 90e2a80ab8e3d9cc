"""Rows of ``cure.csv``, ``drift.csv`` and ``frailty.csv``, each beside its prior.

The share cured, the drift of other studies, how far centres lie apart.
"""

from collections.abc import Iterable

import numpy as np

from escc_bayes.bayes.posterior.between import variance_parts
from escc_bayes.bayes.posterior.cure_fraction import cure_over
from escc_bayes.bayes.posterior.drifts import drifts_over
from escc_bayes.bayes.posterior.frailty import Frailty, frailties
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.report.page.whose import Fitted, begun, ended, posteriors_of


def term_tables(posteriors: Iterable[Fitted], level: float) -> dict[str, list[Row]]:
    """Return ``cure``, ``drift`` and ``frailty``, each where a model has such a term. Ensembles are pooled."""
    kept = tuple(posteriors)
    found = {
        "cure": [row for posterior in kept for row in cure_rows(posterior, level)],
        "drift": [row for posterior in kept for row in drift_rows(posterior, level)],
        "frailty": [row for posterior in kept for row in frailty_rows(posterior, level)],
    }
    return {name: rows for name, rows in found.items() if rows}


def cure_rows(posterior: Fitted, level: float) -> list[Row]:
    """Return the row of ``cure.csv``: posterior beside prior; none of a model without a cure fraction."""
    found = cure_over(posteriors_of(posterior), level)
    if found is None:
        return []
    prior, prior_lower, prior_upper = found.prior
    return [
        {
            **begun(posterior),
            "quantity": "cure_fraction",
            "value": found.value,
            "lower": found.lower,
            "upper": found.upper,
            "level": level,
            "interval": "credible",
            "prior_median": prior,
            "prior_lower": prior_lower,
            "prior_upper": prior_upper,
            "data_share": found.data_share,
            "median_follow_up": found.median,
            "last_follow_up": found.last,
            "still_free": found.still_free,
            "told_apart": found.told_apart,
            **ended(posterior, found.share_between),
            "note": found.sentence(),
        }
    ]


def drift_rows(posterior: Fitted, level: float) -> list[Row]:
    """Return a row of ``drift.csv`` for each study whose hazards may drift from ours: posterior beside prior."""
    return [
        {
            **begun(posterior),
            "study": one.study,
            "quantity": "hazard_over_ours",
            "value": one.value,
            "lower": one.lower,
            "upper": one.upper,
            "level": level,
            "interval": "credible",
            "prior_median": one.prior[0],
            "prior_lower": one.prior[1],
            "prior_upper": one.prior[2],
            "data_share": one.data_share,
            **ended(posterior, one.share_between),
        }
        for one in drifts_over(posteriors_of(posterior), level)
    ]


def frailty_rows(posterior: Fitted, level: float) -> list[Row]:
    """Return the rows of ``frailty.csv``: the SD between levels beside its prior, then the hazard of each level."""
    return [row for one in frailties(posteriors_of(posterior)) for row in rows_of(posterior, one, level)]


def rows_of(posterior: Fitted, one: Frailty, level: float) -> list[Row]:
    """Return the rows of one random intercept."""

    def row(of: str, quantity: str, drawn: FloatArray, prior: FloatArray, share: float) -> Row:
        tail = (1.0 - level) / 2.0
        lower, value, upper = np.quantile(drawn, [tail, 0.5, 1.0 - tail]).tolist()
        known = np.quantile(prior, [0.5, tail, 1.0 - tail]) if prior.size else np.full(3, np.nan)
        return {
            **begun(posterior),
            "term": one.term,
            "transition": one.transition,
            "distribution": "gamma" if one.gamma else "normal",
            "quantity": quantity,
            "group": of,
            "value": value,
            "lower": lower,
            "upper": upper,
            "level": level,
            "interval": "credible",
            **dict(zip(("prior_median", "prior_lower", "prior_upper"), known.tolist(), strict=True)),
            **ended(posterior, share),
            **({"n": counts[0], "events": counts[1]} if (counts := behind(posterior, one, of)) else {}),
        }

    between = row("", "sd", one.sd.ravel(), one.prior_sd, variance_parts(one.sd).share)
    each = zip(one.labels, one.factors, one.shares, strict=True)
    return [between, *(row(of, "hazard_factor", drawn, np.zeros(0), share) for of, drawn, share in each)]


def behind(posterior: Fitted, one: Frailty, group: str) -> tuple[int, int] | None:
    """Return patients and events of a level, the members' means; None of all levels together."""
    if not group:
        return None
    held = [of_group(m.plan.rows, one.term, group, transition=one.transition) for m in posteriors_of(posterior)]
    return round(float(np.mean([h.n for h in held]))), round(float(np.mean([h.events for h in held])))
