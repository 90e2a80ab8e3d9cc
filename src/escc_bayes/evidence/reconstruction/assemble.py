"""From layout, targets and columns to the arrays of the compiled search."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.columns import Columns, class_starts
from escc_bayes.evidence.reconstruction.layout import RULE_KINDS, EndpointLayout, Layout, Rule
from escc_bayes.evidence.reconstruction.problem import (
    TICKS_PER_MONTH,
    Aims,
    BoolArray,
    IntArray,
    Problem,
    State,
    Structure,
)
from escc_bayes.evidence.reconstruction.start import longest_months
from escc_bayes.evidence.reconstruction.target import CountKey, CurveKey, Key, ModelKey, Target, TestKey
from escc_bayes.hazard.piecewise import FloatArray

# How far inside its tolerance the search aims, so that a value never sits on the edge.
INSIDE_STATISTIC, INSIDE_ROUNDING = 0.98, 0.95
# A count is off by whole patients: one patient weighs as much as ten tolerances.
COUNT_SCALE = 0.1
# How much survival below one half weighs as much as one tolerance.
NOT_REACHED_SCALE = 0.01


class Asked(NamedTuple):
    """What is asked of each target: its weight (T,) in the loss, and whether (T,) it must be matched."""

    weight: FloatArray
    required: BoolArray


def in_order(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return the targets in the order of what gives them: counts, curves, tests, models."""
    rank = (CountKey, CurveKey, TestKey, ModelKey)
    seen = {key: k for k, key in enumerate(dict.fromkeys(t.key for t in targets))}
    return tuple(sorted(targets, key=lambda t: (rank.index(type(t.key)), seen[t.key])))


def assemble(layout: Layout, targets: tuple[Target, ...], columns: Columns, asked: Asked) -> Problem:
    """Return the problem of one set of columns.

    Raises
    ------
    ValueError : targets that are not in the order of ``in_order``; the kernels would read beyond their arrays.
    """
    if targets != in_order(targets):
        raise ValueError("targets out of order: put them through in_order first")
    curves = keys_of(targets, CurveKey)
    names = list(columns.codes)
    endpoints = [e.name for e in layout.endpoints]
    levels = max([len(layout.covariate(name).levels) for name in names], default=1)
    block = [next(b for b, group in enumerate(columns.blocks) if name in group) for name in names]
    wanted = asked_covariates(layout, targets)
    column_of = [names.index(c.covariate) for c in layout.contrasts]
    column_of += [names.index(c.covariate) for c in curves if c.covariate]
    structure = Structure(
        endpoint=np.array([endpoint_row(e, endpoints, targets) for e in layout.endpoints]),
        movable=np.array([int(any(name in wanted for name in group)) for group in columns.blocks] or [0]),
        block=np.array(block or [0]),
        **measured_arrays(layout, columns, names),
        grouping=table([(column, block[column]) for column in column_of], 2),
        lut=np.concatenate([contrast_lut(layout, levels), curve_lut(curves, layout, levels)]),
    )
    return Problem(structure, aims_from(layout, targets, columns, levels, asked, structure))


def aims_from(
    layout: Layout, targets: tuple[Target, ...], columns: Columns, levels: int, asked: Asked, structure: Structure
) -> Aims:
    """Return the targets as arrays; ``levels`` at most of one column."""
    endpoints, names = [e.name for e in layout.endpoints], list(columns.codes)
    aims = Aims(
        curve=table(curve_rows(keys_of(targets, CurveKey), endpoints, len(layout.contrasts)), 3),
        test=table([test_row(t, layout, endpoints) for t in keys_of(targets, TestKey)], 3),
        model=model_table(keys_of(targets, ModelKey), endpoints),
        rule=table([rule_row(rule, names, endpoints) for rule in layout.rules], 4),
        rule_tick=rule_ticks(layout, levels),
        task=table([task_row(t, targets, layout, endpoints) for t in first_of_tasks(targets)], 5),
        task_start=task_starts(targets),
        target=table([(t.kind, reference(t, targets, endpoints)) for t in targets], 2),
        argument=np.array([(t.arg, t.level) for t in targets]),
        window=np.column_stack([windows(targets), asked.weight, asked.required]),
        candidate=np.zeros((0, 0), dtype=np.int64),
    )
    return aims._replace(candidate=candidates(structure, aims))


