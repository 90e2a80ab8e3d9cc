"""Table 2: lymphocyte counts at three times, compared in pairs as published and by the posterior.

docs/methods/paired_counts.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import stdtr

from escc_bayes.data.covariates import CovariateData
from escc_bayes.foundation.seeds import generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import NOTHING, probability
from escc_bayes.study.ici_crt.lymphocyte_classes import class_tables
from escc_bayes.study.ici_crt.lymphocyte_missing import missing_tables
from escc_bayes.study.ici_crt.roles import PRINTED_MEANS
from escc_bayes.study.members import p_words, spread
from escc_bayes.study.middle import Middle
from escc_bayes.study.of_draws import of_draws
from escc_bayes.study.part import Part, Row, StudyTable, table_of
from escc_bayes.study.subject import Subject

PLACE, TITLE = "Table 2", "Lymphocyte counts at three times"
TIMES = ("alc_baseline", "alc_mid", "alc_post")
CONCERNED = ("alc_", "ALC", "lymphocyte")
# Draws of each member: 20 members then hold 20,000.
DRAWS = 1000
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Counts of two times compared.

    Attributes
    ----------
    one, two : roles, in order of time.
    n : of each member, patients with both counts.
    correlation, paired_t, paired_p : of each member.
    unpaired_t, unpaired_p : of each member, as if both times were of other patients.
    change : later minus earlier, posterior.
    lower : posterior probability that the later count is lower on average.
    """

    one: str
    two: str
    n: tuple[int, ...]
    correlation: tuple[float, ...]
    paired_t: tuple[float, ...]
    paired_p: tuple[float, ...]
    unpaired_t: tuple[float, ...]
    unpaired_p: tuple[float, ...]
    change: Middle
    lower: float


def lymphocytes_part(subject: Subject) -> Part:
    """Return counts at each time, their pairs, and survival by class of count."""
    lacking, findings = subject.lacking(*TIMES), subject.concerning(*CONCERNED)
    counted = {role: counts for role in TIMES if subject.has(role) and (counts := counts_of(subject.columns(role)))}
    tables, said = [], []
    if counted:
        tables.append(count_table(subject, counted))
        said.append(count_words_of(subject, counted))
    pairs = [pair(subject, counted, one, two) for one, two in combinations(counted, 2)]
    if pairs:
        tables.append(pair_table(subject, pairs))
        said += pair_words(subject, pairs)
    without = [role for role in TIMES if subject.has(role) and role not in counted]
    lacking += tuple(
        f"Left out: means of {subject.words(role)}; the cohort has classes and no counts." for role in without
    )
    classes = class_tables(subject, TIMES)
    return Part(
        PLACE,
        TITLE,
        (*said, *classes.sentences),
        (*tables, *missing_tables(subject, counted), *classes.tables),
        (*lacking, *classes.skipped),
        findings,
        classes.figures,
    )


def counts_of(data: Sequence[CovariateData]) -> list[FloatArray] | None:
    """Return the counts of each member, NaN where there is none; None where the column holds classes."""
    found = [d.values if not d.schema.categorical else d.measured for d in data]
    return None if any(one is None for one in found) else [one for one in found if one is not None]


def pair(subject: Subject, counted: dict[str, list[FloatArray]], one: str, two: str) -> Pair:
    """Compare the counts of two times, in each member and over all."""
    n, correlation, paired, unpaired = [], [], [], []
    drawn = []
    for place, (before, after) in enumerate(zip(counted[one], counted[two], strict=True)):
        both = ~(np.isnan(before) | np.isnan(after))
        change = (after - before)[both]
        n.append(int(both.sum()))
        correlation.append(correlated(before[both], after[both]))
        paired.append(paired_t(change))
        unpaired.append(two_sample_t(before[~np.isnan(before)], after[~np.isnan(after)]))
        rng = generator(subject.seed, f"{one} {two} {place}")
        drawn.append(change_draws(change, rng))
    draws = np.concatenate(drawn)
    t, p = zip(*paired, strict=True)
    apart_t, apart_p = zip(*unpaired, strict=True)
    nothing = Middle(math.nan, math.nan, math.nan)
    whole = not np.isnan(draws).any()
    return Pair(
        *(one, two, tuple(n), tuple(correlation), t, p, apart_t, apart_p),
        change=of_draws(draws, subject.level) if whole else nothing,
        lower=float((draws < 0.0).mean()) if whole else math.nan,
    )


