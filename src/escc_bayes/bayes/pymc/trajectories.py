"""Trajectories in the PyMC model: the same formulas as in numpy, on rows within one piece and one stretch each."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pymc as pm
import pytensor.tensor as pt

from escc_bayes.bayes.model.trajectories import Patterns, latents_of, law_of, means, patterns_of, trajectories
from escc_bayes.bayes.model.trajectory_rows import TrajectoryRows, log_sinhc, trajectory_rows
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.trajectories import Course

MEASURED = "measured"


def trajectory_data(plan: ModelPlan) -> dict[str, Any]:
    """Return rows, and measurements pattern by pattern; nothing for a plan without a trajectory."""
    course = plan.course
    if course is None:
        return {}
    rows = trajectory_rows(plan)
    held = patterns_of(course.measured)
    return {
        **rows_of(rows),
        **{f"{name}_row": getattr(rows, name) for name in ("patient", "piece", "months", "middle", "end", "moving")},
        **{f"pattern_{one.name}": getattr(held, one.name) for one in fields(Patterns)},
        "trajectory_center": course.center,
    }


def rows_of(rows: TrajectoryRows) -> dict[str, FloatArray]:
    """Return what any rows at risk have."""
    return {
        "X": rows.columns,
        "entry": rows.stop - rows.months,
        "event": rows.event,
        "weight": rows.weight,
        "follow_up": rows.stop,
    }


def row_logp(_time: Any, log_hazard: Any, spent: Any, event: Any, weight: Any) -> Any:
    """Return the weighted log density of a row."""
    return weight * (event * log_hazard - spent)


def trajectory_likelihood(
    course: Course, data: Mapping[str, Any], values: Mapping[str, Any], psi: Any, still: Any, observed: str, row: str
) -> None:
    """Add the measurements, and the observed follow-up along trajectories.

    Parameters
    ----------
    values : the free parameters of the effect, last axis = element.
    psi : the log hazard ratio per doubling.
    still : log hazards of rows whose value is the centre.
    observed, row : name and dimension of the observed follow-up.
    """
    name = course.name
    held = Patterns(**{one.name: data[f"pattern_{one.name}"] for one in fields(Patterns)})
    law = law_of(name, values)
    found = trajectories(law, latents_of(name, values), held, pt)
    pm.Potential(f"{MEASURED}_{name}", found.log_density.sum())
    whose, center = data["patient_row"], data["trajectory_center"]
    level, slope = found.level[whose], found.slope[whose]

    def value(passed: Any) -> Any:
        return means(law, passed) + level + slope * passed.sum(-1) - center

    moving = (law.change * data["moving_row"]).sum(-1) + slope * data["moving_row"].sum(-1)
    bent = log_sinhc(0.5 * psi * moving * data["months_row"], pt)
    spent = data["months_row"] * pt.exp(still + psi * value(data["middle_row"]) + bent)
    pm.CustomDist(
        observed,
        still + psi * value(data["end_row"]),
        spent,
        data["event"],
        data["weight"],
        logp=row_logp,
        signature="(),(),(),()->()",
        observed=data["follow_up"],
        dims=row,
        class_name="AlongTrajectories",
    )
