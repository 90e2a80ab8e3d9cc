"""The chapter that says what each hazard ratio rests on, and what would overturn it, as far as formulas know.

A row for each contrast of an outcome's first model: information of the posterior, and reverse-Bayes and E-values of
multivariable Cox, which knows no prior. Sentences are made of a row alone.
"""

import math
from collections.abc import Iterator, Sequence

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.sentence import about
from escc_bayes.plots.words import ratio
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page import answers
from escc_bayes.report.page.behind import by_contrast, groups, share
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, term_labels
from escc_bayes.report.page.view import Block, Section, Table
from escc_bayes.sensitivity.information import BASELINE, said
from escc_bayes.sensitivity.part import Row, number
from escc_bayes.sensitivity.published_ratio import PublishedRatio
from escc_bayes.sensitivity.reverse_table import reverse_row

NAME, TITLE = "sensitivity", "What each hazard ratio rests on, and what would overturn it"
CONVINCED = 0.95
FORMULAS = ("scepticism_limit", "intrinsic_p", "e_value", "e_value_limit")
HEAD = (
    *("Hazard ratio", "Patients", "Events", "Posterior HR", "Data in its precision", "Prior worth, events", "Cox HR"),
    *("Scepticism limit", "Intrinsic P", "E-value (of the interval)", "Beware"),
)
NOTE = (
    "Data in its precision: the likelihood's share of the precision of the log hazard ratio; the prior's is the rest. "
    "Of the Cox estimate: a sceptic whose prior interval runs from 1 / the scepticism limit to the limit, or within, "
    "is not convinced; intrinsic P: of Held; E-value: the risk ratios that a confounder must have with group and "
    "outcome to explain the estimate away."
)


def sensitivity_section(bundle: Bundle, found: Sequence[Outcome]) -> Section:
    """Return conclusions in sentences, and the table they are made of; empty where no model has information."""
    blocks: list[Block] = []
    for outcome in found:
        rows = chapter_rows(outcome, bundle)
        if rows:
            told = (*conclusions(rows), *baseline(outcome, bundle), *origin(outcome, bundle))
            blocks.append(Block(f"{outcome.title}: {outcome.key}", told))
            blocks.append(Block(f"Every hazard ratio: {outcome.title}", (), (chapter_table(outcome, bundle, rows),)))
    intro = (
        "The first model of each outcome; what would overturn an answer is of the Cox estimate beside it, by formula. "
        "For refits under hundreds of other priors and analyses, patients whose removal overturns an answer, checks of "
        "fit and operating characteristics: escc-bayes sensitivity, with --cohort, --schema and --model as here."
    )
    methods = ("information", "reverse_bayes", "confounding")
    return Section(NAME, TITLE, intro if blocks else "", tuple(blocks), "Sensitivity", methods)


def chapter_rows(outcome: Outcome, bundle: Bundle) -> list[Row]:
    """Return a row for each contrast of an outcome's first model."""
    labels, estimates = term_labels(bundle.cohort), answers.by_contrast(outcome, bundle)
    behind = by_contrast(bundle.information.get(outcome.posteriors[0].plan.spec.name, ()))
    rows: list[Row] = []
    for (term, contrast), row in behind.items():
        three = estimates.get((term, contrast), {})
        if "posterior" in three:
            cells = estimate_cells("", three["posterior"]) | {"prob_gt_1": three["posterior"].prob_gt_1}
            cox = cox_cells(three.get("cox"))
            rows.append({**row, "label": labels.get(term, term), **cells, **cox, "level": three["posterior"].level})
    return rows


def estimate_cells(head: str, e: Estimate) -> dict[str, object]:
    """Return a hazard ratio with its limits under names that begin with ``head``."""
    return {f"{head}hr": e.value, f"{head}lower": e.lower, f"{head}upper": e.upper}


def cox_cells(e: Estimate | None) -> dict[str, object]:
    """Return the Cox estimate, and by formula what would overturn it; NaN where there is none."""
    if e is None or math.isnan(e.lower) or math.isnan(e.upper):
        return dict.fromkeys(("cox_hr", "cox_lower", "cox_upper", *FORMULAS), math.nan)
    found = reverse_row(PublishedRatio(e.value, e.lower, e.upper, e.level))
    return estimate_cells("cox_", e) | {name: found[name] for name in FORMULAS}


