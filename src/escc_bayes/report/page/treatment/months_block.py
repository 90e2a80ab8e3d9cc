"""What one hazard ratio leaves out: medians, survival and months gained at milestones, and the ratio over time."""

import math
from collections.abc import Sequence

from escc_bayes.estimand.printed import number
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.sentence import capital
from escc_bayes.matching.bootstrap import METHOD as NO_MODEL
from escc_bayes.matching.over_time import CHANGES
from escc_bayes.plots.words import probability, ratio
from escc_bayes.report.page.treatment.words import (
    captioned,
    cell_of,
    chosen,
    endpoint_of,
    limits_words,
    marks_note,
    method_of,
    note_of,
    ratio_of,
    treatment_of,
)
from escc_bayes.report.page.view import Block, Table
from escc_bayes.study.treatment.gather import Treatment
from escc_bayes.study.treatment.printed import CONTROL, TREATED

PROPORTIONAL = "bayes_piecewise"
METHODS = ("kaplan_meier", PROPORTIONAL, CHANGES, NO_MODEL)
HEADS = ("Kaplan-Meier", "Bayes, proportional hazards", "Bayes, changing over time", "Bayes, no model")
MORE = "more than 3 months gained"


def months_block(held: Treatment, endpoint: str) -> Block:
    """Return medians, milestones and months gained by each method, and hazard ratios over time."""
    said = [median_reading(held, endpoint), gain_reading(held, endpoint), time_reading(held, endpoint)]
    if held.printed is not None:
        said += [one for one in held.printed.said_of(endpoint) if "implies a" not in one]
    title = f"{endpoint_of(held.cohort, endpoint)}: medians, months gained, and the hazard ratio over time"
    tables = (months_table(held, endpoint), time_table(held, endpoint))
    return Block(title, tuple(one for one in said if one), tables)


def contrasts(held: Treatment, endpoint: str) -> Sequence[Row]:
    """Return the rows of the headline design."""
    return held.matches[endpoint][0].contrasts


def months_table(held: Treatment, endpoint: str) -> Table:
    """Return quantities down and methods across; what is printed in a column of its own."""
    rows, match = contrasts(held, endpoint), held.matches[endpoint][0]
    (control, treated), (control_read, treated_read) = match.patients.levels, match.patients.read
    lines: list[tuple[str, ...]] = []
    printed: list[str] = []
    beside = held.printed is not None
    for role, word, read in ((TREATED, treated, treated_read), (CONTROL, control, control_read)):
        own = chosen(rows, quantity="median", group=word)
        text = held.printed.medians.get((endpoint, role), "") if held.printed is not None else ""
        printed.append(text)
        lines.append((f"Median, {read}", counts_of(own), *across(own), *([text] if beside else [])))
    for quantity, words in (
        ("survival_difference", "Survival gained, %"),
        ("rmst_difference", "Months gained"),
        ("probability", f"P({MORE})"),
    ):
        for month in months_of(rows, quantity):
            own = [r for r in chosen(rows, quantity=quantity) if number(r["time"]) == month]
            own = [r for r in own if quantity != "probability" or MORE in str(r["group"])]
            lines.append((f"{words} by month {month:g}", counts_of(own), *across(own), *([""] if beside else [])))
    head = ("", "Patients (events)", *HEADS, *(("Printed",) if beside else ()))
    apart = f"{treated_read} less {control_read}, in months and survival"
    words = f"{endpoint_of(held.cohort, endpoint)}: {treatment_of(held)}, {apart}"
    note = note_of(
        "Months gained: difference of restricted means. Proportional hazards: one ratio for all months. Changing: a "
        "ratio for each period, shrunk towards the one before. No model: Kaplan-Meier under Dirichlet weights.",
        limits_words(held),
        *marks_note(held, printed),
    )
    return Table(captioned(held, words, "contrasts", of_design=True), head, tuple(lines), note)


