"""What every sampler returns, and the check of it."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.sampling.diagnose import Diagnostics, diagnose, diagnose_weights
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True, slots=True)
class Draws:
    """Posterior draws.

    Attributes
    ----------
    values : (chains, draws, size) of every free parameter.
    stats : (chains, draws) of every sampler statistic.
    """

    values: dict[str, FloatArray]
    stats: dict[str, np.ndarray]


def checked(plan: ModelPlan, drawn: Draws) -> Diagnostics:
    """Return the diagnostics of every parameter and coefficient, or of the importance weights."""
    if "pareto_k" in drawn.stats:
        k, effective, edge = (float(drawn.stats[name][0, 0]) for name in ("pareto_k", "importance_ess", "grid_edge"))
        return diagnose_weights(k, effective, edge, drawn.stats["pareto_k"].size)
    chains, draws = drawn.values["baseline"].shape[:2]
    flat = {name: values.reshape(chains * draws, -1) for name, values in drawn.values.items()}
    beta = parameters.coefficients(plan.design.blocks, flat, chains * draws).reshape(chains, draws, -1)
    return diagnose({**drawn.values, "beta": beta}, drawn.stats["diverging"])
