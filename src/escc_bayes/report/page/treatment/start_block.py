"""When the treatment began: analyses that take immortal time out, or what an assumed start would do to the ratio."""

import math

from escc_bayes.estimand.printed import number
from escc_bayes.estimand.tables import Row
from escc_bayes.matching.assumed_start import COLUMN
from escc_bayes.matching.late_start import NO_BENEFIT, NO_EFFECT, TOGETHER
from escc_bayes.plots.words import ratio
from escc_bayes.report.page.treatment.words import (
    captioned,
    endpoint_of,
    label_of,
    limits_words,
    method_of,
    note_of,
    ratio_of,
)
from escc_bayes.report.page.view import Block, Table
from escc_bayes.study.treatment.gather import Treatment
from escc_bayes.time_zero.emulation import BAYES
from escc_bayes.time_zero.views import CLONES, LANDMARK, NAIVE, UPDATED

WORDS = {
    NAIVE: "Naive: whoever ever had it",
    LANDMARK: "Landmark",
    UPDATED: "Time-updated",
    CLONES: "Cloned, censored, weighted",
}

LATE = {
    TOGETHER: "Latest month in which all can have begun together",
    NO_BENEFIT: "Begun in this month or later, time-updated Cox is 1 or more",
    NO_EFFECT: "Months to live for that give the naive ratio without any effect",
}

RESAMPLED = "Bayesian bootstrap of patients"


def start_block(held: Treatment) -> Block:
    """Return the analyses by a known start; else what an assumed one would do, or that none is known."""
    starting = [(e, m[0].time_zero) for e, m in held.matches.items() if m[0].time_zero is not None]
    if starting:
        said = tuple(known_reading(held, e, found.rows) for e, found in starting if found is not None)
        tables = tuple(known_table(held, e, found.rows) for e, found in starting if found is not None)
        return Block("Immortal time: naive, landmark, time-updated, cloned", said, tables)
    if held.assumed:
        return assumed_block(held)
    name = label_of(held.cohort, held.asked.treatment)
    why = f"NAIVE: '{name}' becomes known after time zero and is compared as if known then."
    return Block("Immortal time", (why,))


def assumed_block(held: Treatment) -> Block:
    """Return what an assumed start would do to the ratio, and how late one would have to be."""
    name = label_of(held.cohort, held.asked.treatment)
    said = [
        f"The file does not say in which month '{name}' began (starts_at in covariates.{held.asked.treatment}): "
        "whoever had it lived until then, and that time counts for it. What follows assumes a month for everybody."
    ]
    late = {e: rows for e, rows in held.late.items() if rows}
    for endpoint, rows in held.assumed.items():
        said.append(assumed_reading(held, endpoint, rows))
        said += [late_reading(held, endpoint, late[endpoint])] if endpoint in late else []
    tables = [table for e, rows in held.assumed.items() if (table := assumed_table(held, e, rows)).rows]
    tables += [late_table(held, late)] if late else []
    return Block("Immortal time: if the treatment began in one month", tuple(said), tuple(tables))


def known_table(held: Treatment, endpoint: str, rows: list[Row]) -> Table:
    """Return the analyses of a treatment whose start is known."""
    lines = []
    for row in (one for one in rows if one["method"]):
        landmark = number(row["landmark"])
        at = "" if math.isnan(landmark) else f" at month {landmark:g}"
        what = f"{WORDS.get(str(row['analysis']), str(row['analysis']))}{at}"
        method = RESAMPLED if row["method"] == BAYES else method_of(str(row["method"]))
        lines.append((what, method, f"{row['n']} ({row['events']})", ratio_of(row, "hr")))
    words = f"{endpoint_of(held.cohort, endpoint)}: the treatment's hazard ratio by when it is known"
    note = note_of(
        "Adjusted for the design's covariates. Each analysis answers a question of its own.", limits_words(held)
    )
    return Table(
        captioned(held, words, "time_zero"),
        ("Analysis", "Method", "Patients (events)", "Hazard ratio"),
        tuple(lines),
        note,
    )


def known_reading(held: Treatment, endpoint: str, rows: list[Row]) -> str:
    """Say naive and time-updated ratios of Cox, or of the posterior."""
    found = {str(row["analysis"]): row for row in rows if str(row["method"]).startswith("cox")}
    said = [f"{WORDS[a].split(':')[0].lower()} {ratio_of(found[a], 'hr')}" for a in WORDS if a in found]
    words = endpoint_of(held.cohort, endpoint)
    return (
        f"NAIVE beside what is not, {words}, Cox: {'; '.join(said)}." if said else f"{words}: no analysis has a ratio."
    )


