"""What a cohort gives for a printed statistic, by the classical methods."""

import numpy as np

from escc_bayes.classical.cox import cox
from escc_bayes.classical.km import follow_up, kaplan_meier, quantile
from escc_bayes.classical.logrank import logrank
from escc_bayes.evidence.arm_level.events import Arm
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.target import CurveKey, Target

LEVEL = 0.95


def value_of(target: Target, names: tuple[str, ...], arms: tuple[Arm, ...]) -> float | None:
    """Return what one cohort gives for a target; None for limits of a median from the slope of its curve."""
    if isinstance(target.key, CurveKey):
        arm = arms[names.index(target.key.levels[0])] if target.key.covariate else all_arms(arms)
        return of_curve(target, arm)
    both = all_arms(arms)
    group = np.repeat(np.arange(len(arms)), [arm.time.size for arm in arms])
    if target.kind == kinds.LOG_RANK:
        return float(logrank(both.time, both.event, group).chi2)
    fitted = cox((group > 0)[:, None].astype(float), both.time, both.event)
    ratio = float(fitted.coef[0])
    return ratio if target.kind == kinds.LOG_HR else ratio / float(np.sqrt(fitted.covariance[0, 0]))


def all_arms(arms: tuple[Arm, ...]) -> Arm:
    """Return the patients of all arms, one arm after the other."""
    return Arm(np.concatenate([a.time for a in arms]), np.concatenate([a.event for a in arms]))


def of_curve(target: Target, arm: Arm) -> float | None:
    """Return a rate, the median, its log-log limits, the follow-up or the number of events."""
    curve = kaplan_meier(arm.time, arm.event, level=LEVEL)
    steps = np.concatenate(([1.0], curve.survival))
    middle = quantile(curve)
    # One half itself may come out of the product a little above it.
    below = np.flatnonzero(curve.survival <= 0.5 + 1e-12)
    if target.kind in (kinds.MEDIAN_LOW, kinds.MEDIAN_HIGH) and target.arg:
        return None
    month = target.arg / kinds.TICKS_PER_MONTH
    found = {
        kinds.SURVIVAL: float(steps[np.searchsorted(curve.time, month, side="right")]),
        kinds.MEDIAN: float(curve.time[below[0]]) if below.size else np.inf,
        kinds.MEDIAN_LOW: float(np.nan_to_num(middle.lower, nan=np.inf)),
        kinds.MEDIAN_HIGH: float(np.nan_to_num(middle.upper, nan=np.inf)),
        kinds.NOT_REACHED: float(steps[-1]),
        kinds.FOLLOW_UP: float(follow_up(arm.time, arm.event, level=LEVEL).value),
        kinds.EVENTS: float(arm.event.sum()),
    }
    return found[target.kind]
