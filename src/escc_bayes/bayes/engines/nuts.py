"""The engine ``nuts``, whichever backend samples: how long, when a second time, and what it says where it fails."""

from collections.abc import Callable
from dataclasses import replace

from escc_bayes.bayes.engines.why_unfit import explained, instead, likely
from escc_bayes.bayes.sampling.diagnose import Diagnostics
from escc_bayes.bayes.sampling.draws import Draws, checked
from escc_bayes.bayes.sampling.sampler import Run
from escc_bayes.bayes.sampling.settings import NutsSettings, Progress, RunSettings
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.spec.plan import ModelPlan

DRAWS = 1500
# Divergences in so small a share of the draws are of the size of the steps, not of the posterior's shape.
FEW = 0.01
type Sample = Callable[[ModelPlan, NutsSettings, Seed, Progress], Draws]
type Repeat = tuple[Callable[[NutsSettings], NutsSettings], str, str]
SMALLER: Repeat = (NutsSettings.smaller_steps, "in smaller steps", "smaller")
CAREFUL: Repeat = (NutsSettings.more_careful, "more carefully", "again")


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
    asked = used = NutsSettings(settings.draws or DRAWS, settings.tune, settings.chains, accept, by_default.backend)
    default = (asked.draws, asked.tune, accept) == (by_default.draws, by_default.tune, by_default.target_accept)
    drawn = started(sample, plan, replace(asked, to_the_end=not default), seed, progress)
    diagnostics = checked(plan, drawn)
    for settings_of, word, name in repeats(diagnostics, drawn, asked.chains) if default else ():
        if diagnostics.fit_for_use:
            break
        again = settings_of(asked)
        progress(f"Sampling again, {word} ({why(diagnostics)})", 0, 0, 0)
        drawn = sample(plan, again, stream(seed, name), progress)
        diagnostics = checked(plan, drawn)
        used = again
    return Run(drawn, explained(plan, diagnostics, seed), used.stated())


def why(diagnostics: Diagnostics) -> str:
    """Say what failed; of a run that ended with a chain that diverged, only that."""
    diverged = [fault for fault in diagnostics.faults if "divergence" in fault]
    return "; ".join(diverged or diagnostics.faults)


def repeats(diagnostics: Diagnostics, drawn: Draws, chains: int) -> tuple[Repeat, ...]:
    """Return how a run is repeated: with smaller steps first where it diverged here and there and nothing else failed.

    Of a run that ended with a chain that diverged, before all ``chains``, nothing else is known.
    """
    diverging = drawn.stats["diverging"]
    alone = len(diagnostics.faults) == 1 or len(diverging) < chains
    return (SMALLER, CAREFUL) if alone and 0 < diagnostics.divergences <= FEW * diverging.size else (CAREFUL,)


def started(sample: Sample, plan: ModelPlan, settings: NutsSettings, seed: Seed, progress: Progress) -> Draws:
    """Return the draws of one backend; where it cannot start, the message names causes and the engine that serves."""
    try:
        return sample(plan, settings, seed, progress)
    except SamplingError as error:
        other = instead(plan, seed)
        raise SamplingError(f"{error}{likely(plan)}{f'; {other}' if other else ''}") from None
