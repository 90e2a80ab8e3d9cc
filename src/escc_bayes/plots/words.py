"""Numbers and names as readers see them in figures and tables: ratios, percentages, months, P values, methods."""

import math

from escc_bayes.estimand.estimate import Estimate

METHODS = {
    "cox": "Cox",
    "cox_firth": "Cox, Firth",
    "cox_univariable": "Cox, univariable",
    "cox_stratified": "Cox, stratified",
    "cox_frailty_gamma": "Cox, gamma frailty",
    "cox_frailty_normal": "Cox, normal frailty",
    "cox_unadjusted": "Cox, as they are",
    "cox_m_estimation": "Cox, weights estimated",
    "weibull": "Weibull, robust",
    "weibull_mle": "Weibull, likelihood",
    "piecewise_mle": "Piecewise, likelihood",
    "weibull_frailty_normal": "Weibull, normal frailty",
    "piecewise_frailty_normal": "Piecewise, normal frailty",
    "km": "Kaplan-Meier",
    "lifelines_km": "Kaplan-Meier, lifelines",
    "lifelines_cox": "Cox, lifelines",
    "lifelines_weibull": "Weibull, lifelines",
}
ESTIMANDS = {
    "hazard_ratio": "Hazard ratio",
    "survival": "Survival",
    "median": "Median survival, months",
    "rmst_difference": "Difference in restricted mean survival, months",
}
NOTHING = "–"


def method_words(method: str, model: str) -> str:
    """Name a method; posteriors go by their model."""
    return f"Bayes, {model}" if method.startswith("bayes_") else METHODS.get(method, method)


def interval_words(estimate: Estimate) -> str:
    """Say level and kind of an interval: ``95 % credible interval``."""
    return f"{100 * estimate.level:g} % {estimate.interval_kind} interval"


def ratio(x: float) -> str:
    """Print a hazard ratio: two decimals, three significant digits from 10 on.

    Examples
    --------
    >>> ratio(0.914), ratio(12.34), ratio(1234.5), ratio(0.001)
    ('0.91', '12.3', '1230', '<0.01')
    """
    if math.isnan(x):
        return NOTHING
    if math.isinf(x):
        return "infinite"
    if x < 0.005:
        return "<0.01"
    return f"{x:.2f}" if x < 9.995 else f"{float(f'{x:.3g}'):.{1 if x < 99.95 else 0}f}"


def probability(p: float) -> str:
    """Print a P value or a posterior probability to three decimals; never 0 or 1.

    Examples
    --------
    >>> probability(0.0123), probability(0.0002), probability(0.99999)
    ('0.012', '<0.001', '>0.999')
    """
    if math.isnan(p):
        return NOTHING
    if p < 0.001:
        return "<0.001"
    return ">0.999" if p > 0.9994 else f"{p:.3f}"


def percent(share: float) -> str:
    """Print a survival fraction in per cent, one decimal, without the sign."""
    return NOTHING if math.isnan(share) else f"{100.0 * share:.1f}"


def months(x: float) -> str:
    """Print months to one decimal; NaN is a median that was not reached."""
    return "not reached" if math.isnan(x) else f"{x:.1f}"


def with_limits(value: str, lower: str, upper: str) -> str:
    """Join a value and its limits: ``0.91 (0.42 to 1.98)``; limits that do not exist are left out."""
    return value if lower == upper == NOTHING else f"{value} ({lower} to {upper})"


def estimate_words(e: Estimate) -> str:
    """Print an estimate with its interval in the unit of its estimand, or why it has none."""
    if e.estimand == "hazard_ratio":
        if math.isnan(e.lower) or math.isnan(e.upper):
            return e.note.split(":")[0] or "no estimate"
        return with_limits(ratio(e.value), ratio(e.lower), ratio(e.upper))
    if e.estimand == "survival":
        if math.isnan(e.value):
            return "beyond follow-up"
        return with_limits(f"{percent(e.value)} %", percent(e.lower), percent(e.upper))
    if math.isnan(e.value) and math.isnan(e.lower):
        return "not reached" if e.estimand == "median" else NOTHING
    return with_limits(months(e.value), months(e.lower), months(e.upper))
