"""When a covariate becomes known: never after the last day seen, and not in one level alone after month 0."""

from collections.abc import Mapping

import numpy as np

from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.endpoints import TIE_TOLERANCE, EndpointData
from escc_bayes.data.table import RawTable
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.hazard.piecewise import FloatArray

# Months tell two levels apart that so many patients have, of the second more than this share known after month 0.
ENOUGH, MOST = 2, 0.5


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


def as_if_started(data: CovariateData) -> tuple[str, str] | None:
    """Return a level known at month 0 in everybody who has it, and one known later in most; None: there are none.

    So does a treatment look that starts: its month is known in the treated alone. Entry at that month would keep the
    months before the start out of the treated and leave them in the others (Suissa 2008, Am J Epidemiol 167:492).
    """
    if not data.schema.categorical or data.schema.starts_at is not None:
        return None
    values, months = values_and_months(data)
    held = {level: months[values == code] for code, level in enumerate(data.schema.levels)}
    held = {level: own for level, own in held.items() if own.size >= ENOUGH}
    at_zero = [level for level, own in held.items() if (own == 0.0).all()]
    later = [level for level, own in held.items() if (own > 0.0).mean() > MOST]
    return (at_zero[0], later[0]) if at_zero and later else None


def values_and_months(data: CovariateData) -> tuple[FloatArray, FloatArray]:
    """Return the value (n,) of each patient and the month (n,) it is known; NaN of those measured several times."""
    if data.changes is None:
        return data.values, data.known_at
    if len(data.schema.measured) != 1:
        return np.full(data.values.size, np.nan), np.zeros(data.values.size)
    month, value = data.changes.months[:, 0], data.changes.values[:, 0]
    return np.where(np.isnan(month), data.values, value), np.nan_to_num(month)


def start_notes(table: RawTable, covariates: Mapping[str, CovariateData]) -> list[str]:
    """Say where the months at which a value is known tell which value it is."""
    found = []
    for name, data in covariates.items():
        told = as_if_started(data)
        if told is None:
            continue
        never, ever = told
        column = data.schema.measured[0][1] if data.schema.measured else data.schema.known_at
        found.append(
            f"{table.source}, column '{column}': every '{never}' of '{name}' is known at month 0 and '{ever}' "
            f'later, as of a treatment that starts: if it is one, write starts_at = "{column}" in covariates.{name}, '
            "and leave the month empty where it never does; as a marker its groups would enter by different rules"
        )
    return found
