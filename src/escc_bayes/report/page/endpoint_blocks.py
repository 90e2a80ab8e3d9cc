"""What a page says of two endpoints fitted together: how to read hazard ratios that are of the same patients."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby

from escc_bayes.estimand.tables import Row
from escc_bayes.plots.words import NOTHING, probability, ratio, with_limits
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.endpoint_tables import ABOVE, BELOW, EFFECTS, ESTIMATES, RATIO, endpoint_tables
from escc_bayes.report.page.outcomes import Outcome
from escc_bayes.report.page.view import Block, Table
from escc_bayes.report.page.whose import Fitted

TITLE = "Two endpoints of the same patients"


def endpoint_blocks(
    outcome: Outcome, pooled: Mapping[str, Fitted], labels: Mapping[str, str], level: float
) -> tuple[Block, ...]:
    """Return a block for each model of several endpoints; of an ensemble by the posteriors over all of it."""
    marginal = [p for p in outcome.posteriors if p.plan.rows.marginal]
    return tuple(block for p in marginal for block in of_model(pooled.get(p.plan.spec.name, p), outcome, labels, level))


def of_model(posterior: Fitted, outcome: Outcome, labels: Mapping[str, str], level: float) -> Sequence[Block]:
    """Return the block of one model; nothing where no effect stands on two endpoints."""
    rows = endpoint_tables([posterior], level).get("endpoint_correlation", [])
    if not rows:
        return ()
    contrasts = [list(found) for _, found in groupby(rows, key=key_of)]
    name = posterior.plan.spec.name
    caption = f"{TITLE}: {outcome.key}; model {name}; {rows[0]['n']} patients"
    head = (
        *("Contrast", "Correlation of the two log HRs", "HR of the first over HR of the second"),
        *("P(both on one side of 1 | data)", "Correlation of effects", "its prior"),
    )
    table = Table(
        provenance_first(posterior.record.provenance, caption),
        head,
        tuple(cells(found, labels) for found in contrasts),
        f"Posterior medians with {100 * level:g} % credible intervals. The correlation of two estimates is a property "
        "of the posterior and has no interval; that of effects is how alike the model takes them to be on the two "
        "endpoints before the data, learned from their distance.",
    )
    return (Block(f"{TITLE}: {outcome.title}, model {name}", sentences(rows, contrasts, labels), (table,)),)


def key_of(row: Row) -> tuple[object, ...]:
    """Return which pair of hazard ratios a row is of."""
    return row["term"], row["contrast"], row["endpoint"], row["other"]


def cells(found: Sequence[Row], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return the line of one contrast."""
    by = {row["quantity"]: row for row in found}
    first = found[0]
    correlation = value(by[ESTIMATES])
    return (
        f"{topic(first, labels)}: {first['endpoint']} and {first['other']}",
        "one HR for both" if math.isnan(correlation) else f"{correlation:.2f}",
        limited(by[RATIO]) if RATIO in by else NOTHING,
        chance(by) if BELOW in by else NOTHING,
        limited(by[EFFECTS]) if EFFECTS in by else NOTHING,
        limited(by[EFFECTS], ("prior_median", "prior_lower", "prior_upper")) if EFFECTS in by else NOTHING,
    )


def sentences(rows: Sequence[Row], contrasts: Sequence[Sequence[Row]], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Say what is common to all contrasts, then whether the two hazard ratios of each differ."""
    first = rows[0]
    whose = (
        f"{first['endpoint']} ({first['events']} events) and {first['other']} ({first['events_other']} events) are of "
        f"the same {first['n']} patients, and share events: their hazard ratios rise and fall together. A second one "
        "that agrees is no second confirmation. Whether an effect differs between the endpoints is read from the ratio "
        "of the two, not from whether their intervals overlap."
    )
    return (whose, *(differing(found, labels) for found in contrasts))


def differing(found: Sequence[Row], labels: Mapping[str, str]) -> str:
    """Say the correlation of two estimates, and how far apart they lie."""
    by, first = {row["quantity"]: row for row in found}, found[0]
    whose = topic(first, labels)
    if RATIO not in by:
        return f"{whose}: one coefficient for {first['endpoint']} and {first['other']}."
    apart = by[RATIO]
    within = float(str(apart["lower"])) <= 1.0 <= float(str(apart["upper"]))
    side, both, alone = likelier(by)
    words = "the data do not tell them apart" if within else "they differ"
    return (
        f"{whose}: HR {first['endpoint']} over HR {first['other']} is {limited(apart)}: {words}; correlation of the "
        f"two log hazard ratios {value(by[ESTIMATES]):.2f}; P(both HR {side} 1 | data) {both} ({alone})."
    )


def chance(by: Mapping[object, Row]) -> str:
    """Print how likely both hazard ratios lie on one side of 1."""
    side, both, _ = likelier(by)
    return f"{side} 1: {both}"


def likelier(by: Mapping[object, Row]) -> tuple[str, str, str]:
    """Return on which side of 1 both hazard ratios rather lie, how likely that is, and each alone."""
    side, row = max(((words, by[name]) for words, name in (("<", BELOW), (">", ABOVE))), key=lambda one: value(one[1]))
    return side, probability(value(row)), str(row["note"])


def topic(row: Row, labels: Mapping[str, str]) -> str:
    """Name a contrast."""
    return f"{labels.get(str(row['term']), str(row['term']))}, {row['contrast']}"


def value(row: Row) -> float:
    """Return the number of a row."""
    return float(str(row["value"]))


def limited(row: Row, names: tuple[str, str, str] = ("value", "lower", "upper")) -> str:
    """Print a number of a row with its limits."""
    middle, lower, upper = (ratio(float(str(row[name]))) for name in names)
    return with_limits(middle, lower, upper)
