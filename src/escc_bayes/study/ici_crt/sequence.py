"""Table 4, Figures 4-5: sequences of ICI and chemoradiotherapy, overall, in pairs, merged, and which is best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from escc_bayes.classical.logrank import logrank, pairwise
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.sentence import capital
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import percent, probability, ratio
from escc_bayes.study.coded import Coded
from escc_bayes.study.counted import HEAD, Counted, by_group, groups_row, groups_words
from escc_bayes.study.curves import group_panel
from escc_bayes.study.ici_crt.coding import coded
from escc_bayes.study.ici_crt.guaranteed import guarantee_table
from escc_bayes.study.members import p_words, spread
from escc_bayes.study.middle import Middle
from escc_bayes.study.of_draws import of_draws
from escc_bayes.study.part import Part, Row, StudyFigure, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import Fitted, fitted, whole_spec

PLACE, TITLE = "Table 4", "Sequence of ICI and chemoradiotherapy"
ENDPOINTS = ("os", "pfs")
# The groups of the paper, in its order: only these levels have its printed tests.
PAPER = ("ici_after_crt", "concurrent", "crt_after_ici")
CONCERNED = ("sequence",)


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: who is compared (``read`` by people), log-rank chi-squared and P in each member, P adjusted."""

    words: str
    read: str
    of: Mapping[str, Counted]
    effect: str
    groups: int
    chi2: tuple[float, ...]
    p_value: tuple[float, ...]
    p_holm: tuple[float, ...]
    p_bonferroni: tuple[float, ...]
    ratio: Middle
    adjusted: Middle
    higher: float


@dataclass(frozen=True, slots=True)
class OfEndpoint:
    """One endpoint: its tests, and of each group the probability that its hazard is the lowest, crude and adjusted."""

    endpoint: str
    tests: tuple[Test, ...]
    best: FloatArray
    best_adjusted: FloatArray
    posterior: Fitted


def sequence_part(subject: Subject) -> Part:
    """Return the comparison of the sequences."""
    lacking, findings = subject.lacking("sequence", *ENDPOINTS), subject.concerning(*CONCERNED)
    factor = three_groups(subject)
    held = [of_endpoint(subject, name, factor) for name in ENDPOINTS if factor is not None and subject.has(name)]
    if factor is None or not held:
        return Part(PLACE, TITLE, (), (), lacking, findings)
    tables = [test_table(subject, held), best_table(subject, factor, held)]
    guarantee = guarantee_table(subject)
    said = [reading(subject, factor, one) for one in held]
    if guarantee is not None:
        tables.append(guarantee[0])
        said.append(guarantee[1])
    return Part(PLACE, TITLE, tuple(said), tuple(tables), lacking, findings, (figure(subject, factor, held),))


def three_groups(subject: Subject) -> Coded | None:
    """Return the sequences as they are, without an order; None where some group has nobody."""
    if not subject.has("sequence"):
        return None
    data = subject.columns("sequence")
    levels, values = data[0].schema.levels, tuple(d.values for d in data)
    known = max(float(d.known_at.max()) for d in data)
    labels = dict(zip(levels, subject.levels_read("sequence"), strict=True))
    found = Coded(
        "sequence", "sequence", subject.label("sequence"), levels, values, known, ordered=False, labels=labels
    )
    return found if len(levels) > 1 and found.complete else None


def of_endpoint(subject: Subject, endpoint: str, factor: Coded) -> OfEndpoint:
    """Return tests and posteriors of one endpoint."""
    stage = coded(subject, "stage") if subject.has("stage") else None
    beside = (factor,) if stage is None else (factor, stage)
    crude = fitted(subject, whole_spec(subject, endpoint, (factor,), "piecewise", f"{endpoint}_sequence"), (factor,))
    adjusted = (
        crude
        if stage is None
        else fitted(subject, whole_spec(subject, endpoint, beside, "piecewise", f"{endpoint}_sequence_stage"), beside)
    )
    draws = [log_hazards(posterior, factor) for posterior in (crude, adjusted)]
    tests = tests_of(subject, endpoint, factor, draws[0], draws[1])
    merged = merged_test(subject, endpoint)
    best = [np.bincount(one.argmin(axis=1), minlength=len(factor.groups)) / len(one) for one in draws]
    return OfEndpoint(endpoint, (*tests, *([merged] if merged else [])), best[0], best[1], crude)


def log_hazards(posterior: Fitted, factor: Coded) -> FloatArray:
    """Return draws of the log hazard of each group over the first, (draws, groups)."""
    first, *others = factor.groups
    columns = [posterior.draws(HazardRatio(factor.effect, level, versus=first)) for level in others]
    return np.column_stack([np.zeros_like(columns[0]), *columns])


