"""The figures of one matched comparison: balance, scores, curves, hazard ratios, subgroups."""

import math
from collections.abc import Callable

import numpy as np
from matplotlib.figure import SubFigure

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.printed import number
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.sentence import counted
from escc_bayes.matching.answer import Answer
from escc_bayes.matching.as_read import DESIGNS, POSTERIORS, column_read, covariate_read
from escc_bayes.matching.followed import Followed, followed
from escc_bayes.matching.run import Match
from escc_bayes.matching.subgroups import SHRUNK, subgroup_words
from escc_bayes.plots.balance import Difference, Scores, love, positivity
from escc_bayes.plots.forest import forest
from escc_bayes.plots.survival import AtRisk, at_risk_table, survival_curves
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.document.stepped import stepped

ROW_MM, FRAME_MM, CURVES_MM, POSITIVITY_MM = 5.0, 46.0, 92.0, 84.0
MARKS = (0.0, 12.0, 24.0, 36.0, 48.0, 60.0)


def sheets(found: Match) -> list[Sheet]:
    """Return every figure of a match that there is something to draw for."""
    shown = [love_sheet(found)] if found.balance else []
    if found.design.score is not None:
        shown.append(positivity_sheet(found))
    shown.append(curves_sheet(found))
    if any(math.isfinite(one.hr) for one in found.answers):
        shown.append(effect_sheet(found))
    if any(math.isfinite(number(row["hr"])) for row in found.subgroups):
        shown.append(subgroup_sheet(found))
    return shown


def endpoint_words(found: Match) -> str:
    """Return the words of the endpoint."""
    return found.patients.cohort.schema.endpoints[found.asked.endpoint].label or found.asked.endpoint


def treatment_words(found: Match) -> str:
    """Return the words of the treatment inside a title."""
    return covariate_read(found.patients.cohort, found.asked.treatment)


def about(found: Match) -> str:
    """Return the sentences that a figure's note begins with."""
    first = (found.record.provenance.upper(), "Design:", "NAIVE", "NOT BALANCED")
    return " ".join(one for one in found.sentences if one.startswith(first))


def match_sheet(
    found: Match,
    draw: Callable[[SubFigure], object],
    *,
    name: str,
    title: str,
    words: str,
    height_mm: float,
    columns: int = 1,
) -> Sheet:
    """Return a figure of one match: its note begins with whose it is and under which design."""
    return drawn(
        draw,
        name=name,
        section="match",
        outcome=found.asked.endpoint,
        title=title,
        about=about(found),
        words=words,
        clock=found.patients.clock(found.asked.treatment),
        provenance=found.record.provenance,
        height_mm=height_mm,
        columns=columns,
    )


def love_sheet(found: Match) -> Sheet:
    """Return the Love plot."""
    cohort = found.patients.cohort
    differences = [
        Difference(column_read(cohort, one.covariate), one.smd_before, one.smd_after) for one in found.balance
    ]
    return match_sheet(
        found,
        lambda part: love(differences, ax=part.subplots()),
        name="love",
        title=f"Balance before and after: {DESIGNS[found.design.method].lower()}",
        words="In standard deviations of the treated before.",
        height_mm=FRAME_MM + ROW_MM * len(differences),
    )


def positivity_sheet(found: Match) -> Sheet:
    """Return the scores of both groups."""
    score, treated, weight = found.design.score, found.patients.treated, found.design.weight
    assert score is not None
    one, other = (
        Scores(found.patients.read[code], score[treated == bool(code)], weight[treated == bool(code)])
        for code in (1, 0)
    )
    return match_sheet(
        found,
        lambda part: positivity(one, other, ax=part.subplots()),
        name="positivity",
        title="Propensity scores of both groups",
        words="Where there is nobody of one group, nothing can be compared. "
        f"Scores run from {score[treated].min():.3f} to {score[treated].max():.3f} and from "
        f"{score[~treated].min():.3f} to {score[~treated].max():.3f}.",
        height_mm=POSITIVITY_MM,
    )


def curves_sheet(found: Match) -> Sheet:
    """Return Kaplan-Meier curves before and after; patients who are compared as they are have one panel."""
    shown = [(followed(found.patients, found.asked.endpoint, None), "As they are")]
    if found.design.method != "none":
        shown.append((followed(found.patients, found.asked.endpoint, found.design), DESIGNS[found.design.method]))

    def draw(part: SubFigure) -> None:
        axes = np.atleast_1d(part.subplots(1, len(shown)))
        for ax, (own, title) in zip(axes, shown, strict=True):
            panel(own, found, title, ax)

    weighted = ", after with the weights of the design and robust errors" if len(shown) == 2 else ""
    return match_sheet(
        found,
        draw,
        name="curves",
        title=f"{endpoint_words(found)} by {treatment_words(found)}{', before and after' if len(shown) == 2 else ''}",
        words=f"Kaplan-Meier with pointwise limits{weighted}; numbers at risk count patients.",
        height_mm=CURVES_MM,
        columns=len(shown),
    )


