"""The fast engine: nested Laplace approximation over the hyperparameters, corrected by importance weights.

Steps: coordinates (``modes/layout``, ``modes/coordinates``), cells (``model/likelihood``), modes along a grid of
hyperparameters (``modes/grid``, ``modes/modes``), draws and exact weights (``grid_cells``, ``proposal``), Pareto
smoothing (``numeric/pareto``) and resampling to equal weights (``numeric/resample``).
NumPy and scipy.special only. See docs/methods/laplace.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from escc_bayes.bayes.laplace.grid_cells import GridCells, grid_cells, with_shares
from escc_bayes.bayes.laplace.proposal import Proposed, Shift, degrees, learned, moved, propose
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.likelihood.protocol import Cells
from escc_bayes.bayes.model.prior import parameter_priors
from escc_bayes.bayes.modes.coordinates import parameter_values
from escc_bayes.bayes.modes.grid import Grid, explore
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.modes.modes import Target
from escc_bayes.bayes.modes.warm_start import Near, Start
from escc_bayes.bayes.numeric.pareto import Smoothed, smooth
from escc_bayes.bayes.numeric.quasi_random import Source
from escc_bayes.bayes.numeric.resample import resampled
from escc_bayes.bayes.sampling.diagnose import MAX_PARETO_K
from escc_bayes.bayes.sampling.draws import Draws
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.memory import keep_freed_memory
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.structures.registry import LAST_VALUE

# Weighted draws for each draw kept, and effective ones of these that suffice.
PROPOSALS_PER_DRAW, ENOUGH = 1.6, 1.1
# Where they do not, more are drawn until about AIM effective ones stand behind each draw kept, and RESERVE beside them
# (few draws have little error to spare), but no more than MOST weighted ones for each draw kept.
AIM, RESERVE, MOST = 1.2, 8000, 4.0
# Draws of a pilot round, from which the proposal learns the posterior's lean and spread: so many for each dimension,
# within these.
PILOT_PER_DIMENSION, PILOT = 100, (1000, 2000)
# A round with a larger k, or a smaller share of effective draws, is used to learn a better proposal still.
ADAPT_ABOVE_K = 0.5
ADAPT_BELOW_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class LaplaceSettings:
    """How many draws to keep, in how many blocks (``chains``), and how many weighted ones stand behind each ."""

    draws: int
    chains: int
    proposals_per_draw: float = PROPOSALS_PER_DRAW


@dataclass(frozen=True, slots=True)
class Part:
    """One component of the mixture priors (all of the model, without any): target, grid, boxes and its share."""

    target: Target
    grid: Grid
    held: GridCells
    share: float
    shift: Shift | None = None


@dataclass(frozen=True, slots=True)
class Weighted:
    """Weighted draws of every component, and their smoothed weights end to end."""

    parts: list[Part]
    proposed: list[Proposed]
    smoothed: Smoothed

    def values(self) -> dict[str, FloatArray]:
        """Return every free parameter, (m, size)."""
        pairs = zip(self.parts, self.proposed, strict=True)
        each = [parameter_values(part.target.coords, drawn.x, drawn.u) for part, drawn in pairs]
        return {name: concatenated([values[name] for values in each]) for name in each[0]}

    @property
    def grid_edge(self) -> float:
        """Estimated share of the mass beyond the grids."""
        return sum(part.share * part.grid.edge_mass for part in self.parts)


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
    keep_freed_memory()
    rng = generator(seed, "laplace")
    kept, source = settings.draws * settings.chains, Source(seed)
    first = weighted(explored(plan, cells_of(plan)), round(kept * settings.proposals_per_draw), source, rng)
    return collected(plan, enlarged(first, kept, source, rng), settings, rng)


def weighted(parts: list[Part], count: int, source: Source, rng: np.random.Generator) -> Weighted:
    """Return ``count`` weighted draws, from a proposal that a pilot round has improved."""
    dimensions = max(part.target.coords.latents + part.grid.step.size for part in parts)
    pilot = one_round(parts, int(np.clip(PILOT_PER_DIMENSION * dimensions, *PILOT)), source, "pilot", rng)
    found = one_round(adapted(pilot), count, source, "draws", rng)
    if found.smoothed.k > ADAPT_ABOVE_K or found.smoothed.effective < ADAPT_BELOW_SHARE * count:
        again = one_round(adapted(found, heavy_tails=True), count, source, "again", rng)
        if better(again.smoothed, found.smoothed):
            return again
    return found


def enlarged(found: Weighted, kept: int, source: Source, rng: np.random.Generator) -> Weighted:
    """Return weighted draws with more of the same proposal behind them, where too few are effective for ``kept``."""
    effective, size = found.smoothed.effective, found.smoothed.weight.size
    if effective >= ENOUGH * kept or found.smoothed.k > MAX_PARETO_K:
        return found
    more = round(min((AIM * kept + RESERVE) * size / effective, MOST * kept)) - size
    second = one_round(found.parts, more, source, "more", rng)
    proposed = [both(*pair) for pair in zip(found.proposed, second.proposed, strict=True)]
    return Weighted(found.parts, proposed, smooth(concatenated([p.log_weight for p in proposed])))


def both(first: Proposed, second: Proposed) -> Proposed:
    """Return the draws of two rounds of one proposal; both rounds share out its components alike."""
    pairs = ((getattr(first, field.name), getattr(second, field.name)) for field in fields(Proposed))
    return Proposed(*(np.concatenate(pair) for pair in pairs))


def searched(plan: ModelPlan, data: Cells, like: Sequence[Start] = ()) -> list[tuple[Target, Grid]]:
    """Return target and grid of every component of the mixture priors.

    Parameters
    ----------
    plan : priors and columns.
    data : of the plan.
    like : where the search may start, component by component, from the same model under other priors or weights.

    Raises
    ------
    SamplingError : the grid of hyperparameters would be too large, or patients have trajectories.
    """
    refuse_trajectories(plan)
    every = coordinates(plan)
    known = like if len(like) == len(every) else len(every) * [None]
    targets = [Target(coords, data) for coords in every]
    near = [None if start is None else start.carried_to(coords) for coords, start in zip(every, known, strict=True)]
    return [(target, explore(target, place)) for target, place in zip(targets, near, strict=True)]


def explored(plan: ModelPlan, data: Cells, like: Sequence[Start] = ()) -> list[Part]:
    """Return grid, boxes and share of every component; what is asked for, and raised, as for ``searched``."""
    return parts_of(searched(plan, data, like))


def parts_of(pairs: Sequence[tuple[Target, Grid]]) -> list[Part]:
    """Return components with boxes about their nodes, and their shares of the Laplace mass."""
    found = [(target, grid, grid_cells(target, grid)) for target, grid in pairs]
    log_mass = np.array([held.log_mass for _, _, held in found])
    share = np.exp(log_mass - log_mass.max())
    # A component that misses a ten-thousandth of the Laplace mass still gets its draws: the floor.
    share = np.maximum(share / share.sum(), 1e-4)
    share /= share.sum()
    return [Part(*parts, float(s)) for parts, s in zip(found, share, strict=True)]


def refuse_trajectories(plan: ModelPlan) -> None:
    """Raise where each patient has a trajectory, whose two numbers this engine has no form for."""
    if plan.course is not None:
        raise SamplingError(
            f"model '{plan.spec.name}': engine laplace does not integrate over the trajectory of "
            f"'{plan.course.name}' of each patient; use engine nuts, or for the last value carried forward "
            f'structure = "{LAST_VALUE}"'
        )


def start_of(target: Target, grid: Grid) -> Start:
    """Return where the search for a component much like this one starts: its best node."""
    best = int(np.argmax(grid.modes.log_mass))
    return Start(target.coords, Near(grid.modes.u[best], grid.step, grid.modes.x[best]))


def one_round(parts: list[Part], count: int, source: Source, name: str, rng: np.random.Generator) -> Weighted:
    """Draw from every component and smooth the weights of all together."""
    proposed = [propose_part(part, place, count, source, name, rng) for place, part in enumerate(parts)]
    return Weighted(parts, proposed, smooth(concatenated([p.log_weight for p in proposed])))


def propose_part(part: Part, place: int, count: int, source: Source, name: str, rng: np.random.Generator) -> Proposed:
    """Draw a component's share of ``count`` proposals; the weights know the share that was really drawn."""
    own, dimensions = max(1, round(part.share * count)), moved(part.target)
    freedom = degrees(dimensions) if part.shift is None else part.shift.freedom
    numbers = source.numbers(name, place, own, part.grid.step.size, dimensions, freedom)
    drawn = propose(part.target, part.grid, part.held, numbers, rng, part.shift)
    return replace(drawn, log_weight=drawn.log_weight - np.log(own / count))


