"""Cervical location, pneumonitis by grade, and the effect within subgroups."""

import math
from collections.abc import Sequence

from escc_bayes.estimand.printed import number
from escc_bayes.estimand.tables import Row
from escc_bayes.matching.subgroups import SHRUNK, UNSHRUNK, subgroup_words
from escc_bayes.plots.words import percent, with_limits
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.treatment.words import (
    alike_by,
    captioned,
    chosen,
    endpoint_of,
    file_words,
    label_of,
    limits_words,
    ratio_of,
)
from escc_bayes.report.page.view import Block, Picture, Table
from escc_bayes.study.treatment.gather import Treatment
from escc_bayes.study.treatment.grades import SEVERE_WORDS


def location_block(held: Treatment) -> Block:
    """Return hazard ratios of cervical over other locations, of every endpoint."""
    lines: list[tuple[str, ...]] = []
    said = []
    for endpoint in held.matches:
        own = chosen(held.location, endpoint=endpoint)
        if not own:
            continue
        lines.append((endpoint_of(held.cohort, endpoint),))
        for group in dict.fromkeys(str(row["group"]) for row in own):
            by = {str(row["method"]): row for row in own if row["group"] == group}
            first = next(iter(by.values()))
            bayes = next((row for method, row in by.items() if method.startswith("bayes")), None)
            cells = [ratio_of(row) if row is not None else "" for row in (by.get("cox"), bayes)]
            lines.append((f"Cervical vs elsewhere, {group}", f"{first['n']} ({first['events']})", *cells))
        said.append(location_reading(held, endpoint, own))
    head = ("", "Patients (events)", "Cox", "Bayes")
    table = Table(
        captioned(held, "Cervical location: hazard ratios", "location"), head, tuple(lines), limits_words(held)
    )
    return Block("Cervical location", tuple(said), (table,) if lines else ())


def location_reading(held: Treatment, endpoint: str, rows: Sequence[Row]) -> str:
    """Say the most adjusted ratio of both methods."""
    last = str(rows[-1]["group"])
    said = [
        f"{'Cox' if row['method'] == 'cox' else 'posterior'} {ratio_of(row)}" for row in rows if row["group"] == last
    ]
    return f"{endpoint_of(held.cohort, endpoint)}, cervical over elsewhere, {last}: {', '.join(said)}."


def harm_block(held: Treatment) -> Block:
    """Return grades of pneumonitis in each group with exact limits, and what none seen does not exclude."""
    lines = tuple(
        (
            f"{group_of(held, row)}, {row['grade']}{', printed' if row['source'] == 'printed' else ''}",
            f"{row['count']} of {row['n']}",
            share_cell(row, "share", "lower_exact", "upper_exact"),
            share_cell(row, "posterior_median", "lower_credible", "upper_credible"),
            percent(number(row["upper_of_none"])) if not math.isnan(number(row["upper_of_none"])) else "",
        )
        for row in held.grades
    )
    level = f"{100 * held.level:g} %"
    head = (
        "Group and grade",
        "Patients",
        f"%, exact {level} limits",
        "%, posterior",
        f"None seen: upper {level} bound, %",
    )
    counted = any(row["source"] == "counted" for row in held.grades)
    what = "Pneumonitis by grade" if counted else "Pneumonitis of grade 3 or more, as printed"
    words = f"{what}; {file_words('grades')}"
    caption = provenance_first(held.cohort.provenance, words) if counted else words
    note = (
        "Exact: Clopper-Pearson, two-sided. Posterior: uniform prior, median and credible limits. Upper bound: "
        "exact, one-sided. Grades come after the treatment: they are counted, not compared as its effect."
    )
    return Block("Pneumonitis by grade", harm_reading(held), (Table(caption, head, lines, note),))


def group_of(held: Treatment, row: Row) -> str:
    """Return what people read for the group of a row."""
    return held.cohort.covariate(held.asked.treatment).schema.read_as(str(row["group"]))


def share_cell(row: Row, value: str, lower: str, upper: str) -> str:
    """Print a share with its limits, in per cent."""
    return with_limits(*(percent(number(row[key])) for key in (value, lower, upper)))


def harm_reading(held: Treatment) -> tuple[str, ...]:
    """Say of each group what its severe cases leave open."""
    said = []
    for row in chosen(held.grades, grade=SEVERE_WORDS):
        where = f"{group_of(held, row)}{' (printed)' if row['source'] == 'printed' else ''}"
        if row["count"] == 0:
            bound = number(row["upper_of_none"])
            said.append(
                f"{where}: none of {row['n']} with {SEVERE_WORDS} does not exclude {percent(bound)} %, one in "
                f"{1.0 / bound:.0f} (exact upper {100 * held.level:g} % bound)."
            )
        else:
            share = share_cell(row, "share", "lower_exact", "upper_exact")
            said.append(f"{where}: {row['count']} of {row['n']} with {SEVERE_WORDS}, {share} %.")
    return tuple(said)


def subgroup_block(held: Treatment, pictures: Sequence[Picture]) -> Block:
    """Return the effect within levels, unshrunk and shrunk side by side, with tests of interaction."""
    tables, said = [], []
    for endpoint, matches in held.matches.items():
        rows = matches[0].subgroups
        if rows:
            tables.append(subgroup_table(held, endpoint, rows))
            said += [f"{endpoint_of(held.cohort, endpoint)}: {one}" for one in subgroup_words(rows, held.cohort)]
    return Block("Effect within subgroups", tuple(said), tuple(tables), tuple(pictures))


def subgroup_table(held: Treatment, endpoint: str, rows: Sequence[Row]) -> Table:
    """Return one line for each level."""
    lines: list[tuple[str, ...]] = []
    for name in dict.fromkeys(str(row["within"]).rpartition(": ")[0] for row in rows):
        lines.append((label_of(held.cohort, name),))
        own = [row for row in rows if str(row["within"]).rpartition(": ")[0] == name]
        for within in dict.fromkeys(str(row["within"]) for row in own):
            by = {str(row["method"]): row for row in own if row["within"] == within}
            first = next(iter(by.values()))
            cells = [ratio_of(by[method], "hr") if method in by else "" for method in (UNSHRUNK, SHRUNK)]
            lines.append((within.rpartition(": ")[2], f"{first['n']} ({first['events']})", *cells))
    how = alike_by(held.matches[endpoint][0])
    words = f"{endpoint_of(held.cohort, endpoint)}: the treatment's hazard ratio within levels, of the {how}ed"
    note = (
        "Unshrunk: Cox with a baseline for each level, robust. Shrunk: posterior whose levels share a common ratio, "
        "drawn towards it the more the less a level tells. The test stands for the covariate, not for the level that "
        f"looks best. {limits_words(held)}"
    )
    return Table(
        captioned(held, words, "subgroups", of_design=True),
        ("Level", "Patients (events)", "Unshrunk", "Shrunk"),
        tuple(lines),
        note,
    )
