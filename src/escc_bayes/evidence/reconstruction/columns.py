"""Columns with exactly the printed counts, cross-tables and moments: the records that the search moves.

Covariates that a cross-table or a correlation ties together form a block and stay together; every other covariate is a
block of its own. Row r of a block is its r-th record.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.published import Study
from escc_bayes.data.rounding import interval
from escc_bayes.evidence.reconstruction.layout import CovariateLayout, Layout, ReconstructionError
from escc_bayes.evidence.reconstruction.problem import IntArray
from escc_bayes.evidence.reconstruction.target_places import number_of
from escc_bayes.evidence.reconstruction.targets_of_curves import half_width
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray

TABLE_STEPS = 20_000
MOMENT_ROUNDS = 200
# Beyond what the range suggests; class sizes, which are not printed, follow from it.
SKEW = (-0.3, 0.6)
BELOW_MEDIAN = (0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Columns:
    """Records of every covariate.

    ``values`` : (n,) whole numbers by covariate: level positions, or a measurement in units of its last decimal.
    ``codes`` : (n,) level or class positions by covariate; only covariates with levels or classes.
    ``limits`` : of each measured covariate.
    ``blocks`` : names of covariates that move together.
    """

    values: dict[str, IntArray]
    codes: dict[str, IntArray]
    blocks: tuple[tuple[str, ...], ...]
    limits: dict[str, "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a measured covariate keeps, in units of its last decimal; the SD within ``half`` of ``sd``."""

    low: int
    high: int
    centre: float
    sd: float
    half: float
    is_mean: bool


def draw_columns(layout: Layout, study: Study, n: int, rng: np.random.Generator) -> Columns:
    """Return random columns that have every printed count and moment.

    Raises
    ------
    ReconstructionError : counts do not sum to n, or no table has the printed cells.
    """
    values: dict[str, IntArray] = {}
    limits = {c.name: limits_of(c, layout, study) for c in layout.covariates if c.measured is not None}
    for group in blocks_of(layout):
        measured = [name for name in group if name in limits]
        values |= draw_measured(layout, {name: limits[name] for name in measured}, n, rng)
        counted = [layout.covariate(name) for name in group if name not in limits]
        values |= draw_counted(layout, counted, study, n, rng)
    codes = {c.name: code_of(c, values[c.name]) for c in layout.covariates if c.levels}
    return Columns(values, codes, blocks_of(layout), limits)


def blocks_of(layout: Layout) -> tuple[tuple[str, ...], ...]:
    """Return the covariates that move together: connected by a cross-table or a correlation."""
    group = {c.name: {c.name} for c in layout.covariates}
    together = [j.covariates for j in layout.joints] + [c.covariates for c in layout.correlated]
    for names_tied in together:
        union = set().union(*(group[name] for name in names_tied))
        for name in union:
            group[name] = union
    names = [c.name for c in layout.covariates]
    return tuple(
        tuple(n for n in names if n in group[first]) for first in names if first == min(group[first], key=names.index)
    )


def draw_counted(
    layout: Layout, covariates: list[CovariateLayout], study: Study, n: int, rng: np.random.Generator
) -> dict[str, IntArray]:
    """Return level positions with the printed counts and the printed cells of cross-tables."""
    values = {
        c.name: rng.permutation(np.repeat(np.arange(len(c.levels)), counts_of(c, layout, study, n))) for c in covariates
    }
    cells = [
        (
            tuple((name, layout.covariate(name).levels.index(level)) for name, level in cell.levels),
            int(number_of(cell.count, study, f"{layout.where}, joint")),
        )
        for joint in layout.joints
        for cell in joint.cells
        if set(joint.covariates) <= set(values)
    ]
    if cells:
        match_cells(values, cells, layout, rng)
    return values


def refuse_counts(layout: Layout, study: Study) -> None:
    """Refuse printed counts that no cohort has, before a search begins.

    Raises
    ------
    ReconstructionError : a count below 0, or counts of levels that do not sum to the patients.
    """
    n = int(number_of(layout.n, study, f"{layout.where}, n"))
    for covariate in layout.covariates:
        if covariate.measured is None:
            counts_of(covariate, layout, study, n)


