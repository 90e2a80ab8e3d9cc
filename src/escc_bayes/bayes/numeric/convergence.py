"""Convergence of chains: rank-normalised split R-hat, bulk and tail effective sample size, for many quantities at once.

numpy and scipy.special alone: importing ArviZ takes longer than sampling. The tests hold every number equal to
ArviZ's. Vehtari et al. 2021, Bayesian Anal 16:667; Geyer 1992, Stat Sci 7:473.
"""

import math

import numpy as np
from scipy.special import ndtri

from escc_bayes.hazard.piecewise import FloatArray

FEWEST = 4
TAILS = (0.05, 0.95)


def rhat(chains: FloatArray) -> FloatArray:
    """Return R-hat (q,) of quantities (q, chains, draws): the larger of that of ranks and of folded ranks.

    NaN with one chain, or fewer than 4 draws.
    """
    if chains.shape[1] < 2 or chains.shape[2] < FEWEST:
        return np.full(chains.shape[0], math.nan)
    halves = split(chains)
    folded = np.abs(halves - np.median(halves, axis=(1, 2), keepdims=True))
    return np.maximum(between_within(normal_scores(halves)), between_within(normal_scores(folded)))


def ess_bulk(chains: FloatArray) -> FloatArray:
    """Return the effective sample size (q,) of the normal scores of quantities (q, chains, draws)."""
    if chains.shape[2] < FEWEST:
        return np.full(chains.shape[0], math.nan)
    return effective(normal_scores(split(chains)))


def ess_tail(chains: FloatArray) -> FloatArray:
    """Return the smaller effective sample size (q,) of the shares below the 5 % and the 95 % quantile."""
    if chains.shape[2] < FEWEST:
        return np.full(chains.shape[0], math.nan)
    below = [chains <= np.quantile(chains, p, axis=(1, 2), keepdims=True) for p in TAILS]
    return np.minimum(*(effective(split(side.astype(np.float64))) for side in below))


def split(chains: FloatArray) -> FloatArray:
    """Return first and second half of each chain as chains, (q, 2 chains, draws // 2)."""
    half = chains.shape[2] // 2
    return np.concatenate([chains[:, :, :half], chains[:, :, -half:]], axis=1)


def normal_scores(chains: FloatArray) -> FloatArray:
    """Return normal quantiles of the ranks over all chains, ties at their mean rank; shape of ``chains``."""
    count = chains[0].size
    found = np.empty(chains.shape)
    for place, values in enumerate(chains):
        _, member, ties = np.unique(values, return_inverse=True, return_counts=True)
        rank = np.cumsum(ties) - 0.5 * (ties - 1.0)
        found[place] = ndtri((rank - 0.375) / (count + 0.25))[member].reshape(values.shape)
    return found


def between_within(chains: FloatArray) -> FloatArray:
    """Return the classic R-hat (q,): root of the marginal over the within-chain variance."""
    draws = chains.shape[2]
    between = chains.mean(axis=2).var(axis=1, ddof=1)
    within = chains.var(axis=2, ddof=1).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(between / within + (draws - 1.0) / draws)


def effective(chains: FloatArray) -> FloatArray:
    """Return the effective sample size (q,) of the mean, by Geyer's initial monotone sequence of autocorrelations.

    Where nothing varies it is the number of draws.
    """
    count, draws = chains[0].size, chains.shape[2]
    covariance = autocovariance(chains).mean(axis=1)
    within = covariance[:, 0] * draws / (draws - 1.0)
    total = covariance[:, 0] + (chains.mean(axis=2).var(axis=1, ddof=1) if chains.shape[1] > 1 else 0.0)
    varies = total > 0.0
    correlation = 1.0 - (within[varies, None] - covariance[varies]) / total[varies, None]
    correlation[:, 0] = 1.0
    found = np.full(chains.shape[0], float(count))
    found[varies] = [count / max(correlated_lags(each), 1.0 / math.log10(count)) for each in correlation]
    return found


def correlated_lags(correlation: FloatArray) -> float:
    """Return the autocorrelation time from correlations (draws,) at lags 0, 1, ..

    Sums of neighbouring lags count twice while they are positive, none as larger than the one before; the even lag
    after them counts once if its correlation is positive.
    """
    most = max(0, (correlation.size - 1) // 2 - 1)
    pairs = correlation[0 : 2 * most : 2] + correlation[1 : 2 * most : 2]
    negative = np.flatnonzero(pairs < 0.0)
    kept = int(negative[0]) if negative.size else most
    beyond = max(float(correlation[2 * kept]), 0.0)
    return -1.0 + 2.0 * float(np.minimum.accumulate(pairs[:kept]).sum()) + beyond


def autocovariance(chains: FloatArray) -> FloatArray:
    """Return the autocovariance of each chain at lags 0 to draws - 1, (q, chains, draws)."""
    draws = chains.shape[2]
    padded = 2 ** math.ceil(math.log2(2 * draws))
    spectrum = np.fft.rfft(chains - chains.mean(axis=2, keepdims=True), n=padded, axis=2)
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray(np.fft.irfft(power, n=padded, axis=2)[:, :, :draws] / draws)
