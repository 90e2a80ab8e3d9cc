"""Can a multivariable hazard ratio have its printed precision, given the cross-table of two covariates?

If all patients with B also have A, then B is compared within A only, and its standard error in a model with both is
bounded by the few who have A without B. Cohorts with the printed cross-table and hazard ratios are simulated and
fitted. Hsieh & Lavori 2000, Control Clin Trials 21:552 (variance inflation 1 / (1 - rho^2)).

The random stream is fixed, so that the rule answers alike every time.
"""

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from escc_bayes.data.rounding import interval
from escc_bayes.data.study import PublishedEstimate, PublishedNumber, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.rules.cox_simulation import standard_errors
from escc_bayes.evidence.rules.wald import se_from_limits, se_from_p

COHORTS = 400
SEED = 1959


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


def nested_covariate(study: Study) -> Iterator[Finding]:
    """Find ``A_with_B_n`` equal to ``B_n``, and the hazard ratios of A and B that one model gives."""
    for table in cross_tables(study):
        outer_word = table.outer.name.split("_")[0]
        inner_word = re.split(r"_n(?:_|$)", table.inner.name)[0]
        for inner in adjusted_ratios(study, inner_word):
            for outer in adjusted_ratios(study, outer_word):
                if outer.endpoint == inner.endpoint and outer.effect != inner.effect:
                    yield from feasible(study, table, outer, inner)


def cross_tables(study: Study) -> Iterator[CrossTable]:
    """Yield the nested pairs: every patient with B has A."""
    for joint in study.numbers:
        found = re.fullmatch(r"(.+)_with_(.+)_n", joint.name)
        if found is None or study.n is None:
            continue
        inner = [m for m in study.numbers if m.name.casefold() == f"{found[2]}_n".casefold()]
        outer = [m for m in study.numbers if re.fullmatch(rf"{re.escape(found[1])}_n(_[a-z]+)?", m.name)]
        large = [m for m in outer if joint.value < m.value < study.n]
        if inner and large and inner[0].value == joint.value:
            most = max(large, key=lambda number: number.value)
            a, b = int(most.value), int(joint.value)
            yield CrossTable(most, joint, study.n - a, a - b, b)


def adjusted_ratios(study: Study, word: str) -> list[PublishedEstimate]:
    """Return the multivariable hazard ratios whose covariate is called by ``word``."""
    word = word.rsplit("_with_", maxsplit=1)[-1]
    pattern = re.compile(rf"\b{re.escape(word)}\b", flags=re.IGNORECASE)
    return [
        estimate
        for estimate in study.estimates
        if estimate.measure == "HR"
        and estimate.adjusted is True
        and estimate.value is not None
        and pattern.search(f"{estimate.effect} {estimate.hazard_of} {estimate.versus} {estimate.coding_note}")
    ]


def deaths(study: Study, endpoint: str) -> int | None:
    """Return the events of an endpoint: printed, or all that its last landmark allows, rounded up."""
    for curve in study.survivals:
        if curve.endpoint == endpoint and curve.n == study.n and study.n is not None:
            if curve.events is not None:
                return curve.events
            if curve.landmarks:
                last = max(curve.landmarks, key=lambda landmark: landmark.t)
                return math.ceil(study.n * (1.0 - interval(last.s).low))
    return None


def feasible(study: Study, table: CrossTable, outer: PublishedEstimate, inner: PublishedEstimate) -> Iterator[Finding]:
    """Compare the printed standard error of B with those of simulated cohorts."""
    events, printed = deaths(study, inner.endpoint), se_from_limits(inner) or se_from_p(inner)
    if events is None or printed is None or not math.isfinite(printed.high):
        return
    log_ratios = np.log([float(outer.value or 1), float(inner.value or 1)])
    cells = np.array(table[2:])
    simulated = standard_errors(cells, log_ratios, events=events, cohorts=COHORTS, seed=SEED)
    least, middle = float(simulated.min()), float(np.median(simulated))
    if printed.high >= float(np.quantile(simulated, 0.05)):
        return
    yield Finding(
        study.id,
        "nesting",
        "contradiction" if printed.high < least else "notice",
        f"{inner.effect}, {inner.endpoint}: HR {inner.value} with P = {inner.p} implies a standard error of "
        f"{printed.low:.3f} to {printed.high:.3f}, out of reach beside {outer.effect}: all {table.both} patients of "
        f"{table.inner.name} are among {table.outer_only + table.both} of {table.outer.name}.",
        f"{COHORTS} simulated Cox fits of {table.neither}/{table.outer_only}/{table.both} patients and {events} "
        f"events: SE median {middle:.2f}, minimum {least:.2f}; phi = {table.correlation:.2f}, "
        f"variance inflation {1 / (1 - table.correlation**2):.1f}",
        f"{inner.place}, {outer.place}, {table.inner.place}, {table.outer.place}",
    )
