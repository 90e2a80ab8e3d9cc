"""The smallest trial that has a wanted power or assurance, with its confidence limits.

The design is simulated at several sizes about the answer; the probit of success is linear in the root of the size
there, so one weighted line through all of them gives the size and, by the delta method, its limits.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.special import ndtri

from escc_bayes.foundation.chunks import Progress, run_chunks
from escc_bayes.foundation.scheduler import Arrays, Scheduler
from escc_bayes.foundation.seeds import Seed
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import SizingRequest, TrialDesign
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.simulation.checkpoint import Keep, nothing_kept
from escc_bayes.trial.simulation.confidence import lower_limit, upper_limit
from escc_bayes.trial.simulation.decide import BELIEVED, TRUTH
from escc_bayes.trial.simulation.outcomes import successes

COLUMNS = (
    "rule",
    "quantity",
    "target",
    "unit",
    "size",
    "lower",
    "upper",
    "patients",
    "value",
    "value_lower",
    "value_upper",
    "reached",
    "trials",
)
FACTORS = (0.75, 0.87, 1.0, 1.15, 1.33)
SEARCH_TRIALS = 2_000
SEARCH_STEPS = 6
CLOSE = 0.03
# A line through simulated points may miss the target by so much where success still grows.
NEAR = 0.015
Z95 = 1.6448536269514722
# Success no more likely than this, or than its complement, says nothing of the slope.
EXTREME = 1e-3
# Blocks of trials with more than so many patients would take gigabytes.
FEWEST, MOST = 8, 10_000


@dataclass(frozen=True, slots=True)
class Sizing:
    """The answer.

    Attributes
    ----------
    unit : "events" of the final look, or "patients" where looks go by the calendar.
    size : smallest with the wanted probability; ``lower``, ``upper``: its one-sided 95 % limits.
    patients : entered at ``size``, in the design's proportion.
    value : simulated anew at ``size``, with one-sided 95 % limits.
    reached : whether these limits hold the target; if not, success grows no further and there is no such size.
    """

    rule: str
    quantity: str
    target: float
    unit: str
    size: int
    lower: int
    upper: int
    patients: int
    value: float
    value_lower: float
    value_upper: float
    reached: bool
    trials: int


def sized(
    design: TrialDesign,
    *,
    seed: Seed,
    scheduler: Scheduler,
    keep: Keep = nothing_kept,
    progress: Progress | None = None,
) -> Sizing | None:
    """Find the size that a design asks for; None where it asks for none, or no size within reach has it."""
    asked = design.sizing
    if asked is None:
        return None

    def simulated(sizes: list[int], trials: int, tell: Progress | None = None) -> FloatArray:
        work, part = partial(share_at, design, asked, tuple(sizes), trials, seed), f"sizing {trials} x {sizes}"
        found = run_chunks(work, len(sizes), scheduler=scheduler, store=keep(part), progress=tell)
        return np.array([float(of["share"]) for of in found])

    start = near(design, asked, simulated)
    sizes = [max(round(start * factor), FEWEST) for factor in FACTORS]
    shares = simulated(sizes, asked.trials, progress)
    line = probit_line(np.array(sizes, dtype=np.float64), shares, asked.trials)
    size = min(max(math.ceil(line.size_at(float(ndtri(asked.target)))), FEWEST), MOST)
    count = round(float(simulated([size], asked.trials)[0]) * asked.trials)
    spread = line.size_sd(size)
    return Sizing(
        rule=asked.rule,
        quantity=asked.quantity,
        target=asked.target,
        unit=unit_of(design),
        size=size,
        lower=math.floor(size - Z95 * spread),
        upper=math.ceil(size + Z95 * spread),
        patients=sum(resized(design, size).patients),
        value=count / asked.trials,
        value_lower=lower_limit(count, asked.trials),
        value_upper=upper_limit(count, asked.trials),
        reached=upper_limit(count, asked.trials) > asked.target - NEAR,
        trials=asked.trials,
    )


def unit_of(design: TrialDesign) -> str:
    """Return what the size counts."""
    return "events" if design.looks[-1].events is not None else "patients"


def size_of(design: TrialDesign) -> int:
    """Return the design's own size."""
    return design.looks[-1].events or sum(design.patients)


