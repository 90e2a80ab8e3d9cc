"""Coarser cohorts: who falls into which class, and what is refused."""

import numpy as np
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.recode import complete_cases, in_classes, merged
from escc_bayes.foundation.errors import CohortError


@pytest.fixture
def escc():
    return example_cohort("escc79")


def test_merged_levels_add_up(larynx):
    """Counting: 33 + 17 and 27 + 13 patients (Kardaun 1983); the first group is the reference."""
    two = merged(larynx, "stage", {"late": ["IV", "III"], "early": ["I", "II"]})
    assert two.covariate("stage").schema.levels == ("late", "early")
    assert two.covariate("stage").schema.kind == "binary"
    np.testing.assert_array_equal(np.bincount(two.covariate("stage").values.astype(int)), [40, 50])
    assert list(two.covariates) == list(larynx.covariates)


@pytest.mark.parametrize(
    ("groups", "given"),
    [({"a": ["I", "II"], "b": ["III"]}, "I, II, III"), ({"a": ["I", "II"], "b": ["II", "III", "IV"]}, "I, II, II")],
)
def test_groups_must_hold_each_level_once(larynx, groups, given):
    with pytest.raises(CohortError, match=f"must hold each of I, II, III, IV once; was given {given}"):
        merged(larynx, "stage", groups)


def test_cuts_that_leave_a_class_empty_are_refused(larynx):
    with pytest.raises(
        CohortError, match="leave a class without patients \\(under_20\\); its values run from 41 to 86"
    ):
        in_classes(larynx, "age", [20.0], new="age_class")
    with pytest.raises(CohortError, match="must be strictly increasing, but 60 is followed by 60"):
        in_classes(larynx, "age", [60.0, 60.0], new="age_class")
    with pytest.raises(CohortError, match="covariate 'stage' has levels already"):
        in_classes(larynx, "stage", [2.0], new="x")
    with pytest.raises(CohortError, match="there is a covariate 'stage' already"):
        in_classes(larynx, "age", [60.0], new="stage")


def test_complete_cases_keep_only_what_was_asked(escc):
    narrow = complete_cases(escc, endpoints=("os",), covariates=("stage",))
    assert (list(narrow.endpoints), list(narrow.covariates)) == (["os"], ["stage"])
    assert (list(narrow.schema.endpoints), list(narrow.schema.covariates)) == (["os"], ["stage"])
    assert len(narrow) == 79


def test_patients_with_gaps_are_left_out(larynx):
    from dataclasses import replace
    from types import MappingProxyType

    stage = larynx.covariate("stage")
    values = stage.values.copy()
    values[[3, 40]] = np.nan
    holed = replace(larynx, covariates=MappingProxyType({**larynx.covariates, "stage": replace(stage, values=values)}))
    narrow = complete_cases(holed, endpoints=("os",), covariates=("stage", "age"))
    assert len(narrow) == 88
    np.testing.assert_array_equal(narrow.endpoint("os").time, np.delete(larynx.endpoint("os").time, [3, 40]))