def candidates(structure: Structure, aims: Aims) -> IntArray:
    """Return (B + E, Q + 1) the tasks that an exchange of each block, then on each endpoint, can move; end -1."""
    blocks = [
        [task for task in range(len(aims.task)) if block in blocks_of(aims.task[task], structure, aims)]
        for block in range(structure.movable.size)
    ]
    endpoints = [
        [task for task, row in enumerate(aims.task.tolist()) if moved_by_outcomes(row, endpoint)]
        for endpoint in range(len(structure.endpoint))
    ]
    found = np.full((len(blocks) + len(endpoints), len(aims.task) + 1), -1, dtype=np.int64)
    for row, tasks in enumerate([*blocks, *endpoints]):
        found[row, : len(tasks)] = tasks
    return found


def blocks_of(task: IntArray, structure: Structure, aims: Aims) -> set[int]:
    """Return the blocks of columns on which a task depends."""
    kind, number = task[kinds.TASK_KIND], task[kinds.TASK_REF]
    if kind == kinds.BROKEN_RULES:
        return {int(structure.block[column]) for column in aims.rule[:, kinds.RULE_COLUMN]}
    if kind in (kinds.LOG_HR, kinds.WALD_Z):
        size = aims.model[number, kinds.MODEL_SIZE]
        groupings = aims.model[number, kinds.MODEL_COLUMNS : kinds.MODEL_COLUMNS + size]
        return {int(structure.grouping[g, kinds.GROUPING_BLOCK]) for g in groupings}
    grouping = task[kinds.TASK_GROUPING]
    return {int(structure.grouping[grouping, kinds.GROUPING_BLOCK])} if grouping >= 0 else set()


def moved_by_outcomes(task: list[int], endpoint: int) -> bool:
    """Return whether an exchange of outcomes on an endpoint can move a task; a curve of everyone it cannot."""
    kind, own, grouping, subset, _ = task
    if kind == kinds.BROKEN_RULES or subset > 0:
        return True
    of_patients = kind in (kinds.LOG_RANK, kinds.LOG_HR, kinds.WALD_Z) or (kind < kinds.PROGRESSED and grouping >= 0)
    return own == endpoint and of_patients


def asked_covariates(layout: Layout, targets: tuple[Target, ...]) -> set[str]:
    """Return the covariates that a target or a rule depends on; the others stay as they were drawn."""
    found = {rule.covariate for rule in layout.rules}
    for target in targets:
        key = target.key
        numbers = (key.contrast,) if isinstance(key, TestKey) else key.contrasts if isinstance(key, ModelKey) else ()
        found |= {layout.contrasts[number].covariate for number in numbers}
        found |= {key.covariate} if isinstance(key, CurveKey) else set()
    return found


def table(rows: Sequence[Sequence[int]], width: int) -> IntArray:
    """Return rows of whole numbers as an array, (0, width) if there are none."""
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def endpoint_row(endpoint: EndpointLayout, endpoints: list[str], targets: tuple[Target, ...]) -> tuple[int, int, int]:
    """Return the endpoint that one lies within, and the ticks it may have."""
    within = endpoints.index(endpoint.within) if endpoint.within else -1
    longest = longest_months(endpoint, targets)
    return within, round(endpoint.shortest * TICKS_PER_MONTH), round(longest * TICKS_PER_MONTH)


def curve_rows(curves: list[CurveKey], endpoints: list[str], contrasts: int) -> list[tuple[int, int, int]]:
    """Return endpoint, grouping and subset of each curve; the groupings of curves follow those of contrasts."""
    rows, grouping = [], contrasts
    for curve in curves:
        rows.append((endpoints.index(curve.endpoint), grouping if curve.covariate else -1, curve.subset))
        grouping += int(bool(curve.covariate))
    return rows


def test_row(test: TestKey, layout: Layout, endpoints: list[str]) -> tuple[int, int, int]:
    """Return endpoint, grouping and number of groups of a log-rank test."""
    return endpoints.index(test.endpoint), test.contrast, len(layout.contrasts[test.contrast].groups)


def model_table(models: list[ModelKey], endpoints: list[str]) -> IntArray:
    """Return (M, 2 + P) endpoint, size and groupings of each model."""
    size = max([len(m.contrasts) for m in models], default=1)
    rows = [
        (endpoints.index(m.endpoint), len(m.contrasts), *m.contrasts, *[0] * (size - len(m.contrasts))) for m in models
    ]
    return table(rows, 2 + size)


