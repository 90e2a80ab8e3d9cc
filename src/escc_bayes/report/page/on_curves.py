"""Hazard ratios along a number whose effect is a curve: their rows in files. docs/methods/spline.md.

Each posterior, and Cox on the same knots without a penalty beside, over a grid of the number's values.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.tables import Row, computed_by, limits, remarks
from escc_bayes.report.page.own_cox import own_cox
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.structures.coding import values_of_patients

if TYPE_CHECKING:
    from escc_bayes.classical.fit import ClassicalFit

VALUES = 41


def curved(plan: ModelPlan) -> tuple[tuple[str, str], ...]:
    """Return the numbers of a plan whose effect is a curve, each with the transition in which it acts."""
    return tuple(
        (block.effect.covariates[0], transition)
        for block in plan.design.blocks
        if block.coding.curve is not None
        for transition in block.within or ("",)
    )


def along(term: str, plan: ModelPlan, transition: str = "") -> tuple[HazardRatio, ...]:
    """Return the hazard ratios along a number over ``center`` of the schema, or over its median beyond the data."""
    curve = plan.design.block_of(term, transition)[0].coding.curve
    assert curve is not None
    low, high = curve.within
    middle = float(f"{np.median(values_of_patients(plan.rows, term)):.3g}")
    versus = f"{curve.center if low <= curve.center <= high else middle:g}"
    values = (f"{value:.5g}" for value in np.linspace(low, high, VALUES))
    return tuple(
        HazardRatio(term, value, versus, transition=transition) for value in values if float(value) != float(versus)
    )


def asked_along(plan: ModelPlan) -> list[HazardRatio]:
    """Return the hazard ratios along every curve of a model."""
    return [one for term, transition in curved(plan) for one in along(term, plan, transition)]


def on_curves(posterior: Posterior, classical: "ClassicalFit", level: float) -> tuple[Estimate, ...]:
    """Return the hazard ratios along every curve of a model: of the posterior, then of Cox."""
    asked = asked_along(posterior.plan)
    beside = (e for one in asked for e in classical.estimate(one, level=level))
    return own_cox((*posterior.estimates(asked, level=level), *beside)) if asked else ()


def posterior_on_curves(posterior: Posterior, level: float) -> tuple[Estimate, ...]:
    """Return a posterior's hazard ratios along its curves, and Cox's; none where there is no curve."""
    if not curved(posterior.plan):
        return ()
    from escc_bayes.classical.fit import fit_classical_plan

    return on_curves(posterior, fit_classical_plan(posterior.plan), level)


def spline_rows(estimates: Iterable[Estimate]) -> list[Row]:
    """Return rows of ``spline.csv``; with the column ``transition`` where any is of one."""
    held = list(estimates)
    several = any(e.transition for e in held)
    return [
        {
            **computed_by(e),
            **({"transition": e.transition} if several else {}),
            "value": float(e.contrast.partition(" vs ")[0]),
            "versus": float(e.contrast.partition(" vs ")[2]),
            "hr": e.value,
            **limits(e),
            "n": e.n,
            "events": e.events,
            "rows": e.rows,
            **remarks(e),
        }
        for e in held
    ]
