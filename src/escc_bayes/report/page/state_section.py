"""The section on states and causes: figures, a reading, tables of states, transitions and time after progression."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.sentence import capital
from escc_bayes.plots.words import estimate_words, probability, ratio
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, term_labels
from escc_bayes.report.page.state_groups import THROUGHOUT, asked_of
from escc_bayes.report.page.state_words import (
    OBSERVED,
    StateTables,
    chosen,
    incidence_sentences,
    number,
    state_sentences,
    value_words,
    years_of,
)
from escc_bayes.report.page.view import Block, Picture, Section, Table
from escc_bayes.spec.transitions import in_words

NAME, TITLE = "states", "States and causes: posterior and Aalen-Johansen"
ALL = "All patients"


def state_section(bundle: Bundle, found: Sequence[Outcome], pictures: Mapping[str, tuple[Picture, ...]]) -> Section:
    """Return the section; ``pictures`` by outcome. Without a model of several transitions it is empty."""
    several = [o for o in found if o.posteriors[0].plan.rows.has_states]
    blocks = tuple(block_of(o, bundle, pictures.get(o.key, ())) for o in several)
    return Section(NAME, TITLE, "", blocks, "States", ("illness_death", "competing_causes"))


def block_of(outcome: Outcome, bundle: Bundle, pictures: tuple[Picture, ...]) -> Block:
    """Return the block of an outcome: sentences and tables of the headline model, and the figures."""
    first = outcome.posteriors[0]
    tables, labels = bundle.states[first.plan.spec.name], term_labels(bundle.cohort)
    read = incidence_sentences if "cumulative_incidence" in tables else state_sentences
    pooled = bundle.pooled_states.get(first.plan.spec.name)
    said = read(tables if pooled is None else pooled, first.method, bundle.level)
    if bundle.reconstructions is not None and pooled is not None:
        members = len(bundle.reconstructions.ensemble)
        said = (f"Over all {members} reconstructions; figures and tables are of the first unless they say so.", *said)
    return Block(
        f"{outcome.title}: {outcome.key}, model {first.plan.spec.name}",
        sentences=said,
        tables=tuple(state_tables(outcome, first, tables, pooled, labels, bundle)),
        pictures=pictures,
    )


def state_tables(
    outcome: Outcome,
    first: Posterior,
    tables: StateTables,
    pooled: StateTables | None,
    labels: Mapping[str, str],
    bundle: Bundle,
) -> Sequence[Table]:
    """Return the tables of a model."""
    provenance = bundle.cohort.provenance
    found = [moves_table(outcome, first, labels, provenance)]
    if "states" in tables:
        found.append(states_table(outcome, first, tables, labels, provenance))
        found.append(after_table(outcome, first, tables, pooled, labels, bundle))
    else:
        found.append(incidence_table(outcome, first, tables, labels, provenance))
        found.append(comparison_table(outcome, tables, labels, provenance))
    return found


def moves_table(outcome: Outcome, first: Posterior, labels: Mapping[str, str], provenance: str) -> Table:
    """Return how many patients of each group are at risk of each transition, and how many have it."""
    rows, names = first.plan.rows, first.plan.rows.transition_names
    groups = [(one.term, one.group) for one in asked_of(first.plan) if not one.throughout]
    lines: list[tuple[str, ...]] = []
    for term, block in groupby(dict.fromkeys(groups), key=lambda key: key[0]):
        if term:
            lines.append((labels.get(term, term),))
        for _, group in block:
            counts = [of_group(rows, term, group, transition=name) for name in names]
            lines.append((group or ALL, *(f"{one.events} of {one.n}" for one in counts)))
    words = [in_words(name) for name in names]
    head = ("Group", *(capital(word) for word in words))
    caption = provenance_first(provenance, f"{outcome.title}: events of those at risk; {outcome.key}")
    return Table(caption, head, tuple(lines))


def with_limits(row: Row | None) -> str:
    """Return a probability in whole per cent with limits; nothing where there is no row."""
    if row is None:
        return ""
    value, lower, upper = (number(row, key) for key in ("probability", "lower", "upper"))
    if math.isnan(lower):
        return f"{100 * value:.0f}"
    return f"{100 * value:.0f} ({100 * lower:.0f} to {100 * upper:.0f})"


def alive_of(dead: Row | None) -> Row | None:
    """Return overall survival, from the row of the dead."""
    if dead is None:
        return None
    value, lower, upper = (number(dead, key) for key in ("probability", "lower", "upper"))
    return {**dead, "probability": 1.0 - value, "lower": 1.0 - upper, "upper": 1.0 - lower}


def one_row(rows: Sequence[Row], **asked: object) -> Row | None:
    """Return the first row in which every column asked for has its value."""
    return next(iter(chosen(rows, **asked)), None)


def population_of(term: str, group: str) -> str:
    """Return which population tables show: a group as it is; all patients, or all set to a value throughout."""
    return "group" if term and not group.endswith(THROUGHOUT) else "everyone"


def throughout_note(lines: Sequence[tuple[str, ...]]) -> str:
    """Say what a row is in which everybody has one value of a covariate that changes; nothing where there is none."""
    if not any(line[0].endswith(THROUGHOUT) for line in lines):
        return ""
    return (
        " Throughout: everyone with this value of a covariate that changes, from the start of the clock to the end of "
        "follow-up. It is no group of patients, and nothing observed stands beside it."
    )


def states_table(
    outcome: Outcome, first: Posterior, tables: StateTables, labels: Mapping[str, str], provenance: str
) -> Table:
    """Return progression-free and overall survival, and who is alive after progression, of every group as it is."""
    rows = tables["states"]
    lines: list[tuple[str, ...]] = []
    years = years_of(rows)
    for term, group in dict.fromkeys((str(row["term"]), str(row["group"])) for row in rows):
        if term and (labels.get(term, term),) not in lines:
            lines.append((labels.get(term, term),))
        cells = []
        for month in years:
            for method in (first.method, OBSERVED):
                own = chosen(rows, term=term, group=group, time=month, method=method)
                whose = [row for row in own if row["population"] == population_of(term, group)]
                parts = {row["state"]: row for row in whose}
                cells.append(with_limits(parts.get("start")))
                cells.append(with_limits(alive_of(parts.get("dead"))))
        lines.append((group or ALL, *cells))
    head = [
        f"{what}, {month:g} months, {who}" for month in years for who in ("Model", "AJ") for what in ("PFS %", "OS %")
    ]
    caption = provenance_first(
        provenance,
        f"{outcome.title}: progression-free survival (PFS) and overall survival (OS) of one model, and Aalen-Johansen "
        f"(AJ); {outcome.key}; patients of the group as they are",
    )
    note = (
        "PFS: the probability of being alive and free of progression. OS: PFS and the probability of being alive after "
        "progression together; PFS is never above OS, by construction. Credible limits of the model, confidence limits "
        "of AJ. Everyone set to a group, and months in each state: states.csv, time_in_states.csv."
    )
    return Table(caption, ("Group", *head), tuple(lines), note + throughout_note(lines))


def after_table(
    outcome: Outcome,
    first: Posterior,
    tables: StateTables,
    pooled: StateTables | None,
    labels: Mapping[str, str],
    bundle: Bundle,
) -> Table:
    """Return survival 12 and 24 months after progression, and the median, of every group as it is."""
    rows = tables["after_progression"]
    sources = [("Model", rows, first.method), ("KM", rows, "km")]
    if pooled is not None:
        sources.insert(0, ("All reconstructions", pooled["after_progression"], first.method))
    questions = [("survival", 12.0), ("survival", 24.0), ("median", math.nan)]
    lines: list[tuple[str, ...]] = []
    for term, group in dict.fromkeys((str(row["term"]), str(row["group"])) for row in rows):
        if term and (labels.get(term, term),) not in lines:
            lines.append((labels.get(term, term),))
        whose = population_of(term, group)
        counts = one_row(rows, term=term, group=group, method=first.method, population=whose)
        cells = [f"{counts['events']} of {counts['n']}" if counts else ""]
        for estimand, month in questions:
            for _, held, method in sources:
                own = chosen(held, term=term, group=group, method=method, estimand=estimand, population=whose)
                at = next((row for row in own if estimand == "median" or number(row, "time") == month), None)
                cells.append("" if at is None else value_words(at, 1.0 if estimand == "median" else 100.0, ""))
        lines.append((group or ALL, *cells))
    words = ("12 months, %", "24 months, %", "median, months")
    head = ("Group", "Deaths of those followed", *(f"{who}, {what}" for what in words for who, _, _ in sources))
    caption = provenance_first(
        bundle.cohort.provenance,
        f"{outcome.title}: survival after progression, of those who progress; patients of the group as they are",
    )
    note = (
        "Model: averaged over who progresses and when, as the model expects it; KM: Kaplan-Meier in months since "
        "progression, of the progressions that were seen. Months count from progression. A description of those who "
        "progress: groups differ in who does. †: beyond the longest follow-up after progression, extrapolated."
    )
    return Table(caption, head, tuple(lines), note + throughout_note(lines))


def incidence_table(
    outcome: Outcome, first: Posterior, tables: StateTables, labels: Mapping[str, str], provenance: str
) -> Table:
    """Return the cumulative incidence of each cause at each year, of every group."""
    rows = tables["cumulative_incidence"]
    years, causes = years_of(rows), first.plan.rows.transition_names
    lines: list[tuple[str, ...]] = []
    for term, group in dict.fromkeys((str(row["term"]), str(row["group"])) for row in rows):
        if term and (labels.get(term, term),) not in lines:
            lines.append((labels.get(term, term),))
        cells = [
            with_limits(one_row(rows, term=term, group=group, cause=cause, time=month, method=method))
            for month in years
            for cause in causes
            for method in (first.method, OBSERVED)
        ]
        lines.append((group or ALL, *cells))
    head = [f"{cause}, {month:g} months, % {who}" for month in years for cause in causes for who in ("Model", "AJ")]
    caption = provenance_first(provenance, f"{outcome.title}: cumulative incidence of each cause; {outcome.key}")
    note = (
        "Model: everyone set to the group, credible limits; AJ: Aalen-Johansen of the group as it is, confidence "
        "limits. With the probability of no event the causes add up to 100 %."
    )
    return Table(caption, ("Group", *head), tuple(lines), note + throughout_note(lines))


def comparison_table(outcome: Outcome, tables: StateTables, labels: Mapping[str, str], provenance: str) -> Table:
    """Return each contrast and cause: the hazard ratio by posterior and Cox, Fine-Gray's, and Gray's test."""
    ratios = {
        (e.term, e.contrast, e.transition, e.interval_kind): e
        for e in outcome.comparison.of("hazard_ratio")
        if e.method == "cox" or (e.model == outcome.posteriors[0].plan.spec.name and e.interval_kind == "credible")
    }
    gray = {(row["term"], row["cause"]): number(row, "p_value") for row in tables["gray"]}
    lines: list[tuple[str, ...]] = []
    for cause, block in groupby(tables["fine_gray"], key=lambda row: str(row["cause"])):
        lines.append((f"Cause {cause}",))
        for row in block:
            term, contrast = str(row["term"]), str(row["contrast"])
            beside = (ratios.get((term, contrast, cause, kind)) for kind in ("credible", "confidence"))
            cells = ["" if e is None else estimate_words(e) for e in beside]
            p = gray.get((row["term"], row["cause"]), math.nan)
            what = f"{labels.get(term, term)}: {contrast}"
            lines.append((what, *cells, subdistribution_words(row), probability(p)))
    head = ("Contrast", "Hazard ratio, posterior", "Hazard ratio, Cox", "Subdistribution ratio, Fine-Gray", "P, Gray")
    caption = provenance_first(provenance, f"{outcome.title}: hazards of a cause beside its incidence; {outcome.key}")
    note = (
        "Hazard ratio: among those free of every event. Subdistribution hazard ratio: of the incidence of the cause, "
        "those with another event counted as still without it; adjusted for the same covariates. Gray: whether the "
        "cumulative incidence differs between the levels of a covariate, unadjusted. Credible limits of the posterior, "
        "confidence limits of Cox and Fine-Gray."
    )
    return Table(caption, head, tuple(lines), note)


def subdistribution_words(row: Row) -> str:
    """Return Fine-Gray's ratio with its limits, or why there is none."""
    value, lower, upper = (number(row, key) for key in ("shr", "lower", "upper"))
    if math.isnan(value):
        return str(row["note"]).partition(":")[0]
    return f"{ratio(value)} ({ratio(lower)} to {ratio(upper)})"
