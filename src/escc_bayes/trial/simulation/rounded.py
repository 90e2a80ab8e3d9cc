"""A simulated number as it is printed: to the decade of its Monte Carlo error."""

import math

from escc_bayes.trial.simulation.quantity import Quantity
from escc_bayes.trial.simulation.summary import MISSING

# Digits of a number without a Monte Carlo error.
EXACT = 3


def rounded(number: Quantity | None) -> str:
    """Return a number to the decade of its Monte Carlo error; a dash where there is none.

    Examples
    --------
    >>> rounded(Quantity("truth", "bayes", "power", 0.79734, 0.0028, 20000))
    '0.797'
    >>> rounded(Quantity("truth", "bayes", "expected_months", 37.2342, 0.034, 20000))
    '37.23'
    """
    if number is None:
        return MISSING
    digits = max(-math.floor(math.log10(number.mc_error)), 0) if number.mc_error > 0.0 else EXACT
    said = f"{number.value:.{digits}f}"
    return said.rstrip("0").rstrip(".") if number.mc_error == 0.0 and "." in said else said
