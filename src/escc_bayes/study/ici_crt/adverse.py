"""Adverse events: exact and posterior shares, what zero events allow, partial pooling over kinds, rates over follow-up.

Counts are those of the cohort's own columns, or as the paper prints them: no reconstruction has a column for them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.proportions import rate, share
from escc_bayes.data.covariates import CovariateData
from escc_bayes.plots.words import NOTHING, percent
from escc_bayes.study.part import Part, Row, StudyTable, table_of
from escc_bayes.study.pooled_shares import PooledShare, partially_pooled
from escc_bayes.study.roles import Role, find_roles
from escc_bayes.study.shares import share_cells, share_head, share_row
from escc_bayes.study.subject import Subject

TITLE = "Adverse events"
CONCERNED = ("trae_", "fistula", "myocarditis", "isolated_bms")
KINDS = (
    Role("any", "any, treatment-related", r"^(any[_ ])?(tr)?ae\b|adverse|不良反应"),
    Role("fistula", "oesophageal fistula", r"fistula|瘘|perforation|穿孔"),
    Role("myocarditis", "immune myocarditis", r"myocarditis|心肌炎"),
    Role("marrow", "bone marrow suppression", r"marrow|myelosup|haematolog|hematolog|骨髓|neutropeni"),
    Role("pneumonitis", "pneumonitis", r"pneumonitis|肺炎"),
    Role("oesophagitis", "oesophagitis", r"o?esophagitis|食管炎"),
    Role("hepatitis", "hepatitis", r"hepatitis|肝炎|肝功能"),
    Role("thyroid", "thyroid dysfunction", r"thyroid|甲状腺"),
    Role("rash", "rash", r"\brash|dermat|皮疹|皮肤"),
)
# Kinds as the paper prints them: name, words, printed number, whether it is one kind or a total.
PRINTED = (
    ("any_first", "any, grade 2 or more (first sentence)", "trae_ge2_first_n", False),
    ("any_second", "any, grade 2 or more (second sentence)", "trae_ge2_second_n", False),
    ("fistula", "oesophageal fistula", "fistula_n", True),
    ("myocarditis", "immune myocarditis", "myocarditis_n", True),
    ("marrow", "bone marrow suppression alone", "isolated_bms_n", True),
)
NOTE = (
    "Partially pooled: kinds of event share a distribution of their logits, so rare ones are drawn towards the others; "
    "totals are not pooled with their parts. Per 100 patient-years: events over the follow-up of all patients until "
    "death or last contact, exact limits; the months of the events are not known, and an event that can come only "
    "during treatment is not proportional to follow-up."
)
NO_COLUMN = (
    "Left out: adverse events; the cohort has no column for them (such as covariates.fistula with levels no and yes, "
    "or covariates.pneumonitis with levels 0 to 5, in its schema)."
)
NO_DATA = "The cohort has no column of adverse events: counts are those that the paper prints."


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: how many had it of how many; ``single``: not a total of others."""

    name: str
    words: str
    events: int
    n: int
    single: bool


def adverse_part(subject: Subject) -> Part:
    """Return adverse events of the cohort, or as printed."""
    own = own_kinds(subject)
    kinds = own or (printed_kinds(subject) if subject.of_paper else [])
    findings = subject.concerning(*CONCERNED)
    if not kinds:
        return Part("", TITLE, (), (), (NO_COLUMN,), findings)
    pooled = pooled_of(kinds, subject.level)
    tables = [kinds_table(subject, kinds, pooled)]
    grades = grade_columns(subject)
    if grades:
        tables.append(grade_table(subject, grades))
    skipped = () if own else (f"{NO_DATA} By grade: no column (such as covariates.pneumonitis with levels 0 to 5).",)
    return Part("", TITLE, reading(subject, kinds), tuple(tables), skipped, findings)


def own_columns(subject: Subject) -> dict[str, CovariateData]:
    """Return the cohort's columns of adverse events by kind; those of one whose levels are grades or no and yes."""
    taken = set(subject.covariates.values())
    found = find_roles(subject.first.schema, KINDS)
    held = {kind: subject.first.covariates[name] for kind, name in found.items() if name not in taken}
    return {kind: data for kind, data in held.items() if data.schema.categorical}


def graded(data: CovariateData) -> list[int] | None:
    """Return the grade that each level names; None where some name none."""
    found = [re.search(r"\d", level) for level in data.schema.levels]
    return None if any(one is None for one in found) else [int(one.group()) for one in found if one is not None]


def grade_columns(subject: Subject) -> dict[str, CovariateData]:
    """Return the columns whose levels are grades, more than two of them."""
    held = own_columns(subject)
    return {k: d for k, d in held.items() if len(d.schema.levels) > 2 and graded(d) is not None}


