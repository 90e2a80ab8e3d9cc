"""Follow-up, overall and progression-free survival: Kaplan-Meier as published, the posterior beside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.data.published import PublishedSurvival
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.sentence import capital
from escc_bayes.plots.words import months, percent
from escc_bayes.study import middle as km
from escc_bayes.study.counted import Counted, counted
from escc_bayes.study.curves import survival_panel
from escc_bayes.study.ici_crt.states import state_table
from escc_bayes.study.members import count_words
from escc_bayes.study.middle import Middle
from escc_bayes.study.of_draws import curve_draws, of_draws
from escc_bayes.study.part import Part, Row, StudyFigure, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import Fitted, fitted, whole_spec

TITLE = "Follow-up, overall and progression-free survival"
ENDPOINTS = ("os", "pfs")
MONTHS, UNTIL = (12.0, 24.0, 36.0), 36.0
CONCERNED = ("failures_n", "37 failures", "37 treatment failures", "whole cohort")


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity of an endpoint: Kaplan-Meier, the posterior, the print and whether it was reached."""

    quantity: str
    classical: Middle
    posterior: Middle
    printed: str
    mark: str
    form: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class OfEndpoint:
    """Everything of one endpoint."""

    endpoint: str
    of: Counted
    posterior: Fitted
    lines: tuple[Line, ...]


def survival_part(subject: Subject) -> Part:
    """Return follow-up and survival of both endpoints, and who is where over time."""
    held = [of_endpoint(subject, name) for name in ENDPOINTS if subject.has(name)]
    lacking, findings = subject.lacking(*ENDPOINTS), subject.concerning(*CONCERNED)
    if not held:
        return Part("", TITLE, (), (), lacking, findings)
    tables = [survival_table(subject, held)]
    if subject.has(*ENDPOINTS):
        try:
            tables.append(state_table(subject))
        except InputError as problem:
            lacking = (*lacking, f"Left out: who is where over time; {problem}")
    said = tuple(reading(subject, one) for one in held)
    return Part("", TITLE, said, tuple(tables), lacking, findings, (figure(subject, held),))


def of_endpoint(subject: Subject, endpoint: str) -> OfEndpoint:
    """Return Kaplan-Meier and the posterior of one endpoint, without covariates."""
    posterior = fitted(subject, whole_spec(subject, endpoint, (), "piecewise", f"{endpoint}_all_patients"), ())
    return OfEndpoint(endpoint, counted(subject, endpoint), posterior, tuple(lines_of(subject, endpoint, posterior)))


def lines_of(subject: Subject, endpoint: str, posterior: Fitted) -> list[Line]:
    """Return every quantity of an endpoint."""
    data, level, word = subject.followed(endpoint), subject.level, endpoint.upper()
    found, print_ = km.curves(data, level), printed_of(subject, word)
    last = min(float(curve.time[-1]) for curve in found)
    draws, grid = curve_draws(posterior, min(UNTIL, last))
    nothing = Middle(np.nan, np.nan, np.nan)

    def line(
        what: str, classical: Middle, bayes: Middle, printed: str, target: str, form: Callable[[float], str]
    ) -> Line:
        return Line(what, classical, bayes, printed, subject.printed.mark(word, target), form)

    followed = "" if print_ is None or print_.followup_median is None else str(print_.followup_median)
    lines = [line("median follow-up, months", km.followed(data, level), nothing, followed, "median follow-up", months)]
    for month in MONTHS:
        bayes = of_draws(posterior.survival(np.array([month]))[:, 0], level) if month <= last else nothing
        at = km.survival(found, month)
        lines.append(
            line(f"survival at {month:g} months, %", at, bayes, at_month(print_, month), f"S({month:g})", percent)
        )
    lines.append(
        line("median, months", km.median(found), median_of(posterior, last, level), middle_of(print_), "median", months)
    )
    if print_ is not None and print_.median_ci_low is not None:
        limits = f"{print_.median_ci_low} to {print_.median_ci_high}"
        slope = km.symmetric(found, level)
        lines.append(
            line("median, limits from the slope", slope, nothing, limits, "median, lower limit (slope)", months)
        )
    mean = of_draws(np.asarray(np.trapezoid(draws, grid, axis=1)), level)
    until = float(grid[-1])
    lines.append(line(f"mean months of the first {until:.4g}", km.restricted(data, until, level), mean, "", "", months))
    return lines


