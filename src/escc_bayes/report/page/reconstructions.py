"""What a report says over all reconstructions of a print, beside the one whose rows it shows.

docs/methods/ensembles.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from escc_bayes.bayes.posterior.between import variance_parts
from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.sampling.settings import Progress
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.tables import Row, hazard_ratio_rows
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.names import refuse_same_names
from escc_bayes.spec.trajectories import trajectories

# Of each chain of each member: 20 members then hold 20,000 draws.
DRAWS = 250


@dataclass(frozen=True, slots=True)
class PooledRatio:
    """One hazard ratio over all reconstructions.

    Attributes
    ----------
    pooled : of the mixture of the members' posteriors.
    medians : (members,) posterior median of the hazard ratio of each member.
    within, between : standard deviations of the log hazard ratio inside and between reconstructions.
    """

    pooled: Estimate
    medians: FloatArray
    within: float
    between: float

    @property
    def share(self) -> float:
        """The part of the variance that lies between reconstructions."""
        total = self.within**2 + self.between**2
        return self.between**2 / total if total > 0.0 else 0.0


@dataclass(frozen=True)
class Reconstructions:
    """An ensemble, and its pooled posteriors by model name. Not slotted: ratios are computed once and kept."""

    ensemble: Ensemble
    pooled: Mapping[str, EnsemblePosterior]
    level: float

    @cached_property
    def ratios(self) -> Mapping[str, tuple[PooledRatio, ...]]:
        """Every hazard ratio of each model over all reconstructions, by model name."""
        return {
            name: tuple(pooled_ratio(posterior, a, self.level) for a in standard_contrasts(posterior.plan.design))
            for name, posterior in self.pooled.items()
        }

    @property
    def faults(self) -> tuple[str, ...]:
        """Models whose members must not all be used, with the reasons."""
        return tuple(
            f"{name}, all reconstructions: {p.verdict}" for name, p in self.pooled.items() if p.verdict != "ok"
        )

    def rows(self) -> list[Row]:
        """Return rows of ``reconstructions.csv``: those of ``hazard_ratios.csv``, and what varies between members."""
        found = [ratio for ratios in self.ratios.values() for ratio in ratios]
        extra = [
            {
                "members": ratio.medians.size,
                "share_between": ratio.share,
                "log_sd_within": ratio.within,
                "log_sd_between": ratio.between,
                "lowest_member_hr": float(ratio.medians.min()),
                "highest_member_hr": float(ratio.medians.max()),
            }
            for ratio in found
        ]
        rows = hazard_ratio_rows(ratio.pooled for ratio in found)
        return [{**row, **more} for row, more in zip(rows, extra, strict=True)]


def pool_reconstructions(
    ensemble: Ensemble, specs: Sequence[ModelSpec], seed: Seed, level: float, progress: Progress
) -> Reconstructions:
    """Fit each model to every member by ``laplace``, one with a trajectory by ``nuts``, and pool.

    Warns
    -----
    NotFitForUseWarning : a member's posterior must not be used.
    """
    refuse_same_names(specs)
    pooled = {
        spec.name: fit_ensemble(
            spec,
            ensemble,
            seed=stream(seed, spec.name, "reconstructions"),
            engine="nuts" if trajectories(spec) else "laplace",
            draws=DRAWS,
            progress=progress,
        )
        for spec in specs
    }
    return Reconstructions(ensemble, pooled, level)


def pooled_ratio(posterior: EnsemblePosterior, asked: HazardRatio, level: float) -> PooledRatio:
    """Return one hazard ratio over all reconstructions, with the members' medians and the parts of the variance."""
    draws = posterior.member_draws(asked)
    parts = variance_parts(draws)
    return PooledRatio(
        posterior.estimate(asked, level=level),
        np.exp(np.median(draws, axis=1)),
        math.sqrt(parts.within),
        math.sqrt(parts.between),
    )
