"""Covariates, columns, designs and posteriors as people read them. Files of numbers keep the names."""

from collections.abc import Iterable

from escc_bayes.data.cohort import Cohort
from escc_bayes.matching.balance import DISTANCE

SCORE = "Propensity score"
DESIGNS = {
    "nearest": "Nearest neighbours",
    "optimal": "Optimal pairs",
    "full": "Full matching",
    "exact": "Exact strata",
    "cem": "Coarsened exact strata",
    "overlap": "Overlap weights",
    "iptw": "Inverse-probability weights",
    "entropy": "Entropy balancing",
    "none": "As they are",
}

POSTERIORS = {
    "bayes_piecewise": "piecewise",
    "bayes_weibull": "Weibull",
    "bayes_frailty": "within pairs",
    "bayes_design": "over designs",
    "bayes_time_varying": "changing over time",
    "bayes_bootstrap": "no model",
    "bayes_shrunk": "shrunk",
}


def covariate_read(cohort: Cohort, name: str) -> str:
    """Return the label of a covariate."""
    return cohort.covariate(name).schema.label or name


def covariates_read(cohort: Cohort, names: Iterable[str]) -> list[str]:
    """Return the labels of covariates."""
    return [covariate_read(cohort, name) for name in names]


def column_read(cohort: Cohort, column: str) -> str:
    """Return what a column of balance is called: a covariate, with the level whose share it is, or the score."""
    if column == DISTANCE:
        return SCORE
    name, _, level = (column, "", "") if column in cohort.covariates else column.rpartition(": ")
    if name not in cohort.covariates:
        return column
    schema = cohort.covariate(name).schema
    level = level or (schema.levels[1] if len(schema.levels) == 2 else "")
    label = covariate_read(cohort, name)
    return f"{label}: {schema.read_as(level)}" if level else label
