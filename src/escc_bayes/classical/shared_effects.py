"""Effects shared by the patients of a group (a centre), under a penalty whose size is estimated.

Symbols: b_g log hazard ratio of group g, theta the variance between groups, l(point) a log-likelihood, H the observed
information of the penalised log-likelihood. Normal b: penalty -sum b_g^2 / (2 theta), theta by restricted maximum
likelihood (McGilchrist 1993, Biometrics 49:221), as R's ``frailty.gaussian``. Gamma frailties exp(b) with mean 1 and
variance theta = 1 / nu: penalty nu sum (b_g - exp(b_g)), theta by the marginal likelihood of Therneau & Grambsch
2000, Modeling Survival Data, section 9.6, as R's ``frailty``. docs/methods/frailty.md.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import gammaln, psi

from escc_bayes.classical.newton import FLAT, MOST_STEPS, NO_GAIN, Maximum, Objective, climb, inverse
from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray

type Frailty = Literal["gamma", "normal"]

# Log variances between groups at which the search for a change of sign begins, how far it steps, and where it ends:
# below a variance of about 1e-4 there is nothing to see.
FIRST, STEP = math.log(0.1), math.log(5.0)
SMALLEST, LARGEST = FIRST - 4.5 * STEP, FIRST + 3.5 * STEP
LOG_VARIANCE_DIGITS = 1e-9


@dataclass(frozen=True, slots=True)
class SharedEffects:
    """Where the penalised likelihood is highest.

    Attributes
    ----------
    top : the maximum over (other parameters, group effects), with the penalised information.
    covariance : its inverse.
    variance : theta; 0 where the groups differ no more than chance would have them.
    """

    top: Maximum
    covariance: FloatArray
    variance: float


def shared_effects(
    objective: Objective, start: FloatArray, *, groups: FloatArray, frailty: Frailty, hold: FloatArray, events: float
) -> SharedEffects:
    """Maximise a log-likelihood over its parameters, the last of which are effects of groups, and estimate theta.

    Parameters
    ----------
    objective : value, gradient and information at a point (p + g,), without any penalty.
    start : (p + g,).
    groups : (g,) weighted events of each group.
    frailty : distribution of the groups: normal log hazard ratios, or gamma hazard ratios.
    hold : (p + g, k) orthonormal directions that the likelihood does not depend on.
    events : weighted number of events.
    """
    slope = gamma_slope if frailty == "gamma" else normal_slope
    penalty = gamma_penalty if frailty == "gamma" else normal_penalty
    count = groups.size
    last = start

    def solved(variance: float) -> SharedEffects:
        nonlocal last
        top = ascend(lambda point: penalised(objective, point, count, penalty, variance), last, hold, events)
        last = top.point
        return SharedEffects(top, np.linalg.inv(top.information + hold @ hold.T), variance)

    def rise(log_variance: float) -> float:
        return slope(solved(float(np.exp(log_variance))), groups)

    bracket = sign_change(rise)
    if bracket is None:
        return without_effects(objective, start, count, hold, events)
    low, high = bracket
    return solved(float(np.exp(low if low == high else root(rise, low, high, absolute=LOG_VARIANCE_DIGITS))))


def sign_change(rise: Callable[[float], float]) -> tuple[float, float] | None:
    """Return log variances between which the criterion turns; None where it falls from 0 on.

    Both are the largest that is tried where it still rises there.
    """
    high = FIRST
    while rise(high) > 0.0:
        if high >= LARGEST:
            return high, high
        high += STEP
    low = high - STEP
    while low >= SMALLEST and (low < FIRST or high == FIRST) and rise(low) <= 0.0:
        low -= STEP
    return (low, low + STEP) if low >= SMALLEST else None


def ascend(objective: Objective, start: FloatArray, hold: FloatArray, events: float) -> Maximum:
    """Maximise by Newton's method: by Cholesky's factor while the information has one, else as ``climb`` does."""
    point, anchor = start, hold @ hold.T
    value, gradient, information = objective(point)
    for _ in range(MOST_STEPS):
        try:
            np.linalg.cholesky(information + anchor)
        except np.linalg.LinAlgError:
            break
        step = np.linalg.solve(information + anchor, gradient)
        settled = bool(gradient @ step <= NO_GAIN * events)
        trial = objective(point + step)
        if not trial[0] >= value - NO_GAIN * abs(value):
            break
        point = point + step
        value, gradient, information = trial
        if settled:
            return Maximum(point, value, information, step, settled)
    return climb(objective, point, hold=hold, events=events)


def penalised(
    objective: Objective,
    point: FloatArray,
    count: int,
    penalty: Callable[[FloatArray, float], tuple[float, FloatArray, FloatArray]],
    variance: float,
) -> tuple[float, FloatArray, FloatArray]:
    """Return the objective with a penalty on its last ``count`` parameters."""
    value, gradient, information = objective(point)
    own, slope, curvature = penalty(point[-count:], variance)
    inside = np.arange(point.size - count, point.size)
    gradient, information = gradient.copy(), information.copy()
    gradient[inside] += slope
    information[inside, inside] += curvature
    return value + own, gradient, information


def normal_penalty(effects: FloatArray, variance: float) -> tuple[float, FloatArray, FloatArray]:
    """Return the log density of normal effects up to a constant, its gradient and curvature."""
    value = -float(effects @ effects) / (2.0 * variance)
    return value, -effects / variance, np.full(effects.size, 1.0 / variance)


def gamma_penalty(effects: FloatArray, variance: float) -> tuple[float, FloatArray, FloatArray]:
    """Return nu sum (b - exp(b)), its gradient and curvature."""
    nu = 1.0 / variance
    # A step that is much too long overflows here; its likelihood is -inf and the step is halved.
    with np.errstate(over="ignore"):
        frailty = np.exp(effects)
    return nu * float((effects - frailty).sum()), nu * (1.0 - frailty), nu * frailty


def normal_slope(found: SharedEffects, groups: FloatArray) -> float:
    """Return what the restricted likelihood's equation leaves: above 0 where theta is too small."""
    effects = found.top.point[-groups.size :]
    spread = float(effects @ effects) + float(np.diag(found.covariance)[-groups.size :].sum())
    return spread / (groups.size * found.variance) - 1.0


