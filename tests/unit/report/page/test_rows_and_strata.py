"""A report of start-stop rows and of strata: every section is written, or has nothing to say."""

import pytest

from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.report.page.bundle import gather
from escc_bayes.report.page.figures import report_figures
from escc_bayes.report.page.outcomes import outcomes
from escc_bayes.report.page.sections import result_sentences
from escc_bayes.report.verbs.files import compare_tables
from escc_bayes.spec.plan import make_plan
from tests.reference import structure_plans
from tests.reference.heart import cohort_of, heart_frame, model


@pytest.mark.parametrize(
    "spec", [model("walk", ("transplant",), strata="surgery"), model("walk", ("surgery", "transplant"))]
)
def test_figures_and_sentences(spec):
    cohort = cohort_of(heart_frame())
    bundle = gather(cohort, [make_plan(spec, cohort)], RunSettings("laplace"), seed=1, level=0.95)
    assert bundle.attribution == {"heart": ()}
    said = " ".join(result_sentences(outcomes(bundle)[0], bundle))
    assert "transplant, yes vs no" in said
    assert "; Cox 1." in said
    names = {sheet.name for sheet in report_figures(bundle, full=True)}
    assert any("baseline_hazard" in name for name in names)
    assert not any("attribution" in name for name in names)
    # 103 patients in 172 rows: 34 in one row without a transplant, 69 in two.
    ratios = [row for row in compare_tables(bundle)["comparison"] if row["estimand"] == "hazard_ratio"]
    assert {(row["n"], row["rows"]) for row in ratios} == {(103, 172)}
    shown = {(row["group"], row["n"], row["rows"]) for row in bundle.baselines["os"].tables["medians"]}
    assert {("all", 103, 172), ("no", 103, 103), ("yes", 69, 69)} <= shown
    within = {row["strata"] for row in bundle.baselines["os"].tables["logrank"]}
    assert within == ({"", "surgery"} if spec.strata else {""})


def test_curves_and_changes_within_strata_stand_beside_the_stratified_cox():
    """Files and figures: Cox of such a model is stratified, and is there; each row once for each method."""
    cohort = structure_plans.cohort()
    spec = structure_plans.model_of(("spline", "ordered", "time_varying_off"), "walk", strata="alc_mid")
    bundle = gather(cohort, [make_plan(spec, cohort)], RunSettings("laplace", draws=1000), seed=1, level=0.95)
    tables = compare_tables(bundle)
    for table, which in (("time_varying", ("term", "contrast", "start")), ("spline", ("term", "value"))):
        by_method = {}
        for row in tables[table]:
            by_method.setdefault(row["method"], []).append(tuple(row[column] for column in which))
        assert set(by_method) == {"bayes_laplace", "cox_stratified"}, table
        posterior, cox = by_method["bayes_laplace"], by_method["cox_stratified"]
        assert sorted(posterior) == sorted(cox), table
        assert len(set(posterior)) == len(posterior), table
    names = {sheet.name for sheet in report_figures(bundle, full=True)}
    assert any("spline" in name for name in names)
    assert any("over_time" in name or "time_varying" in name for name in names)


def test_a_random_intercept_adds_no_cox_by_centre_to_the_changes():
    cohort = structure_plans.cohort()
    spec = structure_plans.model_of(("time_varying", "random_intercept"), "walk")
    bundle = gather(cohort, [make_plan(spec, cohort)], RunSettings("laplace", draws=1000), seed=1, level=0.95)
    assert {row["method"] for row in compare_tables(bundle)["time_varying"]} == {"bayes_laplace", "cox"}
