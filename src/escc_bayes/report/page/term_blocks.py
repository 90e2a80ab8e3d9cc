"""What a page says of a model's own terms: the share cured, drifts of other studies, how centres differ, trajectories.

Each is a reading of the rows that stand in the CSV files, so that page and files cannot differ.
"""

import math
from collections.abc import Mapping, Sequence

from escc_bayes.bayes.posterior.cure_fraction import cure_over, cure_sentences
from escc_bayes.bayes.posterior.drifts import drift_sentences
from escc_bayes.bayes.posterior.frailty import frailty_sentences
from escc_bayes.bayes.posterior.trajectory import BETWEEN, CORRELATION, ERROR, MEAN
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.sentence import counted
from escc_bayes.plots.words import ratio, with_limits
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.outcomes import Outcome
from escc_bayes.report.page.term_rows import cure_rows, drift_rows, frailty_rows
from escc_bayes.report.page.trajectory import trajectory_rows
from escc_bayes.report.page.view import Block, Table
from escc_bayes.report.page.whose import Fitted, ended, posteriors_of

DATA = ("", "Posterior", "Prior", "Data")
LIMITS = ("lower", "value", "upper")
PRIOR = ("prior_lower", "prior_median", "prior_upper")
TRAJECTORY = {
    MEAN: "Geometric mean",
    BETWEEN: "SD between patients, log2",
    CORRELATION: "Correlation of level and change",
    ERROR: "SD of one measurement's error, log2",
}
# Levels of a random intercept that a page shows; the file has all.
MOST = 20


def term_blocks(
    outcome: Outcome, pooled: Mapping[str, Fitted], labels: Mapping[str, str], level: float
) -> tuple[Block, ...]:
    """Return a block for each term of the models of an outcome; of an ensemble by the posteriors over all of it."""
    shown = [pooled.get(p.plan.spec.name, p) for p in outcome.posteriors]
    return tuple(
        block
        for found in shown
        for block in (
            *cure_block(found, outcome, level),
            *drift_block(found, outcome, level),
            *frailty_block(found, outcome, labels, level),
            *trajectory_block(found, outcome, labels, level),
        )
    )


def cure_block(posterior: Fitted, outcome: Outcome, level: float) -> Sequence[Block]:
    """Return the share cured; nothing of a model without one."""
    rows = cure_rows(posterior, level)
    said = cure_sentences(posteriors_of(posterior), level)
    cells = [("Fraction cured", shares(row, LIMITS), shares(row, PRIOR), data(row)) for row in rows]
    return block_of("Cure fraction", posterior, outcome, said, DATA, cells, level)


def cured_words(posterior: Fitted, level: float) -> tuple[str, ...]:
    """Say the share cured in one short sentence, and if follow-up is short for it; nothing of a model without one."""
    found = cure_over(posteriors_of(posterior), level)
    short = "; SHORT FOLLOW-UP for a cure" if found is not None and found.short else ""
    return tuple(
        f"Cured: {shares(row, LIMITS)}; prior {shares(row, PRIOR)}{short}. Hazard ratios are of those not cured."
        for row in cure_rows(posterior, level)
    )


def drift_block(posterior: Fitted, outcome: Outcome, level: float) -> Sequence[Block]:
    """Return how far the hazards of other studies drift from ours; nothing of most models."""
    rows = drift_rows(posterior, level)
    said = drift_sentences(posteriors_of(posterior), level)
    cells = [
        (
            f"Hazard of {row['study']} over ours",
            ratios(row, LIMITS),
            ratios(row, PRIOR),
            data(row),
        )
        for row in rows
    ]
    return block_of("Drift of other studies", posterior, outcome, said, DATA, cells, level)


def frailty_block(posterior: Fitted, outcome: Outcome, labels: Mapping[str, str], level: float) -> Sequence[Block]:
    """Return how far centres lie apart, and where each lies; nothing of most models."""
    rows = frailty_rows(posterior, level)
    said = frailty_sentences(posteriors_of(posterior), level)
    each = [row for row in rows if row["group"]]
    left = [f"{len(each) - MOST} more levels: frailty.csv."] if len(each) > MOST else []
    cells = [
        (f"{topic(row, labels)}: {row['group']}", f"{row['n']}", f"{row['events']}", ratios(row, LIMITS))
        for row in each[:MOST]
    ]
    head = ("", "Patients", "Events", "Hazard over the average level's")
    return block_of("Frailty", posterior, outcome, (*said, *left), head, cells, level)


def trajectory_block(posterior: Fitted, outcome: Outcome, labels: Mapping[str, str], level: float) -> Sequence[Block]:
    """Return what describes the trajectories of a marker; nothing of most models."""
    rows = trajectory_rows([posterior], level)
    cells = []
    for row in rows:
        month = float(str(row["time"]))
        when = "" if math.isnan(month) else f" at {counted(month, 'month')}"
        words = f"{topic(row, labels)}: {TRAJECTORY[str(row['quantity'])]}{when}"
        cells.append((words, f"{row['measured']}", signed(row)))
    return block_of("Trajectory", posterior, outcome, (), ("", "Measured", "Posterior"), cells, level)


def block_of(
    title: str,
    posterior: Fitted,
    outcome: Outcome,
    said: Sequence[str],
    head: tuple[str, ...],
    cells: Sequence[tuple[str, ...]],
    level: float,
) -> Sequence[Block]:
    """Return the block of a term with patients and events in its caption; nothing where it has no cells."""
    if not cells:
        return ()
    name, count = posterior.plan.spec.name, ended(posterior)
    over = f", means over {len(posteriors_of(posterior))} reconstructions" if "members" in count else ""
    caption = f"{title}, {outcome.key}; model {name}; {count['n']} patients, {count['events']} events{over}"
    beside = "; prior of the same level; Data: the share of the precision that is data" if "Prior" in head else ""
    note = f"Posterior medians with {100 * level:g} % credible intervals{beside}."
    table = Table(provenance_first(posterior.record.provenance, caption), head, tuple(cells), note)
    return (Block(f"{title}: {outcome.title}, model {name}", tuple(said), (table,)),)


def ratios(row: Row, names: tuple[str, str, str]) -> str:
    """Print a number above 0 with its limits."""
    lower, value, upper = (ratio(float(str(row[name]))) for name in names)
    return with_limits(value, lower, upper)


def signed(row: Row) -> str:
    """Print a number of either sign with its limits: a correlation may lie below 0."""
    lower, value, upper = (f"{float(str(row[name])):.2f}" for name in LIMITS)
    return with_limits(value, lower, upper)


def shares(row: Row, names: tuple[str, str, str]) -> str:
    """Print a share with its limits, in per cent."""
    lower, value, upper = (f"{100 * float(str(row[name])):.0f}" for name in names)
    return with_limits(f"{value} %", lower, upper)


def data(row: Row) -> str:
    """Print the share of the precision that is data."""
    return f"{100 * float(str(row['data_share'])):.0f} %"


def topic(row: Row, labels: Mapping[str, str]) -> str:
    """Return what a covariate is called."""
    return labels.get(str(row["term"]), str(row["term"]))
