"""Backend ``native`` of the engine ``nuts``: nutpie's sampler on a log density in numpy. Nothing is compiled.

Before sampling, the mode of the Laplace mass (``grid.climb``) gives the latents a centre and a root of their
covariance: in these terms the posterior is nearly round, so that trajectories are short. This moves and turns the
coordinates, and leaves the density as it is. See docs/methods/nuts.md.
"""

from collections.abc import Callable

import numpy as np

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.likelihood.protocol import Cells
from escc_bayes.bayes.model.prior import parameter_priors
from escc_bayes.bayes.model.trajectory_rows import trajectory_rows
from escc_bayes.bayes.modes.coordinates import Coordinates
from escc_bayes.bayes.modes.grid import climb
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.modes.modes import Modes, Target, find_modes
from escc_bayes.bayes.native.density import Around, Density, mixtures
from escc_bayes.bayes.native.joint import JointDensity, still_cells
from escc_bayes.bayes.native.nutpie_core import STATS, Chain, run_chain
from escc_bayes.bayes.native.rows import likelihood_rows
from escc_bayes.bayes.sampling.draws import Draws
from escc_bayes.bayes.sampling.settings import NutsSettings, Progress
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.seeds import Seed, seed_number
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

# Starting points are spread this many posterior SDs, about, around the mode.
SPREAD = 1.0
# What describes trajectories starts this far, at most, from what is measured, on log scales.
NEAR = 0.3


def posed(plan: ModelPlan) -> tuple[Density, FloatArray]:
    """Return the density of a plan and the hyperparameters (h,) of its mode.

    Where priors are mixtures, the coordinates are those of the component with the largest Laplace mass.
    """
    data = cells_of(plan)
    found = [(coords, mode(coords, data)) for coords in coordinates(plan)]
    coords, best = max(found, key=lambda pair: float(pair[1].log_mass[0]) + pair[0].log_weight)
    rows = likelihood_rows(data, coords)
    return Density(coords, rows, mixtures(plan, coords), Around(best.u[0], best.x[0], best.factor[0])), best.u[0]


def posed_joint(plan: ModelPlan) -> tuple[JointDensity, FloatArray]:
    """Return the density of a plan with a trajectory, and the hyperparameters of the mode with values carried forward.

    That mode and the spread about it place and turn the coordinates of survival; what they move is not the density.
    """
    alike, hypers = posed(plan)
    rows = trajectory_rows(plan)
    own = likelihood_rows(still_cells(rows, alike.coords.pieces), alike.coords)
    around = Around(hypers, alike.centre, alike.factor)
    return JointDensity(plan, Density(alike.coords, own, alike.mixed, around), rows), hypers


def mode(coords: Coordinates, data: Cells) -> Modes:
    """Return the hyperparameters of the largest Laplace mass, with the latents' mode and spread there."""
    target = Target(coords, data)
    centre, _, x = climb(target, None)
    return find_modes(target, centre[None], x)


def sample(plan: ModelPlan, settings: NutsSettings, seed: Seed, report: Progress) -> Draws:
    """Sample the posterior of a plan.

    Parameters
    ----------
    plan : rows, columns, priors.
    settings : draws, tune, chains, target_accept.
    seed : the same seed gives the same draws; a chain's draws do not depend on how many there are.
    report : called with (what, done, total, divergences).

    Raises
    ------
    SamplingError : a chain could not start.
    """
    density, start = target(plan)
    each = settings.draws + settings.tune
    total = settings.chains * each
    chains: list[Chain] = []
    for number in range(settings.chains):
        before = sum(int(chain.stats["diverging"].sum()) for chain in chains)
        try:
            chain = run_chain(
                density,
                start,
                size=density.size,
                draws=settings.draws,
                tune=settings.tune,
                target_accept=settings.target_accept,
                seed=seed_number(seed, "nuts", str(number)),
                watch=watcher(report, number * each, total, before),
            )
        except SamplingError as error:
            raise SamplingError(f"model '{plan.spec.name}': {error}") from None
        chains.append(chain)
        if not settings.to_the_end and chain.stats["diverging"].any():
            break
    drawn = draws_of_chains(plan, density, chains)
    report("Sampling", total, total, int(drawn.stats["diverging"].sum()))
    return drawn


def target(plan: ModelPlan) -> tuple[Density | JointDensity, Callable[[int], FloatArray]]:
    """Return the density of a plan, and starting points from seeds."""
    if plan.course is None:
        density, hypers = posed(plan)
        return density, starting_points(density.latents, hypers)
    joint, hypers = posed_joint(plan)
    around = starting_points(joint.latents, hypers)
    described = joint.start()

    def start(seed: int) -> FloatArray:
        rng = np.random.default_rng([seed])
        own = described + NEAR * rng.uniform(-1.0, 1.0, described.size)
        return np.concatenate([around(seed), own, SPREAD * rng.uniform(-1.0, 1.0, 2 * joint.patients)])

    return joint, start


def starting_points(latents: int, hypers: FloatArray) -> Callable[[int], FloatArray]:
    """Return a function from a seed to a starting point around the mode."""

    def start(seed: int) -> FloatArray:
        rng = np.random.default_rng(seed)
        return np.concatenate([np.zeros(latents), hypers]) + SPREAD * rng.uniform(-1.0, 1.0, latents + hypers.size)

    return start


def watcher(report: Progress, before: int, total: int, divergences: int) -> Callable[[int, int], None]:
    """Return a function that reports one chain's progress as part of the whole."""

    def watch(done: int, diverged: int) -> None:
        report("Sampling", before + done, total, divergences + diverged)

    return watch


def draws_of_chains(plan: ModelPlan, density: Density | JointDensity, chains: list[Chain]) -> Draws:
    """Return parameters as (chains, draws, size) arrays and the sampler's statistics."""
    points = np.stack([chain.points for chain in chains])
    shape = points.shape[:2]
    values = density.values(points.reshape(-1, density.size))
    return Draws(
        {name: values[name].reshape(*shape, -1) for name in parameter_priors(plan)},
        {name: np.stack([chain.stats[name] for chain in chains]) for name in STATS},
    )