def tests_of(
    subject: Subject, endpoint: str, factor: Coded, crude: FloatArray, adjusted: FloatArray
) -> tuple[Test, ...]:
    """Return the overall test and that of each pair."""
    overall, pairs = [], []
    for place, data in enumerate(subject.followed(endpoint)):
        known = data.present & ~np.isnan(factor.values[place])
        time, event, group = data.time[known], data.event[known], factor.values[place][known].astype(np.int64)
        overall.append(logrank(time, event, group))
        pairs.append(pairwise(time, event, group))
    nothing = Middle(np.nan, np.nan, np.nan)
    count, of = len(factor.groups), by_group(subject, endpoint, factor.groups, factor.values)
    chi2, p = tuple(t.chi2 for t in overall), tuple(t.p_value for t in overall)
    words = f"overall, {count} groups"
    first = Test(words, words, of, "sequence", count, chi2, p, (), (), nothing, nothing, np.nan)
    found = [first]
    for which, (one, two) in enumerate(combinations(range(count), 2)):
        each = [of_member[which] for of_member in pairs]
        over = [draws[:, two] - draws[:, one] for draws in (crude, adjusted)]
        found.append(
            Test(
                words=f"{factor.groups[two]} vs {factor.groups[one]}",
                read=f"{factor.read[two]} vs {factor.read[one]}",
                of={name: of[name] for name in (factor.groups[two], factor.groups[one])},
                effect=f"sequence_g{one + 1}_vs_g{two + 1}",
                groups=2,
                chi2=tuple(t.chi2 for t in each),
                p_value=tuple(t.p_value for t in each),
                p_holm=tuple(t.p_holm for t in each),
                p_bonferroni=tuple(min(1.0, len(pairs[0]) * t.p_value) for t in each),
                ratio=of_draws(np.exp(over[0]), subject.level),
                adjusted=of_draws(np.exp(over[1]), subject.level),
                higher=float((over[0] > 0.0).mean()),
            )
        )
    return tuple(found)


def merged_test(subject: Subject, endpoint: str) -> Test | None:
    """Return the concurrent group against the others, as the paper's Table 1 has it; None where none is so called."""
    factor = coded(subject, "sequence")
    if factor is None:
        return None
    stage = coded(subject, "stage") if subject.has("stage") else None
    tests = []
    for place, data in enumerate(subject.followed(endpoint)):
        known = data.present & ~np.isnan(factor.values[place])
        tests.append(logrank(data.time[known], data.event[known], factor.values[place][known].astype(np.int64)))
    asked = HazardRatio(factor.effect, factor.groups[1], versus=factor.groups[0])
    draws = []
    for name, beside in (("merged", ()), ("merged_stage", (stage,) if stage else ())):
        factors = (factor, *beside)
        spec = whole_spec(subject, endpoint, factors, "piecewise", f"{endpoint}_sequence_{name}")
        draws.append(fitted(subject, spec, factors).draws(asked))
    words, read = f"merged: {factor.contrast}", f"merged: {factor.contrast_read}"
    chi2, p = tuple(t.chi2 for t in tests), tuple(t.p_value for t in tests)
    crude, adjusted = (of_draws(np.exp(one), subject.level) for one in draws)
    of = by_group(subject, endpoint, factor.groups, factor.values)
    pair = {name: of[name] for name in reversed(factor.groups)}
    return Test(words, read, pair, "sequence", 2, chi2, p, (), (), crude, adjusted, float((draws[0] > 0.0).mean()))


def reading(subject: Subject, factor: Coded, held: OfEndpoint) -> str:
    """Return one line: the overall test, pairs after Holm, and which group is best with which probability."""
    overall, *pairs = (test for test in held.tests if not test.words.startswith("merged"))
    small = [test.read for test in pairs if spread(test.p_holm)[0] <= 0.05]
    place = int(held.best.argmax())
    p, verb = p_words(overall.p_value), "differ" if len(small) > 1 else "differs"
    words = subject.words(held.endpoint)
    return (
        f"{capital(words)}: overall P {'' if p[0] in '<>' else '= '}{p}; after Holm's correction "
        f"{' and '.join(small) if small else 'no pair'} {verb}. {factor.read[place]} "
        f"has the lowest hazard with probability {held.best[place]:.2f} (adjusted for stage "
        f"{held.best_adjusted[place]:.2f})."
    )


