"""What an engine is: from a plan to draws, with the diagnostics that judge them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from escc_bayes.bayes.sampling.diagnose import Diagnostics
from escc_bayes.bayes.sampling.draws import Draws
from escc_bayes.bayes.sampling.settings import Progress, RunSettings
from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.plan import ModelPlan


@dataclass(frozen=True, slots=True)
class Run:
    """What an engine returns.

    Attributes
    ----------
    draws : of every free parameter, with the sampler's statistics.
    diagnostics : whether they may be used.
    settings : of the run that counts, in numbers, for the record.
    """

    draws: Draws
    diagnostics: Diagnostics
    settings: Mapping[str, float | int | str]


class Sampler(Protocol):
    """An engine, or one backend of an engine. ``engines.py`` lists those that ship; ``register_sampler`` adds others.

    Attributes
    ----------
    ENGINE, BACKEND : the words that choose it; an engine without backends has the backend ``""``.
    DRAWS : kept draws of each chain where none are asked for.
    INSTEAD : the engine that answers where this one's posterior must not be used; ``""``: none does.
    """

    ENGINE: ClassVar[str]
    BACKEND: ClassVar[str]
    DRAWS: ClassVar[int]
    INSTEAD: ClassVar[str]

    def run(self, plan: ModelPlan, settings: RunSettings, seed: Seed, progress: Progress) -> Run:
        """Draw from the posterior of a plan; the same seed gives the same draws.

        Raises
        ------
        SamplingError : there are no draws to be had.
        """
        ...
