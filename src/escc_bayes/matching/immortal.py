"""A treatment that starts during follow-up: the naive comparison that a design rests on, beside those that are not."""

import math
from collections.abc import Sequence

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.matching.as_read import covariate_read
from escc_bayes.matching.models import adjusted_model
from escc_bayes.matching.request import Request
from escc_bayes.time_zero.model import BASELINE
from escc_bayes.time_zero.request import Request as TimeZeroRequest
from escc_bayes.time_zero.run import TimeZero, time_zero
from escc_bayes.time_zero.views import naive_cohort

# Share of the starts by which a landmark and a grace period are set where none is named.
SHARE = 0.9


def as_if_known(cohort: Cohort, treatment: str) -> Cohort:
    """Return the cohort with a treatment that starts as if known at time zero; as it is where nothing changes."""
    data = cohort.covariate(treatment)
    return naive_cohort(cohort, data) if data.changes is not None else cohort


def beside_naive(cohort: Cohort, asked: Request) -> TimeZero | None:
    """Return naive, landmark, time-updated and cloned analyses of a treatment that starts; None where it does not.

    All are adjusted for the covariates of the design. Landmark and grace period, where none is named: the whole month
    by which 90 % of the starts have happened.
    """
    data = cohort.covariate(asked.treatment)
    if data.schema.starts_at is None or data.changes is None:
        return None
    month = usual_month(data)
    spec = adjusted_model(cohort, asked.endpoint, asked.treatment, asked.on, baseline=BASELINE)
    request = TimeZeroRequest(
        asked.endpoint,
        asked.treatment,
        asked.landmarks or (month,),
        month if asked.grace is None else asked.grace,
        spec,
        asked.level,
        asked.seed,
    )
    return time_zero((cohort,), request)


def usual_month(data: CovariateData) -> float:
    """Return the whole month by which most starts have happened."""
    assert data.changes is not None
    starts = data.changes.months[:, 0]
    known = starts[~np.isnan(starts)]
    return float(math.ceil(float(np.quantile(known, SHARE)))) if known.size else 1.0


def start_words(cohort: Cohort, asked: Request, found: TimeZero | None) -> Sequence[str]:
    """Say what is known of when the treatment began, and what follows."""
    data, name = cohort.covariate(asked.treatment), covariate_read(cohort, asked.treatment)
    if found is not None:
        return (
            f"NAIVE: '{name}' starts during follow-up, and the design compares who ever had it with who never had: "
            "whoever had it lived until its start. time_zero.csv has landmark, time-updated and cloned analyses.",
        )
    if data.known_later:
        return (
            f"NAIVE: '{name}' becomes known after time zero, and the design takes it as known then; `time-zero` has "
            "the landmark analysis.",
        )
    return (
        f"The file does not say in which month '{name}' began (starts_at in covariates.{asked.treatment}): if "
        "patients had to live to have it, that immortal time cannot be taken out here; landmark, time-updated and "
        "cloned analyses need it.",
    )