def across(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return one cell for each method."""
    found = {str(row["method"]): cell_of(row) for row in rows}
    return tuple(found.get(method, "") for method in METHODS)


def counts_of(rows: Sequence[Row]) -> str:
    """Return patients and events of rows on one quantity."""
    return f"{rows[0]['n']} ({rows[0]['events']})" if rows else ""


def months_of(rows: Sequence[Row], quantity: str) -> list[float]:
    """Return the months at which a quantity stands, rising."""
    found = {number(row["time"]) for row in chosen(rows, quantity=quantity)}
    return sorted(month for month in found if not math.isnan(month))


def time_table(held: Treatment, endpoint: str) -> Table:
    """Return the hazard ratio of each period by Cox and by the posterior."""
    rows = chosen(contrasts(held, endpoint), quantity="hazard_ratio")
    lines = []
    for group in dict.fromkeys(str(row["group"]) for row in rows):
        own = {str(row["method"]): row for row in rows if row["group"] == group}
        first = next(iter(own.values()))
        cells = [ratio_of(own[m]) if m in own else "" for m in ("cox", CHANGES)]
        lines.append((period_of(group), f"{first['n']} ({first['events']})", *cells))
    control, treated = held.matches[endpoint][0].patients.read
    words = f"{endpoint_of(held.cohort, endpoint)}: {treatment_of(held)}, hazard of {treated} over {control} by period"
    head = ("Period", "At risk (events)", "Cox", method_of(CHANGES))
    return Table(captioned(held, words, "contrasts", of_design=True), head, tuple(lines), limits_words(held))


def period_of(group: str) -> str:
    """Return the period of a row's group, its first letter large."""
    words = group.partition(", ")[2] or group
    return capital(words)


def median_reading(held: Treatment, endpoint: str) -> str:
    """Say both medians, and which ratio they would be under constant hazards, beside that of Cox."""
    match, rows = held.matches[endpoint][0], contrasts(held, endpoint)
    control, treated = match.patients.levels
    found = {str(row["group"]): number(row["value"]) for row in chosen(rows, quantity="median", method="kaplan_meier")}
    first, second = found.get(treated, math.nan), found.get(control, math.nan)
    printed = held.printed.medians if held.printed is not None else {}
    said = " and ".join(text.rstrip("*†") for role in (TREATED, CONTROL) if (text := printed.get((endpoint, role), "")))
    head = f"Medians {reached(first)} and {reached(second)} months ({', '.join(reversed(match.patients.read))})"
    tail = f"; printed {said}" if said else ""
    if math.isnan(first) or math.isnan(second):
        return f"{head}{tail}."
    cox = match.answer("cox").hr
    return f"{head}: under constant hazards a ratio of {ratio(second / first)}, where Cox has {ratio(cox)}{tail}."


def reached(median: float) -> str:
    """Print a median."""
    return "not reached" if math.isnan(median) else f"{median:.1f}"


def gain_reading(held: Treatment, endpoint: str) -> str:
    """Say how likely more than 3 months are gained by the last milestone, model by model."""
    rows = [r for r in chosen(contrasts(held, endpoint), quantity="probability") if MORE in str(r["group"])]
    months = months_of(rows, "probability")
    if not months:
        return ""
    last = months[-1]
    own = {str(r["method"]): number(r["value"]) for r in rows if number(r["time"]) == last}
    words = (
        (PROPORTIONAL, "under proportional hazards"),
        (CHANGES, "with a changing ratio"),
        (NO_MODEL, "without a model"),
    )
    said = [f"{probability(own[method])} {word}" for method, word in words if method in own]
    spread = max(own.values()) - min(own.values())
    rests = ": this rests on the model" if spread > 0.2 else ""
    return f"P({MORE} by month {last:g}) is {', '.join(said)}{rests}."


def time_reading(held: Treatment, endpoint: str) -> str:
    """Say how the ratio of the first period and that of the last differ."""
    rows = chosen(contrasts(held, endpoint), quantity="hazard_ratio", method=CHANGES)
    if len(rows) < 2:
        return "One period alone has events enough: the hazard ratio is not looked at over time."
    first, last = rows[0], rows[-1]
    words = [f"{ratio_of(row)} {when(period_of(str(row['group'])))}" for row in (first, last)]
    return f"Hazard ratio over time, posterior: {words[0]}; {words[1]}."


def when(period: str) -> str:
    """Return a period inside a sentence."""
    return f"{'' if period.startswith('After') else 'in '}{period[:1].lower()}{period[1:]}"
