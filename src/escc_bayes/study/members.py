"""One number from those of every reconstruction: counts as means, P values as median and range."""

from collections.abc import Sequence

import numpy as np

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.plots.words import NOTHING, probability, ratio, with_limits


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Return median, smallest and largest of the numbers that exist; NaN where none does.

    Examples
    --------
    >>> spread([0.1, 0.3, float("nan")])
    (0.2, 0.1, 0.3)
    """
    known = np.array([value for value in values if not np.isnan(value)])
    if known.size == 0:
        return (np.nan, np.nan, np.nan)
    return float(np.median(known)), float(known.min()), float(known.max())


def p_words(values: Sequence[float]) -> str:
    """Print a P value, or median and range of several.

    Examples
    --------
    >>> p_words([0.02]), p_words([0.02, 0.03, 0.1]), p_words([0.04, 0.04])
    ('0.020', '0.030 (0.020 to 0.100)', '0.040')
    """
    middle, low, high = (probability(value) for value in spread(values))
    return middle if low == high or middle == NOTHING else f"{middle} ({low} to {high})"


def count_words(values: Sequence[float]) -> str:
    """Print a count: a whole number where all agree, a mean otherwise.

    Examples
    --------
    >>> count_words([5, 5]), count_words([5, 6])
    ('5', '5.5')
    """
    return f"{values[0]:.0f}" if len(set(values)) == 1 else f"{float(np.mean(values)):.1f}"


def posterior_words(e: Estimate) -> str:
    """Print a posterior hazard ratio with its limits; one that must not be used says so first."""
    words = with_limits(ratio(e.value), ratio(e.lower), ratio(e.upper))
    return words if e.verdict == "ok" else f"NOT FIT FOR USE: {words}"