def concatenated(parts: list[FloatArray]) -> FloatArray:
    """Return arrays end to end."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def adapted(found: Weighted, *, heavy_tails: bool = False) -> list[Part]:
    """Return the components re-centred, re-scaled and re-weighted by a round of weighted draws."""
    learned_parts, low = [], 0
    for part, drawn in zip(found.parts, found.proposed, strict=True):
        weight = found.smoothed.weight[low : low + drawn.node.size]
        low += drawn.node.size
        total = float(weight.sum())
        if total < 1e-6:
            learned_parts.append(part)
            continue
        effective = found.smoothed.effective * total
        held = with_shares(part.held, part.grid, drawn.node, weight / total, effective)
        freedom = degrees(0 if heavy_tails else drawn.steps.shape[1])
        shift = learned(drawn.steps, weight / total, effective, freedom)
        learned_parts.append(replace(part, held=held, shift=shift, share=0.5 * (part.share + total)))
    whole = sum(part.share for part in learned_parts)
    return [replace(part, share=part.share / whole) for part in learned_parts]


def better(second: Smoothed, first: Smoothed) -> bool:
    """Return whether the second round has a smaller k, or, both being small enough, more effective draws."""
    if max(second.k, first.k) > ADAPT_ABOVE_K:
        return second.k < first.k
    return second.effective > first.effective


def collected(plan: ModelPlan, found: Weighted, settings: LaplaceSettings, rng: np.random.Generator) -> Draws:
    """Resample to equal weights and return parameters and statistics in blocks."""
    shape, smoothed = (settings.chains, settings.draws), found.smoothed
    values = found.values()
    kept = resampled(smoothed.weight, shape[0] * shape[1], reported(plan, found, values), rng)
    with np.errstate(divide="ignore"):
        log_weight = np.log(smoothed.weight[kept] * smoothed.weight.size)
    stats = {
        "lp": concatenated([p.log_density for p in found.proposed])[kept].reshape(shape),
        "log_weight": log_weight.reshape(shape),
        "diverging": np.zeros(shape, dtype=bool),
        "pareto_k": np.full(shape, smoothed.k),
        "importance_ess": np.full(shape, smoothed.effective),
        "grid_edge": np.full(shape, found.grid_edge),
        "log_marginal_likelihood": np.full(shape, smoothed.log_mean),
    }
    return Draws({name: values[name][kept].reshape(*shape, -1) for name in parameter_priors(plan)}, stats)


def reported(plan: ModelPlan, found: Weighted, values: dict[str, FloatArray]) -> FloatArray:
    """Return what tables report of weighted draws, (m, p): coefficients, baseline, hyperparameters."""
    coefficients = parameters.coefficients(plan.design.blocks, values, found.smoothed.weight.size)
    return np.concatenate([coefficients, values["baseline"], concatenated([p.u for p in found.proposed])], axis=1)
