"""A number given the other covariates: a normal linear regression, its parameters drawn from their posterior.

Flat priors on coefficients and log SD: s^2 = RSS / chi^2(n - q), b ~ N(b_hat, s^2 (X'X)^-1).
"""

import numpy as np

from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import FloatArray

# Columns that determine each other leave a direction free; this share of a patient decides it.
TINY = 1e-6


def draw_regression(x: FloatArray, y: FloatArray, name: str, rng: np.random.Generator) -> tuple[FloatArray, float]:
    """Return the expectation of each patient (n,) and the SD about it, under parameters drawn from their posterior.

    Parameters
    ----------
    x : (n, q) predictors, the first column 1.
    y : (n,) the number, complete.

    Raises
    ------
    CohortError : fewer patients than coefficients and two.
    """
    n, q = x.shape
    if n < q + 2:
        raise CohortError(
            f"'{name}' is imputed by a regression of {q} coefficients, and {n} patients are too few for it; use a "
            "model with fewer covariates"
        )
    middle, unit = y.mean(), y.std()
    own = (y - middle) / unit
    precision = x.T @ x + TINY * np.eye(q)
    root = np.linalg.cholesky(precision)
    mean = np.linalg.solve(precision, x.T @ own)
    sd = float(np.sqrt(np.sum((own - x @ mean) ** 2) / rng.chisquare(n - q)))
    drawn = mean + sd * np.linalg.solve(root.T, rng.standard_normal(q))
    return middle + unit * (x @ drawn), unit * sd
