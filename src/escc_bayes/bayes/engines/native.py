"""The engine ``nuts`` by its backend ``native``."""

from escc_bayes.bayes.engines.nuts import DRAWS, run_nuts
from escc_bayes.bayes.native.native import sample
from escc_bayes.bayes.sampling.sampler import Run
from escc_bayes.bayes.sampling.settings import CHAINS, TUNE, NutsSettings, Progress, RunSettings
from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.plan import ModelPlan

# The coordinates are round: larger steps than in the model's own do not diverge.
BY_DEFAULT = NutsSettings(DRAWS, TUNE, CHAINS, 0.9, "native")


class Native:
    """Backend ``native`` of the engine ``nuts``."""

    ENGINE, BACKEND = "nuts", BY_DEFAULT.backend
    DRAWS = DRAWS
    INSTEAD = ""

    def run(self, plan: ModelPlan, settings: RunSettings, seed: Seed, progress: Progress) -> Run:
        """Sample the posterior of a plan, again and more carefully where the first run fails."""
        return run_nuts(sample, BY_DEFAULT, plan, settings, seed, progress)
