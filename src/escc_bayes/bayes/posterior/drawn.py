"""Posterior draws of a plan, as they are kept: what ``Posterior`` answers from, and what writers write."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from escc_bayes.bayes.sampling.diagnose import Diagnostics
from escc_bayes.foundation.record import Record
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True)
class Drawn:
    """Posterior draws of a plan. Not slotted: derived arrays are computed once and kept.

    Attributes
    ----------
    plan : what was fitted, with its rows.
    values : (chains, draws, size) of every free parameter.
    stats : (chains, draws) sampler statistics.
    diagnostics : what the checks found.
    record : digests, seed, settings, versions, provenance.
    seed : of the fit; predictive draws continue from it.
    """

    plan: ModelPlan
    values: Mapping[str, FloatArray]
    stats: Mapping[str, np.ndarray]
    diagnostics: Diagnostics
    record: Record
    seed: Seed

    @property
    def chains(self) -> int:
        """Number of chains."""
        return int(self.values["baseline"].shape[0])

    @cached_property
    def flat(self) -> dict[str, FloatArray]:
        """Parameters with chains and draws in one leading axis."""
        return {name: drawn.reshape(-1, drawn.shape[-1]) for name, drawn in self.values.items()}
