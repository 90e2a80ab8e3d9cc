"""Wald arithmetic on printed numbers: z, standard error and P as intervals.

z = |log HR| / SE; a level-L interval is log HR -+ z_L SE. Altman & Bland 2011, BMJ 343:d2090 and d2304.
"""

import math
import re

from scipy.special import ndtr, ndtri

from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import PublishedEstimate

ONE_SIDED = re.compile(r"\b(one|1)[-\s\u2010\u2011]?(sided|tailed)", flags=re.IGNORECASE)
INTERACTION = re.compile(r"interaction|heterogeneity|non-?inferiority", flags=re.IGNORECASE)
RATIOS = ("HR", "pooled HR")


def normal_quantile(level: float) -> float:
    """Return z of a central interval: 1.96 for 0.95."""
    return float(ndtri((1.0 + level) / 2.0))


def printed_p(estimate: PublishedEstimate) -> tuple[Interval, bool] | None:
    """Return the values of P behind its print, and whether it says one-sided; None too for a P of interaction."""
    said = f"{estimate.quote} {estimate.p_text or ''}"
    if INTERACTION.search(f"{said} {estimate.flag} {estimate.coding_note}"):
        return None
    one_sided = ONE_SIDED.search(said) is not None
    if estimate.p is not None:
        printed = interval(estimate.p)
        return Interval(max(printed.low, 0.0), min(printed.high, 1.0)), one_sided
    found = re.search(r"([<>≤≥=]?)=?\s*(0?[.]\d+|[01]\.0*)(?!\d)", estimate.p_text or "")
    if found is None:
        return None
    printed = interval(f"{found[1].removeprefix('=')}{found[2]}")
    return Interval(max(printed.low, 0.0), min(printed.high, 1.0)), one_sided


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


def level_of(estimate: PublishedEstimate) -> float:
    """Return the level of the interval: printed apart, or in the words "98.2% CI"; else 0.95."""
    if estimate.ci_level is not None:
        return float(estimate.ci_level)
    said = re.search(r"(\d{2}(?:\.\d+)?)\s*%\s*(?:CI|confidence|interval)", estimate.quote)
    return float(said[1]) / 100.0 if said else 0.95


def se_from_limits(estimate: PublishedEstimate, *, widen: float = 0.0) -> Interval | None:
    """Return the standard errors of log HR behind the printed interval."""
    if estimate.ci_low is None or estimate.ci_high is None:
        return None
    low, high = log_interval(estimate.ci_low, widen=widen), log_interval(estimate.ci_high, widen=widen)
    width = 2.0 * normal_quantile(level_of(estimate))
    return Interval(max(0.0, high.low - low.high) / width, (high.high - low.low) / width)


def se_from_p(estimate: PublishedEstimate) -> Interval | None:
    """Return the standard errors of log HR behind HR and a two-sided P."""
    printed = printed_p(estimate)
    if printed is None or estimate.value is None or estimate.p is None:
        return None
    z, effect = z_from_p(printed[0]), size(log_interval(estimate.value))
    if math.isinf(z.low) or z.high <= 0:
        return None
    return Interval(effect.low / z.high, effect.high / z.low if z.low > 0 else math.inf)


def z_from_limits(estimate: PublishedEstimate, *, widen: float = 0.0) -> Interval | None:
    """Return |z| behind HR and its interval."""
    se = se_from_limits(estimate, widen=widen)
    if se is None or estimate.value is None or se.low <= 0:
        return None
    effect = size(log_interval(estimate.value, widen=widen))
    return Interval(effect.low / se.high, effect.high / se.low)
