"""Beside other studies: survival, response and fistula; the difference, and what could make it."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from escc_bayes.classical.proportions import share
from escc_bayes.data.study import read_study
from escc_bayes.foundation.sentence import capital
from escc_bayes.plots.words import percent
from escc_bayes.study import middle as km
from escc_bayes.study.beside import (
    IMPLIED,
    Arm,
    Beside,
    printed_survival,
)
from escc_bayes.study.counted import HEAD, counted
from escc_bayes.study.ici_crt.other_differences import (
    MONTHS,
    WITH_ICI,
    WITHOUT,
    difference_table,
    differences_of,
    reading,
)
from escc_bayes.study.middle import Middle
from escc_bayes.study.part import Part, Row, StudyDots, StudyFigure, StudyTable, table_of
from escc_bayes.study.subject import Subject

TITLE = "Beside other studies"
ARMS = (
    *(
        Arm(study, arm, WITH_ICI)
        for study, arm in (
            ("chenh2026_44", "induction + CRT + ICI"),
            ("ec_crt_001", "toripalimab + dCRT"),
            ("ec_crt_002", "A (16 cycles)"),
            ("ec_crt_002", "B (4 cycles)"),
            ("guangxi2024_101", "CCRT + ICI"),
            ("induction_ict_rt66", "ICIs + RT"),
            ("park_durva_treme", "CRT + durvalumab + tremelimumab"),
            ("rcit_oescc140", "RCIT (all)"),
            ("tenergy_epoc1802", "dCRT then atezolizumab"),
            ("yang2025_290", "dCRT + ICI"),
            ("zhangw2021_crt_camre", "CRT + camrelizumab"),
        )
    ),
    *(
        Arm(study, arm, WITHOUT)
        for study, arm in (
            ("ec_crt_002", "historical CRT"),
            ("guangxi2024_101", "CCRT"),
            ("induction_ict_rt66", "RT"),
        )
    ),
)
ENDPOINTS = ("os", "pfs")
CONCERNED = ("inclusion", "ici_cycles_min", "cited")


def others_part(subject: Subject) -> Part:
    """Return survival and response beside those of other studies."""
    held = [name for name in ENDPOINTS if subject.has(name)]
    lacking, findings = subject.lacking(*ENDPOINTS), subject.concerning(*CONCERNED)
    found = printed_survival(ARMS, [name.upper() for name in held], MONTHS, subject.level)
    differences = [one for name in held for one in differences_of(subject, name, found)]
    tables = [*([survival_table(subject, held, found)] if held else []), response_table(subject)]
    if differences:
        tables.insert(1, difference_table(subject, differences))
    figures = (figure(subject, held, found),) if held else ()
    said = tuple(reading(subject, one) for one in differences if one.month == MONTHS[0])
    return Part("", TITLE, said, tuple(tables), lacking, findings, figures)


def survival_table(subject: Subject, held: Sequence[str], found: Sequence[Beside]) -> StudyTable:
    """Return this cohort and every arm, a column for each endpoint and month."""
    columns = [(name, month) for name in held for month in MONTHS]
    own = {name: km.curves(subject.followed(name), subject.level) for name in held}
    here = [km.survival(own[name], month) for name, month in columns]
    of = {name: counted(subject, name) for name in held}
    rows: list[Row] = [
        row_of("this cohort", "this cohort", of[name].row, name, month, survival, "Kaplan-Meier", subject.level)
        for (name, month), survival in zip(columns, here, strict=True)
    ]
    cells: list[tuple[str, ...]] = []
    here_words = "; ".join(f"{name.upper()} {one.words}" for name, one in of.items())
    cells.append(("this cohort", here_words, *(one.words(percent) for one in here)))
    for kind in (WITH_ICI, WITHOUT):
        cells.append((capital(kind),))
        for arm in (arm for arm in ARMS if arm.kind == kind):
            each = {(one.endpoint.lower(), one.month): one for one in found if one.arm == arm}
            if not each:
                continue
            numbers = [each.get(column) for column in columns]
            cells.append(
                (
                    f"{arm.study}: {arm.arm}",
                    printed_counts(each.values()),
                    *("" if o is None else words_of(o) for o in numbers),
                )
            )
            rows += [
                row_of(
                    arm.study,
                    arm.arm,
                    {"n": o.n, "events": np.nan if o.events is None else o.events},
                    o.endpoint.lower(),
                    o.month,
                    Middle(o.value, o.lower, o.upper),
                    o.limits,
                    subject.level,
                )
                for o in numbers
                if o is not None
            ]
    head = ("Study: arm", HEAD, *(f"{name.upper()} at {month:g} months, %" for name, month in columns))
    note = (
        f"Limits ({100 * subject.level:g} %) in brackets; * implied by n as if all had been followed, and so too "
        "narrow. Events stand where they are printed. Studies start their clocks and choose their patients each in its "
        "own way."
    )
    return table_of("others", "survival beside other studies", rows, head, cells, note=note)


def words_of(one: Beside) -> str:
    """Print survival of an arm; a star where its limits are not printed."""
    star = "*" if one.limits == IMPLIED else ""
    return f"{percent(one.value)} ({percent(one.lower)} to {percent(one.upper)}){star}"


def printed_counts(each: Collection[Beside]) -> str:
    """Print the patients of an arm, with the events of each endpoint as far as they are printed."""
    events = {one.endpoint: one.events for one in each if one.events is not None}
    said = "; ".join(f"{endpoint} {count}" for endpoint, count in events.items())
    return f"{next(iter(each)).n}{f' ({said})' if said else ''}"


def row_of(
    study: str, arm: str, of: Mapping[str, float], endpoint: str, month: float, found: Middle, limits: str, level: float
) -> dict[str, object]:
    """Return the numbers of one arm at one month."""
    survival = {"survival": found.value, "lower": found.lower, "upper": found.upper, "level": level, "limits": limits}
    return {"study": study, "arm": arm, **of, "endpoint": endpoint, "time": month, **survival}


def response_table(subject: Subject) -> StudyTable:
    """Return complete response and fistula beside what other studies print."""
    own = subject.printed.count("n_total") or len(subject.first)
    lines = []
    if subject.has("response"):
        data = subject.column("response")
        known = data.values[~data.missing]
        if "CR" in data.schema.levels:
            lines.append(
                ("complete response", "this cohort", int((known == data.schema.levels.index("CR")).sum()), known.size)
            )
    trial = read_study("ec_crt_001")
    complete = next(int(number.value) for number in trial.numbers if number.name == "complete_response_n")
    lines.append(("complete response", trial.id, complete, int(trial.n or 0)))
    fistula = subject.printed.count("fistula_n")
    if fistula is not None:
        lines.append(("oesophageal fistula", "this paper", fistula, own))
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for what, study, events, n in lines:
        found = share(events, n, level=subject.level)
        numbers = {"share": found.value, "lower_exact": found.lower, "upper_exact": found.upper, "level": subject.level}
        rows.append({"quantity": what, "study": study, "events": events, "n": n, **numbers})
        limits = f"{percent(found.value)} ({percent(found.lower)} to {percent(found.upper)})"
        cells.append((what.capitalize(), study, f"{events} of {n}", limits))
    head = ("", "Study", "n", f"% (exact {100 * subject.level:g} % confidence interval)")
    note = (
        "No other bundled study prints fistulas, and none objective response in patients that can be counted. Rates of "
        "fistula that the paper's text cites from elsewhere are not among its bundled quotes, and none is shown."
    )
    return table_of("others_response", "response and fistula beside other studies", rows, head, cells, note=note)


def short_name(arm: Arm) -> str:
    """Return the name of a study, with the arm where it has several here."""
    several = sum(other.study == arm.study for other in ARMS) > 1
    return f"{arm.study}, {arm.arm}" if several else arm.study


def figure(subject: Subject, held: Sequence[str], found: Sequence[Beside]) -> StudyFigure:
    """Return survival at one and two years of every arm, this cohort first."""
    panels = []
    for name in held:
        curves = km.curves(subject.followed(name), subject.level)
        for month in MONTHS[:2]:
            own = km.survival(curves, month)
            arms = [one for one in found if one.endpoint == name.upper() and one.month == month]
            lines = [("this cohort", own.value, own.lower, own.upper)]
            lines += [(short_name(o.arm), o.value, o.lower, o.upper) for o in arms]
            without = frozenset(k for k, o in enumerate(arms, start=1) if o.arm.kind == WITHOUT)
            panels.append(StudyDots(f"{name.upper()} at {month:g} months", tuple(lines), without, "Survival (%)"))
    return StudyFigure(
        "others",
        "Survival beside other studies",
        f"{subject.whose}.",
        f"Bars: {100 * subject.level:g} % limits, printed or implied by n. Filled: ICI with radiotherapy; hollow: "
        "radiotherapy without ICI; square: this cohort.",
        "as each study has it",
        tuple(panels),
    )
