"""What was asked of whom, as text and arrays: with it a saved posterior is read back without its model and cohort.

Only classes that these are made of can be made of a file, each from its own fields; no file becomes code.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args, get_type_hints

import numpy as np

from escc_bayes.bayes.posterior.group import Group
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.registry import structures

CLASS, ARRAY, TABLE, SAME = "class", "array", "table", "same"
# What the groups of observed and constant data hold already.
HELD = ("ids", "time", "event", "entry", "weight")
SPECIFICATION, ROWS = "specification", "rows"
# The dimension of the rows of patients who have several.
OBSERVATION = "observation"


def request_variables(plan: ModelPlan) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """Return specification and rows as text, and the arrays (n,) that the text names, each with its dimensions."""
    arrays: dict[str, np.ndarray] = {}
    none, several = np.zeros(0), plan.rows.patient is not None
    rows = replace(plan.rows, ids=())
    # Of patients with several rows, the groups hold what follows from these.
    rows = rows if several else replace(rows, time=none, event=none, entry=none, weight=none)
    told = {SPECIFICATION: plain(plan.spec, arrays, SPECIFICATION), ROWS: plain(rows, arrays, ROWS)}
    return {name: ((), np.array(json.dumps(what))) for name, what in told.items()} | {
        name: ((OBSERVATION if several else "patient",), values) for name, values in arrays.items()
    }


def plain(value: Any, arrays: dict[str, np.ndarray], name: str) -> Any:
    """Return what JSON can hold of a value called ``name``; arrays that vary are put aside under their names."""
    if isinstance(value, np.ndarray):
        if value.size == 0 or (value == value[0]).all():
            return {SAME: value[0].item() if value.size else 0.0, "size": value.size}
        arrays[name] = value
        return {ARRAY: name}
    if is_dataclass(value):
        return {CLASS: type(value).__name__} | {
            f.name: plain(getattr(value, f.name), arrays, f"{name}_{f.name}") for f in fields(value)
        }
    if isinstance(value, Mapping):
        # Arrays are called by their place: a name of the user's may hold what no name in a file can.
        return {TABLE: {key: plain(one, arrays, f"{name}_{i}") for i, (key, one) in enumerate(value.items())}}
    if isinstance(value, tuple | list):
        return [plain(one, arrays, f"{name}_{place}") for place, one in enumerate(value)]
    return value.item() if isinstance(value, np.generic) else value


def meant(told: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """Return the value of which ``plain`` made text; lists come back as tuples."""
    if isinstance(told, list):
        return tuple(meant(one, arrays) for one in told)
    if not isinstance(told, dict):
        return told
    if CLASS in told:
        return classes(ModelSpec, AnalysisRows, *structures().values())[told[CLASS]](
            **{name: meant(one, arrays) for name, one in told.items() if name != CLASS}
        )
    if SAME in told:
        return np.full(int(told["size"]), told[SAME])
    return arrays[told[ARRAY]] if ARRAY in told else {name: meant(one, arrays) for name, one in told[TABLE].items()}


@cache
def classes(*roots: type) -> Mapping[str, type]:
    """Return every class that the roots are made of, by name: theirs, and those of their fields."""
    found: dict[str, type] = {}
    waiting: list[Any] = [*roots]
    while waiting:
        one = waiting.pop()
        waiting += get_args(one)
        if isinstance(one, type) and is_dataclass(one) and one.__name__ not in found:
            found[one.__name__] = one
            waiting += get_type_hints(one).values()
    return found


def specification_of(group: Group) -> ModelSpec:
    """Return the specification that a group holds."""
    found = meant(json.loads(str(group.variables[SPECIFICATION][1])), arrays_of(group))
    if not isinstance(found, ModelSpec):
        raise TypeError("the group holds no specification")
    return found


def rows_of(group: Group, ids: tuple[str, ...], held: Mapping[str, np.ndarray]) -> AnalysisRows:
    """Return the rows that a group holds, with identifiers, times, events, entries and weights from elsewhere."""
    found = meant(json.loads(str(group.variables[ROWS][1])), arrays_of(group))
    if not isinstance(found, AnalysisRows):
        raise TypeError("the group holds no rows")
    if found.patient is not None:
        return replace(found, ids=ids)
    time, event, entry, weight = (held[name] for name in HELD[1:])
    columns = [covariate.values for covariate in found.covariates.values()]
    lengths = {len(ids), *(values.size for values in (time, event, entry, weight, found.positions, *columns))}
    if len(lengths) != 1:
        raise ValueError(f"patients are {' and '.join(map(str, sorted(lengths)))}")
    return replace(found, ids=ids, time=time, event=event, entry=entry, weight=weight)


def arrays_of(group: Group) -> dict[str, np.ndarray]:
    """Return the arrays beside the text."""
    return {name: values for name, (_, values) in group.variables.items()}
