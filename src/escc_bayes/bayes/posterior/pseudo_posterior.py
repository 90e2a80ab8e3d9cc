"""Sampling weights, several endpoints: posterior draws rescaled so that their covariance is the sandwich.

A posterior of weighted terms is right in its place and wrong in its width. With S the covariance of its draws, H the
information and J the variance of the scores over independent units at its mean, the draws are spread to
S + S (J - H) S: to (H + P)^-1 (J + P) (H + P)^-1 where the prior adds the information P, which no weights touch.
Savitsky & Toth 2016, Electron J Stat 10:1677; Williams & Savitsky 2021, Int Stat Rev 89:72. docs/methods/weights.md.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.posterior.endpoint_scores import endpoint_scores
from escc_bayes.bayes.posterior.few_units import variance_of_scores
from escc_bayes.bayes.posterior.pseudo_scores import scores
from escc_bayes.bayes.sampling.draws import Draws
from escc_bayes.estimand.estimate import joined_notes
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.cautions import independence_words
from escc_bayes.spec.design import Block
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.risk_rows import RiskRows, risk_rows
from escc_bayes.spec.structures.free import Term

LABEL = "pseudo-posterior, draws rescaled to the sandwich covariance"


ENDPOINTS = "pseudo-posterior, draws rescaled to how the endpoints of one patient go together"


def label_of(plan: ModelPlan) -> str:
    """Return what kind of pseudo-posterior a plan has."""
    return ENDPOINTS if plan.rows.marginal else LABEL


def pseudo_note(plan: ModelPlan, inside: NDArray[np.bool_] | None = None) -> str:
    """Say that a posterior is a pseudo-posterior, or that it takes clusters apart; else nothing.

    With the weights of the patients in a mask (n,), or of all.
    """
    rows = plan.rows
    if rows.marginal:
        return joined_notes(ENDPOINTS, independence_words(plan))
    if rows.sampled:
        return joined_notes(LABEL, rows.weight_words(inside), rows.weighting.cluster_words(rows.cluster))
    return independence_words(plan)


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
    plan : with sampling weights that sum to the number of patients, or with rows of several endpoints.
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
    risk = risk_rows(plan.rows, plan.design)
    columns = risk.columns @ directions(plan, values, share)
    if plan.rows.marginal:
        information, variance = endpoint_scores(plan, risk, columns, mean)
    else:
        information, variance = unit_scores(plan, risk, columns, mean, spread)
    return with_coordinates(plan, values, mean + apart @ stretch(spread, information, variance).T)


def unit_scores(
    plan: ModelPlan, risk: RiskRows, columns: FloatArray, point: FloatArray, spread: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the information (q, q) at a point, and the variance (q, q) of the score over independent units.

    Scores are those that units would have, had they not drawn the posterior, of covariance ``spread``, to themselves.
    """
    assert plan.rows.cluster is not None
    root, back = roots(spread)
    seen = variance_of_scores(plan.baseline, risk.at_risk, columns, point, plan.rows.cluster[risk.of], root)
    return scores(plan.baseline, risk.at_risk, columns, point).information, back.T @ seen @ back


