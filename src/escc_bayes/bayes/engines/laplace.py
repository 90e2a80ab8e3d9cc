"""The engine ``laplace``: its defaults, its diagnostics, and what it says where it finds no mode."""

from dataclasses import asdict

import numpy as np

from escc_bayes.bayes.engines.why_unfit import likely
from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.sampling.draws import checked
from escc_bayes.bayes.sampling.sampler import Run
from escc_bayes.bayes.sampling.settings import Progress, RunSettings
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.plan import ModelPlan


class Laplace:
    """Draws, corrected by importance weights, in milliseconds (docs/methods/laplace.md)."""

    ENGINE, BACKEND = "laplace", ""
    DRAWS = 5000
    INSTEAD = "nuts"

    def run(self, plan: ModelPlan, settings: RunSettings, seed: Seed, progress: Progress) -> Run:  # noqa: ARG002
        """Draw from the posterior of a plan.

        Raises
        ------
        SamplingError : there is no mode to rounding, as with columns of 1e11 that repeat each other.
        """
        asked = laplace.LaplaceSettings(settings.draws or self.DRAWS, settings.chains)
        try:
            drawn = laplace.sample(plan, asked, seed)
        except np.linalg.LinAlgError:
            raise SamplingError(
                f"model '{plan.spec.name}': engine laplace finds no mode, since the density is flat to rounding in a "
                f"direction{likely(plan)}"
            ) from None
        return Run(drawn, checked(plan, drawn), asdict(asked))