def gamma_slope(found: SharedEffects, groups: FloatArray) -> float:
    """Return the derivative of the marginal log-likelihood by log theta."""
    effects, nu = found.top.point[-groups.size :], 1.0 / found.variance
    # By nu at the maximum over everything else: penalty, then the integral over each group's gamma frailty.
    by_nu = effects - np.exp(effects) + 1.0 - np.log1p(groups / nu) + psi(nu + groups) - psi(nu)
    return -nu * float(by_nu.sum())


def gamma_likelihood(found: SharedEffects, groups: FloatArray) -> float:
    """Return the marginal log-likelihood of a gamma fit: frailties integrated out."""
    if found.variance == 0.0:
        return found.top.value
    nu = 1.0 / found.variance
    integral = (
        gammaln(nu + groups) - gammaln(nu) - (nu + groups) * np.log1p(groups / nu) - groups * (np.log(nu) - 1.0) + nu
    )
    return found.top.value + float(integral.sum())


def without_effects(
    objective: Objective, start: FloatArray, count: int, hold: FloatArray, events: float
) -> SharedEffects:
    """Return the fit with every group effect 0."""
    others = start.size - count

    def plain(point: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        value, gradient, information = objective(np.concatenate([point, np.zeros(count)]))
        return value, gradient[:others], information[:others, :others]

    top = climb(plain, start[:others], hold=hold[:others], events=events)
    covariance = np.zeros((start.size, start.size))
    covariance[:others, :others] = inverse(top.information + hold[:others] @ hold[:others].T)
    widened = np.zeros_like(covariance)
    widened[:others, :others] = top.information
    point, step = (np.concatenate([part, np.zeros(count)]) for part in (top.point, top.last_step))
    return SharedEffects(Maximum(point, top.value, widened, step, top.settled), covariance, 0.0)


def flat_among(information: FloatArray, size: int, others: int) -> FloatArray:
    """Return orthonormal directions (size, k) among the first ``others`` parameters without any information."""
    values, vectors = np.linalg.eigh(information[:others, :others])
    flat = vectors[:, values <= FLAT * values.max(initial=0.0)]
    return np.vstack([flat, np.zeros((size - others, flat.shape[1]))])
