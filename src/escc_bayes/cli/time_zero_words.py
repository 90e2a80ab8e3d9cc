"""What `time-zero` prints: a line for each analysis, what each assumes, what the rules of inclusion make alone."""

import math
from collections.abc import Sequence

from escc_bayes.estimand.aligned import Notes, aligned, plain_table
from escc_bayes.estimand.as_read import rows_as_read
from escc_bayes.estimand.printed import limits, number, ratio
from escc_bayes.estimand.tables import Row
from escc_bayes.time_zero.run import TimeZero


def table_lines(found: TimeZero) -> list[str]:
    """Return the analyses as a table, then those that there are not, then what each assumes."""
    if not found.rows:
        return []
    notes = Notes()
    rows = rows_as_read(found.rows, found.levels)
    shown = [row for row in rows if row["method"]]
    body = [
        (
            label(row),
            str(row["contrast"]),
            str(row["method"]),
            ratio(row["hr"]),
            limits(row),
            str(row["interval"]),
            *(str(row[word]) for word in ("n", "events", "dropped")),
            notes.mark(row),
        )
        for row in shown
    ]
    level = f"{100 * number(found.rows[0]['level']):g} % limits"
    head = ("analysis", "contrast", "method", "HR", level, "interval", "n", "events", "dropped", "note")
    lines = [aligned(f"Hazard ratios of {found.rows[0]['term']}", head, body, notes)] if shown else []
    lines += [f"No {label(row)}: {row['note']}." for row in rows if not row["method"]]
    assumed = dict.fromkeys((str(row["analysis"]), str(row["assumes"])) for row in shown)
    lines += ["What each assumes:", *(f"  {name}: {words}." for name, words in assumed)] if assumed else []
    return [*lines, *clone_lines(found)]


def label(row: Row) -> str:
    """Return an analysis with its landmark."""
    landmark = number(row["landmark"])
    return str(row["analysis"]) if math.isnan(landmark) else f"{row['analysis']} {landmark:g}"


def clone_lines(found: TimeZero) -> list[str]:
    """Return the differences of risks and restricted means of the strategies."""
    rows = rows_as_read(found.clone_rows, found.levels)
    rows = [row for row in rows if str(row["quantity"]).endswith("_difference")]
    if not rows:
        return []
    body = [
        (
            str(row["quantity"]).replace("_", " "),
            str(row["group"]),
            f"{number(row['time']):g}",
            str(row["method"]),
            *(f"{number(row[word]):.3f}" for word in ("value", "lower", "upper")),
        )
        for row in rows
    ]
    head = ("quantity", "strategies", "month", "method", "value", "lower", "upper")
    return [plain_table("Strategies: risk, and months lived (restricted mean), second less first", head, body)]


def guarantee_lines(rows: Sequence[Row]) -> list[str]:
    """Return what the rules of inclusion make by themselves, a sentence for each contrast."""
    said = []
    for row in rows:
        months = ", ".join(
            f"{number(row[word]):.2f}"
            for word in ("guaranteed", "versus_guaranteed")
            if not math.isnan(number(row[word]))
        )
        said.append(
            f"Guarantee time, {row['term']} {row['contrast']}: {months} months guaranteed; without any effect a "
            f"naive hazard ratio of {number(row['hr']):.3f} (Monte Carlo error {number(row['mc_error']):.3f}; "
            f"{100 * number(row['level']):g} % of cohorts of this size {number(row['lower']):.2f} to "
            f"{number(row['upper']):.2f}), called an effect in {100 * number(row['false_positive']):.1f} % of "
            f"{row['simulations']} (SIMULATED)" + (f"; {row['note']}" if row["note"] else "")
        )
    return said
