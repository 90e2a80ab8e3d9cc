"""Figure 1: survival by class of lymphocyte count, as published, from a landmark, and by the count of the moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.foundation.seeds import stream
from escc_bayes.foundation.sentence import counted
from escc_bayes.plots.words import NOTHING, percent, ratio, with_limits
from escc_bayes.study import middle as km
from escc_bayes.study.coded import Coded, coded_cohort
from escc_bayes.study.curves import group_panel
from escc_bayes.study.ici_crt.coding import coded
from escc_bayes.study.members import count_words
from escc_bayes.study.of_draws import of_draws
from escc_bayes.study.part import Row, StudyFigure, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import Fitted, fitted, whole_spec
from escc_bayes.time_zero.answers import Answer, answers, pooled
from escc_bayes.time_zero.model import default_model
from escc_bayes.time_zero.tables import hazard_ratio_of
from escc_bayes.time_zero.views import views

ENDPOINTS = ("os", "pfs")
ANALYSES = ("naive", "landmark", "time_updated")
WORDS = {"naive": "naive, as published", "landmark": "from the landmark", "time_updated": "time-updated"}
MONTH = 24.0


@dataclass(frozen=True, slots=True)
class Classes:
    """Everything about classes of counts."""

    sentences: tuple[str, ...] = ()
    tables: tuple[StudyTable, ...] = ()
    figures: tuple[StudyFigure, ...] = ()
    skipped: tuple[str, ...] = ()


def class_tables(subject: Subject, roles: Sequence[str]) -> Classes:
    """Return survival of the classes at each time, and three analyses of those known only later."""
    factors = [replace(f, ordered=False) for role in roles if subject.has(role) and (f := coded(subject, role))]
    done = {factor.role for factor in factors}
    skipped = tuple(
        f"Left out: survival by class of {subject.words(role)}; its classes cannot be made, or one of them is empty."
        for role in roles
        if subject.has(role) and role not in done
    )
    endpoints = [name for name in ENDPOINTS if subject.has(name)]
    if not factors or not endpoints:
        return Classes(skipped=skipped)
    at_once = {(name, factor.role): fitted_at_once(subject, name, factor) for name in endpoints for factor in factors}
    tables = [survival_table(subject, factors, at_once)]
    later = [
        (name, factor, three_analyses(subject, name, factor))
        for name in endpoints
        for factor in factors
        if factor.known_at > 0.0
    ]
    sentences: tuple[str, ...] = ()
    if later:
        tables.append(analysis_table(subject, later))
        sentences = (reading(subject, later), why_alike(subject, later))
    return Classes(sentences, tuple(tables), (figure(subject, factors, at_once),), skipped)


def fitted_at_once(subject: Subject, endpoint: str, factor: Coded) -> Fitted:
    """Return the posterior of one factor taken as known at time zero, as the paper takes it."""
    naive = replace(factor, known_at=0.0)
    name = f"{endpoint}_{factor.role}_classes"
    return fitted(subject, whole_spec(subject, endpoint, (naive,), "piecewise", name), (naive,))


def three_analyses(subject: Subject, endpoint: str, factor: Coded) -> list[Answer]:
    """Return the hazard ratios of each class by each analysis, pooled over the members."""
    members = []
    for place, member in enumerate(subject.members):
        cohort = coded_cohort(member, place, (factor,))
        name = subject.endpoints[endpoint]
        spec = default_model(cohort.covariate(factor.effect).schema, name)
        seed = stream(subject.seed, "classes", endpoint, factor.role, str(place))
        found = views(cohort, name, factor.effect, (factor.known_at,))
        members.append(
            [
                answer
                for view in found
                if view.analysis in ANALYSES
                for answer in answers(view, spec, factor.effect, level=subject.level, seed=seed)
            ]
        )
    return list(pooled(members))


def survival_table(subject: Subject, factors: Sequence[Coded], held: dict[tuple[str, str], Fitted]) -> StudyTable:
    """Return patients, events and survival at two years of each class."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for (endpoint, role), posterior in held.items():
        factor = next(one for one in factors if one.role == role)
        cells.append((f"{subject.words(endpoint).capitalize()}, {factor.label}",))
        data = subject.followed(endpoint)
        for place, name in enumerate(factor.groups):
            inside = [d.at(d.present & (values == place)) for d, values in zip(data, factor.values, strict=True)]
            n, events = [float(d.time.size) for d in inside], [float(d.event.sum()) for d in inside]
            curve = km.survival(km.curves(inside, subject.level), MONTH)
            draws = posterior.survival(np.array([MONTH]), term=factor.effect, group=name)[:, 0]
            bayes = of_draws(draws, subject.level)
            cells.append(
                (factor.read[place], count_words(n), count_words(events), curve.words(percent), bayes.words(percent))
            )
            rows.append(
                {
                    "endpoint": endpoint,
                    "time": role,
                    "class": name,
                    "month": MONTH,
                    "level": subject.level,
                    "n": float(np.mean(n)),
                    "events": float(np.mean(events)),
                    "members": len(subject.members),
                    "km": curve.value,
                    "km_lower": curve.lower,
                    "km_upper": curve.upper,
                    "bayes": bayes.value,
                    "bayes_lower": bayes.lower,
                    "bayes_upper": bayes.upper,
                }
            )
    level = f"{100 * subject.level:g} %"
    head = (
        *("Class", "Patients", "Events", f"Kaplan-Meier at {counted(MONTH, 'month')}, % ({level} confidence)"),
        f"Posterior, % ({level} credible)",
    )
    note = "As published: counts taken as known at time zero, whenever they were measured."
    return table_of(
        "table2_classes", "survival by class of lymphocyte count", rows, head, cells, note=note, folded=True
    )