def correlated(one: FloatArray, two: FloatArray) -> float:
    """Return the correlation; NaN where one does not vary."""
    if one.size < FEWEST or one.std() == 0.0 or two.std() == 0.0:
        return math.nan
    return float(np.corrcoef(one, two)[0, 1])


def paired_t(change: FloatArray) -> tuple[float, float]:
    """Return t and the two-sided P of the mean of changes; NaN where they do not vary.

    Examples
    --------
    >>> t, p = paired_t(np.array([1.0, 2.0, 3.0]))
    >>> round(t, 3), round(p, 3)
    (3.464, 0.074)
    """
    if change.size < FEWEST or change.std() == 0.0:
        return math.nan, math.nan
    t = float(change.mean() / (change.std(ddof=1) / math.sqrt(change.size)))
    return t, float(2.0 * stdtr(change.size - 1, -abs(t)))


def two_sample_t(one: FloatArray, two: FloatArray) -> tuple[float, float]:
    """Return t (later minus earlier) and P of two groups with one variance, as if they were other patients."""
    df = one.size + two.size - 2
    if min(one.size, two.size) < FEWEST:
        return math.nan, math.nan
    variance = ((one.size - 1) * one.var(ddof=1) + (two.size - 1) * two.var(ddof=1)) / df
    if variance == 0.0:
        return math.nan, math.nan
    t = float((two.mean() - one.mean()) / math.sqrt(variance * (1.0 / one.size + 1.0 / two.size)))
    return t, float(2.0 * stdtr(df, -abs(t)))


