"""From layout, targets and columns to the arrays of the compiled search."""

from collections.abc import Sequence

import numpy as np

from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.columns import Columns, class_starts
from escc_bayes.evidence.reconstruction.layout import RULE_KINDS, Layout
from escc_bayes.evidence.reconstruction.problem import TICKS_PER_MONTH, IntArray, Problem, State
from escc_bayes.evidence.reconstruction.start import longest_months
from escc_bayes.evidence.reconstruction.targets import CountKey, CurveKey, Key, ModelKey, Target, TestKey
from escc_bayes.hazard.piecewise import FloatArray

# How far inside its tolerance the search aims, so that a value never sits on the edge.
INSIDE_STATISTIC, INSIDE_ROUNDING = 0.98, 0.95
# A count is off by whole patients: one patient weighs as much as ten tolerances.
COUNT_SCALE = 0.1
# How much survival below one half weighs as much as one tolerance.
NOT_REACHED_SCALE = 0.01


def in_order(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return the targets in the order of what gives them: curves, tests, models, counts."""
    rank = (CurveKey, TestKey, ModelKey, CountKey)
    seen = {key: k for k, key in enumerate(dict.fromkeys(t.key for t in targets))}
    return tuple(sorted(targets, key=lambda t: (rank.index(type(t.key)), seen[t.key])))


def assemble(layout: Layout, targets: tuple[Target, ...], columns: Columns, weight: FloatArray) -> Problem:
    """Return the problem of one set of columns.

    Parameters
    ----------
    targets : in the order of ``in_order``. weight : (T,) of each target in the loss.
    """
    curves = keys_of(targets, CurveKey)
    tests = keys_of(targets, TestKey)
    models = keys_of(targets, ModelKey)
    names = list(columns.codes)
    endpoints = [e.name for e in layout.endpoints]
    levels = max([len(layout.covariate(name).levels) for name in names], default=1)
    contrasts = contrast_lut(layout, levels)
    size = max([len(m.contrasts) for m in models], default=1)
    low, high, scale = windows(targets)
    return Problem(
        within=np.array([endpoints.index(e.within) if e.within else -1 for e in layout.endpoints]),
        shortest=np.array([round(e.shortest * TICKS_PER_MONTH) for e in layout.endpoints]),
        longest=np.array([round(longest_months(e, targets) * TICKS_PER_MONTH) for e in layout.endpoints]),
        block=np.array([next(b for b, group in enumerate(columns.blocks) if name in group) for name in names] or [0]),
        movable=np.array([int(any(name in columns.codes for name in group)) for group in columns.blocks] or [0]),
        **measured_arrays(layout, columns, names),
        curve_endpoint=np.array([endpoints.index(c.endpoint) for c in curves], dtype=np.int64),
        curve_column=np.array([names.index(c.covariate) if c.covariate else -1 for c in curves], dtype=np.int64),
        curve_lut=curve_lut(curves, layout, levels),
        curve_subset=np.array([c.subset for c in curves], dtype=np.int64),
        contrast_column=np.array([names.index(c.covariate) for c in layout.contrasts], dtype=np.int64),
        contrast_lut=contrasts,
        contrast_groups=np.array([len(c.groups) for c in layout.contrasts], dtype=np.int64),
        test_contrast=np.array([t.contrast for t in tests], dtype=np.int64),
        test_endpoint=np.array([endpoints.index(t.endpoint) for t in tests], dtype=np.int64),
        model_endpoint=np.array([endpoints.index(m.endpoint) for m in models], dtype=np.int64),
        model_size=np.array([len(m.contrasts) for m in models], dtype=np.int64),
        model_contrast=np.array(
            [list(m.contrasts) + [0] * (size - len(m.contrasts)) for m in models], dtype=np.int64
        ).reshape(-1, size),
        **rule_arrays(layout, names, endpoints, levels),
        task_start=task_starts(targets),
        kind=np.array([t.kind for t in targets]),
        ref=np.array(
            [endpoints.index(t.key.endpoint) if isinstance(t.key, CountKey) and t.key.endpoint else 0 for t in targets]
        ),
        arg=np.array([t.arg for t in targets]),
        level=np.array([t.level for t in targets]),
        low=low,
        high=high,
        scale=scale,
        weight=weight,
    )


def first_state(columns: Columns, ticks: IntArray, events: IntArray) -> State:
    """Return the state in which record r of every block stands at slot r."""
    n, names = ticks.shape[1], list(columns.codes)
    value = [columns.values[name] if name in columns.limits else np.zeros(n, dtype=np.int64) for name in names]
    return State(
        time=ticks.copy(),
        event=events.copy(),
        record=np.tile(np.arange(n), (max(len(columns.blocks), 1), 1)),
        code=np.array([columns.codes[name] for name in names] or [np.zeros(n, dtype=np.int64)]),
        value=np.array(value or [np.zeros(n, dtype=np.int64)]),
    )


def measured_arrays(layout: Layout, columns: Columns, names: list[str]) -> dict[str, IntArray]:
    """Return what the measured columns keep: extremes, cuts, median, sum of squares."""
    size = max(len(names), 1)
    starts = [class_starts(layout.covariate(name)) for name in names]
    found = {key: np.zeros(size, dtype=np.int64) for key in ("measured", "cuts", "least", "most", "middle")}
    squares = {key: np.zeros(size, dtype=np.int64) for key in ("square_low", "square_high")}
    cut = np.zeros((size, max([len(s) for s in starts], default=1) or 1), dtype=np.int64)
    for k, name in enumerate(names):
        if name not in columns.limits:
            continue
        limits, values = columns.limits[name], columns.values[name]
        cut[k, : len(starts[k])] = starts[k]
        kept = (1 if limits.is_mean else 2, len(starts[k]), limits.low, limits.high, round(limits.centre))
        for key, number in zip(found, kept, strict=True):
            found[key][k] = number
        for key, sd in zip(squares, (limits.sd - 0.9 * limits.half, limits.sd + 0.9 * limits.half), strict=True):
            squares[key][k] = round(sd**2 * (values.size - 1) + values.sum() ** 2 / values.size)
    return {**found, **squares, "cut": cut}


def keys_of[K: Key](targets: Sequence[Target], kind: type[K]) -> list[K]:
    """Return the distinct keys of one kind, in order."""
    return list(dict.fromkeys(t.key for t in targets if isinstance(t.key, kind)))


def task_starts(targets: tuple[Target, ...]) -> IntArray:
    """Return where the targets of each curve, test, model and count begin, and the end."""
    starts = [k for k, t in enumerate(targets) if k == 0 or t.key != targets[k - 1].key]
    return np.array([*starts, len(targets)])


def curve_lut(curves: list[CurveKey], layout: Layout, levels: int) -> IntArray:
    """Return (K, L) 1 for the levels of each curve."""
    found = np.zeros((len(curves), levels), dtype=np.int64)
    for k, curve in enumerate(curves):
        if curve.covariate:
            known = layout.covariate(curve.covariate).levels
            found[k, [known.index(level) for level in curve.levels]] = 1
    return found


def contrast_lut(layout: Layout, levels: int) -> IntArray:
    """Return (J, L) the group of each level, -1 for none."""
    found = np.full((len(layout.contrasts), levels), -1, dtype=np.int64)
    for j, contrast in enumerate(layout.contrasts):
        known = layout.covariate(contrast.covariate).levels
        for group, words in enumerate(contrast.groups):
            found[j, [known.index(word) for word in words]] = group
    return found


def rule_arrays(layout: Layout, names: list[str], endpoints: list[str], levels: int) -> dict[str, IntArray]:
    """Return the arrays of the rules; -1 for levels that a rule does not name."""
    ticks = np.full((len(layout.rules), levels), -1, dtype=np.int64)
    for k, rule in enumerate(layout.rules):
        known = layout.covariate(rule.covariate).levels
        for level, months in rule.months:
            ticks[k, known.index(level)] = round(months * TICKS_PER_MONTH)
    return {
        "rule_kind": np.array([RULE_KINDS.index(r.kind) for r in layout.rules], dtype=np.int64),
        "rule_column": np.array([names.index(r.covariate) for r in layout.rules], dtype=np.int64),
        "rule_endpoint": np.array([endpoints.index(r.endpoint) for r in layout.rules], dtype=np.int64),
        "rule_tick": ticks,
        "rule_each": np.array([round(r.months_each * TICKS_PER_MONTH) for r in layout.rules], dtype=np.int64),
    }


def windows(targets: tuple[Target, ...]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what the search aims at, (T,) lower and upper ends and scale, in ticks for times."""
    low, high, scale = (np.empty(len(targets)) for _ in range(3))
    for k, target in enumerate(targets):
        statistic = target.kind in (kinds.LOG_RANK, kinds.LOG_HR, kinds.WALD_Z)
        reach = target.tolerance * (INSIDE_STATISTIC if statistic else INSIDE_ROUNDING)
        low[k], high[k] = target.aim - reach, target.aim + reach
        if np.isinf(target.rounding.high):
            low[k], high[k] = target.rounding.low, np.inf
        scale[k] = NOT_REACHED_SCALE if target.kind == kinds.NOT_REACHED else target.tolerance or COUNT_SCALE
    unit = np.array([t.unit for t in targets])
    return low * unit, high * unit, scale * unit
