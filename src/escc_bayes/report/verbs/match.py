"""The files of ``match``: design, balance, pairs, weights, effect, contrasts, the cohort, figures, run.json."""

import math
from pathlib import Path

import numpy as np
from matplotlib.figure import SubFigure

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.printed import number
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.csv import write_csv
from escc_bayes.matching.answer import Answer
from escc_bayes.matching.followed import Followed, followed
from escc_bayes.matching.run import Match
from escc_bayes.matching.subgroups import SHRUNK, subgroup_words
from escc_bayes.matching.tables import (
    BALANCE_COLUMNS,
    PAIR_COLUMNS,
    balance_rows,
    design_rows,
    effect_rows,
    pair_rows,
    weight_rows,
)
from escc_bayes.plots.balance import Difference, Scores, love, positivity
from escc_bayes.plots.forest import forest
from escc_bayes.plots.survival import AtRisk, at_risk_table, survival_curves
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.document.stepped import stepped
from escc_bayes.report.verbs.cohort_files import write_cohort
from escc_bayes.report.verbs.files import write_run
from escc_bayes.report.verbs.time_zero import write_time_zero_tables

ROW_MM, FRAME_MM, CURVES_MM, POSITIVITY_MM = 5.0, 46.0, 92.0, 84.0
MARKS = (0.0, 12.0, 24.0, 36.0, 48.0, 60.0)


def write_match_files(folder: Path, found: Match) -> None:
    """Write every table and figure, the matched or weighted cohort with its schema, the notes and ``run.json``."""
    patients, design, asked = found.patients, found.design, found.asked
    write_csv(folder / "design.csv", design_rows(patients, design, asked))
    write_csv(folder / "balance.csv", balance_rows(found.balance, design, patients), BALANCE_COLUMNS)
    write_csv(folder / "pairs.csv", pair_rows(patients, design), PAIR_COLUMNS)
    write_csv(folder / "weights.csv", weight_rows(patients, design))
    write_csv(folder / "effect.csv", effect_rows(found.answers, patients, design, asked))
    write_csv(folder / "contrasts.csv", found.contrasts)
    if found.subgroups:
        write_csv(folder / "subgroups.csv", found.subgroups)
    (folder / "notes.txt").write_text("\n".join(found.sentences) + "\n", encoding="utf-8")
    about = f"{patients.cohort.provenance.upper()}: the patients that {design.method} keeps, for {asked.treatment}."
    write_cohort(folder, found.cohort, name=f"{patients.cohort.name}_{design.method}", about=about)
    if found.time_zero is not None:
        write_time_zero_tables(folder, found.time_zero)
    for sheet in sheets(found):
        write_figure(folder, sheet)
    verdicts = {one.method: one.verdict for one in found.answers if one.interval == "credible" and one.hr == one.hr}
    write_run(folder, "match", [found.record], verdicts, seed=asked.seed)


def sheets(found: Match) -> list[Sheet]:
    """Return the figures: balance, scores, curves, hazard ratios."""
    shown = [love_sheet(found)] if found.balance else []
    if found.design.score is not None:
        shown.append(positivity_sheet(found))
    shown.append(curves_sheet(found))
    if any(math.isfinite(one.hr) for one in found.answers):
        shown.append(effect_sheet(found))
    if any(math.isfinite(number(row["hr"])) for row in found.subgroups):
        shown.append(subgroup_sheet(found))
    return shown


def about(found: Match) -> str:
    """Return the sentences that a figure's note begins with."""
    first = (found.record.provenance.upper(), "Design:", "NAIVE", "NOT BALANCED")
    return " ".join(one for one in found.sentences if one.startswith(first))


def love_sheet(found: Match) -> Sheet:
    """Return the Love plot."""
    differences = [Difference(one.covariate, one.smd_before, one.smd_after) for one in found.balance]
    return drawn(
        lambda part: love(differences, ax=part.subplots()),
        name="love",
        section="match",
        outcome=found.asked.endpoint,
        title=f"Balance before and after: {found.design.method}",
        about=about(found),
        words="In standard deviations of the treated before; distance: the propensity score.",
        clock=found.patients.clock(found.asked.treatment),
        provenance=found.record.provenance,
        height_mm=FRAME_MM + ROW_MM * len(differences),
    )


