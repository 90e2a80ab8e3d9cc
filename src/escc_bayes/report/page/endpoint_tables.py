"""Tables of models of several endpoints: how the hazard ratios of two of them go together."""

from collections.abc import Iterable

import numpy as np

from escc_bayes.bayes.posterior.endpoint_correlation import Together, going_together
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.estimand.tables import Row


def endpoint_tables(posteriors: Iterable[Posterior], level: float) -> dict[str, list[Row]]:
    """Return ``endpoint_correlation``; nothing without a model of several endpoints."""
    rows = [
        row for posterior in posteriors for one in going_together(posterior) for row in of_one(posterior, one, level)
    ]
    return {"endpoint_correlation": rows} if rows else {}


def of_one(posterior: Posterior, one: Together, level: float) -> list[Row]:
    """Return the correlation of two estimates, and that of the effects where the model states one."""
    rows = posterior.plan.rows

    def row(quantity: str, value: float, lower: float, upper: float, note: str) -> Row:
        return {
            "endpoint": one.asked.transition,
            "other": one.other,
            "model": posterior.plan.spec.name,
            "method": posterior.method,
            "term": one.asked.term,
            "contrast": contrast_words(one.asked),
            "quantity": quantity,
            "value": value,
            "lower": lower,
            "upper": upper,
            "level": level,
            "n": rows.n,
            "provenance": posterior.record.provenance,
            "clock": rows.clock,
            "note": note,
        }

    tail = (1.0 - level) / 2.0
    same = "one coefficient for both endpoints" if np.isnan(one.estimates) else ""
    found = [row("estimates", one.estimates, np.nan, np.nan, same)]
    if one.effects.size:
        middle, low, high = np.quantile(one.effects, [0.5, tail, 1.0 - tail]).tolist()
        found.append(row("effects", middle, low, high, ""))
    return found
