"""Patients of many trials at once: entry, event and dropout, from one set of random numbers for every scenario.

Event times invert the cumulative hazard: H(T) = E, E standard exponential. Scenarios differ in the hazard ratio
alone, so the same patients live through each of them (common random numbers). Controls come first, then treated.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.design.control_clock import cumulative_at, effect_edges
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.looks.patients import Patients
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import inverted
from escc_bayes.trial.truth.scans import APART
from escc_bayes.trial.truth.stratum import columns_of, ratio_by_patient
from escc_bayes.trial.truth.switching import switched_clock


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
    bias_unit, pace_unit : (n,) uniforms that choose its bias and the pace of accrual; drawn where the design has them.
    switch_unit : (n, controls) uniforms that choose who would switch; likewise.
    scan_unit : (n, m) uniforms of events found at scans; likewise.
    """

    entry: FloatArray
    unit: FloatArray
    dropout: FloatArray
    control_draw: IntArray
    effect_unit: FloatArray
    bias_unit: FloatArray
    pace_unit: FloatArray
    switch_unit: FloatArray
    scan_unit: FloatArray


def draw(design: TrialDesign, trials: int, seed: Seed, block: int) -> Draws:
    """Draw the random numbers of one block; the block's number alone decides its stream."""
    root = stream(seed, "trials")
    generator = np.random.default_rng(np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, block)))
    controls, treated = design.patients
    shape = (trials, controls + treated)
    arrival = generator.random(shape)
    unit = exponentials(generator, shape)
    dropout = dropout_months(generator, design, shape)
    chosen = generator.integers(design.control.draws, size=trials)
    effect = generator.random((trials, 2))
    # Last, so that a design without these keeps its numbers.
    bias = generator.random(trials) if design.bias is not None else np.zeros(0)
    pace = generator.random(trials) if design.accrual.log_sd > 0.0 else np.zeros(0)
    switch = generator.random((trials, controls)) if design.switching is not None else np.zeros((0, 0))
    scans = generator.random(shape) if design.scans is not None else np.zeros((0, 0))
    entry = entry_months(design.accrual, arrival, pace)
    return Draws(entry, unit, dropout, chosen, effect, bias, pace, switch, scans)


def entry_months(accrual: Accrual, unit: FloatArray, pace_unit: FloatArray) -> FloatArray:
    """Return months of entry (n, m) from uniforms; all rates of a trial are faster by its own lognormal pace."""
    if not pace_unit.size:
        return accrual.entry_months(unit)
    return accrual.entry_months(unit / np.exp(accrual.log_sd * ndtri(pace_unit))[:, None])


def dropout_months(generator: np.random.Generator, design: TrialDesign, shape: tuple[int, int]) -> FloatArray:
    """Return months to dropout, exponential at each arm's rate, or to the end of each patient's follow-up."""
    if not max(design.dropout) > 0.0:
        return np.full(shape, np.inf if design.follow_up is None else design.follow_up)
    lost, controls = exponentials(generator, shape), design.patients[0]
    for columns, rate in ((slice(0, controls), design.dropout[0]), (slice(controls, None), design.dropout[1])):
        if rate > 0.0:
            lost[:, columns] /= rate
        else:
            lost[:, columns] = np.inf
    return lost if design.follow_up is None else np.minimum(lost, design.follow_up)


def exponentials(generator: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Return standard exponentials -log(1 - U); inversion keeps common random numbers in step."""
    found = generator.random(shape)
    np.subtract(1.0, found, out=found)
    np.log(found, out=found)
    return np.negative(found, out=found)


def drawn_log_ratios(prior: NormalMixture, unit: FloatArray) -> FloatArray:
    """Return one log hazard ratio for each row of ``unit`` (n, 2): component by the first, place by the second."""
    part = np.searchsorted(np.cumsum(prior.weights)[:-1], unit[:, 0], side="right")
    return np.asarray(prior.means[part] + prior.sds[part] * ndtri(unit[:, 1]))


def patients(design: TrialDesign, draws: Draws, log_ratio: FloatArray) -> Patients:
    """Let the patients of one block live under a hazard ratio.

    Parameters
    ----------
    log_ratio : (n or 1, k + 1) log hazard ratio of each piece of the design's effect, or of each stratum.
    """
    controls, unit = design.patients[0], draws.unit
    if design.strata:
        unit = unit / ratio_by_patient(design.patients, design.strata)
    died, own, clock = np.empty_like(unit), unit[:, :controls], unit[:, controls:]
    if design.effect.by_stratum:
        own, clock = own.copy(), clock.copy()
        for place, (mine, treated) in enumerate(columns_of(design.patients, design.strata)):
            theirs = slice(treated.start - controls, treated.stop - controls)
            ratio = log_ratio[:, place : place + 1]
            own[:, mine], clock[:, theirs] = on_clock(design, draws, ratio, own[:, mine], clock[:, theirs], mine)
    else:
        own, clock = on_clock(design, draws, log_ratio, own, clock, slice(None))
    died[:, :controls] = design.control.time_at(draws.control_draw, own)
    died[:, controls:] = design.control.time_at(draws.control_draw, clock)
    if design.scans is not None:
        died = design.scans.found(died, draws.scan_unit)
    calendar = draws.entry + died
    if max(design.dropout) > 0.0 or design.follow_up is not None:
        # An event found at the very end of a follow-up is found.
        gone = draws.dropout if design.scans is None else draws.dropout + 2.0 * APART
        # Over 0 where dropout comes first: infinite, five times faster than a masked copy.
        with np.errstate(divide="ignore"):
            calendar /= died <= gone
        np.minimum(died, gone, out=died)
    return Patients(draws.entry, died, calendar, controls)


def on_clock(
    design: TrialDesign, draws: Draws, log_ratio: FloatArray, own: FloatArray, treated: FloatArray, columns: slice
) -> tuple[FloatArray, FloatArray]:
    """Return H0 at the event of controls ``own`` and of ``treated``, from their exponentials, (n, m) each.

    ``columns``: of these controls among all, for who would switch.
    """
    ratio, edges = np.exp(log_ratio), effect_edges(design, draws.control_draw)
    if design.switching is not None:
        at = cumulative_at(design, draws.control_draw, np.array([design.switching.after]))
        own = switched_clock(own, draws.switch_unit[:, columns] < design.switching.share, at, ratio, edges)
    return own, inverted(treated, ratio, edges)
