"""Wald arithmetic on printed numbers: z, standard error and P as intervals.

z = |log HR| / SE; a level-L interval is log HR -+ z_L SE. Altman & Bland 2011, BMJ 343:d2090 and d2304.
"""

import math

from scipy.special import ndtr, ndtri

from escc_bayes.data.measures import family, of_own_patients
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import PublishedEstimate
from escc_bayes.evidence.quotes.estimate import level_of, p_of


def normal_quantile(level: float) -> float:
    """Return z of a central interval: 1.96 for 0.95."""
    return float(ndtri((1.0 + level) / 2.0))


def z_from_p(p: Interval) -> Interval:
    """Return |z| of a two-sided P."""
    high = math.inf if p.low <= 0 else -float(ndtri(p.low / 2.0))
    return Interval(max(0.0, -float(ndtri(min(p.high, 1.0) / 2.0))), high)


def p_from_z(z: Interval, sides: int = 2) -> Interval:
    """Return the P values of |z|."""
    return Interval(sides * float(ndtr(-z.high)), sides * float(ndtr(-z.low)))


def size(log_ratio: Interval) -> Interval:
    """Return the absolute values of an interval."""
    if log_ratio.low <= 0 <= log_ratio.high:
        return Interval(0.0, max(-log_ratio.low, log_ratio.high))
    return Interval(*sorted((abs(log_ratio.low), abs(log_ratio.high))))


def log_interval(printed: object, *, widen: float = 0.0) -> Interval:
    """Return the logarithms of a positive print; ``widen`` adds that share of its width at both ends."""
    low, high = interval(str(printed), whole="rounded")
    more = widen * (high - low)
    low, high = max(low - more, 1e-12), high + more
    return Interval(math.log(low), math.log(high))


def se_from_limits(estimate: PublishedEstimate, *, widen: float = 0.0) -> Interval | None:
    """Return the standard errors of log HR behind the printed interval."""
    if estimate.ci_low is None or estimate.ci_high is None or not 0 <= estimate.ci_low < estimate.ci_high:
        return None
    if not 0 < level_of(estimate) < 1:
        return None
    low, high = log_interval(estimate.ci_low, widen=widen), log_interval(estimate.ci_high, widen=widen)
    width = 2.0 * normal_quantile(level_of(estimate))
    return Interval(max(0.0, high.low - low.high) / width, (high.high - low.low) / width)


def se_from_p(estimate: PublishedEstimate) -> Interval | None:
    """Return the standard errors of log HR behind HR and an exact P, two-sided unless it says one-sided."""
    printed = p_of(estimate)
    if printed is None or estimate.value is None or estimate.value <= 0 or not printed.exact:
        return None
    p = printed.values
    if printed.one_sided:
        p = Interval(*sorted((2 * min(p.low, 1 - p.low), 2 * min(p.high, 1 - p.high))))
    z, effect = z_from_p(p), size(log_interval(estimate.value))
    if math.isinf(z.low) or z.high <= 0:
        return None
    return Interval(effect.low / z.high, effect.high / z.low if z.low > 0 else math.inf)


def z_from_limits(estimate: PublishedEstimate, *, widen: float = 0.0) -> Interval | None:
    """Return |z| behind HR and its interval."""
    se = se_from_limits(estimate, widen=widen)
    if estimate.ci_low == 0:
        return None
    if se is None or estimate.value is None or estimate.value <= 0 or se.low <= 0:
        return None
    effect = size(log_interval(estimate.value, widen=widen))
    return Interval(effect.low / se.high, effect.high / se.low)


def is_hazard_ratio(estimate: PublishedEstimate) -> bool:
    """Whether an estimate is a hazard ratio, of the study's own patients or of others."""
    return family(estimate.measure) == "HR"


def own_hazard_ratio(estimate: PublishedEstimate) -> bool:
    """Whether an estimate is a hazard ratio of the study's own patients: no pool, no network."""
    return is_hazard_ratio(estimate) and of_own_patients(estimate.measure)