def assumed_table(held: Treatment, endpoint: str, rows: list[Row]) -> Table:
    """Return hazard ratios by assumed start."""
    asked: list[tuple[str, float | None, str]] = [("Naive: as compared above", None, NAIVE)]
    for month in dict.fromkeys(number(row[COLUMN]) for row in rows):
        asked.append((f"Landmark at month {month:g}", month, LANDMARK))
        asked.append((f"Time-updated, begun in month {month:g}", month, UPDATED))
    found = ((word, cells(rows, month, analysis)) for word, month, analysis in asked)
    lines = [(word, *numbers) for word, numbers in found if numbers]
    words = f"{endpoint_of(held.cohort, endpoint)}: the treatment's hazard ratio if all who had it began in one month"
    note = note_of(
        "Landmark: of those followed beyond the month. Time-updated: months before the start count for no treatment; "
        "who was followed for less than the month began half way. A sensitivity analysis: no start is known.",
        limits_words(held),
    )
    return Table(
        captioned(held, words, "assumed_start"), ("Analysis", "Patients (events)", "Cox", "Bayes"), tuple(lines), note
    )


def cells(rows: list[Row], month: float | None, analysis: str) -> tuple[str, ...]:
    """Return patients with events, Cox and posterior of one analysis; nothing where neither has a ratio."""
    own = [r for r in rows if r["analysis"] == analysis and (month is None or number(r[COLUMN]) == month)]
    by = {"cox" if str(r["method"]).startswith("cox") else "bayes": r for r in reversed(own)}
    if not by:
        return ()
    first = next(iter(by.values()))
    return (f"{first['n']} ({first['events']})", *(ratio_of(by[w], "hr") if w in by else "" for w in ("cox", "bayes")))


def assumed_reading(held: Treatment, endpoint: str, rows: list[Row]) -> str:
    """Say how far the time-updated ratio moves from the naive one."""
    cox = [r for r in rows if str(r["method"]).startswith("cox") and math.isfinite(number(r["hr"]))]
    naive = next((number(r["hr"]) for r in cox if r["analysis"] == NAIVE), math.nan)
    moved = [(number(r[COLUMN]), number(r["hr"])) for r in cox if r["analysis"] == UPDATED]
    words = endpoint_of(held.cohort, endpoint)
    if math.isnan(naive) or not moved:
        return f"{words}: Cox has no ratio whose move could be followed."
    said = ", ".join(f"{ratio(hr)} if begun in month {month:g}" for month, hr in moved)
    return f"{words}: Cox's ratio of {ratio(naive)} becomes {said} (time-updated)."


def late_table(held: Treatment, late: dict[str, list[Row]]) -> Table:
    """Return how late the treatment would have had to begin, question by question."""
    lines: list[tuple[str, ...]] = []
    for endpoint, rows in late.items():
        lines.append((endpoint_of(held.cohort, endpoint),))
        for row in rows:
            month = number(row["month"])
            shown = str(row["note"]) if math.isnan(month) else month_words(row)
            shorter = "" if math.isnan(month) else f"{number(row['shorter']):g}"
            hr = number(row["hr"])
            cells = (f"{row['n']} ({row['events']})", shown, "" if math.isnan(hr) else ratio(hr), shorter)
            lines.append((LATE[str(row["question"])], *cells))
    _, treated = held.first.patients.read
    head = ("", "Patients (events)", "Month (range)", "Cox's ratio then", f"{treated}: followed for no longer")
    note = note_of(
        "First: one of those who had the treatment has the event or is lost then. Second: who was followed for less "
        "began half way. Third: one hazard for all beyond these months; the ratio to which Cox's model then tends.",
        "Median and range over reconstructions." if held.members > 1 else "",
        "No interval: months at which a ratio is crossed, not estimates of when the treatment began.",
    )
    words = "How late the treatment would have had to begin"
    return Table(captioned(held, words, "late_start"), head, tuple(lines), note)


def month_words(row: Row) -> str:
    """Print a month with its range over reconstructions."""
    month, low, high = (number(row[key]) for key in ("month", "month_low", "month_high"))
    if low == high:
        return f"{month:.1f}"
    return f"{month:.1f} ({low:.1f} to {'not reached' if math.isnan(high) else f'{high:.1f}'})"


def late_reading(held: Treatment, endpoint: str, rows: list[Row]) -> str:
    """Say how many months without any effect would give the naive ratio, and who speaks against them."""
    by = {str(row["question"]): row for row in rows}
    without, together = by[NO_EFFECT], by[TOGETHER]
    words, naive = endpoint_of(held.cohort, endpoint), ratio(number(without["hr_naive"]))
    month, treated = number(without["month"]), held.first.patients.read[1]
    if math.isnan(month):
        return f"{words}: {without['note']}; immortal time alone does not make the ratio of {naive}."
    of, then = number(without["shorter"]), number(together["hr"])
    middle = " (median of the reconstructions)" if held.members > 1 else ""
    verb = "was" if of == 1.0 else "were"
    against = f"{of:g} of them{middle} {verb} followed for no longer, which speaks against so late a start"
    said = "none of them was followed for less, which leaves this open" if of == 0.0 else against
    at = "" if math.isnan(then) else f"; Cox, time-updated, is {ratio(then)} then"
    return (
        f"{words}: with no effect at all, the ratio of {naive} comes about if those with {treated} had to live "
        f"{month_words(without)} months to have it; {said}. All can have begun together in month "
        f"{number(together['month']):.1f} at the latest{at}."
    )
