"""How centres enter the classical methods where a model gives them a random intercept.

Cox stratified by centre compares within centres; Cox with a gamma or normal frailty shares information between
them, as the random intercept does. The other methods leave centres out, and their rows say so. docs/methods/frailty.md.
"""

import math

import numpy as np

from escc_bayes.classical.frailty import FrailtyFit, cox_frailty
from escc_bayes.classical.newton import CollinearError
from escc_bayes.classical.ratios import Coefficients, collinear_words, cox_coefficients, missing
from escc_bayes.classical.regression import regression
from escc_bayes.classical.shared_effects import Frailty
from escc_bayes.classical.strata import strata_of
from escc_bayes.spec.plan import ModelPlan

# More groups than this make the information matrix of a frailty model too large to be worth its time.
MOST_GROUPS = 400
# Some 3 seconds of one core for each frailty.
MOST_CELLS = 2_000_000
NO_ROBUST_FRAILTY = "not available: a frailty's variance and errors are not valid under sampling weights or clusters"
FRAILTIES: tuple[Frailty, ...] = ("gamma", "normal")


def left_out(names: tuple[str, ...]) -> str:
    """Say that a method leaves centres out; "" where there are none."""
    return f"{' and '.join(names)} left out" if names else ""


def centre_coefficients(plan: ModelPlan) -> tuple[Coefficients, ...]:
    """Return Cox stratified by centre, with a gamma and with a normal frailty; nothing without a random intercept."""
    names = plan.spec.intercepts
    if not names or plan.design.size == 0:
        return ()
    within = (*names, plan.rows.strata) if plan.rows.strata else names
    stratified = cox_coefficients(plan, "cox_stratified", strata_of(plan.rows, within))
    return (stratified, *(frailty_coefficients(plan, names, frailty) for frailty in FRAILTIES))


def frailty_coefficients(plan: ModelPlan, names: tuple[str, ...], frailty: Frailty) -> Coefficients:
    """Return Cox with a frailty shared within centres, or why there is none."""
    method, p = f"cox_frailty_{frailty}", plan.design.size
    how = f"{frailty} frailty of {' and '.join(names)}"
    problem = no_frailty(plan, names)
    if problem:
        return missing(method, p, problem, centres=how)
    data, groups = regression(plan), plan.rows.covariates[names[0]].values.astype(np.int64)
    try:
        fitted = cox_frailty(
            data.columns,
            data.time,
            data.event,
            groups[data.of],
            frailty=frailty,
            entry=data.entry,
            weight=data.weight,
        )
    except CollinearError as error:
        return missing(method, p, collinear_words(error, plan), centres=how)
    words = f"{how} ({spread_words(fitted, frailty)})"
    return Coefficients(method, fitted.coef, fitted.covariance, fitted.infinite, flat=fitted.flat, centres=words)


def no_frailty(plan: ModelPlan, names: tuple[str, ...]) -> str:
    """Say why a frailty model is not fitted; "" where it is."""
    if plan.rows.cluster is not None:
        return NO_ROBUST_FRAILTY
    if plan.rows.strata:
        return f"not available: a frailty is not fitted here within strata of {plan.rows.strata}"
    return unfit_groups(plan, names)


def unfit_groups(plan: ModelPlan, names: tuple[str, ...]) -> str:
    """Say why groups get no effects under a penalty: several factors, or too many groups; "" where they do."""
    if len(names) > 1:
        return f"not available: one frailty is fitted, and the model has random intercepts of {' and '.join(names)}"
    groups = int(np.unique(plan.rows.covariates[names[0]].values).size)
    if groups > MOST_GROUPS or groups * plan.rows.n > MOST_CELLS:
        return (
            f"not available: {plan.rows.n} patients in {groups} groups of '{names[0]}' are too many for a frailty here "
            f"(at most {MOST_GROUPS} groups, and {MOST_CELLS:,} patients times groups)"
        )
    return ""


def spread_words(fitted: FrailtyFit, frailty: Frailty) -> str:
    """Say how far the centres lie apart."""
    if fitted.variance == 0.0:
        return "variance 0: as without it"
    if frailty == "normal":
        return f"SD of the log HR {math.sqrt(fitted.variance):.2f}"
    return f"variance {fitted.variance:.2f}"
