"""t statistics against means and standard deviations, and against P: which sizes or correlation could give them?

Two samples: t = |m1 - m2| / sqrt(s1^2 / n1 + s2^2 / n2), or with the pooled variance. One sample of differences:
t = |m| sqrt(n) / s. Paired: s1^2 + s2^2 - 2 r s1 s2 in place of the sum. Student 1908, Biometrika 6:1; recomputation as
in Nuijten et al. 2016, Behav Res Methods 48:1205.
"""

import math
import re
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from scipy.special import ndtr, stdtr

from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import PublishedNumber, Study
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.number_names import is_count, subject, words
from escc_bayes.evidence.rules.partitions import ARM_NOUNS, groups, within
from escc_bayes.evidence.rules.wald import size
from escc_bayes.foundation.sentence import counted

RULE = "t tests"
STATISTIC = frozenset({"test", "statistic", "stat", "value", "student", "students", "paired", "unpaired", "welch"})
MOMENTS = frozenset({"mean", "sd", "se", "sem"})
TIMES = frozenset(
    [
        "baseline",
        "pre",
        "before",
        "mid",
        "during",
        "nadir",
        "post",
        "after",
        "end",
        "followup",
        "follow",
        "week",
        "weeks",
        "month",
        "months",
        "day",
        "year",
        "visit",
    ]
)
LIKE_EACH_OTHER, RARE = 0.3, 0.002
"""Correlation of two measurements of one patient that is taken as the least usual; share below which one is rare."""

T_AND_P = r"\bt\s*(?:\((?P<df>\d+)\))?\s*=\s*-?(?P<t>\d+\.\d+)\s*[,;]?\s*P\s*(?P<sign>[<>=])\s*(?P<p>0?\.\d+)"


class Sample(NamedTuple):
    """Mean, SD and number of patients of one group or time; ``group`` if its patients are an arm of the study."""

    mean: Interval
    sd: Interval
    n: int
    group: bool


