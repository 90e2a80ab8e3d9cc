"""A treatment whose start was never written down: what its effect would be if all had begun in one month.

Everybody who had the treatment is given the start L, or half of their own follow-up where that is shorter; then naive,
landmark and time-updated analyses of ``time_zero``, pooled over reconstructions. A sensitivity analysis: no start is
known. docs/methods/matching.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import Changes, CovariateData
from escc_bayes.data.recode import with_covariate
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.models import adjusted_model
from escc_bayes.time_zero.request import Request as TimeZeroRequest
from escc_bayes.time_zero.run import time_zero

MONTHS = (2.0, 4.0, 6.0)
COLUMN = "assumed_start"


@dataclass(frozen=True, slots=True)
class AssumedStart:
    """What is asked: of which treatment and endpoint, adjusted for what."""

    endpoint: str
    treatment: str
    on: tuple[str, ...]
    level: float
    seed: Seed
    months: tuple[float, ...] = MONTHS


def assumed_start_rows(cohorts: Sequence[Cohort], asked: AssumedStart) -> list[Row]:
    """Return rows of ``time_zero.csv`` for each month of an assumed start, with the column ``assumed_start``."""
    found: list[Row] = []
    for month in asked.months:
        members = [starting(cohort, asked, month) for cohort in cohorts]
        spec = adjusted_model(members[0], asked.endpoint, asked.treatment, asked.on)
        request = TimeZeroRequest(
            asked.endpoint,
            asked.treatment,
            (month,),
            None,
            spec,
            asked.level,
            stream(asked.seed, "assumed start", f"{month:g}"),
        )
        found += [{COLUMN: month, **row} for row in time_zero(members, request).rows if row["method"]]
    return found


def starting(cohort: Cohort, asked: AssumedStart, month: float) -> Cohort:
    """Return the cohort whose treated begin in a month, or half way through a follow-up that ends before."""
    data, followed = cohort.covariate(asked.treatment), cohort.endpoint(asked.endpoint)
    treated = data.values == 1.0
    months: FloatArray = np.where(treated, np.where(followed.time > month, month, followed.time / 2.0), np.nan)
    schema = replace(data.schema, starts_at=COLUMN, known_at=None)
    values = np.where(treated, 0.0, data.values)
    changes = Changes(months[:, None], np.where(treated, 1.0, np.nan)[:, None])
    return with_covariate(
        cohort, asked.treatment, CovariateData(schema, values, np.zeros(cohort.rows), changes=changes)
    )
