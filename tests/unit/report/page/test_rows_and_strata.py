"""A report of start-stop rows and of strata: every section is written, or has nothing to say."""

import pytest

from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.report.page.bundle import gather
from escc_bayes.report.page.figures import report_figures
from escc_bayes.report.page.outcomes import outcomes
from escc_bayes.report.page.sections import result_sentences
from escc_bayes.spec.plan import make_plan
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
    within = {row["strata"] for row in bundle.baselines["os"].tables["logrank"]}
    assert within == ({"", "surgery"} if spec.strata else {""})
