"""What an unmeasured confounder would do, in a sentence a contrast, from the rows of ``confounding.csv``."""

import math

from escc_bayes.foundation.sentence import capital
from escc_bayes.sensitivity.part import Row, Rows, by_contrast, number


def confounding_words(rows: Rows) -> tuple[str, ...]:
    """Return a sentence for each contrast, and for each control."""
    controls = [control_words(row) for row in rows if str(row["kind"]).endswith("control")]
    plain = [row for row in rows if not str(row["kind"]).endswith("control")]
    return (*(contrast_words(way) for way in by_contrast(plain)), *controls)


def contrast_words(way: list[Row]) -> str:
    """Say E-values, the confounder that tips the conclusion, and the average over confounders."""
    first = next(row for row in way if row["kind"] == "e_value")
    said = [f"E-value {number(first, 'e_value'):.2f} ({number(first, 'e_value_limit'):.2f} for the interval)"]
    tips = [
        r
        for r in way
        if r["kind"] == "tipping" and r["method"] == "P = 0.95" and not math.isnan(number(r, "confounder_hr"))
    ]
    if tips:
        weakest = min(tips, key=lambda row: number(row, "confounder_hr"))
        here, there = (100 * number(weakest, name) for name in ("prevalence", "versus_prevalence"))
        said.append(
            f"a confounder with HR {number(weakest, 'confounder_hr'):.2f} in {here:.0f} % against {there:.0f} % takes "
            "the conclusion to P = 0.95"
        )
    for row in way:
        if row["kind"] == "prior":
            said.append(f"over confounders of either direction HR {interval_words(row)}")
    return f"{way[0]['term']} {way[0]['contrast']}: {'; '.join(said)}."


def interval_words(row: Row) -> str:
    """Return a hazard ratio with its interval."""
    hr, lower, upper = (number(row, name) for name in ("hr", "lower", "upper"))
    return f"{hr:.2f} ({100 * number(row, 'level'):g} % credible interval {lower:.2f} to {upper:.2f})"


def control_words(row: Row) -> str:
    """Say how far a control lies from what is known of it."""
    kind = str(row["kind"]).replace("_", " ")
    return (
        f"{capital(kind)} {row['term']} {row['contrast']}: HR {interval_words(row)}, known to be "
        f"{number(row, 'expected_hr'):g} ({number(row, 'z'):+.1f} SD away)."
    )
