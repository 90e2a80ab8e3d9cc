"""What posterior draws say: median and limits, survival over months."""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.study.middle import Middle
from escc_bayes.study.whole_model import Fitted

# Draws that curves are computed of, and months between their points.
DRAWS, STEP = 4000, 0.25


def of_draws(draws: FloatArray, level: float) -> Middle:
    """Return median and equal-tailed limits; infinite draws stay beyond every number."""
    tail = (1.0 - level) / 2.0
    lower, value, upper = np.quantile(draws, [tail, 0.5, 1.0 - tail], method="nearest").tolist()
    return Middle(value, lower, upper)


def curve_draws(
    posterior: Fitted, until: float, *, term: str = "", group: str = "", population: str = "group"
) -> tuple[FloatArray, FloatArray]:
    """Return survival of all patients or a group at every quarter of a month, (draws, months), and the months."""
    grid = np.linspace(0.0, until, max(2, int(np.ceil(until / STEP)) + 1))
    return posterior.thinned(DRAWS).survival(grid, term=term, group=group, population=population), grid
