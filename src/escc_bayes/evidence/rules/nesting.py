"""Can a multivariable hazard ratio have its printed precision, given the cross-table of two covariates?

If all patients with B also have A, then B is compared within A only. In each risk set the covariance of the indicators
"A only" and "both" is that of one multinomial draw, which is concave in its probabilities; these sum over events to
the events d1 with A only and d2 with both, so SE^2 >= 1/d1 + 1/d2, whatever else is in the model (Jensen; Cox 1972,
J R Stat Soc B 34:187). Cohorts with the printed cross-table and hazard ratios are simulated and fitted to show what is
usual. Hsieh & Lavori 2000, Control Clin Trials 21:552 (variance inflation 1 / (1 - rho^2)).

The random stream is fixed, so that the rule answers alike every time.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from escc_bayes.data.rounding import interval
from escc_bayes.data.study import PublishedEstimate, PublishedNumber, Study
from escc_bayes.evidence.endpoints import endpoint
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.cox_simulation import standard_errors
from escc_bayes.evidence.rules.number_names import is_count, subject, words
from escc_bayes.evidence.rules.wald import own_hazard_ratio, se_from_limits, se_from_p
from escc_bayes.foundation.sentence import counted

COHORTS = 400
SEED = 1959
JOINING = frozenset({"with", "and", "in", "among", "of", "both"})
NEAR = 1.1
"""Cohorts are simulated for printed standard errors below this multiple of the bound."""

SLACK = 0.02
"""Efron's rule for ties shifts the information a little."""

MOST_PATIENTS = 40_000
"""Patients simulated at most, all cohorts together."""


class CrossTable(NamedTuple):
    """Patients with neither, with A only, with both; nobody has B without A."""

    outer: PublishedNumber
    inner: PublishedNumber
    neither: int
    outer_only: int
    both: int

    @property
    def correlation(self) -> float:
        """Phi of the two covariates."""
        n, a, b = sum(self[2:]), self.outer_only + self.both, self.both
        return (n * b - a * b) / math.sqrt(a * (n - a) * b * (n - b))


def nested_covariate(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Find a cell such as ``A_with_B_n`` equal to ``B_n``, and the hazard ratios of A and B that one model gives."""
    book = ledger or Ledger()
    for table in cross_tables(study):
        book.made()
        for inner in adjusted_ratios(study, table.inner):
            for outer in adjusted_ratios(study, table.outer):
                if outer.endpoint == inner.endpoint and outer.effect != inner.effect:
                    yield from feasible(study, table, outer, inner)


def cross_tables(study: Study) -> Iterator[CrossTable]:
    """Yield the nested pairs, by a cell named with the words of both: every patient with B has A."""
    counts = [number for number in study.numbers if is_count(number)]
    for cell in counts:
        both = set(subject(cell)) - JOINING
        inside = [c for c in counts if set(subject(c)) < both and c.place != cell.place]
        inners = [c for c in inside if c.value == cell.value]
        large = [c for c in inside if study.n is not None and cell.value < c.value < study.n]
        pairs = [(a, b) for b in inners for a in large if set(subject(a)) | set(subject(b)) == both]
        if pairs and study.n is not None and cell.value > 0:
            outer, inner = max(pairs, key=lambda pair: pair[0].value)
            a, b = int(outer.value), int(cell.value)
            yield CrossTable(outer, inner, study.n - a, a - b, b)


def adjusted_ratios(study: Study, group: PublishedNumber) -> list[PublishedEstimate]:
    """Return the multivariable hazard ratios of a group against the others."""
    return [
        estimate
        for estimate in study.estimates
        if own_hazard_ratio(estimate)
        and estimate.adjusted is True
        and estimate.value is not None
        and of(group, estimate)
    ]


def of(group: PublishedNumber, estimate: PublishedEstimate) -> bool:
    """Whether a ratio is of a group: by all its words, or by a covariate called as it begins or, alone, ends."""
    about = subject(group)
    contrast = words(estimate.effect)
    if "vs" in contrast:
        return set(about) <= set(contrast[: contrast.index("vs")]) | set(words(estimate.hazard_of))
    said = words(f"{estimate.effect} {estimate.hazard_of} {estimate.versus} {estimate.coding_note}")
    return set(about) <= set(said) or about[0] in contrast


def deaths(study: Study, name: str) -> int | None:
    """Return the events of an endpoint: printed, or all that its last landmark allows, rounded up."""
    for curve in study.survivals:
        if endpoint(curve.endpoint) == endpoint(name) and curve.n == study.n and study.n is not None:
            if curve.events is not None:
                return curve.events
            if curve.landmarks:
                last = max(curve.landmarks, key=lambda landmark: landmark.t)
                return math.ceil(study.n * (1.0 - interval(last.s).low))
    return None


def least_error(only: int, both: int, events: int) -> float:
    """Return the least standard error of B beside A: 1/d1 + 1/d2 <= SE^2 for d1 events with A only and d2 with both.

    Examples
    --------
    >>> round(least_error(6, 23, 35), 3)
    0.458
    """
    small, large = sorted((only, both))
    first = min(small, max(events // 2, 1))
    return math.sqrt(1.0 / first + 1.0 / max(min(large, events - first), 1))


def feasible(study: Study, table: CrossTable, outer: PublishedEstimate, inner: PublishedEstimate) -> Iterator[Finding]:
    """Compare the printed standard error of B with its least value, and with those of simulated cohorts."""
    events, printed = deaths(study, inner.endpoint), se_from_limits(inner) or se_from_p(inner)
    if events is None or events < 2 or printed is None or not math.isfinite(printed.high):
        return
    if sum(table[2:]) > MOST_PATIENTS:
        return
    bound = least_error(table.outer_only, table.both, events)
    if printed.high >= NEAR * bound:
        return
    log_ratios = np.log([float(outer.value or 1), float(inner.value or 1)])
    cohorts = max(MOST_PATIENTS // sum(table[2:]), 1)
    simulated = standard_errors(
        np.array(table[2:]), log_ratios, events=events, cohorts=min(COHORTS, cohorts), seed=SEED
    )
    impossible = printed.high < bound * (1.0 - SLACK)
    if simulated.size == 0 or (not impossible and printed.high >= float(simulated.min())):
        return
    yield Finding(
        study.id,
        "nesting",
        "impossible" if impossible else "ask the authors",
        f"{inner.effect}, {inner.endpoint}: HR {inner.value} with P = {inner.p} implies a standard error of "
        f"{printed.low:.3f} to {printed.high:.3f}, out of reach beside {outer.effect}: all {table.both} patients of "
        f"{table.inner.name} are among {table.outer_only + table.both} of {table.outer.name}.",
        f"SE >= sqrt(1/{table.outer_only} + 1/{table.both}), the events of {events} at most: {bound:.3f}; "
        f"{simulated.size} simulated Cox fits of {table.neither}/{table.outer_only}/{counted(table.both, 'patient')} "
        f"and {counted(events, 'event')}: SE median {float(np.median(simulated)):.2f}, minimum "
        f"{float(simulated.min()):.2f}; "
        f"phi = {table.correlation:.2f}, variance inflation {1 / (1 - table.correlation**2):.1f}",
        f"{inner.place}, {outer.place}, {table.inner.place}, {table.outer.place}",
    )
