"""The engine ``nuts``, whichever backend samples: how long, when a second time, and what it says where it fails."""

from collections.abc import Callable
from dataclasses import asdict

from escc_bayes.bayes.engines.why_unfit import explained, instead, likely
from escc_bayes.bayes.sampling.draws import Draws, checked
from escc_bayes.bayes.sampling.sampler import Run
from escc_bayes.bayes.sampling.settings import NutsSettings, Progress, RunSettings
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.spec.plan import ModelPlan

DRAWS = 1500
type Sample = Callable[[ModelPlan, NutsSettings, Seed, Progress], Draws]


def run_nuts(
    sample: Sample, by_default: NutsSettings, plan: ModelPlan, settings: RunSettings, seed: Seed, progress: Progress
) -> Run:
    """Sample by one backend; a run of the default length whose diagnostics fail is repeated once, more carefully.

    Parameters
    ----------
    sample : of the backend.
    by_default : its settings where none are asked for.
    plan, settings, seed, progress : of ``Sampler.run``.
    """
    accept = settings.target_accept or by_default.target_accept
    asked = NutsSettings(settings.draws or DRAWS, settings.tune, settings.chains, accept, by_default.backend)
    drawn = started(sample, plan, asked, seed, progress)
    diagnostics = checked(plan, drawn)
    default = (asked.draws, asked.tune, accept) == (by_default.draws, by_default.tune, by_default.target_accept)
    if default and not diagnostics.fit_for_use:
        asked = asked.more_careful()
        progress(f"Sampling again, more carefully ({'; '.join(diagnostics.faults)})", 0, 0, 0)
        drawn = sample(plan, asked, stream(seed, "again"), progress)
        diagnostics = checked(plan, drawn)
    return Run(drawn, explained(plan, diagnostics, seed), asdict(asked))


def started(sample: Sample, plan: ModelPlan, settings: NutsSettings, seed: Seed, progress: Progress) -> Draws:
    """Return the draws of one backend; where it cannot start, the message names causes and the engine that serves."""
    try:
        return sample(plan, settings, seed, progress)
    except SamplingError as error:
        other = instead(plan, seed)
        raise SamplingError(f"{error}{likely(plan)}{f'; {other}' if other else ''}") from None