def change_draws(change: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return posterior draws of the mean change under the reference prior of a normal mean and SD."""
    if change.size < FEWEST or change.std() == 0.0:
        return np.full(DRAWS, math.nan)
    error = change.std(ddof=1) / math.sqrt(change.size)
    return np.asarray(change.mean() + error * rng.standard_t(change.size - 1, DRAWS))


def count_table(subject: Subject, counted: dict[str, list[FloatArray]]) -> StudyTable:
    """Return patients, mean, SD and range at each time beside the print."""
    rows: list[Row] = []
    cells = []
    for role, counts in counted.items():
        known = [one[~np.isnan(one)] for one in counts]
        n = float(np.mean([one.size for one in known]))
        mean = float(np.mean([one.mean() for one in known]))
        sd = float(np.mean([one.std(ddof=1) for one in known]))
        least, most = float(min(one.min() for one in known)), float(max(one.max() for one in known))
        print_ = printed_mean(subject, role)
        missing = len(subject.first) - n
        said = (f"{n:g}", f"{missing:g}", f"{mean:.3f} ± {sd:.3f}", f"{least:.2f} to {most:.2f}", print_)
        cells.append((subject.label(role), *said))
        numbers = {"time": role, "n": n, "missing": missing, "mean": mean, "sd": sd, "min": least, "max": most}
        rows.append({**numbers, "printed": print_, "members": len(subject.members)})
    head = ("", "Patients", "Missing", "Mean ± SD", "Range", "Printed")
    note = "Counts in the unit of the column (10^9 per litre in the paper). A missing count is in no mean."
    return table_of("table2_counts", "lymphocyte counts at each time", rows, head, cells, note=note)


def printed_mean(subject: Subject, role: str) -> str:
    """Return the printed mean and SD, of the paper's own patients."""
    mean, sd = (subject.printed.number(name) for name in PRINTED_MEANS[role])
    return f"{mean:g} ± {sd:g}" if subject.of_paper and mean is not None and sd is not None else ""


def printed_t(subject: Subject, one: str, two: str) -> tuple[float, str]:
    """Return the printed t of a pair and whether it was reached; NaN and nothing of a cohort of one's own."""
    found = subject.printed.targets.get(("", f"t, {one} against {two}"))
    return (math.nan, "") if found is None else (float(found.printed), found.mark)


def each_of(subject: Subject, one: str, two: str, t: float) -> float:
    """Return how many patients at each time the printed means and SDs need to give the printed t of two samples."""
    numbers = [subject.printed.number(name) for role in (one, two) for name in PRINTED_MEANS[role]]
    if math.isnan(t) or any(x is None for x in numbers):
        return math.nan
    mean, sd, later, later_sd = (float(x) for x in numbers if x is not None)
    return t**2 * (sd**2 + later_sd**2) / (mean - later) ** 2


def pair_table(subject: Subject, pairs: Sequence[Pair]) -> StudyTable:
    """Return the comparisons in pairs."""
    rows: list[Row] = []
    cells = []
    for one in pairs:
        t, mark = printed_t(subject, one.one, one.two)
        need = each_of(subject, one.one, one.two, t)
        words = f"{subject.label(one.two)} minus {subject.label(one.one)}"
        paired, apart = spread(one.paired_t)[0], spread(one.unpaired_t)[0]
        cells.append(
            (
                *(words, f"{np.mean(one.n):g}", f"{spread(one.correlation)[0]:.2f}"),
                *(f"{paired:.2f}; P {p_words(one.paired_p)}", f"{apart:.2f}; P {p_words(one.unpaired_p)}"),
                *("" if math.isnan(t) else f"{t:g}", mark, "" if math.isnan(need) else f"{need:.0f}"),
                *(one.change.words(lambda x: f"{x:.2f}"), probability(one.lower)),
            )
        )
        rows.append(
            {
                "earlier": one.one,
                "later": one.two,
                "n": float(np.mean(one.n)),
                "correlation": spread(one.correlation)[0],
                "paired_t": paired,
                **dict(zip(("paired_p", "paired_p_low", "paired_p_high"), spread(one.paired_p), strict=True)),
                "two_sample_t": apart,
                "two_sample_p": spread(one.unpaired_p)[0],
                "printed_t": t,
                "reached": mark,
                "n_each_of_printed_t": need,
                "change": one.change.value,
                "lower": one.change.lower,
                "upper": one.change.upper,
                "level": subject.level,
                "prob_lower": one.lower,
                "members": len(subject.members),
            }
        )
    level = f"{100 * subject.level:g} %"
    head = (
        *("Comparison", "Patients with both", "Correlation", "Paired t", "Two-sample t", "Printed t"),
        *("Reconstructions", "n each that gives it", f"Mean change ({level} credible interval)", "P(lower | data)"),
    )
    note = (
        "Paired t: of patients with both counts. Two-sample t: as if both times were of other patients. n each that "
        "gives it: patients at each time with which the printed means and SDs give the printed t of two samples. Mean "
        "change: posterior of a normal mean under the reference prior."
    )
    return table_of("table2_pairs", "lymphocyte counts compared in pairs", rows, head, cells, note=note)


def count_words_of(subject: Subject, counted: dict[str, list[FloatArray]]) -> str:
    """Return one line: the mean at each time."""
    means = [
        f"{subject.label(role)} {np.mean([np.nanmean(one) for one in counts]):.2f}" for role, counts in counted.items()
    ]
    return f"Mean lymphocyte counts: {'; '.join(means)}."


def pair_words(subject: Subject, pairs: Sequence[Pair]) -> list[str]:
    """Return one line on the changes, and what a paired comparison and missing counts rest on."""
    surest = max(pairs, key=lambda one: abs(one.lower - 0.5) if not math.isnan(one.lower) else -1.0)
    change = surest.change.words(lambda x: f"{x:.2f}")
    said = []
    if change != NOTHING:
        said.append(
            f"The surest change is that of {subject.label(surest.two)} over {subject.label(surest.one)}: {change} on "
            f"average, lower with probability {probability(surest.lower)}."
        )
    if subject.of_paper:
        said.append(
            "The paper prints means and SDs and not who had which later count: the reconstructions pair them, and a "
            "paired t rests on that pairing."
        )
    needs = [each_of(subject, one.one, one.two, printed_t(subject, one.one, one.two)[0]) for one in pairs]
    if subject.of_paper and all(not math.isnan(need) for need in needs):
        numbers = ", ".join(f"{need:.0f}" for need in needs)
        said.append(
            f"The printed t would need {numbers} patients at each time, not {len(subject.first)}: counts are missing, "
            "or another test was used, and the paper does not say which."
        )
    gone = [int(subject.columns(role)[0].missing.sum()) for role in TIMES if subject.has(role)]
    if any(gone):
        said.append(
            f"{', '.join(map(str, gone))} of {len(subject.first)} counts are missing. Who progressed or died first has "
            "no later count, so that means of the later times are of those who fared better; model alc_trajectory fits "
            "counts and survival together."
        )
    return said