def analysis_table(subject: Subject, later: Sequence[tuple[str, Coded, list[Answer]]]) -> StudyTable:
    """Return the three analyses side by side."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for endpoint, factor, found in later:
        known = f"known at {counted(factor.known_at, 'month')}"
        cells.append((f"{subject.words(endpoint).capitalize()}, {factor.label} ({known})",))
        for contrast in dict.fromkeys(one.contrast for one in found if one.contrast):
            for analysis in ANALYSES:
                own = [one for one in found if one.analysis == analysis and one.contrast in (contrast, "")]
                cells.append((factor.as_read(contrast), WORDS[analysis], *analysis_cells(own)))
                rows += [analysis_row(endpoint, factor, one, subject) for one in own]
    level = f"{100 * subject.level:g} %"
    head = (
        *("Contrast", "Analysis", "Patients", "Events", "Left out"),
        *(f"Cox HR ({level} confidence interval)", f"Posterior HR ({level} credible interval)"),
    )
    note = (
        "HR of A vs B: the hazard of A over that of B. Landmark: who had the event or was lost before is left out. "
        "Time-updated: the class counts from the month at which it is known."
    )
    return table_of("table2_time_zero", "three analyses of counts known later", rows, head, cells, note=note)


def analysis_cells(own: Sequence[Answer]) -> tuple[str, ...]:
    """Return patients, events, those left out, and both ratios of one analysis."""
    ratios = {one.interval: with_limits(*(ratio(x) for x in (one.hr, one.lower, one.upper))) for one in own}
    first = own[0] if own else None
    counts = (NOTHING,) * 3 if first is None else (str(first.n), str(first.events), str(first.dropped))
    return (*counts, ratios.get("confidence", NOTHING), ratios.get("credible", NOTHING))


def analysis_row(endpoint: str, factor: Coded, one: Answer, subject: Subject) -> Row:
    """Return the numbers of one answer."""
    return {
        "endpoint": endpoint,
        "time": factor.role,
        **hazard_ratio_of(one),
        "members": len(subject.members),
        "note": one.note,
    }


def reading(subject: Subject, later: Sequence[tuple[str, Coded, list[Answer]]]) -> str:
    """Return one line: the lowest class against the reference, naive and from the landmark."""
    said = []
    for endpoint, factor, found in later:
        asked = f"{factor.groups[-1]} vs {factor.groups[0]}"
        by = {one.analysis: one for one in found if one.contrast == asked and one.interval == "credible"}
        numbers = [ratio(by[name].hr) for name in ("naive", "landmark") if name in by]
        if len(numbers) == 2:
            said.append(f"{subject.words(endpoint)}, {factor.label} {numbers[0]} naive, {numbers[1]} from the landmark")
    return f"Posterior hazard ratio of the lowest class over the highest: {'; '.join(said)}." if said else ""


def why_alike(subject: Subject, later: Sequence[tuple[str, Coded, list[Answer]]]) -> str:
    """Say how many were gone before the counts were known: where nobody is, all analyses are of the same patients."""
    month = max(factor.known_at for _, factor, _ in later)
    data = [d for endpoint in {name for name, _, _ in later} for d in subject.followed(endpoint)]
    gone = max(int((d.time[d.present] <= month).sum()) for d in data)
    if gone:
        return f"Up to {gone} of {len(subject.first)} patients had left before month {month:g}, and have no such count."
    included = (
        ": inclusion by cycles received has already left out who died before, and no analysis brings them back"
        if subject.of_paper
        else ""
    )
    return f"Nobody leaves before month {month:g}, so that the analyses are of the same patients{included}."


def figure(subject: Subject, factors: Sequence[Coded], held: dict[tuple[str, str], Fitted]) -> StudyFigure:
    """Return survival by class, a panel for each time and endpoint."""
    by_role = {factor.role: factor for factor in factors}
    panels = []
    for (endpoint, role), posterior in held.items():
        panel = group_panel(subject, endpoint, posterior, by_role[role])
        panels.append(replace(panel, title=f"{endpoint.upper()}, {by_role[role].label}"))
    behind = "Kaplan-Meier of the first reconstruction" if subject.several else "Kaplan-Meier"
    return StudyFigure(
        "lymphocytes",
        "Survival by class of lymphocyte count, Figure 1",
        f"{subject.whose}.",
        f"As published: counts taken as known at time zero. Smooth: posterior median with pointwise "
        f"{100 * subject.level:g} % credible band. Thin: {behind}; numbers at risk, events until then in brackets.",
        "time zero",
        tuple(panels),
    )