def reference(target: Target, targets: tuple[Target, ...], endpoints: list[str]) -> int:
    """Return the number of the curve, test, model or endpoint that gives a target."""
    if isinstance(target.key, CountKey):
        return endpoints.index(target.key.endpoint) if target.key.endpoint else 0
    return keys_of(targets, type(target.key)).index(target.key)


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
    starts = [class_starts(layout.covariate(name)) for name in names]
    rows = [measured_row(columns, name, len(s)) for name, s in zip(names, starts, strict=True)]
    cut = np.zeros((max(len(names), 1), max([len(s) for s in starts], default=1) or 1), dtype=np.int64)
    for k, start in enumerate(starts):
        cut[k, : len(start)] = start
    return {"measured": table(rows or [[0] * 7], 7), "cut": cut}


def measured_row(columns: Columns, name: str, cuts: int) -> list[int]:
    """Return kind, number of cuts, extremes, median, and what the sum of squares may be."""
    if name not in columns.limits:
        return [0] * 7
    limits, values = columns.limits[name], columns.values[name]
    squares = [
        round(sd**2 * (values.size - 1) + values.sum() ** 2 / values.size)
        for sd in (limits.sd - 0.9 * limits.half, limits.sd + 0.9 * limits.half)
    ]
    return [1 if limits.is_mean else 2, cuts, limits.low, limits.high, round(limits.centre), *squares]


def keys_of[K: Key](targets: Sequence[Target], kind: type[K]) -> list[K]:
    """Return the distinct keys of one kind, in order."""
    return list(dict.fromkeys(t.key for t in targets if isinstance(t.key, kind)))


def first_of_tasks(targets: tuple[Target, ...]) -> list[Target]:
    """Return the first target of each curve, test, model and count."""
    return [targets[start] for start in task_starts(targets)[:-1]]


def task_row(
    target: Target, targets: tuple[Target, ...], layout: Layout, endpoints: list[str]
) -> tuple[int, int, int, int, int]:
    """Return kind, endpoint, grouping, subset and number of what gives a target."""
    key, number = target.key, reference(target, targets, endpoints)
    if isinstance(key, CurveKey):
        curves = keys_of(targets, CurveKey)
        return target.kind, *curve_rows(curves, endpoints, len(layout.contrasts))[number], number
    if isinstance(key, TestKey):
        return target.kind, endpoints.index(key.endpoint), key.contrast, 0, number
    return target.kind, endpoints.index(key.endpoint) if key.endpoint else 0, -1, 0, number


def task_starts(targets: tuple[Target, ...]) -> IntArray:
    """Return where the targets of each curve, test, model and count begin, and the end."""
    starts = [k for k, t in enumerate(targets) if k == 0 or t.key != targets[k - 1].key]
    return np.array([*starts, len(targets)])


def curve_lut(curves: list[CurveKey], layout: Layout, levels: int) -> IntArray:
    """Return (K, L) 1 for the levels of each curve of an arm."""
    arms = [curve for curve in curves if curve.covariate]
    found = np.zeros((len(arms), levels), dtype=np.int64)
    for k, curve in enumerate(arms):
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


def rule_row(rule: Rule, names: list[str], endpoints: list[str]) -> tuple[int, int, int, int]:
    """Return kind, column, endpoint and ticks per unit of a rule."""
    each = round(rule.months_each * TICKS_PER_MONTH)
    return RULE_KINDS.index(rule.kind), names.index(rule.covariate), endpoints.index(rule.endpoint), each


def rule_ticks(layout: Layout, levels: int) -> IntArray:
    """Return (U, L) the tick of each level; -1 for levels that a rule does not name."""
    ticks = np.full((len(layout.rules), levels), -1, dtype=np.int64)
    for k, rule in enumerate(layout.rules):
        known = layout.covariate(rule.covariate).levels
        for level, months in rule.months:
            ticks[k, known.index(level)] = round(months * TICKS_PER_MONTH)
    return ticks


def windows(targets: tuple[Target, ...]) -> FloatArray:
    """Return what the search aims at, (T, 3) lower and upper ends and scale, in ticks for times."""
    low, high, scale = (np.empty(len(targets)) for _ in range(3))
    for k, target in enumerate(targets):
        statistic = target.kind in (kinds.LOG_RANK, kinds.LOG_HR, kinds.WALD_Z)
        reach = target.tolerance * (INSIDE_STATISTIC if statistic else INSIDE_ROUNDING)
        low[k], high[k] = target.aim - reach, target.aim + reach
        if np.isinf(target.rounding.high):
            low[k], high[k] = target.rounding.low, np.inf
        scale[k] = NOT_REACHED_SCALE if target.kind == kinds.NOT_REACHED else target.tolerance or COUNT_SCALE
    unit = np.array([t.unit for t in targets])
    found: FloatArray = np.column_stack([low, high, scale]) * unit[:, None]
    return found