def counts_of(covariate: CovariateLayout, layout: Layout, study: Study, n: int) -> IntArray:
    """Return the printed count of each level; they must sum to n."""
    where = f"{layout.where}, covariates.{covariate.name}, counts"
    counts = [int(number_of(count, study, where)) for count in covariate.counts]
    for printed, count in zip(covariate.counts, counts, strict=True):
        if count < 0:
            raise ReconstructionError(f"{where}: {printed} is {count}; no group has fewer than 0 patients")
    if sum(counts) != n:
        raise ReconstructionError(
            f"{where}: {' + '.join(map(str, counts))} = {sum(counts)}, but the cohort has {counted(n, 'patient')}; "
            "name the printed numbers that close the sum, or state the count that is missing"
        )
    return np.array(counts)


def match_cells(
    values: dict[str, IntArray],
    cells: list[tuple[tuple[tuple[str, int], ...], int]],
    layout: Layout,
    rng: np.random.Generator,
) -> None:
    """Exchange levels between records, in place, until every printed cell has its count.

    Raises
    ------
    ReconstructionError : no table was found, with the cell that is furthest from its count.
    """

    def gaps() -> FloatArray:
        inside = [np.logical_and.reduce([values[name] == k for name, k in levels]) for levels, _ in cells]
        return np.array([mask.sum() - count for mask, (_, count) in zip(inside, cells, strict=True)], dtype=float)

    names, misfit = list(values), np.abs(gaps()).sum()
    for step in range(TABLE_STEPS):
        if misfit == 0.0:
            return
        column = values[names[rng.integers(len(names))]]
        i, j = rng.integers(column.size, size=2)
        if column[i] == column[j]:
            continue
        column[[i, j]] = column[[j, i]]
        new = np.abs(gaps()).sum()
        if new <= misfit or rng.random() < np.exp((misfit - new) / max(2.0 * (1.0 - 2.0 * step / TABLE_STEPS), 0.05)):
            misfit = new
        else:
            column[[i, j]] = column[[j, i]]
    worst = int(np.abs(gaps()).argmax())
    words = ", ".join(f"{name} {layout.covariate(name).levels[k]}" for name, k in cells[worst][0])
    raise ReconstructionError(
        f"{layout.where}, joint: no table of these counts has {cells[worst][1]} patients with {words} (nearest: "
        f"{cells[worst][1] + int(gaps()[worst])}); the printed cells and counts contradict each other"
    )


def limits_of(covariate: CovariateLayout, layout: Layout, study: Study) -> Limits:
    """Return what a measured covariate keeps.

    Raises
    ------
    ReconstructionError : its extremes do not enclose its mean or median.
    """
    measured, where = covariate.measured, f"{layout.where}, covariates.{covariate.name}"
    assert measured is not None
    unit = 10**measured.decimals
    low, high = (round(float(number_of(v, study, where)) * unit) for v in (measured.minimum, measured.maximum))
    middle = measured.mean if measured.mean is not None else measured.median
    assert middle is not None
    centre = float(number_of(middle, study, where)) * unit
    if not low < centre < high:
        raise ReconstructionError(
            f"{where}: minimum {low / unit:g}, mean or median {centre / unit:g}, maximum {high / unit:g} must increase"
        )
    sd = number_of(measured.sd, study, where)
    # An assumed SD binds only loosely; a printed one to its digits.
    half = half_width(interval(sd)) if isinstance(measured.sd, str) else 0.25 * float(sd)
    return Limits(low, high, centre, float(sd) * unit, half * unit, measured.mean is not None)


