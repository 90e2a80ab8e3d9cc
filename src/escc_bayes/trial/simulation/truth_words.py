"""A hazard that is taken as true, in words: survival under it, and what it rests on."""

import math
from collections.abc import Iterator

import numpy as np

from escc_bayes.foundation.sentence import capital, counted
from escc_bayes.trial.simulation.expected_course import median_of
from escc_bayes.trial.truth.data_generating import ArmHazard


def survival_words(hazard: ArmHazard, *months: float) -> str:
    """Return the median and survival at ``months``, as "a median of 14.6 months and a survival of 54.3 % at 12 months".

    Of a hazard that is drawn: at the average over its draws.
    """
    median = median_of(hazard)
    reached = f"a median of {median:.1f} months" if math.isfinite(median) else "no median"
    shares = 100.0 * np.exp(-hazard.cumulative(np.array(months)))
    at = " and ".join(
        f"{share:.1f} % at {counted(month, 'month')}" for share, month in zip(shares, months, strict=True)
    )
    return f"{reached} and a survival of {at}"


def origin_of_hazard(origin: str) -> Iterator[str]:
    """Yield what a hazard rests on, as a sentence; nothing where the design states it."""
    if origin:
        yield f"{capital(origin.rstrip('.'))}."