def roots(spread: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return L (q, r) with L L' = S and its inverse (r, q), over the directions in which S (q, q) has any spread."""
    sd = np.sqrt(np.diag(spread))
    values, vectors = np.linalg.eigh(spread / np.outer(sd, sd))
    kept = values > 1e-12 * values.max()
    return sd[:, None] * vectors[:, kept] * np.sqrt(values[kept]), (vectors[:, kept] / np.sqrt(values[kept])).T / sd


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
    root, back = roots(spread)
    prior, axes = np.linalg.eigh(np.eye(root.shape[1]) - root.T @ information @ root)
    whole = (axes * np.clip(prior, 0.0, 1.0)) @ axes.T + root.T @ variance @ root
    size, axes = np.linalg.eigh(whole)
    return np.asarray(root @ (axes * np.sqrt(np.maximum(size, 0.0))) @ axes.T @ back)


def coordinates(plan: ModelPlan, values: Mapping[str, FloatArray]) -> FloatArray:
    """Return what the likelihood sees of draws, (m, q): log rates or (b0, log k), then the effects' coordinates.

    Of strata all b0 come first, then all log k.
    """
    baseline = plan.baseline
    if isinstance(baseline, PiecewisePrior):
        first = parameters.log_rates(baseline, values, np, baseline.step_scale)
    else:
        first = np.hstack([values["baseline"], values["log_shape"]])
    return np.hstack([first, *(block_coordinates(block, values) for block in plan.design.blocks)])


def block_coordinates(block: Block, values: Mapping[str, FloatArray]) -> FloatArray:
    """Return an effect's coordinates (m, r): its log hazard ratios before any shares, in a basis of them."""
    return np.asarray(parameters.block_lines(block, values) @ np.linalg.pinv(basis(block)).T)


def basis(block: Block) -> FloatArray:
    """Return a basis (width, r) of the log hazard ratios that an effect can have, before any shares."""
    loadings = [term.loading for term in block.terms]
    if len(loadings) == 1:
        return loadings[0]
    left, sizes, _ = np.linalg.svd(np.hstack(loadings), full_matrices=False)
    return np.asarray(left[:, sizes > 1e-10 * sizes[0]])


def directions(plan: ModelPlan, values: Mapping[str, FloatArray], share: FloatArray) -> FloatArray:
    """Return the matrix (p, q - baseline) that turns the effects' coordinates into coefficients.

    Where shares multiply them, at the mean shares, which are not rescaled.
    """
    parts = []
    for block in plan.design.blocks:
        shares = parameters.cumulative_shares(block, values, np)
        parts.append(basis(block) if shares is None else (share @ shares)[:, None] * basis(block))
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
        start = baseline.pieces * baseline.copies
        rates = drawn[:, :start]
        if baseline.sd is None:
            found["baseline"] = rates
        else:
            found["baseline"] = rates[:, :: baseline.pieces]
            steps = [
                np.diff(own, axis=1) / (values["sd_baseline"] * baseline.step_scale)
                for own in np.split(rates, baseline.copies, axis=1)
            ]
            found["z_baseline"] = np.hstack(steps)
    else:
        several = baseline.copies
        start = 2 * several
        found |= {"baseline": drawn[:, :several], "log_shape": drawn[:, several:start]}
    for block in plan.design.blocks:
        width = block_coordinates(block, values).shape[1]
        found |= with_block(block, values, drawn[:, start : start + width])
        start += width
    return found


def with_block(block: Block, values: Mapping[str, FloatArray], drawn: FloatArray) -> dict[str, FloatArray]:
    """Return the parameters of an effect that have these coordinates (m, r).

    Latents that a standard deviation multiplies move as little as they can.
    """
    moved = drawn @ basis(block).T - parameters.block_lines(block, values)
    free = [term for term in block.terms if not term.scales]
    scaled = [term for term in block.terms if term.scales]
    unscaled = np.hstack([np.zeros((block.coding.size, 0)), *(term.loading for term in free)])
    others = np.hstack([np.zeros((block.coding.size, 0)), *(term.loading for term in scaled)])
    back = np.linalg.pinv(unscaled)
    left = np.eye(block.coding.size) - unscaled @ back
    by_scaled = moved @ (np.linalg.pinv(left @ others) @ left).T
    by_free = (moved - by_scaled @ others.T) @ back.T
    return with_changes(free, values, by_free) | with_changes(scaled, values, by_scaled)


def with_changes(terms: Sequence[Term], values: Mapping[str, FloatArray], change: FloatArray) -> dict[str, FloatArray]:
    """Return the parameters of terms whose products with their scales change by ``change`` (m, sizes side by side)."""
    found, start = {}, 0
    for term in terms:
        step = change[:, start : start + term.loading.shape[1]]
        for scale in term.scales:
            step = step / values[scale]
        found[term.parameter] = values[term.parameter] + step
        start += term.loading.shape[1]
    return found