def t_against_moments(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Recompute every t, such as ``t_X_vs_Y``, from the means, SDs and sizes of what it compares, and P from t."""
    book = ledger or Ledger()
    for number in study.numbers:
        named = words(number.name)
        if len(named) < 2 or "t" not in (named[0], named[-1]):
            continue
        book.made()
        yield from p_of_t(study, number)
        about = tuple(word for word in (named[1:] if named[0] == "t" else named[:-1]) if word not in STATISTIC)
        samples = compared(study, about)
        if len(samples) == 1 and samples[0].n > 0 and samples[0].sd.low > 0:
            yield from one_sample(study, number, samples[0])
        elif len(samples) == 2 and all(sample.group for sample in samples):
            yield from two_groups(study, number, *samples)
        elif len(samples) == 2 and len({sample.group for sample in samples}) == 1:
            yield from repeated(study, number, *samples)


def compared(study: Study, about: tuple[str, ...]) -> list[Sample]:
    """Return the samples that a statistic compares: those named around "vs", or all of one quantity."""
    means = {label_of(number): number for number in study.numbers if "mean" in words(number.name)}
    if "vs" in about:
        cut = about.index("vs")
        sides = [[label for label in means if set(side) <= set(label)] for side in (about[:cut], about[cut + 1 :])]
        chosen = [side[0] for side in sides if len(side) == 1]
        labels = chosen if len(chosen) == 2 and chosen[0] != chosen[1] else []
    else:
        labels = [label for label in means if within(about, label)]
    found = [sample for label in labels if (sample := sample_of(study, label, means[label])) is not None]
    return found if len(found) == len(labels) else []


def label_of(number: PublishedNumber) -> tuple[str, ...]:
    """Return whose moments a number gives: its name without mean, sd or se."""
    return tuple(word for word in words(number.name) if word not in MOMENTS)


def sample_of(study: Study, label: tuple[str, ...], mean: PublishedNumber) -> Sample | None:
    """Return the sample of a mean; times of measurement have all patients unless their own number is printed."""
    n, group = size_of(study, label)
    spreads = {
        word: number
        for number in study.numbers
        if label_of(number) == label
        for word in MOMENTS - {"mean"}
        if word in words(number.name)
    }
    if n is None or not spreads:
        return None
    word, spread = next(iter(sorted(spreads.items())))
    sd, scale = interval(spread.value, whole="rounded"), 1.0 if word == "sd" else math.sqrt(n)
    return Sample(interval(mean.value, whole="rounded"), Interval(scale * sd.low, scale * sd.high), n, group)


def size_of(study: Study, label: tuple[str, ...]) -> tuple[int | None, bool]:
    """Return the number of patients of a sample, and whether they are a group of the study."""
    counts = [(subject(number), int(number.value)) for number in study.numbers if is_count(number)]
    own = {
        n
        for named, n in counts
        if named == label or (named and label[-len(named) :] == named and named[0] not in ARM_NOUNS)
    }
    if len(own) == 1 and TIMES & set(label):
        return own.pop(), False
    arms = {n for named, n in counts if within(named, label)} | {
        n for named, n, *_ in groups(study) if within(named, label)
    }
    if len(arms) == 1 and not TIMES & set(label):
        n = arms.pop()
        return n, study.n is None or n < study.n
    if arms:
        return None, False
    return (study.n, False) if TIMES & set(label) or {"change", "difference"} & set(label) else (None, False)


def difference(one: Sample, other: Sample) -> Interval:
    """Return the absolute difference of two means."""
    return Interval(
        max(0.0, one.mean.gap(other.mean)),
        max(one.mean.high - other.mean.low, other.mean.high - one.mean.low),
    )


def one_sample(study: Study, number: PublishedNumber, sample: Sample) -> Iterator[Finding]:
    """Report a t that is not mean sqrt(n) / SD."""
    means, root = size(sample.mean), math.sqrt(sample.n)
    found = Interval(means.low / sample.sd.high * root, means.high / sample.sd.low * root)
    if not found.meets(size(interval(number.value, whole="rounded"))):
        yield unlike(study, number, found, f"the printed mean and SD of {sample.n} patients", "t = mean sqrt(n) / SD")


def two_groups(study: Study, number: PublishedNumber, one: Sample, other: Sample) -> Iterator[Finding]:
    """Report a t that neither Student's nor Welch's test of two groups gives."""
    if min(one.n, other.n) < 2 or min(one.sd.low, other.sd.low) <= 0:
        return
    errors = [
        error
        for first, second in product(one.sd, other.sd)
        for error in (
            math.sqrt(first**2 / one.n + second**2 / other.n),
            math.sqrt(
                ((one.n - 1) * first**2 + (other.n - 1) * second**2) / (one.n + other.n - 2) * (1 / one.n + 1 / other.n)
            ),
        )
    ]
    means = difference(one, other)
    found = Interval(means.low / max(errors), means.high / min(errors))
    if not found.meets(size(interval(number.value, whole="rounded"))):
        what = f"the printed means and SDs of {one.n} and {counted(other.n, 'patient')}"
        yield unlike(study, number, found, what, "Student's t (pooled variance) and Welch's t")


def unlike(study: Study, number: PublishedNumber, found: Interval, what: str, how: str) -> Finding:
    """Report a t that its moments do not give."""
    statement = f"{number.name} = {number.value}, but {what} give t = {(found.low + found.high) / 2:.3f}."
    arithmetic = f"{how}: {found.low:.3f} to {found.high:.3f}"
    return Finding(study.id, RULE, "impossible", statement, arithmetic, number.place)


def repeated(study: Study, number: PublishedNumber, one: Sample, other: Sample) -> Iterator[Finding]:
    """Report a t that neither two samples of n nor n pairs with r >= 0 can give."""
    n, printed, means = min(one.n, other.n), size(interval(number.value, whole="rounded")), difference(one, other)
    if min(one.sd.low, other.sd.low) <= 0:
        return
    low = means.low / math.hypot(one.sd.high, other.sd.high) * math.sqrt(n)
    high = means.high / math.hypot(one.sd.low, other.sd.low) * math.sqrt(n)
    t = abs(float(number.value))
    if Interval(low, high).meets(printed) or t > high:
        return
    needed = n * (t / ((low + high) / 2)) ** 2
    s1, s2 = sum(one.sd) / 2, sum(other.sd) / 2
    between = (means.low + means.high) / 2
    r = (s1**2 + s2**2 - n * (between / t) ** 2) / (2 * s1 * s2) if t > 0 else -math.inf
    paired = (
        f"a paired test of {n} would need a correlation of {r:.2f}" if r >= -1 else f"no paired test of {n} gives it"
    )
    share = None if r < -1 or n < 5 else float(ndtr((math.atanh(r) - math.atanh(LIKE_EACH_OTHER)) * math.sqrt(n - 3)))
    severity: Severity = "impossible" if share is None else "very unlikely" if share < RARE else "ask the authors"
    likely = "" if share is None else f", which {100 * share:.1g} % show where two measurements correlate by 0.3"
    yield Finding(
        study.id,
        RULE,
        severity,
        f"{number.name} = {number.value}, but the printed means and SDs of {n} patients give "
        f"t = {(low + high) / 2:.3f}.",
        f"t = {low:.3f} to {high:.3f} with {n} a time; printed t needs {needed:.0f} a time; {paired}{likely}",
        number.place,
        share if severity == "very unlikely" else None,
    )


def p_of_t(study: Study, number: PublishedNumber) -> Iterator[Finding]:
    """Report a P beside t in the quote that no degrees of freedom of the study give."""
    found = re.search(T_AND_P, number.quote, flags=re.IGNORECASE)
    if found is None or "one-sided" in number.quote or (found["df"] is None and study.n is None):
        return
    least, most = (int(found["df"]),) * 2 if found["df"] else (5, 2 * (study.n or 0))
    t, printed = interval(found["t"]), interval(found["p"] if found["sign"] == "=" else found["sign"] + found["p"])
    p = Interval(2 * float(stdtr(most, -t.high)), 2 * float(stdtr(least, -t.low)))
    if not p.meets(printed):
        statement = f"{number.name}: t = {found['t']} gives P = {p.low:.4f} to {p.high:.4f}, printed {found['p']}."
        arithmetic = f"two-sided, {least} to {most} degrees of freedom"
        yield Finding(study.id, RULE, "impossible", statement, arithmetic, number.place)
