"""Designs: whose effect, what is refused, what is said."""

import numpy as np
import pytest

from escc_bayes.foundation.errors import CohortError, InputError, LandmarkError
from escc_bayes.matching.balance import Column, balance_of, balance_of_column
from escc_bayes.matching.design import design_of, scores_of
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.request import METHODS, Request
from tests.unit.matching.cohorts import COVARIATES, cohort, frame

ON = ("x", "stage", "sex")


def made(own, on=ON, **more):
    request = Request("os", "arm", on, designs=0, **more)
    patients = patients_of(own, request)
    return patients, design_of(patients, request, scores_of(patients, request).score)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_says_whose_effect_it_is_of(method):
    on = ("stage", "sex") if method == "exact" else ON
    patients, design = made(cohort(), on, method=method)
    left_out = (design.weight[patients.treated] == 0.0).any()
    expected = {"iptw": "ate", "overlap": "ato", "none": "given"}.get(method, "atm" if left_out else "att")
    assert design.estimand == expected


def test_with_a_caliper_the_estimand_is_that_of_the_matched():
    assert made(cohort(), caliper=5.0)[1].estimand == "atm"


def test_a_two_valued_number_has_the_sd_of_its_shares():
    treated = np.array([True] * 4 + [False] * 4)
    found = balance_of_column(Column("b", np.array([0.0, 5, 5, 5, 0, 0, 0, 5])), treated, np.ones(8))
    assert found.smd_before == pytest.approx((3.75 - 1.25) / (5 * np.sqrt(0.75 * 0.25)))
    assert np.isnan(found.ratio_before)


def test_where_the_treated_all_have_one_value_both_groups_stand_in():
    treated = np.array([True] * 3 + [False] * 3)
    found = balance_of_column(Column("b", np.array([1.0, 1, 1, 0, 1, 1])), treated, np.ones(6))
    assert found.pooled
    assert found.smd_before == pytest.approx((1 / 3) / np.sqrt((0 + 2 / 9) / 2))


@pytest.mark.parametrize("estimand", ["att", "ate"])
def test_entropy_weights_balance_means(estimand):
    patients, design = made(cohort(), method="entropy", estimand=estimand)
    assert max(abs(one.smd_after) for one in balance_of(patients, design)[1:]) < 1e-9


def test_overlap_weights_balance_exactly():
    patients, design = made(cohort(), method="overlap")
    assert max(abs(one.smd_after) for one in balance_of(patients, design)[1:]) < 1e-10


def test_truncation_cuts_each_group_at_its_own_quantiles():
    patients, whole = made(cohort(), method="iptw")
    _, cut = made(cohort(), method="iptw", truncate=0.1)
    for inside in (patients.treated, ~patients.treated):
        low, high = np.quantile(whole.weight[inside], [0.1, 0.9])
        assert (cut.weight[inside].min(), cut.weight[inside].max()) == pytest.approx((low, high))


def test_who_lacks_a_covariate_is_left_out_and_said():
    table = frame()
    table.loc[:4, "x"] = np.nan
    table.loc[3:6, "arm"] = None
    patients, _ = made(cohort(table))
    assert patients.n == 83
    assert patients.notes[0] == (
        "Complete cases: 7 of 90 patients are left out before matching (4 without 'arm', 5 without 'x')."
    )


def test_what_tells_nothing_new_is_no_part_of_the_score():
    table = frame().assign(z=3.0)
    assert made(cohort(table), ("x", "z"))[0].notes == ("The same for everybody, and so no part of the score: z.",)
    table = table.assign(z=2.0 * table["x"] + 1.0)
    assert "Determined by the covariates before" in made(cohort(table), ("x", "z"))[0].notes[0]
    with pytest.raises(CohortError, match="z is the same for everybody"):
        made(cohort(frame().assign(z=1.0)), ("z",))


def parted():
    table = frame()
    return table.assign(z=np.where(table["arm"] == "yes", 5.0, 0.0) + 0.1 * table["x"])


def test_groups_without_overlap_are_refused_by_name():
    with pytest.raises(CohortError, match=r"the groups do not overlap in 'z'.*--score bayes"):
        made(cohort(parted()), ("x", "z"))
    table = frame()
    table.loc[(table["arm"] == "yes") & (table["stage"] == "II"), "stage"] = "IV"
    with pytest.raises(CohortError, match="all who are 'stage: II' have no"):
        made(cohort(table))


def test_a_score_under_a_prior_is_finite_and_says_so():
    request = Request("os", "arm", ("x", "z"), designs=50, score="bayes", seed=1)
    found = scores_of(patients_of(cohort(parted()), request), request)
    assert np.isfinite(found.score.coef).all()
    assert "finite by its prior alone" in found.notes[1]


def test_coarse_strata_go_on_where_there_is_no_score():
    table = frame()
    table.loc[(table["arm"] == "yes") & (table["stage"] == "II"), "stage"] = "IV"
    _, design = made(cohort(table), method="cem")
    assert design.score is None
    assert design.estimand in ("att", "atm")


def test_three_levels_are_refused():
    with pytest.raises(CohortError, match=r"'stage' has 3 values \(II, III, IV\), and match compares two"):
        patients_of(cohort(), Request("os", "stage", ("x",)))


def test_what_is_known_later_is_refused():
    later = {**COVARIATES, "x": {"kind": "continuous", "known_at": 2.0}}
    table = frame()
    table["months"] += 2.0
    with pytest.raises(LandmarkError, match="'?x'? is known later|x is known later"):
        patients_of(cohort(table, covariates=later), Request("os", "arm", ("x",)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"method": "genetic"}, "method 'genetic' is unknown"),
        ({"method": "overlap", "estimand": "att"}, "overlap is of the estimand ato"),
        ({"method": "iptw", "caliper": 0.2}, "a caliper belongs to nearest, optimal, full"),
        ({"caliper": 0.0}, "caliper is 0"),
        ({"method": "full", "ratio": 2}, "a ratio belongs to nearest and optimal"),
        ({"truncate": 0.1}, "weights of nearest are not truncated"),
        ({"on": ()}, "no covariate is named"),
        ({"on": ("x", "x")}, "'x' stands twice"),
        ({"on": ("arm",)}, "'arm' is the treatment"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_go_together_is_refused(more, said):
    with pytest.raises(InputError, match=said):
        Request("os", "arm", **({"on": ON} | more))


def test_nobody_within_the_caliper_is_an_error():
    with pytest.raises(CohortError, match="matches nobody.*a wider caliper"):
        made(cohort(), caliper=1e-8)
