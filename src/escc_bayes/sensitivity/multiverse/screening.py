"""Univariable P at most 0.05, then multivariable: what such screening selects here, and in resampled cohorts.

Each covariate is tested alone by its score test with the variance over permutations (chi-squared, as many degrees of
freedom as columns). Those at or below the limit enter one Cox model. Sun, Shook & Kay 1996, J Clin Epidemiol 49:907;
Heinze & Dunkler 2017, Transpl Int 30:6.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.multiverse.scores import null_scores

LIMIT = 0.05
RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Screened:
    """Which covariates are selected (p,), how often in resampled cohorts (p,), and the set chosen most often there."""

    chosen: np.ndarray
    share: FloatArray
    most_often: tuple[str, ...]
    most_share: float


def univariable_p(columns: list[FloatArray], scores: FloatArray) -> FloatArray:
    """Return P of each covariate alone under each order of outcomes, (covariates, orders).

    Parameters
    ----------
    columns : (n, k) indicator or number columns of each covariate.
    scores : (orders, n).
    """
    variance = (scores**2).sum(axis=1) / max(scores.shape[1] - 1, 1)
    found = np.ones((len(columns), scores.shape[0]))
    for place, own in enumerate(columns):
        centred = own - own.mean(axis=0)
        inverse = np.linalg.pinv(centred.T @ centred, hermitian=True)
        moved = scores @ centred
        chi2 = np.divide(
            np.einsum("bi,ij,bj->b", moved, inverse, moved), variance, out=np.zeros_like(variance), where=variance > 0.0
        )
        found[place] = chdtrc(max(int(np.linalg.matrix_rank(centred)), 1), chi2)
    return found


def screened(
    names: tuple[str, ...],
    columns: list[FloatArray],
    time: FloatArray,
    event: FloatArray,
    entry: FloatArray,
    seed: Seed,
) -> Screened:
    """Screen the covariates of n patients, and those of resampled cohorts of as many.

    Parameters
    ----------
    names, columns : of each covariate; (n, k) columns.
    time, event, entry : (n,) months, 0/1, months.
    """
    here = univariable_p(columns, null_scores(time, event, entry)[None])[:, 0] <= LIMIT
    rng, n = generator(seed, "screening"), time.size
    chosen = np.zeros((RESAMPLES, len(names)), dtype=bool)
    for sample in chosen:
        drawn = rng.integers(n, size=n)
        scores = null_scores(time[drawn], event[drawn], entry[drawn])
        sample[:] = univariable_p([own[drawn] for own in columns], scores[None])[:, 0] <= LIMIT
    sets = Counter(tuple(n for n, inside in zip(names, sample, strict=True) if inside) for sample in chosen.tolist())
    often, count = sets.most_common(1)[0]
    return Screened(here, chosen.mean(axis=0), often, count / RESAMPLES)
