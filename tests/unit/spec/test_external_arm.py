"""Arms of other studies as a model file states them: counts of their survivors, drifts, and what is refused."""

import numpy as np
import pandas as pd
import pytest

import escc_bayes as eb
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import EsccBayesError
from escc_bayes.spec.external import External, drifting, studies_of
from escc_bayes.spec.external_arm import counts_of
from escc_bayes.spec.reading import spec_from

ENDS = {"endpoints": {"os": {"time": "t", "event": "d"}}}
ARM = {"arm": {"kind": "binary", "levels": ["none", "given"]}}
FRAME = pd.DataFrame(
    {
        "t": [2.0, 5.0, 7.0, 9.0, 11.0, 13.0, 14.0, 20.0, 21.0, 22.0],
        "d": [1, 1, 0, 1, 1, 1, 0, 1, 0, 0],
        "arm": ["none"] * 6 + ["given"] * 4,
    }
)
RAW = {
    "name": "m",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "weibull", "reference_time": 6.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-0.5, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}},
}


def study():
    """Ten patients of another study."""
    return read_cohort(FRAME, schema_from({**ENDS, "covariates": ARM}, "study"), provenance="simulated")


def counted(months, landmark=0.0):
    """Their counts between months."""
    return counts_of(study(), "os", months, landmark=landmark, group=(), study="S", sd=0.3, at="m")


def test_without_censoring_between_counts_are_heads():
    """Nobody is censored by month 6: 8 of 10 are alive, and so on."""
    first = counted((0.0, 6.0, 12.0))[0]
    assert (first.start, first.stop, first.at_risk, first.alive) == (0.0, 6.0, 10, 8)


def test_with_censoring_between_counts_are_effective():
    """From 6 to 12: one of 8 censored at 7, then deaths at 9 (of 7) and 11 (of 6): c = 5/7, Greenwood's m by hand."""
    second = counted((0.0, 6.0, 12.0))[1]
    share = (1 - 1 / 7) * (1 - 1 / 6)
    variance = share**2 * (1 / (7 * 6) + 1 / (6 * 5))
    effective = share * (1 - share) / variance
    assert (second.at_risk, second.alive) == (round(effective), round(round(effective) * share))
    assert (second.at_risk, second.alive) == (7, 5)


def test_counts_end_with_follow_up():
    assert [one.stop for one in counted((0.0, 12.0, 21.0, 60.0, 90.0))] == [12.0, 21.0]


def test_a_landmark_restarts_the_clock():
    """Months are of the study's clock: 6 and 12 are 3 and 9 after a landmark at 3."""
    found = counted((6.0, 12.0), landmark=3.0)
    assert [(one.start, one.stop) for one in found] == [(3.0, 9.0)]
    with pytest.raises(EsccBayesError, match="from 3 on, the start of the model's clock"):
        counted((0.0, 12.0), landmark=3.0)


def test_nobody_followed_is_refused():
    with pytest.raises(EsccBayesError, match="nobody of .* is followed from 30 to 40 months"):
        counted((30.0, 40.0))


def written(tmp_path, **more):
    """A model file's tables, and the study's files beside it."""
    FRAME.to_csv(tmp_path / "study.csv", index=False)
    ends, arm = (
        '[endpoints.os]\ntime = "t"\nevent = "d"',
        '[covariates.arm]\nkind = "binary"\nlevels = ["none", "given"]',
    )
    (tmp_path / "study.toml").write_text(f"schema = 1\n\n{ends}\n\n{arm}\n", encoding="utf-8")
    arm = {"cohort": "study.csv", "schema": "study.toml", "months": [0, 6, 12], "study": "S", "sd": 0.3, **more}
    return {**RAW, "external_arm": [{key: value for key, value in arm.items() if value is not None}]}


def test_a_file_becomes_counts_that_print_and_read_back(tmp_path):
    spec = spec_from(written(tmp_path), "m", folder=tmp_path)
    assert [(one.at_risk, one.alive) for one in spec.external] == [(10, 8), (7, 5)]
    assert spec.external[0].source == "OBSERVED: study, os"
    (tmp_path / "m.toml").write_text(spec.toml, encoding="utf-8")
    assert eb.load_spec(tmp_path / "m.toml").digest == spec.digest


def test_one_arm_of_the_file_counts(tmp_path):
    spec = spec_from(written(tmp_path, covariate="arm", level="none"), "m", folder=tmp_path)
    assert (spec.external[0].at_risk, spec.external[0].alive) == (6, 4)


WRONG = {
    "'cohort' is missing": {"cohort": None},
    "'study' and 'sd' (of its drift) belong together": {"sd": None},
    "'covariate' and 'level' belong together": {"level": "none"},
    "'arm' has no level 'other'": {"covariate": "arm", "level": "other"},
    "unknown key 'month'": {"month": 3},
}


@pytest.mark.parametrize("words", WRONG)
def test_arms_that_do_not_fit_are_refused(words, tmp_path):
    with pytest.raises(EsccBayesError) as told:
        spec_from(written(tmp_path, **WRONG[words]), "m", folder=tmp_path)
    assert words in str(told.value)


def test_two_sds_of_one_study_are_refused():
    count = {"start": 0.0, "stop": 6.0, "at_risk": 10, "alive": 8, "study": "S"}
    with pytest.raises(EsccBayesError, match="study 'S' has one drift and states its sd as 0.3, 0.5"):
        spec_from({**RAW, "external": [{**count, "sd": 0.3}, {**count, "sd": 0.5}]}, "m")


def test_which_count_drifts_with_which_study():
    counts = (
        External(0.0, 6.0, 10, 8, study="S", sd=0.3),
        External(0.0, 6.0, 10, 8),
        External(0.0, 6.0, 10, 8, study="T", sd=0.2),
        External(6.0, 9.0, 8, 8, study="S", sd=0.3),
    )
    assert studies_of(counts) == (("S", 0.3), ("T", 0.2))
    np.testing.assert_array_equal(drifting(counts), [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [1.0, 0.0]])


def test_the_digest_of_a_count_without_a_drift_is_as_before():
    """Models without a drift keep their digest, so that saved posteriors still belong to them."""
    assert "study" not in External(0.0, 6.0, 10, 8).content
    assert External(0.0, 6.0, 10, 8, study="S", sd=0.3).content["sd"] == 0.3
