"""What would overturn a published hazard ratio, as a row of ``reverse_bayes.csv``.

``prob_gt_1``, and what tips it, stand for a flat prior met by the published likelihood; docs/methods/reverse_bayes.md.
"""

import math

from scipy.special import ndtr

from escc_bayes.sensitivity import reverse_bayes
from escc_bayes.sensitivity.e_value import e_value, e_value_of_limit
from escc_bayes.sensitivity.published_ratio import PublishedRatio

TIPPING = 0.95
TIPPING_TWO_SIDED = 0.975
# A printed ratio or P value further than this many standard errors from its interval's is mentioned.
OFF_MIDDLE = 0.1
OFF_P = 0.25


def reverse_row(ratio: PublishedRatio, *, rare: bool = False, prior_sd: float | None = None) -> dict[str, object]:
    """Return one row of ``reverse_bayes.csv``; NaN (an empty cell) where a quantity does not exist.

    Parameters
    ----------
    ratio : as published.
    rare : whether the outcome is, for the E-value.
    prior_sd : of the prior whose mean is moved for ``tipping_mean``, on the log hazard ratio; None: the ratio's own
        standard error, as if an earlier study of the same precision had found that mean.
    """
    lower, upper = ratio.limits
    of_ratio = dict.fromkeys(RATIO_COLUMNS, math.nan) if math.isnan(ratio.log_hr) else ratio_cells(ratio, prior_sd)
    if not math.isnan(ratio.log_hr):
        of_ratio |= {
            "e_value": e_value(ratio.middle, rare=rare),
            "e_value_limit": e_value_of_limit(lower, upper, rare=rare),
        }
    p = ratio.two_sided_p
    cells: dict[str, object] = {
        "study": ratio.study,
        "endpoint": ratio.endpoint,
        "term": ratio.term,
        "contrast": ratio.contrast,
        "lower": lower,
        "upper": upper,
        "level": ratio.level,
        "interval": "confidence",
        "p_value": p,
        "intrinsic_p": reverse_bayes.intrinsic_p(ratio.z),
        "outcome": "rare" if rare else "common",
        "bayes_factor_bound": reverse_bayes.bayes_factor_bound(p),
        "bayes_factor_bound_normal": reverse_bayes.bayes_factor_bound_normal(ratio.z),
        "source": source_words(ratio),
        "note": "; ".join(contradictions(ratio)),
        **of_ratio,
    }
    return {name: cells[name] for name in COLUMNS}


# Of a P value alone these do not exist.
RATIO_COLUMNS = (
    *("hr", "scepticism_limit", "tipping_sd", "tipping_mean", "tipping_sd_975", "tipping_mean_975"),
    *("tipping_prior_sd", "prob_gt_1", "e_value", "e_value_limit", "advocacy_limit"),
)
COLUMNS = (
    *("study", "endpoint", "term", "contrast", "hr", "lower", "upper", "level", "interval", "p_value"),
    *("scepticism_limit", "intrinsic_p", "tipping_sd", "tipping_mean", "tipping_sd_975", "tipping_mean_975"),
    *("tipping_prior_sd", "prob_gt_1", "e_value", "e_value_limit", "outcome", "advocacy_limit"),
    *("bayes_factor_bound", "bayes_factor_bound_normal", "source", "note"),
)


def ratio_cells(ratio: PublishedRatio, asked_sd: float | None) -> dict[str, float]:
    """Return what is known of a ratio with its standard error."""
    x, s, level = ratio.log_hr, ratio.se, ratio.level
    prior_sd = s if asked_sd is None else asked_sd
    return {
        "hr": ratio.middle,
        "scepticism_limit": reverse_bayes.scepticism_limit(x, s, level=level),
        "tipping_sd": reverse_bayes.tipping_sd(x, s, probability=TIPPING),
        "tipping_mean": reverse_bayes.tipping_mean(x, s, prior_sd=prior_sd, probability=TIPPING),
        "tipping_sd_975": reverse_bayes.tipping_sd(x, s, probability=TIPPING_TWO_SIDED),
        "tipping_mean_975": reverse_bayes.tipping_mean(x, s, prior_sd=prior_sd, probability=TIPPING_TWO_SIDED),
        "tipping_prior_sd": prior_sd,
        "prob_gt_1": float(ndtr(ratio.z)),
        "advocacy_limit": reverse_bayes.advocacy_limit(x, s, level=level),
    }


def source_words(ratio: PublishedRatio) -> str:
    """Say what the likelihood was taken from."""
    if ratio.has_interval:
        return f"{100 * ratio.level:g} % interval"
    return f"{'one-sided' if ratio.one_sided else 'two-sided'} P = {ratio.p_value:g}"


def contradictions(ratio: PublishedRatio) -> list[str]:
    """Say where what was printed does not go together: a ratio off the middle of its interval, another P value."""
    if not ratio.has_interval:
        return []
    found = []
    if not math.isnan(ratio.hr) and abs(math.log(ratio.hr) - ratio.log_hr) > OFF_MIDDLE * ratio.se + rounding(ratio):
        found.append(
            f"the printed ratio {ratio.hr:g} is not in the middle of its interval ({math.exp(ratio.log_hr):.3g} is): "
            "the interval may be no Wald interval, or misprinted"
        )
    if not math.isnan(ratio.p_value) and abs(ratio.z_of_p - abs(ratio.z)) > OFF_P:
        found.append(
            f"the printed P = {ratio.p_value:g} is not that of the interval ({ratio.two_sided_p:.2g}, two-sided): it "
            "may be another test's"
        )
    return found


def rounding(ratio: PublishedRatio) -> float:
    """Return how far two decimals of the ratio and of its limits can move the logs apart."""
    return 0.005 * (1.0 / ratio.hr + (1.0 / ratio.lower + 1.0 / ratio.upper) / 2.0)
