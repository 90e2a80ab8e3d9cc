"""The free parameters of a model, in one place: names, sizes, and how they make log hazard ratios and log rates.

The formulas take either NumPy arrays with leading draws or PyTensor vectors (``xp`` is the module), so that every
engine shares them. Last axis = parameter.

fixed, linear      beta = b
ordered            beta_j = b (share_1 + .. + share_r), b the log hazard ratio of the last level, r the declared levels
                   from the first up to that of column j: a level between without patients has no column, but a step
exchangeable       beta = sd B z, B an orthonormal basis of the zero-sum vectors
pooled             beta_t = mean + sd z_t for covariate t
random_intercept   beta = sd z
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from escc_bayes.hazard.baseline import Hazard, PiecewiseHazard, WeibullHazard
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import BaselinePrior, PiecewisePrior, WeibullPrior
from escc_bayes.spec.design import Block
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.prior import Gamma, HalfNormal, Normal


def zero_sum_basis(levels: int) -> FloatArray:
    """Return an orthonormal basis (levels, levels - 1) of the vectors that sum to zero (Helmert)."""
    basis = np.zeros((levels, levels - 1))
    for j in range(1, levels):
        basis[:j, j - 1] = 1.0
        basis[j, j - 1] = -j
        basis[:, j - 1] /= np.sqrt(j * (j + 1.0))
    return basis


def block_shapes(block: Block) -> dict[str, tuple[int, ...]]:
    """Return the free parameters of one effect and their shapes."""
    name, width = block.effect.name, block.width
    match block.effect.structure:
        case "fixed" | "linear":
            return {f"b_{name}": (width,)}
        case "ordered":
            shares: dict[str, tuple[int, ...]] = {f"share_{name}": (block.steps,)} if block.steps else {}
            return {f"b_{name}": (1,)} | shares
        case "exchangeable":
            return {f"sd_{name}": (1,), f"z_{name}": (width - 1,)}
        case "random_intercept":
            return {f"sd_{name}": (1,), f"z_{name}": (width,)}
        case _:
            several = len(block.effect.covariates)
            return {f"mean_{name}": (width // several,), f"sd_{name}": (1,), f"z_{name}": (width,)}


def block_coefficients(block: Block, values: Mapping[str, Any], xp: Any) -> Any:
    """Return the log hazard ratio of each column of an effect, last axis = column."""
    name = block.effect.name
    match block.effect.structure:
        case "fixed" | "linear":
            return values[f"b_{name}"]
        case "ordered":
            total = values[f"b_{name}"]
            if not block.steps:
                return total
            return total * xp.cumsum(values[f"share_{name}"], axis=-1)[..., np.array(block.ranks) - 1]
        case "exchangeable":
            basis = zero_sum_basis(block.width)
            return values[f"sd_{name}"] * (values[f"z_{name}"][..., None, :] * basis).sum(axis=-1)
        case "random_intercept":
            return values[f"sd_{name}"] * values[f"z_{name}"]
        case _:
            several = len(block.effect.covariates)
            mean = xp.concatenate([values[f"mean_{name}"]] * several, axis=-1)
            return mean + values[f"sd_{name}"] * values[f"z_{name}"]


def baseline_shapes(baseline: BaselinePrior) -> dict[str, tuple[int, ...]]:
    """Return the free parameters of the baseline and their shapes."""
    if not isinstance(baseline, PiecewisePrior):
        return {"baseline": (1,), "log_shape": (1,)}
    if baseline.sd is None:
        return {"baseline": (baseline.pieces,)}
    return {"baseline": (1,), "sd_baseline": (1,), "z_baseline": (baseline.pieces - 1,)}


def log_rates(baseline: PiecewisePrior, values: Mapping[str, Any], xp: Any, step_scale: Any) -> Any:
    """Return the log rate of each piece, last axis = piece."""
    level = values["baseline"]
    if baseline.sd is None:
        return level
    steps = values["sd_baseline"] * step_scale * values["z_baseline"]
    return xp.concatenate([level, level + xp.cumsum(steps, axis=-1)], axis=-1)


def prior_of(
    name: str, block: Block | None, baseline: BaselinePrior | None
) -> Normal | EvidencePrior | HalfNormal | Gamma | None:
    """Return the prior of a free parameter; None for standard normal (``z_``) and uniform simplex (``share_``)."""
    if name.startswith(("z_", "share_")):
        return None
    if block is not None:
        return block.effect.sd if name.startswith("sd_") else block.effect.prior
    assert baseline is not None
    if name == "sd_baseline":
        assert isinstance(baseline, PiecewisePrior)
        return baseline.sd
    if name == "log_shape":
        assert isinstance(baseline, WeibullPrior)
        return baseline.log_shape
    return baseline.level


def dims_of(name: str, block: Block | None, baseline: BaselinePrior | None) -> dict[str, list[str]]:
    """Return the dimension of a free parameter with its labels; nothing for a single number."""
    if block is None:
        return baseline_dims(name, baseline)
    shape = block_shapes(block)[name]
    if shape == (1,):
        return {}
    effect, labels = block.effect.name, list(block.labels)
    if name.startswith(("b_", "z_")) and shape == (block.width,):
        return {f"{effect}_column": labels}
    if name.startswith("z_"):
        return {f"{effect}_basis": [str(j + 1) for j in range(shape[0])]}
    if name.startswith("mean_"):
        return {f"{effect}_level": list(block.levels[0][1:])}
    return {f"{effect}_step": step_labels(block)}


def step_labels(block: Block) -> list[str]:
    """Return the level to which each step of an ordered effect leads; one without patients by its number."""
    named = dict(zip(block.ranks, block.levels[0][1:], strict=True))
    return [named.get(step, f"step {step} (no patients)") for step in range(1, block.steps + 1)]


def baseline_dims(name: str, baseline: BaselinePrior | None) -> dict[str, list[str]]:
    """Return the dimension of a baseline parameter with its labels."""
    assert baseline is not None
    (size,) = baseline_shapes(baseline)[name]
    if name == "z_baseline":
        return {"step": [str(k + 2) for k in range(size)]}
    if size == 1:
        return {}
    assert isinstance(baseline, PiecewisePrior)
    return {"piece": piece_labels(baseline.cuts)}


def piece_labels(cuts: FloatArray) -> list[str]:
    """Return the pieces as text: ``0-6``, ``6-12``, ``12+``."""
    edges = [0.0, *cuts.tolist()]
    return [f"{a:g}-{b:g}" for a, b in pairwise(edges)] + [f"{edges[-1]:g}+"]


def coefficients(blocks: tuple[Block, ...], values: Mapping[str, FloatArray], draws: int) -> FloatArray:
    """Return the log hazard ratio of every column, (draws, p), from draws (draws, size) of the parameters."""
    parts = [np.asarray(block_coefficients(block, values, np)) for block in blocks]
    return np.concatenate([np.zeros((draws, 0)), *parts], axis=1)


def baseline_hazard(baseline: BaselinePrior, values: Mapping[str, FloatArray]) -> Hazard:
    """Return the baseline hazard of every draw from draws (draws, size) of the parameters."""
    if isinstance(baseline, PiecewisePrior):
        return PiecewiseHazard(log_rates(baseline, values, np, baseline.step_scale), baseline.cuts)
    return WeibullHazard(values["baseline"][:, 0], values["log_shape"][:, 0], baseline.reference_time)
