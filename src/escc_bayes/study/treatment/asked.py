"""What the chapter on one treatment is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.data.cohort import Cohort

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


def asked_of(
    cohort: Cohort, treatment: str | None, on: Sequence[str] | None, *, caliper: float = CALIPER, study: str = ""
) -> TreatmentAsked | None:
    """Return what is asked for, or what the schema says where nothing is; None: no treatment is named anywhere.

    Parameters
    ----------
    treatment : a covariate; None: that of [treatment] of the schema.
    on : what it depended on; None: as the schema says of this treatment.
    """
    declared = cohort.schema.treatment
    named = declared.covariate if treatment is None and declared is not None else treatment
    if named is None:
        return None
    if on is None:
        on = declared.on if declared is not None and declared.covariate == named else ()
    return TreatmentAsked(named, tuple(on), caliper, study=study)
