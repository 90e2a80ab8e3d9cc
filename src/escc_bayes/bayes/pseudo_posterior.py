"""Sampling weights: posterior draws rescaled so that their covariance is the sandwich.

A posterior of weighted terms is right in its place and wrong in its width. With S the covariance of its draws, H the
information and J the variance of the scores over independent units at its mean, the draws are spread to
S + S (J - H) S: to (H + P)^-1 (J + P) (H + P)^-1 where the prior adds the information P, which no weights touch.
Savitsky & Toth 2016, Electron J Stat 10:1677; Williams & Savitsky 2021, Int Stat Rev 89:72. docs/methods/weights.md.
"""

from collections.abc import Mapping

import numpy as np

from escc_bayes.bayes import parameters
from escc_bayes.bayes.draws import Draws
from escc_bayes.bayes.parameters import zero_sum_basis
from escc_bayes.bayes.pseudo_scores import scores
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.design import Block
from escc_bayes.spec.plan import ModelPlan

LABEL = "pseudo-posterior, draws rescaled to the sandwich covariance"


def pseudo_note(plan: ModelPlan) -> str:
    """Say that a posterior is a pseudo-posterior, with its weights; empty without sampling weights."""
    return f"{LABEL}; {plan.rows.weight_words()}" if plan.rows.sampled else ""


def as_pseudo_posterior(plan: ModelPlan, drawn: Draws) -> Draws:
    """Return draws (chains, draws, size) rescaled; their marginal likelihood is none of the data, and is NaN."""
    chains, draws = drawn.values["baseline"].shape[:2]
    flat = {name: values.reshape(chains * draws, -1) for name, values in drawn.values.items()}
    values = {name: found.reshape(chains, draws, -1) for name, found in rescaled(plan, flat).items()}
    none = {name: np.full_like(stat, np.nan) for name, stat in drawn.stats.items() if name == "log_marginal_likelihood"}
    return Draws(values, drawn.stats | none)


def rescaled(
    plan: ModelPlan, values: Mapping[str, FloatArray], weight: FloatArray | None = None
) -> dict[str, FloatArray]:
    """Return draws of every free parameter whose log rates and log hazard ratios have the sandwich covariance.

    Parameters
    ----------
    plan : with sampling weights that sum to the number of patients.
    values : (m, size) draws by name.
    weight : (m,) of the draws, summing to 1; None: equal.

    Returns
    -------
    (m, size) by name. Standard deviations and shares stay; where a coefficient is ``sd z``, z moves.
    """
    drawn = coordinates(plan, values)
    share = np.full(drawn.shape[0], 1.0 / drawn.shape[0]) if weight is None else weight
    mean = share @ drawn
    apart = drawn - mean
    spread = (share[:, None] * apart).T @ apart
    found = scores(plan.baseline, plan.rows, plan.design.centred @ directions(plan, values, share), mean)
    assert plan.rows.cluster is not None
    units = np.zeros((int(plan.rows.cluster.max()) + 1, mean.size))
    np.add.at(units, plan.rows.cluster, found.of_patients)
    return with_coordinates(plan, values, mean + apart @ stretch(spread, found.information, units.T @ units).T)


def stretch(spread: FloatArray, information: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the matrix T (q, q) that turns draws of covariance S into draws of covariance S + S (J - H) S.

    T = L M^(1/2) L^-1 with S = L L' and M = (I - L'HL) + L'JL: the principal square root of (S + S (J - H) S) S^-1,
    so that no change of units or of coding changes what it does. I - L'HL is the prior's part of the information; where
    the posterior is far from normal it can come out below 0, and is taken as 0.

    Examples
    --------
    >>> stretch(np.array([[0.25]]), np.array([[4.0]]), np.array([[9.0]]))  # a flat prior: SD 0.5 becomes 3 / 4
    array([[1.5]])
    """
    sd = np.sqrt(np.diag(spread))
    values, vectors = np.linalg.eigh(spread / np.outer(sd, sd))
    # A direction without any spread stays without.
    kept = values > 1e-12 * values.max()
    root = sd[:, None] * vectors[:, kept] * np.sqrt(values[kept])
    back = (vectors[:, kept] / np.sqrt(values[kept])).T / sd
    prior, axes = np.linalg.eigh(np.eye(root.shape[1]) - root.T @ information @ root)
    whole = (axes * np.clip(prior, 0.0, 1.0)) @ axes.T + root.T @ variance @ root
    size, axes = np.linalg.eigh(whole)
    return np.asarray(root @ (axes * np.sqrt(np.maximum(size, 0.0))) @ axes.T @ back)


def coordinates(plan: ModelPlan, values: Mapping[str, FloatArray]) -> FloatArray:
    """Return what the likelihood sees of draws, (m, q): log rates or (b0, log k), then the effects' coordinates."""
    baseline = plan.baseline
    if isinstance(baseline, PiecewisePrior):
        first = parameters.log_rates(baseline, values, np, baseline.step_scale)
    else:
        first = np.hstack([values["baseline"], values["log_shape"]])
    return np.hstack([first, *(block_coordinates(block, values) for block in plan.design.blocks)])


