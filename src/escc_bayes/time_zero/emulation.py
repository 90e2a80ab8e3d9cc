"""The answers of clone-censor-weight: hazard ratio, risks and restricted means, with limits by the bootstrap.

Bootstrap over patients, both clones together, weights fitted anew: counts for ``cox``, Dirichlet weights for
``bayes_bootstrap``. Rubin 1981, Ann Stat 9:130; Saarela et al. 2015, Biometrics 71:279. docs/methods/time_zero.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.endpoints import as_read
from escc_bayes.foundation.errors import CohortError, LandmarkError
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.time_zero.clones import Clones, Starters, clones_of, log_ratio, survival, tally, weights
from escc_bayes.time_zero.views import CLONES

COX, BAYES = "cox", "bayes_bootstrap"
INTERVALS = {COX: "confidence", BAYES: "credible"}
QUANTITIES = ("risk", "rmst")


@dataclass(frozen=True, slots=True)
class Emulation:
    """Two strategies compared.

    Attributes
    ----------
    clones : both clones of every patient.
    times : (m,) months at which risks are read and to which means are restricted, within follow-up of both arms.
    log_hr : of arm 1 over arm 0.
    curves : (2 quantities, 2 arms, m): risk by each month, mean months lived by then.
    log_hr_draws : by method, (B,) of those with a finite ratio.
    curve_draws : by method, (B, 2, 2, m).
    failed : by method, draws without a finite ratio.
    largest : the largest weight.
    left_out : patients without follow-up or without a covariate.
    """

    clones: Clones
    times: FloatArray
    log_hr: float
    curves: FloatArray
    log_hr_draws: dict[str, FloatArray]
    curve_draws: dict[str, FloatArray]
    failed: dict[str, int]
    largest: float
    left_out: int


def emulate(
    cohort: Cohort,
    endpoint: str,
    name: str,
    *,
    grace: float,
    adjust: Sequence[str],
    times: Sequence[float],
    draws: int,
    seed: Seed,
) -> Emulation:
    """Compare starting by a month with never starting.

    Parameters
    ----------
    name : a covariate with ``starts_at``.
    grace : months.
    adjust : covariates known at time zero, on which the weights depend.
    times : months at which risks are read.
    draws : bootstrap samples of each kind.

    Raises
    ------
    CohortError, LandmarkError : the cohort cannot be cloned; the message says why.
    """
    data = cohort.covariate(name)
    refuse(cohort, endpoint, data, adjust)
    grace = as_read(grace)
    own = cohort.endpoint(endpoint)
    z, keep = design(cohort, adjust)
    keep &= own.present & ~data.missing
    assert data.changes is not None
    start = np.where(data.values == 1.0, 0.0, np.nan_to_num(data.changes.months[:, 0], nan=np.inf))
    time = own.time[keep]
    started = np.where(start[keep] < time, start[keep], np.inf)
    patients = Starters(time, own.event[keep], started, z[keep])
    clones = clones_of(patients, grace, f"{cohort.source}, endpoint '{endpoint}'")
    units = np.arange(time.size) if cohort.cluster is None else np.unique(cohort.cluster[keep], return_inverse=True)[1]
    whole = np.ones(time.size)
    read = np.array(readable(clones, times))
    ratio, curves = measured(clones, whole, read)
    sampled = {method: samples(clones, read, units, method, draws, seed) for method in (COX, BAYES)}
    return Emulation(
        clones=clones,
        times=read,
        log_hr=ratio,
        curves=curves,
        log_hr_draws={method: ratios for method, (ratios, _, _) in sampled.items()},
        curve_draws={method: drawn for method, (_, drawn, _) in sampled.items()},
        failed={method: failed for method, (_, _, failed) in sampled.items()},
        largest=largest_weight(clones),
        left_out=len(cohort) - time.size,
    )


def refuse(cohort: Cohort, endpoint: str, data: CovariateData, adjust: Sequence[str]) -> None:
    """Raise for what clones cannot be made of."""
    at = f"{cohort.source}, {CLONES}"
    if data.schema.starts_at is None:
        raise CohortError(
            f"{at}: strategies are about a treatment that starts, and '{data.schema.name}' has no starts_at; leave "
            "--grace out"
        )
    if (cohort.endpoint(endpoint).entry > 0.0).any():
        raise CohortError(f"{at}: everyone is cloned at month 0, and '{endpoint}' has patients who enter later")
    if cohort.sampled:
        raise CohortError(f"{at}: sampling weights are not multiplied into the weights of clones; leave weight away")
    late = [name for name in adjust if cohort.covariate(name).known_later or cohort.covariate(name).changes is not None]
    if late:
        raise LandmarkError(f"{at}: weights take what is known at time zero, and '{late[0]}' is not; leave it out")


def design(cohort: Cohort, adjust: Sequence[str]) -> tuple[FloatArray, np.ndarray]:
    """Return the columns (n, p) of the weights' models, levels against the first, and who has all of them."""
    columns, keep = [np.zeros((cohort.rows, 0))], np.ones(cohort.rows, dtype=np.bool_)
    for name in adjust:
        data = cohort.covariate(name)
        keep &= ~data.missing
        if data.schema.categorical:
            codes = np.unique(data.values[~data.missing])[1:]
            columns.append((data.values[:, None] == codes).astype(np.float64))
        else:
            columns.append(((data.values - data.schema.center) / data.schema.scale)[:, None])
    return np.concatenate(columns, axis=1), keep


def readable(clones: Clones, times: Sequence[float]) -> list[float]:
    """Return the months that both arms are followed to; the last month that they are where none of ``times`` is."""
    p = clones.patients
    by = p.start <= clones.grace
    last = min(float(p.time[by].max()), float(np.minimum(p.time, p.start)[~by].max()))
    return [time for time in times if time <= last] or [last]


def measured(clones: Clones, v: FloatArray, times: FloatArray) -> tuple[float, FloatArray]:
    """Return log hazard ratio, risks and restricted means of a sample: see ``Emulation``."""
    found = tally(clones, v)
    curve = np.concatenate([np.ones((2, 1)), survival(found)], axis=1)
    alive = curve[:, np.searchsorted(clones.months, times, side="right")]
    edges = np.concatenate([[0.0], clones.months])
    lived = np.clip(times[:, None] - edges, 0.0, np.diff(np.append(edges, np.inf)))
    return log_ratio(found), np.stack([1.0 - alive, curve @ lived.T])


def samples(
    clones: Clones, times: FloatArray, units: IntArray, method: str, draws: int, seed: Seed
) -> tuple[FloatArray, FloatArray, int]:
    """Return log hazard ratios (B,) and curves (B, 2, 2, m) over samples, and how many had no finite ratio."""
    rng = generator(seed, CLONES, method)
    size = int(units.max()) + 1
    ratios, curves = [], []
    for _ in range(draws):
        counts = (
            rng.multinomial(size, np.full(size, 1.0 / size)) if method == COX else size * rng.dirichlet(np.ones(size))
        )
        ratio, curve = measured(clones, counts[units].astype(np.float64), times)
        if math.isfinite(ratio):
            ratios.append(ratio)
            curves.append(curve)
    return np.array(ratios), np.array(curves), draws - len(ratios)


def largest_weight(clones: Clones) -> float:
    """Return the largest weight of a clone at risk."""
    never, by = weights(clones, np.ones(clones.patients.time.size))
    late = clones.months > clones.grace
    first, second = (clones.at_risk[0] * never).max(), (clones.at_risk[1] * late * by[:, None]).max()
    return float(max(first, second, 1.0))