def resized(design: TrialDesign, size: int) -> TrialDesign:
    """Return the design with ``size`` final events or patients; the rest in proportion, accrual at the same rates."""
    factor = size / size_of(design)
    patients = max(math.ceil(design.accrual.patients * factor - 1e-9), 4)
    looks = tuple(scaled_look(look, factor) for look in design.looks)
    return replace(design, accrual=replace(design.accrual, patients=float(patients)), looks=looks)


def scaled_look(look: Look, factor: float) -> Look:
    """Return a look with its events times ``factor``."""
    return look if look.events is None else replace(look, events=max(round(look.events * factor), 1))


def share_at(
    design: TrialDesign, asked: SizingRequest, sizes: tuple[int, ...], trials: int, seed: Seed, place: int
) -> Arrays:
    """Return the share of trials of one size that succeed."""
    rule = next(rule for rule in design.rules if rule.name == asked.rule)
    there = replace(resized(design, sizes[place]), rules=(rule,))
    scenario = TRUTH if asked.quantity == "power" else BELIEVED
    return {"share": np.array(np.mean(successes(there, scenario, trials, seed)[0]))}


def near(design: TrialDesign, asked: SizingRequest, simulated: Callable[[list[int], int], FloatArray]) -> float:
    """Return a size whose simulated probability is close to the target: steps on the probit of a drift by the root.

    With probit = drift sqrt(size) - 1.96, as of a one-sided test at 0.025, one run points at the next size.
    """
    size, wanted = float(size_of(design)), float(ndtri(asked.target)) + 1.96
    for _ in range(SEARCH_STEPS):
        share = float(simulated([round(size)], SEARCH_TRIALS)[0])
        if abs(share - asked.target) < CLOSE:
            break
        seen = float(ndtri(min(max(share, EXTREME), 1.0 - EXTREME))) + 1.96
        factor = (wanted / max(seen, 0.2)) ** 2
        size = min(max(size * min(max(factor, 0.25), 4.0), FEWEST), MOST)
    return size


@dataclass(frozen=True, slots=True, eq=False)
class ProbitLine:
    """probit(success) = a + b sqrt(size): coefficients (2,) and their covariance (2, 2)."""

    coefficients: FloatArray
    covariance: FloatArray

    def size_at(self, probit: float) -> float:
        """Return the size at which the line reaches a probit."""
        a, b = float(self.coefficients[0]), float(self.coefficients[1])
        return max((probit - a) / b, 0.0) ** 2

    def size_sd(self, size: float) -> float:
        """Return the standard error of the size at which the line stands at ``size``."""
        root = math.sqrt(size)
        at = np.array([1.0, root])
        sd = math.sqrt(float(at @ self.covariance @ at))
        return 2.0 * root * sd / float(self.coefficients[1])


def probit_line(sizes: FloatArray, shares: FloatArray, trials: int) -> ProbitLine:
    """Fit the line by weighted least squares; the variance of a probit is p (1 - p) / (n phi(probit)^2).

    Raises
    ------
    DesignError : success does not become more likely with size.
    """
    inside = np.clip(shares, EXTREME, 1.0 - EXTREME)
    probit = ndtri(inside)
    density = np.exp(-0.5 * probit**2) / math.sqrt(2.0 * math.pi)
    weight = trials * density**2 / (inside * (1.0 - inside))
    columns = np.stack([np.ones(sizes.size), np.sqrt(sizes)], axis=1)
    covariance = np.linalg.inv(columns.T @ (weight[:, None] * columns))
    coefficients = covariance @ (columns.T @ (weight * probit))
    if not coefficients[1] > 0.0:
        raise DesignError(
            "[sizing]: success does not become more likely with more patients; name another rule, or state an effect"
        )
    return ProbitLine(coefficients, covariance)


def sizing_sentences(found: Sizing) -> tuple[str, ...]:
    """Say the answer."""
    more = f" ({counted(found.patients, 'patient')})" if found.unit == "events" else ""
    if not found.reached:
        return (
            f"{found.rule}: no size was found that has {found.quantity} {found.target:g}: at {found.size} {found.unit}"
            f"{more} it is {found.value:.3f} ({found.value_lower:.3f} to {found.value_upper:.3f}) and grows no "
            "further. Ask for less.",
        )
    return (
        f"{found.rule}: {found.quantity} {found.target:g} takes {found.size} {found.unit}{more}; with 95 % confidence "
        f"{found.upper} are enough and {found.lower} are not. Simulated anew at {found.size}: {found.value:.3f} "
        f"({found.value_lower:.3f} to {found.value_upper:.3f}).",
    )
