"""Patients of many trials at once: entry, event and dropout, from one set of random numbers for every scenario.

Event times invert the cumulative hazard: H(T) = E, E standard exponential. Scenarios differ in the hazard ratio
alone, so the same patients live through each of them (common random numbers). Controls come first, then treated.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.design import TrialDesign
from escc_bayes.trial.seen import Patients
from escc_bayes.trial.stratum import ratio_by_patient
from escc_bayes.trial.truth import inverted


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Random numbers of one block of n trials with m patients.

    Attributes
    ----------
    entry : (n, m) months of entry.
    unit : (n, m) standard exponentials of the event.
    dropout : (n, m) months to dropout; infinite without.
    control_draw : (n,) which draw of the control hazard is true.
    effect_unit : (n, 2) uniforms that choose the log hazard ratio under the design prior.
    """

    entry: FloatArray
    unit: FloatArray
    dropout: FloatArray
    control_draw: IntArray
    effect_unit: FloatArray


def draw(design: TrialDesign, trials: int, seed: Seed, block: int) -> Draws:
    """Draw the random numbers of one block; the block's number alone decides its stream."""
    root = stream(seed, "trials")
    generator = np.random.default_rng(np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, block)))
    controls, treated = design.patients
    shape = (trials, controls + treated)
    entry = design.accrual.entry_months(generator.random(shape))
    unit = exponentials(generator, shape)
    dropout = dropout_months(generator, design, shape)
    chosen = generator.integers(design.control.draws, size=trials)
    return Draws(entry, unit, dropout, chosen, generator.random((trials, 2)))


def dropout_months(generator: np.random.Generator, design: TrialDesign, shape: tuple[int, int]) -> FloatArray:
    """Return months to dropout, exponential at each arm's rate; infinite where nobody drops out."""
    if not max(design.dropout) > 0.0:
        return np.full(shape, np.inf)
    lost, controls = exponentials(generator, shape), design.patients[0]
    for columns, rate in ((slice(0, controls), design.dropout[0]), (slice(controls, None), design.dropout[1])):
        if rate > 0.0:
            lost[:, columns] /= rate
        else:
            lost[:, columns] = np.inf
    return lost


def exponentials(generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Return standard exponentials -log(1 - U); inversion keeps common random numbers in step."""
    found = generator.random(shape)
    np.subtract(1.0, found, out=found)
    np.log(found, out=found)
    return np.negative(found, out=found)


def drawn_log_ratios(prior: NormalMixture, unit: FloatArray) -> FloatArray:
    """Return one log hazard ratio for each row of ``unit`` (n, 2): component by the first, place by the second."""
    from scipy.special import ndtri

    part = np.searchsorted(np.cumsum(prior.weights)[:-1], unit[:, 0], side="right")
    return np.asarray(prior.means[part] + prior.sds[part] * ndtri(unit[:, 1]))


def patients(design: TrialDesign, draws: Draws, log_ratio: FloatArray) -> Patients:
    """Let the patients of one block live under a hazard ratio.

    Parameters
    ----------
    log_ratio : (n or 1, k + 1) log hazard ratio of each piece of the design's effect.
    """
    controls, unit = design.patients[0], draws.unit
    if design.strata:
        unit = unit / ratio_by_patient(design.patients, design.strata)
    died = np.empty_like(unit)
    died[:, :controls] = design.control.time_at(draws.control_draw, unit[:, :controls])
    clock = inverted(unit[:, controls:], np.exp(log_ratio), effect_edges(design, draws.control_draw))
    died[:, controls:] = design.control.time_at(draws.control_draw, clock)
    calendar = draws.entry + died
    if max(design.dropout) > 0.0:
        np.copyto(calendar, np.inf, where=draws.dropout < died)
        np.minimum(died, draws.dropout, out=died)
    return Patients(draws.entry, died, calendar, controls)


def effect_edges(design: TrialDesign, control_draw: IntArray) -> FloatArray:
    """Return H0 at the cuts of the effect, (n or 1, k): where the treated hazard's slope changes on that clock."""
    chosen = control_draw if design.control.draws > 1 else control_draw[:1]
    return design.control.cumulative_of(chosen, np.array(design.effect.cuts))