def panel(own: Followed, found: Match, title: str, ax: object) -> None:
    """Draw the curves of both groups."""
    curves, counts = [], []
    until = float(own.time.max())
    marks = np.array([month for month in MARKS if month <= until])
    for code in (0, 1):
        inside = own.of_group(code)
        entry = None if own.entry is None else own.entry[inside]
        curve = kaplan_meier(
            own.time[inside],
            own.event[inside],
            entry=entry,
            weight=own.weight[inside],
            cluster=None if (own.weight == 1.0).all() else own.cluster[inside],
            level=found.asked.level,
        )
        curves.append(stepped(curve, label=found.patients.read[code]))
        start = np.zeros(own.time.size) if own.entry is None else own.entry
        at_risk = [int((inside & (own.time >= m) & ((start < m) | (start == 0.0))).sum()) for m in marks]
        counts.append(at_risk)
    survival_curves(curves, until=until, time_label="Months", title=title, ax=ax)  # type: ignore[arg-type]
    at_risk_table(AtRisk(found.patients.read, marks, np.array(counts)), ax=ax)  # type: ignore[arg-type]


def effect_sheet(found: Match) -> Sheet:
    """Return the hazard ratios of every method as a forest."""
    finite = [one for one in found.answers if math.isfinite(one.hr)]
    # Patients as they are stand first, what each design makes of them below, in the order of the tables.
    shown = [estimate_of(one, found) for one in sorted(finite, key=lambda one: one.method != "cox_unadjusted")]
    control, treated = found.patients.read
    return match_sheet(
        found,
        lambda part: forest(shown, headings={}, ax=part.subplots()),
        name="effect",
        title=f"{treatment_words(found)}: hazard of {treated} over {control}, {endpoint_words(found)}",
        words="Hollow markers: confidence intervals; full ones: credible intervals.",
        height_mm=FRAME_MM + ROW_MM * (len(shown) + 3),
    )


def subgroup_sheet(found: Match) -> Sheet:
    """Return the effect within levels as a forest, unshrunk and shrunk side by side."""
    shown = [within_estimate(row, found) for row in found.subgroups if math.isfinite(number(row["hr"]))]
    control, treated = found.patients.read
    return match_sheet(
        found,
        lambda part: forest(shown, headings={}, ax=part.subplots()),
        name="subgroups",
        title=f"{treatment_words(found)}: {treated} vs {control} within levels, {endpoint_words(found)}",
        words=" ".join(
            ["Shrunk: towards a common hazard ratio.", *subgroup_words(found.subgroups, found.patients.cohort)]
        ),
        height_mm=FRAME_MM + ROW_MM * (1.5 * len(shown) + 2 * len(found.asked.subgroups)),
    )


def within_estimate(row: Row, found: Match) -> Estimate:
    """Return a row of ``subgroups.csv`` as the estimate that figures draw."""
    name, _, word = str(row["within"]).rpartition(": ")
    hr, lower, upper = (number(row[part]) for part in ("hr", "lower", "upper"))
    shrunk = row["method"] == SHRUNK
    n, events = int(number(row["n"])), int(number(row["events"]))
    return Estimate(
        endpoint=found.asked.endpoint,
        estimand="hazard_ratio",
        term=covariate_read(found.patients.cohort, name),
        contrast=f"{found.levels.of(name, word)} ({n}, {counted(events, 'event')})",
        method=str(row["method"]),
        model=POSTERIORS[SHRUNK] if shrunk else "",
        value=hr,
        lower=lower,
        upper=upper,
        level=found.asked.level,
        interval_kind=str(row["interval"]),
        n=n,
        rows=n,
        events=events,
        clock=found.patients.clock(found.asked.treatment),
        record=found.record,
    )


def estimate_of(one: Answer, found: Match) -> Estimate:
    """Return an answer as the estimate that figures draw."""
    control, treated = found.patients.read
    return Estimate(
        endpoint=found.asked.endpoint,
        estimand="hazard_ratio",
        term=f"{treatment_words(found)}, {treated} vs {control}",
        contrast=DESIGNS[one.design],
        method=one.method,
        model=POSTERIORS.get(one.method, ""),
        value=one.hr,
        lower=one.lower,
        upper=one.upper,
        level=one.level,
        interval_kind=one.interval,
        n=one.n,
        rows=one.n,
        events=one.events,
        clock=found.patients.clock(found.asked.treatment),
        record=found.record,
    )
