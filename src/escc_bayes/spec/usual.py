"""What a first model takes where nobody has said more: pieces, and weakly informative priors in clinical words."""

from escc_bayes.spec.prior import Normal, SurvivalStatement

CUTS = (6.0, 12.0, 24.0, 36.0)
# 97.5 % points of hazard ratios: of the last level over the first, and per scale of a number.
LEVELS_UPPER, NUMBER_UPPER = 4.0, 2.0
# Scales of half-normals: on the SD between levels that are shrunk towards each other, and on that of a step.
LEVELS_SD, STEP_SD = 0.5, 0.5
# Survival of whom the baseline describes: its median and 2.5 % point.
MEDIAN, LOWER = 0.60, 0.15

# Where a covariate changes during follow-up, as time-zero has it: pieces with rates of their own, each anything from
# 0.0001 to 11 events a month, for a smooth baseline would give the covariate a part of its own slope.
CHANGING_PIECES, CHANGING_LOG_RATE = 6, Normal(-3.5, 3.0)


def usual_cuts(follow_up: float) -> tuple[float, ...]:
    """Return the months at which the hazard may change, in the part of follow-up that has patients.

    Examples
    --------
    >>> usual_cuts(30.0)
    (6.0, 12.0)
    """
    return tuple(cut for cut in CUTS if cut < 0.6 * follow_up)


def usual_survival(follow_up: float) -> SurvivalStatement:
    """Return the prior on survival: at a year, or where follow-up is short at half of it.

    Examples
    --------
    >>> usual_survival(30.0)
    SurvivalStatement(at=12.0, median=0.6, lower=0.15)
    """
    at = 12.0 if follow_up > 15.0 else max(1.0, float(round(follow_up / 2)))
    return SurvivalStatement(at, MEDIAN, LOWER)