def block_coordinates(block: Block, values: Mapping[str, FloatArray]) -> FloatArray:
    """Return an effect's coordinates: its columns' log hazard ratios, of an ordered one that of the last level."""
    match block.effect.structure:
        case "ordered":
            return values[f"b_{block.effect.name}"]
        case "exchangeable":
            return np.asarray(parameters.block_coefficients(block, values, np) @ zero_sum_basis(block.width))
        case _:
            return np.asarray(parameters.block_coefficients(block, values, np))


def directions(plan: ModelPlan, values: Mapping[str, FloatArray], share: FloatArray) -> FloatArray:
    """Return the matrix (p, q - baseline) that turns the effects' coordinates into coefficients.

    Of an ordered effect at the mean shares of its steps, which are not rescaled.
    """
    parts = []
    for block in plan.design.blocks:
        match block.effect.structure:
            case "ordered" if block.width > 1:
                reached = np.cumsum(share @ values[f"share_{block.effect.name}"])
                parts.append(reached[np.array(block.ranks) - 1, None])
            case "exchangeable":
                parts.append(zero_sum_basis(block.width))
            case _:
                parts.append(np.eye(block.width))
    found = np.zeros((sum(part.shape[0] for part in parts), sum(part.shape[1] for part in parts)))
    row = column = 0
    for part in parts:
        found[row : row + part.shape[0], column : column + part.shape[1]] = part
        row, column = row + part.shape[0], column + part.shape[1]
    return found


def with_coordinates(plan: ModelPlan, values: Mapping[str, FloatArray], drawn: FloatArray) -> dict[str, FloatArray]:
    """Return draws of every free parameter whose coordinates are ``drawn`` (m, q)."""
    found, baseline = dict(values), plan.baseline
    if isinstance(baseline, PiecewisePrior):
        start = baseline.pieces
        rates = drawn[:, :start]
        if baseline.sd is None:
            found["baseline"] = rates
        else:
            found["baseline"] = rates[:, :1]
            found["z_baseline"] = np.diff(rates, axis=1) / (values["sd_baseline"] * baseline.step_scale)
    else:
        start = 2
        found |= {"baseline": drawn[:, :1], "log_shape": drawn[:, 1:2]}
    for block in plan.design.blocks:
        width = block_coordinates(block, values).shape[1]
        found |= with_block(block, values, drawn[:, start : start + width])
        start += width
    return found


def with_block(block: Block, values: Mapping[str, FloatArray], drawn: FloatArray) -> dict[str, FloatArray]:
    """Return the parameters of an effect that have these coordinates (m, width)."""
    name = block.effect.name
    match block.effect.structure:
        case "fixed" | "linear" | "ordered":
            return {f"b_{name}": drawn}
        case "exchangeable" | "random_intercept":
            return {f"z_{name}": drawn / values[f"sd_{name}"]}
        case _:
            several = len(block.effect.covariates)
            moved = drawn - parameters.block_coefficients(block, values, np)
            mean = values[f"mean_{name}"] + moved.reshape(moved.shape[0], several, -1).mean(axis=1)
            return {f"mean_{name}": mean, f"z_{name}": (drawn - np.tile(mean, several)) / values[f"sd_{name}"]}
