"""When a covariate becomes known, against the patient's follow-up: nobody is measured after the last day seen."""

from collections.abc import Mapping

import numpy as np

from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.endpoints import TIE_TOLERANCE, EndpointData
from escc_bayes.data.table import RawTable
from escc_bayes.foundation.errors import CohortError, some_of


def refuse_known_after_follow_up(
    table: RawTable, covariates: Mapping[str, CovariateData], endpoints: Mapping[str, EndpointData]
) -> None:
    """Raise where a column says that a value became known after the end of the patient's longest follow-up.

    A value known exactly at the end is possible. Patients without the value, or without any follow-up, are not asked.
    """
    times = np.stack([data.time for data in endpoints.values()])
    longest = np.where(np.isnan(times), -np.inf, times).max(axis=0)
    followed = np.isfinite(longest)
    for name, covariate in covariates.items():
        column = covariate.schema.known_at
        if not isinstance(column, str):
            continue
        late = followed & ~covariate.missing & (covariate.known_at > longest * (1.0 + TIE_TOLERANCE))
        rows = np.flatnonzero(late).tolist()
        if rows:
            shown = [f"{covariate.known_at[i]:.4g} (follow-up ends at {longest[i]:.4g})" for i in rows]
            raise CohortError(
                f"{table.source}, {table.place(rows)}, column '{column}': '{name}' became known after the patient's "
                f"follow-up ended, was given months {some_of(shown, most=3)}; correct the time, or leave the cells of "
                f"'{name}' empty where it was never known"
            )
