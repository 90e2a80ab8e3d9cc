"""Would the hazard ratios be others if the baseline prior said nothing? The same model, refitted with a vague one.

A prior on the baseline leaks into hazard ratios where a group has few events: the baseline then holds the group's own
level, and what pulls it pulls the ratio (docs/methods/baseline_prior.md). Smoothing and shape stay as they are: it is
the level that is made vague. By ``laplace``, whichever engine fitted the model.
"""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.numeric.quasi_random import Source
from escc_bayes.bayes.sampling.diagnose import MAX_PARETO_K
from escc_bayes.estimand.estimate import ratios_of
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.seeds import Seed, generator, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import BaselinePrior
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Gamma, Normal

# SD of a vague log rate or log H: worth 1 / 25 of an event.
VAGUE_SD = 5.0
# Weighted draws of the refit: means are right to about 0.03 posterior SDs.
DRAWS = 2000
# A log hazard ratio that moves by more than this many of its SDs is noted.
MOVED = 0.5


@dataclass(frozen=True, slots=True)
class VagueBaseline:
    """Posterior means of the log hazard ratios under a vague baseline.

    Attributes
    ----------
    means : (p,) of each column; NaN where they could not be computed.
    fault : why not; empty where they were.
    """

    means: FloatArray
    fault: str = ""

    def note(self, weights: FloatArray, mean: float, sd: float) -> str:
        """Return what a reader must know of a log hazard ratio ``coefficients @ weights`` with this mean and SD."""
        if self.fault:
            return f"whether the baseline prior moves it is not known (refit with a vague baseline: {self.fault})"
        vague = float(self.means @ weights)
        if abs(vague - mean) <= MOVED * sd:
            return ""
        apart = f"exponentials of mean logarithms, {abs(vague - mean) / sd:.1f} SD apart"
        there, here = ratios_of(np.array([vague, mean])).tolist()
        both = f"HR {there:.3g} with a vague baseline, {here:.3g} with this one"
        return f"the baseline prior moves it: {both} ({apart})"


def vague_baseline(plan: ModelPlan, seed: Seed) -> VagueBaseline:
    """Refit a plan with a vague baseline.

    Parameters
    ----------
    plan : rows, columns, priors.
    seed : of the fit; the refit has a stream of its own.
    """
    width = plan.design.size
    if plan.course is not None:
        return VagueBaseline(np.full(width, np.nan), "by laplace alone, which has no trajectories")
    if not width:
        return VagueBaseline(np.zeros(0))
    wide, own = replace(plan, baseline=with_vague_level(plan.baseline)), stream(seed, "vague baseline")
    try:
        parts = laplace.explored(wide, cells_of(wide))
        found = laplace.weighted(parts, DRAWS, Source(own), generator(own, "laplace"))
    except SamplingError as error:
        return VagueBaseline(np.full(width, np.nan), str(error))
    if found.smoothed.k > MAX_PARETO_K:
        return VagueBaseline(np.full(width, np.nan), f"Pareto k {found.smoothed.k:.2f} above {MAX_PARETO_K}")
    values, weight = found.values(), found.smoothed.weight
    return VagueBaseline(weight @ parameters.coefficients(plan.design.blocks, values, weight.size))


def with_vague_level(baseline: BaselinePrior) -> BaselinePrior:
    """Return a baseline whose level is a wide normal about the middle of its prior."""
    level = baseline.level
    centre = float(np.log(level.shape / level.rate)) if isinstance(level, Gamma) else level.mean
    return replace(baseline, level=Normal(centre, VAGUE_SD))
