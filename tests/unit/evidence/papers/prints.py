"""Simulated trials and the prints that a paper makes of them, with few digits."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from escc_bayes.classical.cox import cox
from escc_bayes.classical.km import follow_up, kaplan_meier, quantile, survival_at


class Trial(NamedTuple):
    """Arms of one size each or several, OS and PFS; a death ends both."""

    arm: np.ndarray
    os: np.ndarray
    died: np.ndarray
    pfs: np.ndarray
    failed: np.ndarray
    progressed: np.ndarray

    def endpoint(self, name):
        return (self.os, self.died) if name == "OS" else (self.pfs, self.failed)


def trial(rng, sizes, ratios, *, median=14.0, cut=40.0):
    """Exponential deaths and progressions; entry uniform over 18 months, everyone watched until ``cut`` months."""
    arm = np.repeat(np.arange(len(sizes)), sizes)
    rate = np.log(2) / median * np.array(ratios)[arm]
    entry, death, progress = rng.uniform(0, 18, arm.size), rng.exponential(1 / rate), rng.exponential(0.5 / rate)
    watched = np.maximum(cut - entry, 0.5)
    first = np.minimum(death, progress)
    return Trial(
        arm,
        np.minimum(death, watched),
        (death <= watched) * 1.0,
        np.minimum(first, watched),
        (first <= watched) * 1.0,
        ((progress < death) & (progress <= watched)) * 1.0,
    )


def p_of(p, digits=3):
    """Print a P value; small ones as a bound."""
    return {"p": f"{p:.{digits}f}"} if p >= 0.001 else {"p_text": "<0.001"}


def curve(time, event, *, arm, endpoint, months=(12, 24), **more):
    """One printed curve."""
    found = kaplan_meier(time, event, level=0.95)
    middle, watched = quantile(found).value, follow_up(time, event, level=0.95).value
    at = survival_at(found, np.array(months, dtype=float)).survival
    printed = {"median_reached": bool(np.isfinite(middle))}
    printed |= {"median": f"{middle:.1f}"} if np.isfinite(middle) else {}
    printed |= {"followup_median": f"{watched:.1f}"} if np.isfinite(watched) else {}
    return {
        "arm": arm,
        "endpoint": endpoint,
        "n": int(time.size),
        "events": int(event.sum()),
        "landmarks": [{"t": t, "s": f"{s:.3f}"} for t, s in zip(months, at, strict=True) if np.isfinite(s)],
        **printed,
        **more,
    }


def ratio(x, time, event, *, level=0.95, digits=2, one_sided=False, other=(), **more):
    """One printed hazard ratio of the group x = 1, adjusted for other columns if there are any."""
    fitted = cox(np.column_stack([x, *other]), time, event)
    log_hr, error = float(fitted.coef[0]), float(np.sqrt(fitted.covariance[0, 0]))
    half = stats.norm.ppf(0.5 + level / 2) * error
    value, low, high = (f"{v:.{digits}f}" for v in np.exp([log_hr, log_hr - half, log_hr + half]))
    p = stats.norm.cdf(log_hr / error) if one_sided else 2 * stats.norm.sf(abs(log_hr / error))
    return {
        "measure": "HR",
        "value": value,
        "ci_low": low,
        "ci_high": high,
        "ci_level": f"{level:g}",
        "n_hazard_of": int(x.sum()),
        "n_versus": int((1 - x).sum()),
        "events_hazard_of": int(event[x == 1].sum()),
        "events_versus": int(event[x == 0].sum()),
        **p_of(p),
        **more,
    }


def n_of(name, value, quote="", **more):
    """One printed count."""
    return {"name": name, "value": int(value), "quote": quote or f"{int(value)} patients", **more}


def percent(name, k, n, digits=1):
    """One printed percentage."""
    return {"name": name, "value": f"{100 * k / n:.{digits}f}", "unit": "%", "quote": f"{100 * k / n:.{digits}f}%"}
