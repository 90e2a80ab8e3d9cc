"""The files of the verb ``time-zero``: time_zero.csv, clones.csv, guarantee.csv, the figure, and run.json."""

import math
from collections.abc import Sequence
from pathlib import Path

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.csv import write_csv
from escc_bayes.plots.time_zero import analyses
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.verbs.files import write_run
from escc_bayes.time_zero.answers import Answer
from escc_bayes.time_zero.run import TimeZero

ROW_MM, FRAME_MM = 5.5, 62.0


def write_time_zero_files(folder: Path, found: TimeZero, guarantee: Sequence[Row]) -> None:
    """Write everything; a table that was not asked for is absent."""
    write_time_zero_tables(folder, found)
    if guarantee:
        write_csv(folder / "guarantee.csv", guarantee)
    verdicts = {f"{label_of(one)}, {one.method}": one.verdict for one in found.answers if one.method}
    write_run(folder, "time-zero", [found.record], verdicts)


def write_time_zero_tables(folder: Path, found: TimeZero) -> None:
    """Write time_zero.csv, clones.csv and the figure, those that there are."""
    for name, rows in (("time_zero", found.rows), ("clones", found.clone_rows)):
        if rows:
            write_csv(folder / f"{name}.csv", rows)
    if any(math.isfinite(one.hr) for one in found.answers):
        write_figure(folder, forest_sheet(found))


def label_of(one: Answer) -> str:
    """Return an analysis in words."""
    words = one.analysis.replace("_", " ")
    return words if math.isnan(one.landmark) else f"{words} {one.landmark:g}"


def forest_sheet(found: TimeZero) -> Sheet:
    """Return the analyses as a forest; its note says whose they are and that they answer different questions."""
    finite = [one for one in found.answers if math.isfinite(one.hr)]
    order = list(dict.fromkeys(one.contrast for one in finite))
    shown = sorted(finite, key=lambda one: order.index(one.contrast))
    labels = [label_of(one) for one in shown]
    first = shown[0]
    endpoint = str(found.rows[0]["endpoint"])
    return drawn(
        lambda part: analyses([estimate_of(one, found) for one in shown], labels, ax=part.subplots()),
        name="time_zero",
        section="time_zero",
        outcome=endpoint,
        title=f"{first.term} and {endpoint}: what the hazard ratio is, by when it is known",
        about=found.sentences[0],
        words="Each analysis answers a question of its own (docs/methods/time_zero.md). The naive one books months "
        "without risk for whoever lived to have the value.",
        clock="; ".join(dict.fromkeys(one.clock for one in shown)),
        provenance=found.record.provenance,
        height_mm=FRAME_MM + ROW_MM * len(shown),
    )


def estimate_of(one: Answer, found: TimeZero) -> Estimate:
    """Return an answer as the estimate that figures draw."""
    return Estimate(
        endpoint=str(found.rows[0]["endpoint"]),
        estimand="hazard_ratio",
        term=one.term,
        contrast=found.levels.contrast(one.term, one.contrast),
        method=one.method,
        model=one.model or "bootstrap of patients",
        value=one.hr,
        lower=one.lower,
        upper=one.upper,
        level=one.level,
        interval_kind=one.interval,
        n=one.n,
        rows=one.rows,
        events=one.events,
        clock=one.clock,
        record=found.record,
    )
