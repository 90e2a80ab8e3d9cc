"""What the assurance hangs on: how far each uncertain input alone moves the probability of success.

For an input X the owner's variance is V = Var(P(success | X)), the rest averaged over. Trials are sorted by X into
equal bins; V is the variance between the shares of the bins, less what chance puts there.
Saltelli et al. 2008, Global Sensitivity Analysis, chapter 4.
"""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import ndtri

from escc_bayes.foundation.chunks import Progress, Store, run_chunks
from escc_bayes.foundation.scheduler import Arrays, Scheduler
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.trial.design.design import TrialDesign, mixture_from
from escc_bayes.trial.simulation.decide import BELIEVED
from escc_bayes.trial.simulation.outcomes import successes
from escc_bayes.trial.simulation.simulate import Draws, draw, drawn_log_ratios
from escc_bayes.trial.simulation.tally import BLOCK

COLUMNS = ("rule", "source", "sd", "share", "low", "high", "trials")
BINS = 20
# Cumulative hazard of the controls at this month stands for their hazard.
MONTH = 12.0


@dataclass(frozen=True, slots=True)
class SensitivityIndex:
    """One source of uncertainty under one rule.

    Attributes
    ----------
    sd : standard deviation of P(success | source).
    share : its variance over that of success itself, p (1 - p).
    low, high : share of success in the lowest and highest twentieth of the source.
    """

    rule: str
    source: str
    sd: float
    share: float
    low: float
    high: float
    trials: int


def sensitivity_indices(
    design: TrialDesign,
    *,
    trials: int,
    seed: Seed,
    scheduler: Scheduler,
    store: Store | None = None,
    progress: Progress | None = None,
) -> tuple[SensitivityIndex, ...]:
    """Return the owners of the assurance, by rule; none where the hazard ratio alone is uncertain."""
    if design.believed is None or len(sources(design)) < 2:
        return ()
    work = partial(outcomes_and_inputs, design, trials, seed)
    found = next(run_chunks(work, 1, scheduler=scheduler, store=store, progress=progress))
    return tuple(
        sensitivity_index(rule.name, source, found[source], won, trials)
        for rule, won in zip(design.rules, found["success"], strict=True)
        for source in sources(design)
    )


def sources(design: TrialDesign) -> tuple[str, ...]:
    """Return the names of the uncertain inputs."""
    uncertain = {
        "hazard ratio": design.believed is not None,
        "bias": design.bias is not None,
        "control hazard": design.control.draws > 1,
        "accrual": design.accrual.log_sd > 0.0,
    }
    return tuple(name for name, is_uncertain in uncertain.items() if is_uncertain)


def outcomes_and_inputs(design: TrialDesign, trials: int, seed: Seed, part: int) -> Arrays:
    """Return success (rules, trials), and every input (trials,) by its name; ``part`` is the only one there is."""
    assert part == 0
    blocks = [
        inputs_of(design, draw(design, min(BLOCK, trials - start), seed, start // BLOCK))
        for start in range(0, trials, BLOCK)
    ]
    inputs = {name: np.concatenate([block[name] for block in blocks]) for name in sources(design)}
    return {"success": successes(design, BELIEVED, trials, seed), **inputs}


def inputs_of(design: TrialDesign, draws: Draws) -> dict[str, FloatArray]:
    """Return the inputs of one block of trials by name, larger meaning more of it."""
    assert design.design_prior is not None
    found = {"hazard ratio": drawn_log_ratios(mixture_from(design.design_prior), draws.effect_unit)}
    if design.bias is not None:
        found["bias"] = design.bias.sd * ndtri(draws.bias_unit)
    if design.control.draws > 1:
        found["control hazard"] = design.control.cumulative_of(draws.control_draw, np.array([MONTH]))[:, 0]
    if design.accrual.log_sd > 0.0:
        found["accrual"] = draws.pace_unit
    return found


def sensitivity_index(rule: str, source: str, values: FloatArray, success: BoolArray, trials: int) -> SensitivityIndex:
    """Return how far one input alone moves the probability of success."""
    order = np.argsort(values, kind="stable")
    shares = np.array([part.mean() for part in np.array_split(success[order], BINS)])
    size = trials / BINS
    by_chance = float(np.mean(shares * (1.0 - shares))) / (size - 1.0)
    variance = max(float(np.var(shares, ddof=1)) - by_chance, 0.0)
    p = float(success.mean())
    whole = p * (1.0 - p)
    share = variance / whole if whole > 0.0 else 0.0
    return SensitivityIndex(rule, source, math.sqrt(variance), share, float(shares[0]), float(shares[-1]), trials)


def index_sentences(found: tuple[SensitivityIndex, ...]) -> tuple[str, ...]:
    """Say for each rule what moves its probability of success, the strongest first."""
    said = []
    for rule in dict.fromkeys(one.rule for one in found):
        mine = sorted((one for one in found if one.rule == rule), key=lambda one: -one.sd)
        parts = ", ".join(f"{one.source} {one.sd:.3f}" for one in mine)
        said.append(f"{rule}: SD of the probability of success that each uncertainty alone brings: {parts}.")
    return tuple(said)
