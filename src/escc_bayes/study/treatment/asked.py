"""What the chapter on one treatment is asked for."""

from dataclasses import dataclass

# The field's usual caliper, in standard deviations of the score (Austin 2011, Pharm Stat 10:150).
CALIPER = 0.2


@dataclass(frozen=True, slots=True)
class TreatmentAsked:
    """Which treatment, and what it depended on.

    Attributes
    ----------
    treatment : a covariate of two levels; the second is the treated.
    on : covariates known at time zero that it depended on; none: patients are compared as they are.
    caliper : of the pairs, in standard deviations of the score.
    designs : drawn designs behind the posterior that counts the design's uncertainty.
    study : bundled study whose print stands beside; empty: none.
    """

    treatment: str
    on: tuple[str, ...] = ()
    caliper: float = CALIPER
    designs: int = 100
    study: str = ""
