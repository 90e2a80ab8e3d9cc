"""Cohorts with known truth: event times from a baseline hazard and log hazard ratios, uniform censoring."""

from collections.abc import Mapping

import numpy as np

from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.schema import CohortSchema, schema_from
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.baseline import Hazard, event_times
from escc_bayes.hazard.piecewise import FloatArray

type Levels = Mapping[str, float]


def simulate_cohort(
    patients: int,
    baseline: Hazard,
    *,
    levels: Mapping[str, Levels],
    shares: Mapping[str, tuple[float, ...]],
    numbers: Mapping[str, float] | None = None,
    follow_up: tuple[float, float],
    seed: Seed,
) -> Cohort:
    """Simulate a cohort whose effects are known.

    Parameters
    ----------
    patients : number of patients.
    baseline : hazard of the reference patient, one draw, months.
    levels : for each covariate with levels, the log hazard ratio of every level; the first is the reference (0).
    shares : probability of each level.
    numbers : for each standard normal covariate, its log hazard ratio per unit.
    follow_up : months between which censoring is uniform.
    seed : of all draws.

    Returns
    -------
    Cohort with endpoint ``os``; its provenance says SIMULATED.

    Examples
    --------
    >>> import numpy as np
    >>> from escc_bayes.hazard.baseline import PiecewiseHazard
    >>> flat = PiecewiseHazard(np.log([[0.03]]), np.array([]))
    >>> arms = {"arm": {"control": 0.0, "treated": -0.5}}
    >>> cohort = simulate_cohort(60, flat, levels=arms, shares={"arm": (0.5, 0.5)}, follow_up=(20.0, 50.0), seed=1)
    >>> len(cohort), cohort.provenance
    (60, 'simulated')
    """
    import pandas as pd

    numbers = numbers or {}
    columns: dict[str, object] = {}
    log_relative: FloatArray = np.zeros(patients)
    for name, effects in levels.items():
        chosen = generator(seed, "levels", name).choice(len(effects), patients, p=shares[name])
        columns[name] = np.array(list(effects))[chosen]
        log_relative = log_relative + np.array(list(effects.values()))[chosen]
    for name, effect in numbers.items():
        values = generator(seed, "numbers", name).standard_normal(patients)
        columns[name] = values
        log_relative = log_relative + effect * values
    unit = generator(seed, "events").standard_exponential((1, patients))
    event_time = event_times(baseline, log_relative[None], np.zeros(patients), unit)[0]
    censored = generator(seed, "censoring").uniform(*follow_up, patients)
    columns["os_months"] = np.minimum(event_time, censored)
    columns["os_event"] = (event_time <= censored).astype(int)
    return read_cohort(pd.DataFrame(columns), simulated_schema(levels, numbers), provenance="simulated")


def simulated_schema(levels: Mapping[str, Levels], numbers: Mapping[str, float]) -> CohortSchema:
    """Return the schema of a simulated cohort."""
    covariates: dict[str, object] = {n: {"kind": "nominal", "levels": list(effects)} for n, effects in levels.items()}
    covariates |= {name: {"kind": "continuous"} for name in numbers}
    raw = {
        "name": "simulated",
        "endpoints": {"os": {"time": "os_months", "event": "os_event"}},
        "covariates": covariates,
    }
    return schema_from(raw, "simulated cohort")