def positivity_sheet(found: Match) -> Sheet:
    """Return the scores of both groups."""
    score, treated, weight = found.design.score, found.patients.treated, found.design.weight
    assert score is not None
    one, other = (
        Scores(found.patients.levels[code], score[treated == bool(code)], weight[treated == bool(code)])
        for code in (1, 0)
    )
    return drawn(
        lambda part: positivity(one, other, ax=part.subplots()),
        name="positivity",
        section="match",
        outcome=found.asked.endpoint,
        title="Propensity scores of both groups: where there is nobody of one, nothing can be compared",
        about=about(found),
        words=f"Scores run from {score[treated].min():.3f} to {score[treated].max():.3f} and from "
        f"{score[~treated].min():.3f} to {score[~treated].max():.3f}.",
        clock=found.patients.clock(found.asked.treatment),
        provenance=found.record.provenance,
        height_mm=POSITIVITY_MM,
    )


def curves_sheet(found: Match) -> Sheet:
    """Return Kaplan-Meier curves before and after."""
    before = followed(found.patients, found.asked.endpoint, None)
    after = followed(found.patients, found.asked.endpoint, found.design)

    def draw(part: SubFigure) -> None:
        axes = part.subplots(1, 2)
        for ax, own, title in zip(axes, (before, after), ("As they are", found.design.method), strict=True):
            panel(own, found, title, ax)

    return drawn(
        draw,
        name="curves",
        section="match",
        outcome=found.asked.endpoint,
        title=f"{found.asked.endpoint} by {found.asked.treatment}, before and after",
        about=about(found),
        words="Kaplan-Meier with pointwise limits, after with the weights of the design and robust errors; numbers at "
        "risk count patients.",
        clock=found.patients.clock(found.asked.treatment),
        provenance=found.record.provenance,
        height_mm=CURVES_MM,
        columns=2,
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
        curves.append(stepped(curve, label=found.patients.levels[code]))
        start = np.zeros(own.time.size) if own.entry is None else own.entry
        at_risk = [int((inside & (own.time >= m) & ((start < m) | (start == 0.0))).sum()) for m in marks]
        counts.append(at_risk)
    survival_curves(curves, until=until, time_label="Months", title=title, ax=ax)  # type: ignore[arg-type]
    at_risk_table(AtRisk(found.patients.levels, marks, np.array(counts)), ax=ax)  # type: ignore[arg-type]


def effect_sheet(found: Match) -> Sheet:
    """Return the hazard ratios of every method as a forest."""
    finite = [one for one in found.answers if math.isfinite(one.hr)]
    # What they are before any design stands first, what the design makes of it below.
    shown = [estimate_of(one, found) for one in sorted(finite, key=lambda one: one.design == found.design.method)]
    control, treated = found.patients.levels
    return drawn(
        lambda part: forest(shown, headings={}, ax=part.subplots()),
        name="effect",
        section="match",
        outcome=found.asked.endpoint,
        title=f"{found.asked.treatment}: hazard of {treated} over {control}, {found.asked.endpoint}",
        about=about(found),
        words="Hollow markers: confidence intervals; full ones: credible intervals.",
        clock=found.patients.clock(found.asked.treatment),
        provenance=found.record.provenance,
        height_mm=FRAME_MM + ROW_MM * (len(shown) + 3),
    )


def subgroup_sheet(found: Match) -> Sheet:
    """Return the effect within levels as a forest, unshrunk and shrunk side by side."""
    shown = [within_estimate(row, found) for row in found.subgroups if math.isfinite(number(row["hr"]))]
    first = found.subgroups[0]
    return drawn(
        lambda part: forest(shown, headings={}, ax=part.subplots()),
        name="subgroups",
        section="match",
        outcome=found.asked.endpoint,
        title=f"{first['term']} {first['contrast']} within levels, {found.asked.endpoint}",
        about=about(found),
        words=" ".join(["Shrunk: towards a common hazard ratio.", *subgroup_words(found.subgroups)]),
        clock=found.patients.clock(found.asked.treatment),
        provenance=found.record.provenance,
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
        term=name,
        contrast=f"{word} ({n}, {events} events)",
        method=str(row["method"]),
        model="shrunk" if shrunk else "",
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
    control, treated = found.patients.levels
    return Estimate(
        endpoint=found.asked.endpoint,
        estimand="hazard_ratio",
        term=f"{found.asked.treatment}, {treated} vs {control}",
        contrast="as they are" if one.design == "none" else one.design,
        method=one.method,
        model=one.method.removeprefix("bayes_"),
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
