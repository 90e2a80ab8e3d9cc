"""What `match` prints: balance, the treatment's hazard ratio by each method, and what stands beside it."""

import math
from collections.abc import Sequence

from escc_bayes.cli.time_zero_words import table_lines
from escc_bayes.estimand.aligned import plain_table
from escc_bayes.estimand.as_read import rows_as_read
from escc_bayes.estimand.printed import limits, number, ratio
from escc_bayes.estimand.tables import Row
from escc_bayes.matching.as_read import column_read, covariate_read
from escc_bayes.matching.run import Match
from escc_bayes.matching.subgroups import subgroup_words

# Quantities of `contrasts.csv` that are printed; the file has all.
PRINTED = ("median", "rmst_difference", "hazard_ratio")


def match_lines(found: Match) -> list[str]:
    """Return the tables of a run."""
    tables = [one for one in (balance_table(found), effect_table(found)) if one]
    lines = [*tables, *absent_lines(found), *probability_lines(found)]
    lines += [*contrast_tables(rows_as_read(found.contrasts, found.levels))]
    lines += subgroup_tables(found)
    return lines if found.time_zero is None else [*lines, *table_lines(found.time_zero)]


def treatment_of(found: Match) -> str:
    """Return the label of the treatment."""
    return covariate_read(found.patients.cohort, found.asked.treatment)


def balance_table(found: Match) -> str:
    """Return standardised differences before and after; nothing where none are looked at."""
    if not found.balance:
        return ""
    body = [
        (
            column_read(found.patients.cohort, one.covariate),
            *(f"{value:+.3f}" for value in (one.smd_before, one.smd_after)),
            *("" if math.isnan(value) else f"{value:.2f}" for value in (one.ratio_before, one.ratio_after)),
        )
        for one in found.balance
    ]
    head = ("covariate", "SMD before", "after", "variance ratio before", "after")
    return plain_table("Balance, in standard deviations of the treated before", head, body)


def effect_table(found: Match) -> str:
    """Return the hazard ratios."""
    body = [
        (
            one.method,
            one.design,
            ratio(one.hr),
            limits({"lower": one.lower, "upper": one.upper}),
            one.interval,
            f"{one.se:.3f}",
            f"{one.n}",
            f"{one.events}",
        )
        for one in found.answers
        if not math.isnan(one.hr)
    ]
    asked, (control, treated) = found.asked, found.patients.read
    title = f"Hazard ratio of {treatment_of(found)}, {treated} over {control}, {asked.endpoint}"
    head = ("method", "design", "HR", f"{100 * asked.level:g} % limits", "interval", "SE of log", "n", "events")
    return plain_table(title, head, body)


def absent_lines(found: Match) -> list[str]:
    """Say which methods have no answer, and why."""
    return [f"No {one.method}: {found.levels.said(one.note)}." for one in found.answers if math.isnan(one.hr)]


def probability_lines(found: Match) -> list[str]:
    """Return the probabilities of a posterior as sentences."""
    rows = [row for row in found.contrasts if row["quantity"] == "probability"]
    said = []
    for row in rows:
        month = number(row["time"])
        when = "" if math.isnan(month) else f" by month {month:g}"
        said.append(
            f"  Pr({str(row['group']).partition(': ')[2]}{when}) = {number(row['value']):.3f} ({row['method']})"
        )
    return ["Probabilities:", *said] if said else []


def contrast_tables(rows: Sequence[Row]) -> list[str]:
    """Return medians, months gained and hazard ratios over time."""
    found = []
    for quantity in PRINTED:
        body = [
            (
                str(row["group"]),
                "" if math.isnan(number(row["time"])) or quantity == "hazard_ratio" else f"{number(row['time']):g}",
                str(row["method"]),
                "not reached" if math.isnan(number(row["value"])) else f"{number(row['value']):.2f}",
                limits(row),
                f"{row['n']}",
                f"{row['events']}",
            )
            for row in rows
            if row["quantity"] == quantity
        ]
        if body:
            title = {
                "median": "Median, months",
                "rmst_difference": "Months gained (restricted mean survival)",
                "hazard_ratio": "Hazard ratio over time",
            }[quantity]
            found.append(plain_table(title, ("group", "by month", "method", "value", "limits", "n", "events"), body))
    return found


def subgroup_tables(found: Match) -> list[str]:
    """Return the effect within levels, unshrunk and shrunk, and the tests of interaction."""
    rows = rows_as_read(found.subgroups, found.levels)
    if not rows:
        return []
    body = [
        (
            found.levels.said(str(row["within"])),
            "unshrunk" if row["method"] == "cox" else "shrunk",
            ratio(row["hr"]),
            limits(row),
            str(row["interval"]),
            f"{row['n']}",
            f"{row['events']}",
            str(row["note"]),
        )
        for row in rows
    ]
    head = ("within", "", "HR", f"{100 * number(rows[0]['level']):g} % limits", "interval", "n", "events", "note")
    title = f"{treatment_of(found)}, {rows[0]['contrast']} within levels; shrunk: towards a common hazard ratio"
    return [plain_table(title, head, body), *subgroup_words(found.subgroups, found.patients.cohort)]
