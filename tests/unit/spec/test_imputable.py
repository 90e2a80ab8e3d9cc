"""Whose missing covariates may be imputed, and whose may not."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from escc_bayes.data.endpoints import EndpointData
from escc_bayes.foundation.errors import CohortError, LandmarkError, SpecError
from escc_bayes.spec.imputable import imputable
from escc_bayes.spec.missing import Missing
from escc_bayes.spec.reading import load_spec, spec_from
from tests.unit.gaps import imputing, larynx_with_gaps, without

RAW = {
    "name": "m",
    "outcome": {"endpoint": "os", "landmark": 3.0},
    "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-3.5, 1.0]}},
    "effect": [
        {"covariate": name, "structure": "fixed", "prior": {"normal": [0.0, 1.0]}} for name in ("stage", "alc_mid")
    ],
    "missing": {"method": "imputation"},
}


def test_values_are_counted_covariate_by_covariate_the_fewest_first():
    found = imputable(imputing(), larynx_with_gaps())
    assert [(one.name, one.where.size, one.observed, one.never) for one in found] == [
        ("age", 9, 81, 0),
        ("stage", 10, 80, 0),
    ]


def test_covariates_that_are_not_named_leave_their_patients_out():
    (found,) = imputable(imputing(covariates=("stage",)), larynx_with_gaps())
    assert (found.name, found.where.size, found.observed) == ("stage", 8, 73)


def test_a_count_due_after_progression_or_death_is_not_imputed(simulated79):
    """Of four patients at risk at the landmark without a count of month 0.75 one progressed at month 0.5."""
    data = simulated79.endpoint("os")
    late = np.flatnonzero(data.time > 6.0)[:4]
    pfs = simulated79.endpoint("pfs")
    time, event = np.array(pfs.time), np.array(pfs.event)
    time[late[0]], event[late[0]] = 0.5, 1.0
    moved = {**simulated79.endpoints, "pfs": EndpointData(time, event, pfs.entry)}
    cohort = without(replace(simulated79, endpoints=MappingProxyType(moved)), {"alc_mid": late})
    (found,) = imputable(spec_from(RAW, "m"), cohort)
    assert (found.where.tolist(), found.never, found.month) == (late[1:].tolist(), 1, 0.75)
    assert "1 more patients have none because they died, had another event or were lost by month 0.75" in found.sentence


def test_a_count_known_later_is_refused_from_time_zero_with_three_ways_out(simulated79):
    naive = spec_from({**RAW, "outcome": {"endpoint": "os", "time_zero": "naive"}}, "m")
    with pytest.raises(LandmarkError, match=r"Three ways out: a landmark .*measured = .*a joint model"):
        imputable(naive, without(simulated79, {"alc_mid": (1, 2)}))


def test_what_cannot_be_imputed_is_refused_by_name(simulated79, larynx):
    gone = without(simulated79, {"stage": (1, 2)})
    stacked = replace(load_spec("illness_death"), missing=Missing(2))
    with pytest.raises(SpecError, match="for models of one endpoint"):
        imputable(stacked, gone)
    with pytest.raises(CohortError, match="no value that can be imputed is missing"):
        imputable(imputing(), larynx)
    alone = without(larynx, {"age": range(1, 90)})
    with pytest.raises(CohortError, match="'age' has one value, or none, among the patients analysed"):
        imputable(imputing(covariates=("age",)), alone)
    weighted = replace(larynx_with_gaps(), schema=replace(larynx.schema, weight="w", weight_kind="sampling"))
    with pytest.raises(CohortError, match="with sampling weights imputation would need the weights"):
        imputable(imputing(), weighted)
    centre = {"covariate": "stage", "structure": "random_intercept", "sd": {"halfnormal": 0.5}}
    raw = {**RAW, "effect": [centre, RAW["effect"][1]], "missing": {"method": "imputation", "covariates": ["stage"]}}
    with pytest.raises(SpecError, match="'stage' has a random intercept"):
        imputable(spec_from(raw, "m"), gone)


def test_a_model_that_imputes_is_written_and_read_back(tmp_path):
    """Its TOML has the same digest; its complete cases another, and a name of their own."""
    spec = imputing(completed=7, covariates=("stage",))
    (tmp_path / "m.toml").write_text(spec.toml)
    again = load_spec(tmp_path / "m.toml")
    assert (again.missing, again.digest) == (Missing(7, ("stage",)), spec.digest)
    assert spec.complete_cases.digest == load_spec("larynx_piecewise").digest != spec.digest
    assert spec.complete_cases.name == "larynx_piecewise@complete_cases"
