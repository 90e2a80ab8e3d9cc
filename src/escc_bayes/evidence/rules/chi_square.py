"""Chi-square, degrees of freedom and P against each other, by recomputation on rounding intervals.

Nuijten et al. 2016, Behav Res Methods 48:1205 (statcheck).
"""

import re
from collections.abc import Iterator
from itertools import combinations

from scipy.special import chdtrc

from escc_bayes.data.rounding import Interval, decimals, interval
from escc_bayes.data.study import PublishedEstimate, PublishedNumber, Study
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.estimate import p_of
from escc_bayes.evidence.quotes.quote import read_quote

RULE = "chi-square"
MOST_DF = 12
TREND = re.compile(r"\btrend\b|linear[- ]by[- ]linear|\bper (?:level|class|category)\b", flags=re.IGNORECASE)
TIMES = r"_(baseline|pre|before|mid|during|nadir|post|after|end|follow_?up|m\d+|t\d+)$"


def p_values(chi2: Interval, df: int) -> Interval:
    """Return the P values of the statistics behind a print."""
    return Interval(float(chdtrc(df, chi2.high)), float(chdtrc(df, max(chi2.low, 0.0))))


def fitting_df(estimate: PublishedEstimate) -> tuple[int, ...] | None:
    """Return the degrees of freedom that join statistic and P; None where either is not printed."""
    printed = p_of(estimate)
    if estimate.chi2 is None or printed is None:
        return None
    statistic = interval(estimate.chi2, whole="rounded")
    return tuple(df for df in range(1, MOST_DF + 1) if p_values(statistic, df).meets(printed.values))


def stated_df(estimate: PublishedEstimate) -> int | None:
    """Return the degrees of freedom that the print states: in words, or by the groups compared; a trend has one."""
    said = read_quote(estimate.quote).df
    if said:
        return said
    if TREND.search(f"{estimate.quote} {estimate.coding_note}"):
        return 1
    if estimate.groups:
        return estimate.groups - 1
    if estimate.measure == "logrank 3 groups":
        return 2
    return 1 if estimate.measure == "logrank" and None not in (estimate.n_hazard_of, estimate.n_versus) else None


def chi_square_and_p(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Report a P that belongs to other degrees of freedom, or to none."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        fitting = fitting_df(estimate)
        stated = stated_df(estimate)
        if fitting is None and estimate.chi2 is not None:
            book.leave(study.id, f"chi2 = {estimate.chi2}", "no P is printed with it", estimate.place)
        book.made(fitting is not None)
        if fitting is None or stated in fitting or (stated is None and fitting):
            continue
        df = stated or 1
        p = float(chdtrc(df, float(estimate.chi2 or 0)))
        printed = str(estimate.p if estimate.p is not None else estimate.p_text or "in the quote")
        recomputed = f"{p:.{max(3, decimals(estimate.p or 0))}f}"
        yield Finding(
            study.id,
            RULE,
            "impossible",
            f"chi2 = {estimate.chi2} on {df} df gives P = {recomputed}, printed {printed}"
            f"{reading(fitting, recomputed, printed)}.",
            f"P(chi2_{df} > {estimate.chi2}) = {p:.4f}",
            estimate.place,
        )


def reading(fitting: tuple[int, ...], recomputed: str, printed: str) -> str:
    """Return what could have happened: other degrees of freedom, or one wrong digit."""
    if fitting:
        return f" (that P belongs to {fitting[0]} df)"
    one_digit = len(recomputed) == len(printed) and sum(a != b for a, b in zip(recomputed, printed, strict=True)) == 1
    return " (one digit differs)" if one_digit else ""


def one_statistic_two_p(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Report one statistic of one comparison and endpoint that stands with two P values."""
    book = ledger or Ledger()
    tests = [estimate for estimate in study.estimates if estimate.chi2 is not None and estimate.p is not None]
    for one, other in combinations(tests, 2):
        if what_is_tested(one) != what_is_tested(other) or one.p is None or other.p is None:
            continue
        book.made()
        if str(one.chi2) != str(other.chi2) or interval(one.p).meets(interval(other.p)):
            continue
        by_df = ", ".join(f"{df} df: P = {float(chdtrc(df, float(one.chi2 or 0))):.4f}" for df in (1, 2))
        yield Finding(
            study.id,
            RULE,
            "impossible",
            f"{one.effect}, {one.endpoint}: chi2 = {one.chi2} stands with P = {one.p} and with P = {other.p}.",
            by_df,
            f"{one.place}, {other.place}",
        )


def what_is_tested(estimate: PublishedEstimate) -> tuple[str, ...]:
    """Return what two prints of one test share."""
    return (estimate.effect, estimate.endpoint, estimate.subgroup, estimate.cutoff)


def repeated_measure_df(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Report one quantity measured at several times and tested on different degrees of freedom."""
    book = ledger or Ledger()
    families: dict[tuple[str, str], list[tuple[PublishedEstimate, int]]] = {}
    for estimate in study.estimates:
        fitting = fitting_df(estimate)
        family = re.sub(TIMES, "", estimate.effect)
        if fitting is not None and len(fitting) == 1 and family != estimate.effect:
            families.setdefault((family, estimate.endpoint), []).append((estimate, fitting[0]))
    for (family, endpoint), members in families.items():
        most = max(df for _, df in members)
        book.made(len(members) - 1)
        for estimate, df in members:
            if df < most:
                full = [other.effect for other, other_df in members if other_df == most]
                yield fewer_classes(study, estimate, df, most, full, f"{family}, {endpoint}")


def fewer_classes(study: Study, estimate: PublishedEstimate, df: int, most: int, full: list[str], what: str) -> Finding:
    """Report one time point on fewer classes; a contradiction where its range is as wide as the others'."""
    own = width(study, estimate.effect)
    others = [w for w in (width(study, effect) for effect in full) if w is not None]
    spans = own is not None and bool(others) and own >= min(others)
    chi2 = float(estimate.chi2 or 0)
    statement = f"{what}: {estimate.effect} was tested on {df} df, {' and '.join(full)} on {most} df"
    extra = ", although its range is as wide." if spans else "."
    arithmetic = f"chi2 = {estimate.chi2}: " + ", ".join(
        f"{k} df: P = {float(chdtrc(k, chi2)):.4f}" for k in (df, most)
    )
    severity: Severity = "impossible" if spans else "ask the authors"
    return Finding(
        study.id, RULE, severity, statement + extra, f"{arithmetic}; printed P = {estimate.p}", estimate.place
    )


def width(study: Study, effect: str) -> float | None:
    """Return the printed range (maximum less minimum) of a measured quantity."""
    values: dict[str, PublishedNumber] = {number.name: number for number in study.numbers}
    low, high = values.get(f"{effect}_min"), values.get(f"{effect}_max")
    return None if low is None or high is None else float(high.value - low.value)
