"""What the other covariates of a model say of one: columns for the regressions that impute it."""

import numpy as np

from escc_bayes.data.covariates import CovariateData
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan


def predictors(plan: ModelPlan, name: str) -> FloatArray:
    """Return 1, an indicator for each level but the first and each number in SDs, of every other covariate, (n, q).

    Centres with a random intercept are left away: a column for each would ask more than small centres can tell.
    """
    left = {name, *plan.spec.intercepts}
    others = [data for other, data in plan.rows.covariates.items() if other not in left]
    return np.column_stack([np.ones(plan.rows.time.size), *(columns_of(data) for data in others)])


def columns_of(data: CovariateData) -> FloatArray:
    """Return the columns (n, q) of one covariate without missing values."""
    if data.schema.categorical:
        levels = np.unique(data.values)[1:]
        return (data.values[:, None] == levels).astype(np.float64)
    spread = float(data.values.std())
    return ((data.values - data.values.mean()) / (spread if spread > 0.0 else 1.0))[:, None]
