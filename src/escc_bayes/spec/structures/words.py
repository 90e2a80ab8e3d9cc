"""Priors of effects in words that structures share."""

import math
from collections.abc import Mapping

from scipy.special import betaincinv

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.spec.prior import Z975, HalfNormal

# Median of a half-normal with scale 1.
HALF_NORMAL_MEDIAN = 0.6744898
TWO_LEVELS = "the hazard ratio of two levels"


def over(levels: tuple[str, ...]) -> str:
    """Say every level over the reference."""
    return " and ".join(f"{level} over {levels[0]}" for level in levels[1:])


def per_words(name: str, schemas: Mapping[str, CovariateSchema]) -> str:
    """Say what one unit of a number is."""
    schema = schemas[name]
    return f"per {schema.scale:g} {schema.unit}".strip() if schema.kind == "continuous" else "per level"


def step_words(sd: HalfNormal, which: str) -> str:
    """Say a prior on the SD of a step of a log hazard ratio, and how far ``which`` may move by one."""
    reach = math.exp(Z975 * HALF_NORMAL_MEDIAN * sd.sd)
    return (
        f"SD on the log scale {sd.words()}; at its median {which} changes by a factor within "
        f"{1.0 / reach:.2f} to {reach:.2f} with 95 % probability"
    )


def spread_words(sd: HalfNormal, which: str) -> str:
    """Say a prior on an SD of log hazard ratios, and how far ``which`` may lie apart."""
    # Two of them differ by sqrt(2) SDs.
    reach = math.exp(Z975 * math.sqrt(2.0) * HALF_NORMAL_MEDIAN * sd.sd)
    return (
        f"SD on the log scale {sd.words()}; at its median {which} lies within "
        f"{1.0 / reach:.2f} to {reach:.2f} with 95 % probability"
    )


def frailty_words(sd: HalfNormal, which: str) -> str:
    """Say a prior on the SD of gamma factors of mean 1, and how far ``which``, the ratio of two, may be from 1."""
    # Of two gammas of one shape, the first over their sum is beta.
    shape = (HALF_NORMAL_MEDIAN * sd.sd) ** -2
    share = float(betaincinv(shape, shape, 0.975))
    reach = share / (1.0 - share)
    return (
        f"SD of the factor {sd.words()}; at its median {which} lies within {1.0 / reach:.2f} to {reach:.2f} with 95 % "
        "probability"
    )
