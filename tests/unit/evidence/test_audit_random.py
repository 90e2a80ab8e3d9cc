"""A true print is never called contradictory: random cohorts, printed by ``publish`` and audited.

Every number of a print comes from one set of rows, so that any contradiction would be a false alarm.
"""

import tomllib
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.data.study import study_from
from escc_bayes.evidence.audit import audit
from escc_bayes.evidence.publish import publish
from escc_bayes.foundation.errors import InputError
from tests.unit.evidence.papers.prints import curve, n_of, ratio, trial
from tests.unit.evidence.studies import study_of


def contradictions(**parts):
    return [str(f) for f in audit(study_of(**parts)) if f.grave]


LEVELS = {
    "sex": ["male", "female"],
    "stage": ["I", "II", "III", "IV"],
    "ecog": ["0", "1", "2"],
    "arm": ["A", "B", "C"],
    "group": ["1", "2", "3"],
    "smoking": ["never", "former", "current"],
    "response": ["cr", "pr", "sd", "pd"],
    "rt": ["none", "partial", "all"],
}


def random_cohort(seed):
    """Two or three covariates, some inside a class of another; any hazard, any censoring, PFS near OS or far."""
    rng = np.random.default_rng([seed, 77])
    n = int(rng.integers(25, 400))
    chosen = rng.choice(list(LEVELS), size=int(rng.integers(1, 4)), replace=False)
    codes, log_hr = {}, np.zeros(n)
    for name in chosen:
        k = len(LEVELS[name])
        code = rng.choice(k, n, p=rng.dirichlet(np.full(k, 3.0)))
        if codes and rng.random() < 0.3:
            outer = next(iter(codes.values()))
            code = np.where(outer >= max(outer.max(), 1), code, 0)
        codes[name] = code
        log_hr += rng.normal(0, 0.6, k)[code]
    scale, shape = rng.uniform(6, 60), rng.uniform(0.6, 1.6)
    death = scale * (rng.exponential(1, n) * np.exp(-log_hr)) ** (1 / shape)
    progress = scale * rng.choice([0.3, 1, 3, 10, 30]) * rng.exponential(1, n) ** (1 / shape)
    start = rng.uniform(0, 30)
    watched = rng.uniform(start, start + rng.uniform(3, 60), n)
    first = np.minimum(death, progress)
    digits = int(rng.integers(1, 5))
    frame = {"os_m": np.minimum(death, watched), "os_e": death <= watched, "f_m": np.minimum(first, watched)}
    frame = {name: np.round(v + 0.05, digits) if v.dtype != bool else v for name, v in frame.items()}
    frame |= {"f_e": first <= watched, **{name: np.array(LEVELS[name])[code] for name, code in codes.items()}}
    raw = {
        "endpoints": {
            "os": {"time": "os_m", "event": "os_e"},
            str(rng.choice(["pfs", "dfs", "efs"])): {"time": "f_m", "event": "f_e", "not_after": "os"},
        },
        "covariates": {
            name: {"kind": "nominal", "levels": [level for level in LEVELS[name] if level in set(frame[name])]}
            for name in codes
        },
    }
    return read_cohort(pd.DataFrame(frame), schema_from(raw, "random"), provenance="simulated")


def accused(seeds):
    """Print random cohorts and audit the prints; those without a finite ratio, or with a limit of 0, are left out."""
    found, audited = [], 0
    for seed in seeds:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                text = publish(random_cohort(seed), study=f"random_{seed}").study
            study = study_from(tomllib.loads(text, parse_float=Decimal), "random.toml")
        except (InputError, ValueError):
            continue
        audited += 1
        found += [str(f) for f in audit(study) if f.grave]
    return found, audited


def test_prints_of_random_cohorts_are_never_called_contradictory():
    found, audited = accused(range(60))
    assert found == []
    assert audited >= 50


@pytest.mark.slow
def test_prints_of_many_random_cohorts_are_never_called_contradictory():
    found, audited = accused(range(1000, 1400))
    assert found == []
    assert audited >= 300


def test_failures_and_deaths_of_simulated_trials_balance():
    """OS, PFS and survival after failure of one set of patients, censored early and late, with events or without."""
    for seed in range(80):
        rng = np.random.default_rng(seed)
        found = trial(rng, (60, 70), (rng.uniform(0.5, 1.5), 1.0), median=rng.uniform(8, 40), cut=rng.uniform(20, 60))
        failed = found.progressed == 1
        after = (found.os - found.pfs)[failed], found.died[failed]
        curves = [
            curve(*found.endpoint("OS"), arm="all", endpoint="OS", months=(12, 24, 36)),
            curve(*found.endpoint("PFS"), arm="all", endpoint="PFS", months=(12, 24, 36)),
            curve(*after, arm="failed", endpoint="OS after failure", months=(6, 12, 24)),
        ]
        if rng.random() < 0.6:
            curves = [{key: value for key, value in one.items() if key != "events"} for one in curves]
        line = ratio((found.arm == 0) * 1.0, *found.endpoint("PFS"), endpoint="PFS")
        parts = {"n": 130, "survivals": curves, "estimates": [line]}
        assert contradictions(**parts, numbers=[n_of("failures_n", int(failed.sum()))]) == []
