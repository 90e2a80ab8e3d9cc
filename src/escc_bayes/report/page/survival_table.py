"""Survival of every group in one table: Kaplan-Meier beside the headline posterior, month by month, and the medians."""

import math
from collections.abc import Sequence
from itertools import groupby

from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.sentence import counted
from escc_bayes.plots.words import NOTHING, estimate_words, interval_words, with_limits
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.outcomes import Outcome, term_labels
from escc_bayes.report.page.tables import COUNTS, EVERYONE, counts_words, mark
from escc_bayes.report.page.view import Table


def headline_survival(outcome: Outcome, cohort: Cohort) -> Table | None:
    """Return a row for each group: survival at each month and the median, observed and by the headline model.

    None where no survival was asked for.
    """
    name = outcome.posteriors[0].plan.spec.name
    asked = [e for e in of_groups(outcome) if e.method == "km" or (e.model == name and e.interval_kind == "credible")]
    if not asked:
        return None
    labels = term_labels(cohort)
    columns = sorted({(e.estimand == "median", e.time if e.estimand == "survival" else 0.0) for e in asked})
    rows: list[tuple[str, ...]] = []
    for term, of_term in groupby(in_order(asked), key=lambda e: e.term):
        if term:
            rows.append((labels.get(term, term),))
        for group, block in groupby(of_term, key=lambda e: e.contrast):
            held = list(block)
            rows.append((group or EVERYONE, counts_words(held[0]), *cells(held, columns)))
    kinds = "; ".join(dict.fromkeys(f"{method_of(e)}: {interval_words(e)}s" for e in asked))
    words = (
        f"{outcome.title}: survival and medians, Kaplan-Meier and model {name}; {outcome.key}; patients of the group"
    )
    beyond = " †: extrapolated beyond the follow-up of the group." if any(map(mark, asked)) else ""
    right = outcome.posteriors[0].plan.rows.right_end_words()
    kinds = f"{kinds}. {right}" if right else kinds
    note = f"{kinds}. Restricted means, and survival of everyone set to a group, stand in comparison.csv.{beyond}"
    return Table(provenance_first(cohort.provenance, words), ("Group", COUNTS, *heads(columns)), tuple(rows), note)


def of_groups(outcome: Outcome) -> list[Estimate]:
    """Return survival and medians of the patients of each group as they are."""
    found = (*outcome.comparison.of("survival"), *outcome.comparison.of("median"))
    return [e for e in found if e.population == "group"]


def in_order(found: Sequence[Estimate]) -> list[Estimate]:
    """Return estimates group by group, in the order in which the groups were first asked for."""
    places = {key: place for place, key in enumerate(dict.fromkeys((e.term, e.contrast) for e in found))}
    return sorted(found, key=lambda e: places[e.term, e.contrast])


def cells(block: Sequence[Estimate], columns: Sequence[tuple[bool, float]]) -> list[str]:
    """Return the cells of a group: of each column Kaplan-Meier, then the model."""
    held = {(e.estimand == "median", 0.0 if e.estimand == "median" else e.time, e.method == "km"): e for e in block}
    found = ((held.get((*column, observed))) for column in columns for observed in (True, False))
    return ["" if e is None else short(e) for e in found]


def short(e: Estimate) -> str:
    """Return survival in whole per cent, the unit of its column; a median as everywhere."""
    if e.estimand == "median" or math.isnan(e.value):
        return estimate_words(e) + mark(e)
    value, lower, upper = (NOTHING if math.isnan(x) else f"{100.0 * x:.0f}" for x in (e.value, e.lower, e.upper))
    return with_limits(value, lower, upper) + mark(e)


def heads(columns: Sequence[tuple[bool, float]]) -> list[str]:
    """Return the words over the columns."""
    what = ["median, months" if median else f"{counted(time, 'month')}, %" for median, time in columns]
    return [f"{who}, {words}" for words in what for who in ("KM", "Model")]


def method_of(e: Estimate) -> str:
    """Name the method of a column."""
    return "KM" if e.method == "km" else "Model"
