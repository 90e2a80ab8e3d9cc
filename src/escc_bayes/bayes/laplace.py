"""The fast engine: nested Laplace approximation over the hyperparameters, corrected by importance weights.

Steps: coordinates (``laplace_layout``, ``laplace_coordinates``), collapsed data (``laplace_data``), modes along a
grid of hyperparameters (``laplace_grid``, ``laplace_modes``), draws and exact weights (``laplace_boxes``,
``laplace_proposal``), Pareto smoothing and resampling to equal weights (``laplace_pareto``). NumPy and scipy.special
only. See docs/methods/laplace.md.
"""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.draws import Draws
from escc_bayes.bayes.laplace_boxes import Boxes, boxes, with_shares
from escc_bayes.bayes.laplace_coordinates import parameter_values
from escc_bayes.bayes.laplace_data import collapsed
from escc_bayes.bayes.laplace_grid import Grid, explore
from escc_bayes.bayes.laplace_layout import coordinates
from escc_bayes.bayes.laplace_modes import Target
from escc_bayes.bayes.laplace_pareto import Smoothed, resampled, smooth
from escc_bayes.bayes.laplace_proposal import Proposed, Shift, degrees, learned, propose
from escc_bayes.bayes.prior import parameter_priors
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

# Weighted draws for each draw kept: resampling then adds little to the Monte Carlo error.
PROPOSALS_PER_DRAW = 2
# Draws of a pilot round, from which the proposal learns the posterior's lean and spread.
PILOT = 2000
# A round with a larger k, or a smaller share of effective draws, is used to learn a better proposal still.
ADAPT_ABOVE_K = 0.5
ADAPT_BELOW_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class LaplaceSettings:
    """How many draws to keep, in how many blocks (``chains``), and how many weighted draws stand behind each."""

    draws: int
    chains: int
    proposals_per_draw: int = PROPOSALS_PER_DRAW


@dataclass(frozen=True, slots=True)
class Part:
    """One component of the mixture priors (all of the model, without any): target, grid, boxes and its share."""

    target: Target
    grid: Grid
    held: Boxes
    share: float
    shift: Shift | None = None


def sample(plan: ModelPlan, settings: LaplaceSettings, seed: Seed) -> Draws:
    """Draw from the posterior of a plan.

    Parameters
    ----------
    plan : rows, columns, priors.
    settings : draws, blocks, proposals.
    seed : the same seed gives the same draws.

    Returns
    -------
    Draws with the statistics ``lp`` (log joint density in the engine's coordinates), ``log_weight`` (log smoothed
    importance weight, 0 on average weight), ``pareto_k``, ``importance_ess``, ``grid_edge`` and
    ``log_marginal_likelihood`` (each one number, repeated) and ``diverging`` (never).

    Raises
    ------
    SamplingError : the grid of hyperparameters would be too large.
    """
    rng = generator(seed, "laplace")
    kept = settings.draws * settings.chains
    count = kept * settings.proposals_per_draw
    parts = explored(plan)
    pilot, weights = one_round(parts, PILOT, rng)
    parts = adapted(parts, pilot, weights)
    proposed, smoothed = one_round(parts, count, rng)
    if smoothed.k > ADAPT_ABOVE_K or smoothed.effective < ADAPT_BELOW_SHARE * count:
        again = adapted(parts, proposed, smoothed, heavy_tails=True)
        second, resmoothed = one_round(again, count, rng)
        if better(resmoothed, smoothed):
            parts, proposed, smoothed = again, second, resmoothed
    return collected(plan, parts, proposed, smoothed, settings, rng)


def explored(plan: ModelPlan) -> list[Part]:
    """Return grid and boxes of every component, those without mass left out."""
    data = collapsed(plan)
    found = []
    for coords in coordinates(plan):
        target = Target(coords, data)
        grid = explore(target)
        found.append((target, grid, boxes(target, grid)))
    log_mass = np.array([held.log_mass for _, _, held in found])
    share = np.exp(log_mass - log_mass.max())
    # A component that misses a ten-thousandth of the Laplace mass still gets its draws: the floor.
    share = np.maximum(share / share.sum(), 1e-4)
    share /= share.sum()
    return [Part(*parts, float(s)) for parts, s in zip(found, share, strict=True)]


def one_round(parts: list[Part], count: int, rng: np.random.Generator) -> tuple[list[Proposed], Smoothed]:
    """Draw from every component and smooth the weights of all together."""
    proposed = [propose_part(part, count, rng) for part in parts]
    return proposed, smooth(joined([p.log_weight for p in proposed]))


def propose_part(part: Part, count: int, rng: np.random.Generator) -> Proposed:
    """Draw a component's share of ``count`` proposals; the weights know the share that was really drawn."""
    own = max(1, round(part.share * count))
    drawn = propose(part.target, part.grid, part.held, own, rng, part.shift)
    return replace(drawn, log_weight=drawn.log_weight - np.log(own / count))


def joined(parts: list[FloatArray]) -> FloatArray:
    """Return arrays end to end."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def adapted(
    parts: list[Part], proposed: list[Proposed], smoothed: Smoothed, *, heavy_tails: bool = False
) -> list[Part]:
    """Return the components re-centred, re-scaled and re-weighted by a round of weighted draws."""
    found, low = [], 0
    for part, drawn in zip(parts, proposed, strict=True):
        weight = smoothed.weight[low : low + drawn.node.size]
        low += drawn.node.size
        total = float(weight.sum())
        if total < 1e-6:
            found.append(part)
            continue
        held = with_shares(part.held, part.grid, drawn.node, weight / total)
        freedom = degrees(0 if heavy_tails else drawn.steps.shape[1])
        shift = learned(drawn.steps, weight / total, smoothed.effective * total, freedom)
        found.append(replace(part, held=held, shift=shift, share=0.5 * (part.share + total)))
    whole = sum(part.share for part in found)
    return [replace(part, share=part.share / whole) for part in found]


def better(second: Smoothed, first: Smoothed) -> bool:
    """Return whether the second round has a smaller k, or, both being small enough, more effective draws."""
    if max(second.k, first.k) > ADAPT_ABOVE_K:
        return second.k < first.k
    return second.effective > first.effective


def collected(
    plan: ModelPlan,
    parts: list[Part],
    proposed: list[Proposed],
    smoothed: Smoothed,
    settings: LaplaceSettings,
    rng: np.random.Generator,
) -> Draws:
    """Resample to equal weights and return parameters and statistics in blocks."""
    shape = (settings.chains, settings.draws)
    count = smoothed.weight.size
    kept = resampled(smoothed.weight, shape[0] * shape[1], rng)
    each = [parameter_values(part.target.coords, p.x, p.u) for part, p in zip(parts, proposed, strict=True)]
    values = {name: joined([v[name] for v in each])[kept].reshape(*shape, -1) for name in parameter_priors(plan)}
    with np.errstate(divide="ignore"):
        log_weight = np.log(smoothed.weight[kept] * count)
    edge = sum(part.share * part.grid.edge_mass for part in parts)
    stats = {
        "lp": joined([p.log_density for p in proposed])[kept].reshape(shape),
        "log_weight": log_weight.reshape(shape),
        "diverging": np.zeros(shape, dtype=bool),
        "pareto_k": np.full(shape, smoothed.k),
        "importance_ess": np.full(shape, smoothed.effective),
        "grid_edge": np.full(shape, edge),
        "log_marginal_likelihood": np.full(shape, smoothed.log_mean),
    }
    return Draws(values, stats)
