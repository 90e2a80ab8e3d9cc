"""The posterior mode of a variant of a model: conditional modes, averaged over SDs, shares and shape.

Given these the log density is concave and has one mode (``bayes/modes/modes.py``); averaged over their Laplace mass
it does not depend on how they are written. Where effects have no prior, Firth's events are added to the data.
"""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.likelihood.product import Product
from escc_bayes.bayes.model.likelihood.protocol import Cells
from escc_bayes.bayes.model.likelihood.weibull import WeibullCells
from escc_bayes.bayes.modes.coordinates import parameter_values
from escc_bayes.bayes.modes.grid import Grid
from escc_bayes.bayes.modes.modes import Target
from escc_bayes.hazard.baseline import Hazard
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True, slots=True)
class Mode:
    """Log hazard ratios (p,) of the columns, and the baseline there: one draw."""

    plan: ModelPlan
    coefficients: FloatArray
    hazard: Hazard


def mode_of(plan: ModelPlan, extra: FloatArray | None = None) -> Mode:
    """Return the mode of a plan.

    Parameters
    ----------
    extra : (n, k) events added to those of each patient in each piece; None: none.
    """
    data = cells_of(plan) if extra is None else with_events(cells_of(plan), plan, extra)
    shares: list[FloatArray] = []
    drawn: list[dict[str, FloatArray]] = []
    for target, grid, component in weighed(laplace.searched(plan, data)):
        modes = grid.modes
        mass = np.exp(modes.log_mass - modes.log_mass.max())
        shares.append(component * mass / mass.sum())
        drawn.append(parameter_values(target.coords, modes.x, modes.u))
    share = np.concatenate(shares)
    values = {name: np.concatenate([each[name] for each in drawn]) for name in drawn[0]}
    coefficients = parameters.coefficients(plan.design.blocks, values, share.size)
    return Mode(plan, share @ coefficients, averaged_hazard(plan, values, share))


def weighed(found: list[tuple[Target, Grid]]) -> list[tuple[Target, Grid, float]]:
    """Return each component with its share; the boxes about its nodes are needed only where there are several."""
    if len(found) == 1:
        return [(*found[0], 1.0)]
    return [(part.target, part.grid, part.share) for part in laplace.parts_of(found)]


def averaged_hazard(plan: ModelPlan, values: dict[str, FloatArray], share: FloatArray) -> Hazard:
    """Return the baseline hazard whose log rates (or log H and log shape) are averages."""
    hazard = parameters.baseline_hazard(plan.baseline, values)
    fields = {
        name: (share @ value)[None]
        for name in ("log_rates", "log_cumulative", "log_shape")
        if isinstance(value := getattr(hazard, name, None), np.ndarray)
    }
    return replace(hazard, **fields)  # type: ignore[type-var]


def with_events(data: Cells, plan: ModelPlan, extra: FloatArray) -> Cells:
    """Return cells with events added to patients and pieces."""
    if isinstance(data, WeibullCells):
        return replace(data, product=with_product_events(data.product, plan, extra))
    assert isinstance(data, Product), "effects that change over time have no attribution"
    return with_product_events(data, plan, extra)


def with_product_events(data: Product, plan: ModelPlan, extra: FloatArray) -> Product:
    """Return patterns by pieces with events added."""
    return replace(
        data,
        column_events=data.column_events + extra.sum(axis=1) @ plan.design.centred,
        piece_events=data.piece_events + extra.sum(axis=0),
    )