def test_table(subject: Subject, held: Sequence[OfEndpoint]) -> StudyTable:
    """Return every test beside the printed one, with the hazard ratios of its groups."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for one in held:
        cells.append((subject.words(one.endpoint).capitalize(),))
        for test in one.tests:
            printed, mark = printed_of(subject, one.endpoint, test)
            adjusted = (p_words(test.p_holm), p_words(test.p_bonferroni)) if test.p_holm else ("", "")
            numbers = [found.words(ratio) if not np.isnan(found.value) else "" for found in (test.ratio, test.adjusted)]
            higher = "" if np.isnan(test.higher) else probability(test.higher)
            chi2 = f"{spread(test.chi2)[0]:.3f}"
            of = (test.read, groups_words(test.of))
            cells.append((*of, chi2, p_words(test.p_value), *adjusted, printed, mark, *numbers, higher))
            rows.append(row_of(subject, one.endpoint, test, printed, mark))
    level = f"{100 * subject.level:g} %"
    head = (
        *("Comparison", HEAD, "Log-rank chi-squared", "P", "P, Holm", "P, Bonferroni", "Printed", "Reconstructions"),
        *(f"Posterior HR ({level} credible interval)", "HR adjusted for stage", "P(HR > 1 | data)"),
    )
    note = (
        "HR of A vs B: the hazard of A over that of B; patients (events) of A, then of B. Three groups: levels shrunk "
        "towards each other, half-normal 0.5 on their SD; merged: 97.5 % point 4. Merging groups after looking at "
        "them makes its P too small."
    )
    return table_of("table4_tests", "log-rank tests and hazard ratios of the sequences", rows, head, cells, note=note)


def printed_of(subject: Subject, endpoint: str, test: Test) -> tuple[str, str]:
    """Return the printed statistic of a test and whether it was reached; nothing for groups of one's own."""
    if subject.column("sequence").schema.levels != PAPER:
        return "", ""
    word = endpoint.upper()
    found = subject.printed.logrank(test.effect, word, test.groups)
    mark = subject.printed.mark(word, f"log-rank chi2, {test.effect}, {test.groups} groups")
    return ("" if found is None else f"{found.chi2}; P {found.p}"), mark


def row_of(subject: Subject, endpoint: str, test: Test, printed: str, mark: str) -> dict[str, object]:
    """Return the numbers of one test."""
    p = spread(test.p_value)
    return {
        "endpoint": endpoint,
        "comparison": test.words,
        **groups_row(test.of),
        "chi2": spread(test.chi2)[0],
        "df": test.groups - 1,
        "p_value": p[0],
        "p_low": p[1],
        "p_high": p[2],
        "p_holm": spread(test.p_holm)[0],
        "p_bonferroni": spread(test.p_bonferroni)[0],
        "printed": printed,
        "reached": mark,
        "hr": test.ratio.value,
        "lower": test.ratio.lower,
        "upper": test.ratio.upper,
        "hr_adjusted": test.adjusted.value,
        "lower_adjusted": test.adjusted.lower,
        "upper_adjusted": test.adjusted.upper,
        "level": subject.level,
        "prob_gt_1": test.higher,
        "members": len(subject.members),
    }


def best_table(subject: Subject, factor: Coded, held: Sequence[OfEndpoint]) -> StudyTable:
    """Return, of each group, patients, events, survival at two years and the probability that it is best."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for one in held:
        cells.append((subject.words(one.endpoint).capitalize(),))
        of = by_group(subject, one.endpoint, factor.groups, factor.values)
        for place, name in enumerate(factor.groups):
            draws = one.posterior.survival(np.array([24.0]), term=factor.effect, group=name)[:, 0]
            two_years = of_draws(draws, subject.level)
            best = (one.best[place], one.best_adjusted[place])
            cells.append((factor.read[place], of[name].words, two_years.words(percent), *(f"{p:.2f}" for p in best)))
            rows.append(
                {
                    "endpoint": one.endpoint,
                    "group": name,
                    **of[name].row,
                    "survival_24": two_years.value,
                    "lower": two_years.lower,
                    "upper": two_years.upper,
                    "level": subject.level,
                    "prob_best": best[0],
                    "prob_best_adjusted": best[1],
                }
            )
    head = ("Group", HEAD, "Posterior survival at 24 months, %", "P(lowest hazard)", "adjusted for stage")
    return table_of("table4_best", "which sequence has the lowest hazard", rows, head, cells)


def figure(subject: Subject, factor: Coded, held: Sequence[OfEndpoint]) -> StudyFigure:
    """Return posterior survival of each group over Kaplan-Meier, an endpoint in each panel."""
    behind = "Kaplan-Meier of the first reconstruction" if subject.several else "Kaplan-Meier"
    return StudyFigure(
        "sequence",
        "Survival by sequence, Figures 4 and 5",
        f"{subject.whose}.",
        f"Smooth: posterior median with pointwise {100 * subject.level:g} % credible band. Thin: {behind}, whose "
        "numbers at risk stand below, events until then in brackets.",
        "time zero",
        tuple(group_panel(subject, one.endpoint, one.posterior, factor) for one in held),
    )
