"""Table 3, Figures 2-3: radiation of all lesions or of part: crude, adjusted for stage, within the last stage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.classical.logrank import logrank
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.sentence import capital
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import probability, ratio
from escc_bayes.spec.prior import Z975
from escc_bayes.spec.usual import LEVELS_UPPER
from escc_bayes.study.coded import Coded
from escc_bayes.study.counted import group_counted
from escc_bayes.study.curves import group_panel
from escc_bayes.study.ici_crt.coding import coded
from escc_bayes.study.ici_crt.coverage_within import within_draws
from escc_bayes.study.ici_crt.standardised import standardised_table
from escc_bayes.study.members import count_words, p_words, spread
from escc_bayes.study.middle import Middle
from escc_bayes.study.of_draws import of_draws
from escc_bayes.study.part import Part, Row, StudyFigure, StudyTable, table_of
from escc_bayes.study.rubin import Pooled, pooled
from escc_bayes.study.screening import wald
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import Fitted, fitted, whole_spec

PLACE, TITLE = "Table 3", "Radiation coverage: all lesions or part"
ENDPOINTS = ("os", "pfs")
CONCERNED = ("rt_coverage", "rpl_n", "RPL")
CRUDE, ADJUSTED, WITHIN, SHRUNK = "crude", "adjusted for stage", "within stage {stage}", "within stage {stage}, shrunk"


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis of one endpoint.

    Attributes
    ----------
    name : crude, adjusted for stage, within the last stage.
    n, events : of each group, in each member.
    cox : over the members; None where Cox has no part in it.
    ratio : posterior hazard ratio of part over all.
    higher : P(HR > 1 | data).
    data : share of the posterior's precision that is not prior; NaN where the prior is not that of coded factors.
    """

    name: str
    n: tuple[tuple[float, ...], ...]
    events: tuple[tuple[float, ...], ...]
    cox: Pooled | None
    ratio: Middle
    higher: float
    data: float


@dataclass(frozen=True, slots=True)
class OfEndpoint:
    """One endpoint: its analyses, and the posteriors that figures and standardised survival are made of."""

    endpoint: str
    analyses: tuple[Analysis, ...]
    crude: Fitted
    adjusted: Fitted | None


def coverage_part(subject: Subject) -> Part:
    """Return the comparison of radiation coverage."""
    lacking, findings = list(subject.lacking("coverage", "stage", *ENDPOINTS)), subject.concerning(*CONCERNED)
    factor = coded(subject, "coverage") if subject.has("coverage") else None
    held = [
        of_endpoint(subject, name, factor, lacking) for name in ENDPOINTS if factor is not None and subject.has(name)
    ]
    if factor is None or not held:
        return Part(PLACE, TITLE, (), (), tuple(lacking), findings)
    tables = [effect_table(subject, factor, held)]
    if subject.has("stage"):
        tables.append(cell_table(subject, factor))
    tables += [standardised_table(subject, factor, {o.endpoint: o.adjusted for o in held if o.adjusted is not None})]
    said = tuple(reading(subject, one) for one in held)
    kept = tuple(table for table in tables if table.rows)
    return Part(PLACE, TITLE, said, kept, tuple(lacking), findings, (figure(subject, factor, held),))


def of_endpoint(subject: Subject, endpoint: str, factor: Coded, lacking: list[str]) -> OfEndpoint:
    """Return every analysis of one endpoint; what cannot be done is said in ``lacking``."""
    stage = coded(subject, "stage") if subject.has("stage") else None
    crude = fitted(subject, whole_spec(subject, endpoint, (factor,), "piecewise", f"{endpoint}_coverage"), (factor,))
    analyses = [analysis_of(subject, endpoint, CRUDE, factor, (), crude)]
    if stage is None:
        return OfEndpoint(endpoint, tuple(analyses), crude, None)
    both = (factor, stage)
    adjusted = fitted(subject, whole_spec(subject, endpoint, both, "piecewise", f"{endpoint}_coverage_stage"), both)
    analyses.append(analysis_of(subject, endpoint, ADJUSTED, factor, (stage,), adjusted))
    inside = tuple(np.where(s == 1.0, v, np.nan) for v, s in zip(factor.values, stage.values, strict=True))
    last = replace(factor, values=inside)
    if not last.complete:
        lacking.append(f"Left out: coverage within stage {stage.groups[1]}; one of its groups has nobody there.")
        return OfEndpoint(endpoint, tuple(analyses), crude, adjusted)
    alone = fitted(subject, whole_spec(subject, endpoint, (last,), "piecewise", f"{endpoint}_coverage_last"), (last,))
    analyses.append(analysis_of(subject, endpoint, WITHIN.format(stage=stage.groups[1]), last, (), alone))
    try:
        draws = within_draws(subject, endpoint)
    except InputError as problem:
        lacking.append(f"Left out: coverage within stage, shrunk; {problem}")
    else:
        name = SHRUNK.format(stage=stage.groups[1])
        shrunk = answered(subject, name, draws)
        # Its prior within a stage is another one: common effect and what lies between stages.
        analyses.append(replace(shrunk, n=analyses[-1].n, events=analyses[-1].events, data=np.nan))
    return OfEndpoint(endpoint, tuple(analyses), crude, adjusted)


