"""Rows of ``endpoint_correlation.csv``: how the hazard ratios of two endpoints, fitted together, go together."""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from escc_bayes.bayes.posterior.endpoint_correlation import Together, together_over
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.estimand.tables import Row
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import probability
from escc_bayes.report.page.whose import Fitted, posteriors_of

ESTIMATES, EFFECTS, RATIO = "estimates", "effects", "ratio_of_hazard_ratios"
BELOW, ABOVE = "prob_both_below_1", "prob_both_above_1"
ONE = "one coefficient for both endpoints"

type Numbers = tuple[float, float, float]


def endpoint_tables(posteriors: Iterable[Fitted], level: float) -> dict[str, list[Row]]:
    """Return ``endpoint_correlation``; nothing without a model of several endpoints. Ensembles are pooled."""
    rows = [
        row
        for posterior in posteriors
        for one in together_over(posteriors_of(posterior))
        for row in of_one(posterior, one, level)
    ]
    return {"endpoint_correlation": rows} if rows else {}


def of_one(posterior: Fitted, one: Together, level: float) -> list[Row]:
    """Return how two estimates go together, how far apart they lie, both below 1, and how the effects go together."""
    nothing: Numbers = (np.nan, np.nan, np.nan)

    def row(quantity: str, numbers: Numbers, prior: Numbers = nothing, note: str = "") -> Row:
        return {
            "endpoint": one.asked.transition,
            "other": one.other,
            "model": posterior.plan.spec.name,
            "method": posterior.method,
            "term": one.asked.term,
            "contrast": contrast_words(one.asked),
            "quantity": quantity,
            **dict(zip(("value", "lower", "upper"), numbers, strict=True)),
            "level": level,
            "interval": "" if np.isnan(numbers[1]) else "credible",
            **dict(zip(("prior_median", "prior_lower", "prior_upper"), prior, strict=True)),
            **counts(posterior, one),
            "provenance": posterior.record.provenance,
            "clock": posterior.plan.rows.clock,
            "note": note,
        }

    found = [row(ESTIMATES, (one.estimates, np.nan, np.nan), note=ONE if one.one_for_both else "")]
    if not one.one_for_both:
        found.append(row(RATIO, of_logs(one.difference, level)))
        for side, (first, second, both) in ((BELOW, one.below_one), (ABOVE, one.above_one)):
            note = f"of each alone: {probability(first)} and {probability(second)}"
            found.append(row(side, (both, np.nan, np.nan), note=note))
    if one.effects.size:
        found.append(row(EFFECTS, limits(one.effects, level), limits(one.prior_effects, level)))
    return found


def counts(posterior: Fitted, one: Together) -> Mapping[str, int]:
    """Return patients, and the events of both endpoints; of an ensemble their means."""
    members = [member.plan.rows for member in posteriors_of(posterior)]

    def events(endpoint: str) -> int:
        return round(float(np.mean([rows.in_transition(endpoint).events for rows in members])))

    n = round(float(np.mean([rows.n for rows in members])))
    return {"n": n, "events": events(one.asked.transition), "events_other": events(one.other)}


def limits(drawn: FloatArray, level: float) -> Numbers:
    """Return median, lower and upper limit of draws."""
    tail = (1.0 - level) / 2.0
    value, lower, upper = np.quantile(drawn, [0.5, tail, 1.0 - tail]).tolist()
    return value, lower, upper


def of_logs(drawn: FloatArray, level: float) -> Numbers:
    """Return median, lower and upper limit of a ratio from draws of its logarithm."""
    value, lower, upper = (math.exp(one) for one in limits(drawn, level))
    return value, lower, upper
