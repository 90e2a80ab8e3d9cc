"""Reverse-Bayes: which prior would take a conclusion away, or make one.

An estimate x of a log hazard ratio with standard error s, z = x / s, is met by a normal prior. c is the normal
(1 + level) / 2 point. Formulas and sources: docs/methods/reverse_bayes.md. Matthews 2001, JSPI 94:43 and 2018,
R Soc Open Sci 5:171047; Held 2019, R Soc Open Sci 6:181534; Sellke, Bayarri & Berger 2001, Am Stat 55:62;
Edwards, Lindman & Savage 1963, Psychol Rev 70:193. NaN: does not exist.
"""

import math

from scipy.special import ndtr, ndtri


def scepticism_limit(log_hr: float, se: float, *, level: float) -> float:
    """Return the upper limit of the widest sceptical prior interval that takes significance away.

    The sceptic's prior is normal around HR 1 with ``level`` of it between 1 / limit and limit; with it the posterior
    interval just touches 1. A small limit: mild doubt is enough.

    Parameters
    ----------
    log_hr, se : estimate and standard error of the log hazard ratio.
    level : of both intervals, such as 0.95.

    Returns
    -------
    A hazard ratio above 1; NaN where the interval holds 1 already.

    Examples
    --------
    >>> round(scepticism_limit(0.8127, 0.3745, level=0.95), 2)
    4.68
    """
    sd = tipping_sd(log_hr, se, probability=(1.0 + level) / 2.0)
    return math.exp(float(ndtri((1.0 + level) / 2.0)) * sd)


def advocacy_limit(log_hr: float, se: float, *, level: float) -> float:
    """Return how large an effect an advocate must allow for before a finding that holds 1 becomes convincing.

    The advocate's prior interval runs from 1 to the limit, in the direction of the estimate; with it the posterior
    interval just leaves 1: |log limit| = 4 c^2 |z| s / (c^2 - z^2), Matthews 2018.

    Returns
    -------
    A hazard ratio on the estimate's side of 1; NaN where the interval leaves 1 out already, or the estimate is 1.

    Examples
    --------
    >>> round(advocacy_limit(-0.2, 0.2, level=0.95), 2)
    0.34
    """
    c, z = float(ndtri((1.0 + level) / 2.0)), log_hr / se
    if z == 0.0 or abs(z) >= c:
        return math.nan
    return exp_or_infinite(4.0 * c**2 * z * se / (c**2 - z**2))


def exp_or_infinite(value: float) -> float:
    """Return exp(value), infinite where it is too large for a number."""
    return math.exp(value) if value < 700.0 else math.inf


def intrinsic_p(z: float) -> float:
    """Return Held's P value for intrinsic credibility, 2 Phi(-|z| / sqrt 2).

    Below 0.05: the estimate convinces even the sceptic whose prior is no wider than the estimate itself allows.

    Examples
    --------
    >>> round(intrinsic_p(2.1701), 3)
    0.125
    """
    return 2.0 * float(ndtr(-abs(z) / math.sqrt(2.0)))


def tipping_sd(log_hr: float, se: float, *, probability: float) -> float:
    """Return the SD of the normal prior around HR 1 under which P(HR on the estimate's side of 1) is ``probability``.

    A narrower prior leaves less. SD = s / sqrt(z^2 / q^2 - 1), q the normal ``probability`` point.

    Returns
    -------
    On the log hazard ratio; NaN where even a flat prior leaves less.
    """
    q, z = float(ndtri(probability)), abs(log_hr) / se
    return se / math.sqrt((z / q) ** 2 - 1.0) if z > q else math.nan


def tipping_mean(log_hr: float, se: float, *, prior_sd: float, probability: float) -> float:
    """Return the mean of a prior with SD ``prior_sd`` under which P(HR on the estimate's side of 1) is ``probability``.

    Returns
    -------
    On the log hazard ratio. Opposite in sign to the estimate: so much contrary belief is overcome; same sign: so much
    support is needed.
    """
    side = math.copysign(1.0, log_hr)
    precision = 1.0 / se**2 + 1.0 / prior_sd**2
    return prior_sd**2 * (side * float(ndtri(probability)) * math.sqrt(precision) - log_hr / se**2)


def bayes_factor_bound(p_value: float) -> float:
    """Return the most that a two-sided P value can weigh against HR 1: 1 / (-e P ln P), odds to 1.

    No prior on the effect whose density of P falls makes the Bayes factor larger; 1 from P = 1 / e on.

    Examples
    --------
    >>> round(bayes_factor_bound(0.05), 2)
    2.46
    """
    if p_value >= 1.0 / math.e:
        return 1.0
    return math.inf if p_value <= 0.0 else 1.0 / (-math.e * p_value * math.log(p_value))


def bayes_factor_bound_normal(z: float) -> float:
    """Return the same among normal priors around HR 1: exp(z^2 / 2) / (|z| sqrt e), odds to 1; 1 for |z| below 1.

    Examples
    --------
    >>> round(bayes_factor_bound_normal(1.959964), 2)
    2.11
    """
    return 1.0 if abs(z) <= 1.0 else exp_or_infinite((z**2 - 1.0) / 2.0) / abs(z)