def median_of(posterior: Fitted, last: float, level: float) -> Middle:
    """Return the posterior median survival; infinite where a curve does not come down in follow-up."""
    draws, grid = curve_draws(posterior, last)
    below = draws <= 0.5
    return of_draws(np.where(below.any(axis=1), grid[below.argmax(axis=1)], np.inf), level)


def printed_of(subject: Subject, word: str) -> PublishedSurvival | None:
    """Return the printed curve of the whole cohort."""
    asked = (s for s in subject.study.survivals if s.endpoint == word and s.arm == "whole cohort")
    return next(asked, None)


def at_month(found: PublishedSurvival | None, month: float) -> str:
    """Return the printed survival at a month, per cent."""
    if found is None:
        return ""
    return next((f"{100 * mark.s:.1f}" for mark in found.landmarks if float(mark.t) == month), "")


def middle_of(found: PublishedSurvival | None) -> str:
    """Return the printed median."""
    if found is None:
        return ""
    return "not reached" if found.median_reached is False else str(found.median or "")


def reading(subject: Subject, held: OfEndpoint) -> str:
    """Return one line: survival at a year and three, and the median, by both."""
    by_name = {line.quantity: line for line in held.lines}
    words = subject.words(held.endpoint)
    year, median = by_name["survival at 12 months, %"], by_name["median, months"]
    return (
        f"{capital(words)}, {count_words(held.of.events)} events: "
        f"{year.classical.words(percent)} % at 12 months by "
        f"Kaplan-Meier, {year.posterior.words(percent)} % by the posterior; median "
        f"{median.classical.words(months)} and {median.posterior.words(months)} months."
    )


def survival_table(subject: Subject, held: Sequence[OfEndpoint]) -> StudyTable:
    """Return every quantity beside the printed one."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for one in held:
        n, events = count_words(one.of.n), count_words(one.of.events)
        cells.append((f"{subject.words(one.endpoint).capitalize()}: {n} patients, {events} events",))
        for line in one.lines:
            numbers = [line.classical.words(line.form), line.posterior.words(line.form)]
            cells.append((line.quantity, line.printed, line.mark, *numbers))
            rows += [
                row_of(subject, one, line, *which) for which in (("km", line.classical), ("bayes", line.posterior))
            ]
    level = f"{100 * subject.level:g} %"
    head = ("", "Printed", "Reconstructions", f"Kaplan-Meier ({level} confidence)", f"Posterior ({level} credible)")
    middle = "Kaplan-Meier: value and limits of the middle reconstruction. " if subject.several else ""
    note = (
        f"{middle}Log-log limits; the paper's limits of a median lie at one distance from it, as from the slope of the "
        "curve. Posterior: piecewise exponential without covariates; not reached: not within follow-up."
    )
    return table_of("survival", "follow-up and survival", rows, head, cells, note=note)


def row_of(subject: Subject, held: OfEndpoint, line: Line, method: str, found: Middle) -> Row:
    """Return the numbers of one quantity by one method."""
    return {
        "endpoint": held.endpoint,
        "quantity": line.quantity,
        "method": method,
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "level": subject.level,
        "printed": line.printed,
        "reached": line.mark,
        **held.of.row,
        "members": len(subject.members),
    }


def figure(subject: Subject, held: Sequence[OfEndpoint]) -> StudyFigure:
    """Return posterior survival over Kaplan-Meier, an endpoint in each panel."""
    panels = tuple(survival_panel(subject, one.endpoint, one.posterior) for one in held)
    behind = "Kaplan-Meier of the first reconstruction" if subject.several else "Kaplan-Meier"
    return StudyFigure(
        "survival",
        "Overall and progression-free survival" if len(held) > 1 else subject.words(held[0].endpoint).capitalize(),
        f"{subject.whose}.",
        f"Smooth: posterior median with pointwise {100 * subject.level:g} % credible band. Thin: {behind}, whose "
        "numbers at risk stand below, events until then in brackets.",
        "time zero",
        panels,
    )
