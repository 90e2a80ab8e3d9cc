"""What ``checks.csv`` says, from its rows alone."""

from collections.abc import Iterator

from escc_bayes.foundation.sentence import counted
from escc_bayes.sensitivity.not_computed import refusals
from escc_bayes.sensitivity.part import Row, Rows, number

# Predictive or test P below which something is said of it.
NOTED = 0.05


def words(rows: Rows) -> tuple[str, ...]:
    """Return the sentences of the checks of fit.

    Examples
    --------
    >>> words([{"kind": "proportional hazards", "term": "GLOBAL", "value": 9.1, "expected": 4.0, "p_value": 0.06}])
    ('Proportional hazards, all terms together: chi-squared 9.1 on 4 degrees of freedom, P = 0.060.',)
    """
    return (*replicated(rows), *predicted(rows), *proportional(rows), *refusals(rows))


def replicated(rows: Rows) -> Iterator[str]:
    """Say where Kaplan-Meier of the data lies outside what replicated cohorts show."""
    found = [row for row in rows if row["kind"] == "replicated curve" and row["p_value"] != ""]
    if not found:
        return
    apart = [row for row in found if number(row, "p_value") < NOTED]
    curve = "Aalen-Johansen" if any(str(row["quantity"]).startswith("state") for row in found) else "Kaplan-Meier"
    yield (
        f"Replicated cohorts give back the data in {len(found) - len(apart)} of {len(found)} comparisons "
        f"({curve} and events, everybody and by level; predictive P of at least {NOTED:g})."
    )
    for row in apart:
        when = f" at {counted(number(row, 'time'), 'month')}" if row["time"] != "" else ""
        where = f"{row['term']} {row['who']}".strip()
        yield (
            f"{where}: {row['quantity']}{when} is {number(row, 'value'):.3g}, replicates have "
            f"{number(row, 'expected'):.3g} ({number(row, 'lower'):.3g} to {number(row, 'upper'):.3g}; "
            f"predictive P {number(row, 'p_value'):.3f})."
        )


def predicted(rows: Rows) -> Iterator[str]:
    """Say how well patients left out are foretold, method by method."""
    for row in rows:
        if row["kind"] != "prediction" or row["value"] == "":
            continue
        if row["quantity"] == "calibration slope":
            yield (
                f"{row['method']}, patients left out: calibration slope {number(row, 'value'):.2f} "
                f"({number(row, 'lower'):.2f} to {number(row, 'upper'):.2f}; 1 is right)."
            )
            continue
        name = "Brier score" if row["quantity"] == "brier" else "AUC"
        yield (
            f"{row['method']}, patients left out, {counted(number(row, 'time'), 'month')}: {name} "
            f"{number(row, 'value'):.3f} "
            f"({number(row, 'expected'):.3f} without covariates), optimism {number(row, 'optimism'):.3f}."
        )


def proportional(rows: Rows) -> Iterator[str]:
    """Say the test of proportional hazards, and the hazard ratios of both periods where a term fails it."""
    failing = []
    for row in rows:
        if row["kind"] != "proportional hazards" or row["p_value"] == "":
            continue
        together = row["term"] == "GLOBAL"
        if together or number(row, "p_value") < NOTED:
            who = "all terms together" if together else str(row["term"])
            who += f", {row['contrast']}" if row.get("contrast") else ""
            yield (
                f"Proportional hazards, {who}: chi-squared {number(row, 'value'):.1f} on "
                f"{number(row, 'expected'):.0f} degrees of freedom, P = {number(row, 'p_value'):.3f}."
            )
            failing.append(row["term"])
    for row in rows:
        if row["kind"] == "hazard ratio by period" and row["term"] in failing and row["value"] != "":
            yield period(row)


def period(row: Row) -> str:
    """Say the hazard ratio of one period."""
    return (
        f"{row['term']} {row['contrast']}, {row['who']}, {row['method']}: HR {number(row, 'value'):.2f} "
        f"({number(row, 'lower'):.2f} to {number(row, 'upper'):.2f})."
    )