def draw_measured(layout: Layout, limits: dict[str, Limits], n: int, rng: np.random.Generator) -> dict[str, IntArray]:
    """Return measurements with the printed moments, correlated as the layout says."""
    if not limits:
        return {}
    names = list(limits)
    tied = next((t for t in layout.correlated if names[0] in t.covariates), None)
    share = rng.uniform(tied.low, tied.high) if tied is not None else 0.0
    correlation = np.full((len(names),) * 2, share) + (1.0 - share) * np.eye(len(names))
    normal = rng.multivariate_normal(np.zeros(len(names)), correlation, n, method="cholesky")
    return {name: moments_matched(z, limits[name], rng) for name, z in zip(names, normal.T, strict=True)}


def moments_matched(z: FloatArray, limits: Limits, rng: np.random.Generator) -> IntArray:
    """Return whole numbers of the last decimal with the printed extremes, and mean and SD as near as these allow."""
    low, high, centre, sd = float(limits.low), float(limits.high), limits.centre, limits.sd
    # The third moment is not printed; a range that reaches further up than down suggests a positive one.
    skew = np.clip((high + low - 2.0 * centre) / (3.0 * sd), -1.0, 1.0) + rng.uniform(*SKEW)
    values = squeezed(centre + sd * (z + skew * (z**2 - 1.0) / 6.0), limits)
    if limits.is_mean:
        return nudged_sd(nudged_sum(values, centre), sd)
    # Whole numbers pile up at a median; how many lie below it is not printed.
    order = np.argsort(values, kind="stable")
    values[order[round(rng.uniform(*BELOW_MEDIAN) * values.size) : (values.size + 1) // 2]] = round(centre)
    return values


def squeezed(values: FloatArray, limits: Limits) -> IntArray:
    """Return whole numbers whose extremes are exact, with about the mean (or median) and SD asked for."""
    low, high, centre, sd = float(limits.low), float(limits.high), limits.centre, limits.sd
    order = np.argsort(values, kind="stable")
    inner, matched = order[1:-1], values.copy()
    for _ in range(MOMENT_ROUNDS):
        matched[order[0]], matched[order[-1]] = low, high
        matched[inner] += centre - (matched.mean() if limits.is_mean else np.median(matched))
        matched[inner] = centre + (matched[inner] - centre) * sd / matched.std(ddof=1)
        matched[inner] = np.clip(matched[inner], low + 1.0, high - 1.0)
    return np.rint(matched).astype(np.int64)


def nudged_sum(values: IntArray, mean: float) -> IntArray:
    """Return the values with one unit more or less on some, so that their mean is as near as whole numbers allow."""
    order = np.argsort(values, kind="stable")
    surplus = int(values.sum() - round(mean * values.size))
    start = max((values.size - abs(surplus)) // 2, 1)
    nudged = values.copy()
    nudged[order[start : start + abs(surplus)]] -= np.sign(surplus)
    return nudged


def nudged_sd(values: IntArray, sd: float) -> IntArray:
    """Move pairs one unit apart or together, sum unchanged, while the SD comes nearer."""
    order = np.argsort(values, kind="stable")
    for lower, upper in [(order[i], order[-1 - i]) for i in range(3, values.size // 2 - 2)] * 5:
        step = 1 if values.std(ddof=1) < sd else -1
        trial = values.copy()
        trial[lower] -= step
        trial[upper] += step
        if abs(trial.std(ddof=1) - sd) < abs(values.std(ddof=1) - sd):
            values = trial
    return values


def code_of(covariate: CovariateLayout, values: IntArray) -> IntArray:
    """Return level positions, or the class of a measurement."""
    if covariate.measured is None:
        return values
    found: NDArray[np.int64] = np.zeros(values.size, dtype=np.int64)
    for at in class_starts(covariate):
        found += values >= at
    return found


def class_starts(covariate: CovariateLayout) -> list[int]:
    """Return the least value of each class but the lowest, in units of the last decimal."""
    measured = covariate.measured
    if measured is None:
        return []
    at = [round(cut * 10**measured.decimals) for cut in measured.cuts]
    return [a if side == "above" else a + 1 for a, side in zip(at, measured.on_cut, strict=True)]