def analysis_of(
    subject: Subject, endpoint: str, name: str, factor: Coded, beside: tuple[Coded, ...], posterior: Fitted
) -> Analysis:
    """Return Cox and the posterior of coverage with the factors beside it."""
    n, events, logs, errors, p_values = [], [], [], [], []
    for place, data in enumerate(subject.followed(endpoint)):
        columns = np.column_stack([one.values[place] for one in (factor, *beside)])
        known = data.present & ~np.isnan(columns).any(axis=1)
        group = columns[known, 0]
        n.append([float((group == k).sum()) for k in (0, 1)])
        events.append([float(data.event[known][group == k].sum()) for k in (0, 1)])
        fit = wald(columns[known], data.time[known], data.event[known], range(columns.shape[1]))
        logs.append(np.nan if fit is None else fit.log_hr[0])
        errors.append(np.nan if fit is None else fit.se[0])
        p_values.append(np.nan if fit is None else fit.p_value[0])
    cox = pooled(np.array(logs), np.array(errors), p_values, subject.level)
    asked = HazardRatio(factor.effect, factor.groups[1], versus=factor.groups[0])
    found = answered(subject, name, posterior.draws(asked))
    return replace(found, n=by_group(n), events=by_group(events), cox=cox)


def by_group(each: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    """Return the counts of each group over the members."""
    return tuple(tuple(member[k] for member in each) for k in (0, 1))


def answered(subject: Subject, name: str, draws: FloatArray) -> Analysis:
    """Return what draws of the log hazard ratio say, under the prior that the models of coded factors share."""
    prior = np.log(LEVELS_UPPER) / Z975
    data = float(np.clip(1.0 - draws.var() / prior**2, 0.0, 1.0))
    return Analysis(name, (), (), None, of_draws(np.exp(draws), subject.level), float((draws > 0.0).mean()), data)


def reading(subject: Subject, held: OfEndpoint) -> str:
    """Return one line: the ratio crude, adjusted and within the last stage."""
    words = subject.words(held.endpoint)
    each = "; ".join(f"{one.name} {one.ratio.words(ratio)}, {100 * one.data:.0f} % data" for one in held.analyses[:3])
    few = ""
    if len(held.analyses) > 2:
        groups = " and ".join(count_words(n) for n in held.analyses[2].n)
        few = f" Within one stage the comparison rests on {groups} patients."
    return f"{capital(words)}, hazard ratio of part over all lesions: {each}.{few}"


def effect_table(subject: Subject, factor: Coded, held: Sequence[OfEndpoint]) -> StudyTable:
    """Return the analyses beside the printed test."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for one in held:
        chi2, p, printed, mark = test_of(subject, one.endpoint, factor)
        cells.append((f"{subject.words(one.endpoint).capitalize()}: log-rank {chi2}, P {p}{printed}",))
        for analysis in one.analyses:
            counts = [f"{count_words(e)}/{count_words(n)}" for e, n in zip(analysis.events, analysis.n, strict=True)]
            cox = analysis.cox
            classical = ("", "") if cox is None else (cox.words, p_words(cox.p_values))
            bayes = (analysis.ratio.words(ratio), probability(analysis.higher), data_words(analysis))
            cells.append((analysis.name, *counts, *classical, *bayes))
            rows.append(row_of(subject, one.endpoint, analysis, mark))
    level = f"{100 * subject.level:g} %"
    head = (
        *("Analysis", *(f"Events/n, {group}" for group in factor.read)),
        *(f"Cox HR, {factor.contrast_read} ({level} confidence interval)", "P"),
        *(f"Posterior HR ({level} credible interval)", "P(HR > 1 | data)", "Data"),
    )
    note = (
        "Data: the share of the posterior's precision that does not come from the prior (median 1, 97.5 % point 4). "
        "Shrunk: the model coverage_within_stage, coverage within each stage drawn towards a common effect."
    )
    return table_of("table3_effects", "coverage: crude, adjusted, within stage", rows, head, cells, note=note)


def data_words(one: Analysis) -> str:
    """Print the share of the precision that is data; nothing where the prior is another one."""
    return "" if np.isnan(one.data) else f"{100 * one.data:.0f} %"


def test_of(subject: Subject, endpoint: str, factor: Coded) -> tuple[str, str, str, str]:
    """Return the log-rank statistic and P, the printed ones in words, and whether they were reached."""
    tests = []
    for place, data in enumerate(subject.followed(endpoint)):
        known = data.present & ~np.isnan(factor.values[place])
        tests.append(logrank(data.time[known], data.event[known], factor.values[place][known].astype(np.int64)))
    word = endpoint.upper()
    found = subject.printed.logrank(factor.effect, word, 2)
    mark = subject.printed.mark(word, f"log-rank chi2, {factor.effect}, 2 groups")
    printed = "" if found is None or not mark else f"; printed {found.chi2}, P {found.p}: {mark}"
    return f"{spread([t.chi2 for t in tests])[0]:.3f}", p_words([t.p_value for t in tests]), printed, mark


def row_of(subject: Subject, endpoint: str, one: Analysis, mark: str) -> Row:
    """Return the numbers of one analysis."""
    counts = [float(np.mean(values)) for values in (*one.n, *one.events)]
    cox = one.cox
    middle = (np.nan,) * 4 if cox is None else (*cox.limits, spread(cox.p_values)[0])
    return {
        "endpoint": endpoint,
        "analysis": one.name,
        **dict(zip(("n_all", "n_part", "events_all", "events_part"), counts, strict=True)),
        "n": sum(counts[:2]),
        "events": sum(counts[2:]),
        **dict(zip(("hr_cox", "lower_cox", "upper_cox", "p_value"), middle, strict=True)),
        "hr": one.ratio.value,
        "lower": one.ratio.lower,
        "upper": one.ratio.upper,
        "level": subject.level,
        "prob_gt_1": one.higher,
        "data_share": one.data,
        "reached": mark if one.name == CRUDE else "",
        "members": len(subject.members),
    }


def cell_table(subject: Subject, factor: Coded) -> StudyTable:
    """Return patients and deaths of each stage and coverage: where the information is."""
    data, levels = subject.columns("stage"), subject.column("stage").schema.levels
    endpoint = next(name for name in ENDPOINTS if subject.has(name))
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for place, level in enumerate(levels):
        shown = []
        for k, group in enumerate(factor.groups):
            inside = [(d.values == place) & (v == k) for d, v in zip(data, factor.values, strict=True)]
            of = group_counted(subject, endpoint, inside)
            shown.append(of.words)
            rows.append({"stage": level, "coverage": group, **of.row})
        cells.append((subject.levels_read("stage")[place], *shown))
    head = ("Stage", *(f"{group}: patients (events)" for group in factor.read))
    return table_of(
        "table3_cells", f"patients and events ({endpoint.upper()}) by stage and coverage", rows, head, cells
    )


def figure(subject: Subject, factor: Coded, held: Sequence[OfEndpoint]) -> StudyFigure:
    """Return crude posterior survival of both groups over Kaplan-Meier."""
    behind = "Kaplan-Meier of the first reconstruction" if subject.several else "Kaplan-Meier"
    return StudyFigure(
        "coverage",
        "Survival by radiation coverage, Figures 2 and 3",
        f"{subject.whose}.",
        f"Not adjusted for stage. Smooth: posterior median with pointwise {100 * subject.level:g} % credible band. "
        f"Thin: {behind}, whose numbers at risk stand below, events until then in brackets.",
        "time zero",
        tuple(group_panel(subject, one.endpoint, one.crude, factor) for one in held),
    )
