"""How a plan's numbers move with what it assumes: power over hazard ratio and events, the end over hazard and dropout.

Closed forms alone: ``normal_power`` for the probability of success, ``expected_events`` for months.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from escc_bayes.trial.design.normal_power import is_one_ratio
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import ArmHazard
from escc_bayes.trial.truth.expected_events import expected_events, month_of_events
from escc_bayes.trial.truth.stratum import ScaledHazard

type Arms = tuple[tuple[Accrual, ArmHazard, float], ...]

EVENT_SHARES = (0.75, 0.9, 1.0, 1.1, 1.25)
RATIO_STEPS = (0.85, 0.925, 1.0, 1.075, 1.15)
HAZARD_STEPS = (0.7, 0.85, 1.0, 1.2, 1.4)
DROPOUT_STEPS = (0.0, 1.0, 2.0, 4.0)
ASSURANCE = "assurance"
COLUMNS = ("grid", "rule", "row", "column", "value")


@dataclass(frozen=True, slots=True)
class SensitivityGrid:
    """A table of numbers: what ``rows`` and ``columns`` are, their values, and ``values`` by row; infinite: never."""

    name: str
    rule: str
    row_name: str
    column_name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]


def power_grids(plan: TrialPlan) -> tuple[SensitivityGrid, ...]:
    """Return the power of each rule over hazard ratio and events of the final look, assurance as the last row.

    None for a rule without a normal form, and for an effect that changes with time.
    """
    design, events = plan.design, plan.events[-1]
    if not is_one_ratio(design, design.effect):
        return ()
    hr = design.effect.hr[0]
    ratios = sorted({round(hr * step, 3) for step in RATIO_STEPS} | {1.0})
    found = []
    for planned in plan.rules:
        normal = [planned.scaled(share) for share in EVENT_SHARES]
        known = [of for of in normal if of is not None]
        if len(known) < len(normal):
            continue
        rows = [(f"{ratio:g}", tuple(of.power(math.log(ratio)) for of in known)) for ratio in ratios]
        if design.believed is not None:
            believed = design.believed
            rows.append((ASSURANCE, tuple(of.assurance(believed) for of in known)))
        columns = tuple(f"{share * events:.0f}" for share in EVENT_SHARES)
        names, values = zip(*rows, strict=True)
        found.append(SensitivityGrid("power", planned.rule.name, "hazard ratio", "events", names, columns, values))
    return tuple(found)


def timing_grid(plan: TrialPlan) -> SensitivityGrid:
    """Return the month of the final look, or its events where the calendar sets it, over control hazard and dropout."""
    design, data = plan.design, plan.looks[-1].data
    look = design.looks[-1]
    name = "month of the final look" if look.events is not None else "events at the final look"

    def value(arms: Arms) -> float:
        if look.events is None:
            return sum(expected_events(data, *arm) for arm in arms)
        return look.due(month_of_events(look.events, arms), design.accrual.duration, design.lag) + design.lag

    return timing_over(name, "hazard of both arms", design.arms_under(design.effect), value)


def timing_over(name: str, whose: str, arms: Arms, value: Callable[[Arms], float]) -> SensitivityGrid:
    """Return ``value`` of the arms (accrual, hazard, dropout per month), with all hazards and dropout multiplied."""

    def at(hazard_step: float, dropout_step: float) -> float:
        return value(tuple((a, ScaledHazard(hazard, hazard_step), dropout_step * lost) for a, hazard, lost in arms))

    steps = DROPOUT_STEPS if max(lost for _, _, lost in arms) > 0.0 else (1.0,)
    values = tuple(tuple(at(hazard, dropout) for dropout in steps) for hazard in HAZARD_STEPS)
    rows = tuple(f"{step:g} x" for step in HAZARD_STEPS)
    return SensitivityGrid(name, "", whose, "dropout rate", rows, tuple(f"{step:g} x" for step in steps), values)


def grid_rows(grids: tuple[SensitivityGrid, ...]) -> list[dict[str, object]]:
    """Return the rows of ``sensitivity_grid.csv``."""
    return [
        {"grid": grid.name, "rule": grid.rule, "row": row, "column": column, "value": value}
        for grid in grids
        for row, values in zip(grid.rows, grid.values, strict=True)
        for column, value in zip(grid.columns, values, strict=True)
    ]