def conclusions(rows: Sequence[Row]) -> tuple[str, ...]:
    """Say each hazard ratio that lies on one side of 1 with probability 0.95, or that none does."""
    reached = tuple(
        sentence(row) for row in rows if max(number(row, "prob_gt_1"), 1 - number(row, "prob_gt_1")) >= CONVINCED
    )
    return reached or (f"No hazard ratio lies on one side of 1 with probability {CONVINCED:g}.",)


def sentence(row: Row) -> str:
    """Return what a row says: the answer, data and prior, and what would overturn it."""
    parts = (
        f"{row['label']}, {row['contrast']}: HR {limits(row, '')}.",
        f"Behind it stand {groups(row, 'events')} events in {groups(row, 'patients')} patients; {share(row)} of its "
        f"precision is data, the prior is worth {about(number(row, 'prior_events'), 'event')}.",
        overturned(row),
        f"Beware: {row['warning']}." if row["warning"] else "",
    )
    return " ".join(part for part in parts if part)


def limits(row: Row, head: str) -> str:
    """Return a hazard ratio of a row with its interval and level."""
    hr, low, high = (number(row, f"{head}{name}") for name in ("hr", "lower", "upper"))
    kind = "confidence" if head else "credible"
    return f"{ratio(hr)} ({100 * number(row, 'level'):g} % {kind} interval {ratio(low)} to {ratio(high)})"


def overturned(row: Row) -> str:
    """Say what would take the Cox estimate away."""
    if math.isnan(number(row, "cox_hr")):
        return "The data alone have no finite estimate."
    alone = f"The data alone, by Cox, say {limits(row, 'cox_')}"
    limit = number(row, "scepticism_limit")
    if math.isnan(limit):
        return f"{alone}, which holds 1: no conclusion that doubt could take away."
    doubt = f"a sceptic who puts {100 * number(row, 'level'):g} % on hazard ratios from {1 / limit:.2f} to {limit:.2f}"
    confounder = f"a confounder with risk ratios of {number(row, 'e_value_limit'):.2f} with group and outcome"
    held = f"P for intrinsic credibility {number(row, 'intrinsic_p'):.3f}"
    return f"{alone}; {doubt} is not convinced, {confounder} takes the interval to 1 ({held})."


def baseline(outcome: Outcome, bundle: Bundle) -> Iterator[str]:
    """Yield what the prior on the baseline is worth."""
    rows = bundle.information.get(outcome.posteriors[0].plan.spec.name, ())
    yield from (said(row) for row in rows if row["term"] == BASELINE)


def origin(outcome: Outcome, bundle: Bundle) -> Iterator[str]:
    """Yield which numbers are of which cohort, where the cohort is one of several reconstructions."""
    held = bundle.reconstructions
    if held is not None and outcome.posteriors[0].plan.spec.name in held.pooled:
        every = len(held.ensemble)
        yield f"HR and credible interval: over all {every} reconstructions; all other numbers: of the first."


def chapter_table(outcome: Outcome, bundle: Bundle, rows: Sequence[Row]) -> Table:
    """Return every row as printed."""
    words = f"{outcome.title}: what stands behind each hazard ratio; {outcome.key}"
    return Table(
        provenance_first(bundle.cohort.provenance, words), HEAD, tuple(cells(row) for row in rows), NOTE, folded=True
    )


def cells(row: Row) -> tuple[str, ...]:
    """Return a row of the table."""
    e_values = [printed(row, name) for name in ("e_value", "e_value_limit")]
    return (
        f"{row['label']}: {row['contrast']}",
        groups(row, "patients"),
        groups(row, "events"),
        ratio(number(row, "hr")),
        share(row),
        f"{number(row, 'prior_events'):.3g}",
        ratio(number(row, "cox_hr")) if not math.isnan(number(row, "cox_hr")) else "no finite estimate",
        printed(row, "scepticism_limit"),
        printed(row, "intrinsic_p", ".3f"),
        f"{e_values[0]} ({e_values[1]})" if e_values[0] else "",
        str(row["warning"]),
    )


def printed(row: Row, name: str, form: str = ".2f") -> str:
    """Return a number of a row; nothing where there is none."""
    value = number(row, name)
    return "" if math.isnan(value) else format(value, form)