def own_kinds(subject: Subject) -> list[Kind]:
    """Return each kind with the patients who had any of it."""
    found = []
    for kind, data in own_columns(subject).items():
        known = data.values[~data.missing]
        grades = graded(data) if len(data.schema.levels) > 2 else None
        none = [code for code, grade in enumerate(grades) if grade == 0] if grades else [0]
        words = next(role.words for role in KINDS if role.name == kind)
        found.append(Kind(kind, words, int((~np.isin(known, none)).sum()), known.size, kind != "any"))
    return found


def printed_kinds(subject: Subject) -> list[Kind]:
    """Return each kind that the paper counts."""
    n = subject.printed.count("n_total") or len(subject.first)
    held = [(name, words, subject.printed.count(number), single) for name, words, number, single in PRINTED]
    return [Kind(name, words, count, n, single) for name, words, count, single in held if count is not None]


def pooled_of(kinds: Sequence[Kind], level: float) -> dict[str, PooledShare]:
    """Return the partially pooled share of each single kind, where there are two or more."""
    single = [kind for kind in kinds if kind.single]
    if len(single) < 2:
        return {}
    found = partially_pooled([kind.events for kind in single], [kind.n for kind in single], level=level)
    return {kind.name: one for kind, one in zip(single, found, strict=True)}


def reading(subject: Subject, kinds: Sequence[Kind]) -> tuple[str, ...]:
    """Return the most frequent single kind, and what no event at all would allow."""
    single = [kind for kind in kinds if kind.single] or list(kinds)
    most = max(single, key=lambda kind: kind.events / kind.n)
    found = share(most.events, most.n, level=subject.level)
    none = share(0, most.n, level=subject.level)
    name = f"{100 * subject.level:g} %"
    return (
        f"Most frequent kind: {most.words}, {most.events} of {most.n} patients, {percent(found.value)} % (exact {name} "
        f"confidence interval {percent(found.lower)} to {percent(found.upper)}).",
        f"An event that none of {most.n} patients had may still come to {percent(none.none_upper)} % of patients "
        f"(one-sided {name} upper limit): absence here rules out no rare event.",
    )


def kinds_table(subject: Subject, kinds: Sequence[Kind], pooled: dict[str, PooledShare]) -> StudyTable:
    """Return a row for each kind, and one for an event that nobody had."""
    years = follow_up_years(subject)
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for kind in (*kinds, Kind("none", "any event that no patient had", 0, kinds[0].n, single=False)):
        found = share(kind.events, kind.n, level=subject.level)
        shrunk = pooled.get(kind.name)
        per = rate(kind.events, years, level=subject.level) if years else (np.nan,) * 3
        rows.append(
            {
                "event": kind.name,
                **share_row(found, subject.level),
                "pooled_median": np.nan if shrunk is None else shrunk.median,
                "pooled_lower": np.nan if shrunk is None else shrunk.low,
                "pooled_upper": np.nan if shrunk is None else shrunk.high,
                "upper_of_none": found.none_upper,
                "patient_years": years,
                "rate": per[0],
                "rate_lower": per[1],
                "rate_upper": per[2],
            }
        )
        held = "" if shrunk is None else f"{percent(shrunk.median)} ({percent(shrunk.low)} to {percent(shrunk.high)})"
        over = NOTHING if np.isnan(per[0]) else "{:.2f} ({:.2f} to {:.2f})".format(*(100.0 * x for x in per))
        cells.append((kind.words, *share_cells(found), held, over))
    printed = "" if own_columns(subject) else ", as the paper counts them"
    head = ("Event", *share_head(subject.level), "Partially pooled, %", "Per 100 patient-years (exact)")
    return table_of(
        "adverse_events", f"Adverse events{printed}; {years:.0f} patient-years", rows, head, cells, note=NOTE
    )


def follow_up_years(subject: Subject) -> float:
    """Return the years that patients were followed until death or last contact, the average of reconstructions."""
    if not subject.has("os"):
        return 0.0
    return float(np.mean([data.time[data.present].sum() for data in subject.followed("os")])) / 12.0


def grade_table(subject: Subject, columns: dict[str, CovariateData]) -> StudyTable:
    """Return, for each kind with grades, patients of at least each grade."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for kind, data in columns.items():
        grades = np.array(graded(data))
        known = grades[data.values[~data.missing].astype(np.int64)]
        cells.append((data.schema.label,))
        for least in range(1, 6):
            found = share(int((known >= least).sum()), known.size, level=subject.level)
            rows.append({"event": kind, "grade_at_least": least, **share_row(found, subject.level)})
            cells.append((f"grade {least} or more", *share_cells(found)))
    head = ("Grade", *share_head(subject.level))
    return table_of("adverse_events_by_grade", "Adverse events by grade", rows, head, cells)
