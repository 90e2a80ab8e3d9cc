"""The section on missing covariates stands beside complete cases, and says what is imputed."""

import pytest

from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.compare.imputed import fit_imputed
from escc_bayes.report.page.bundle import gather
from escc_bayes.report.page.first_screen import whose
from escc_bayes.report.page.imputed_section import imputed_section
from escc_bayes.report.page.outcomes import outcomes
from escc_bayes.report.verbs.files import compare_tables
from escc_bayes.spec.plan import make_plan
from tests.unit.gaps import imputing, larynx_with_gaps


@pytest.fixture(scope="module")
def bundle():
    from dataclasses import replace

    spec, cohort = imputing(completed=2), larynx_with_gaps()
    plan = make_plan(spec.complete_cases, cohort)
    made = gather(cohort, [plan], RunSettings("laplace", draws=500), seed=1, level=0.95)
    return replace(made, imputed={spec.name: fit_imputed(spec, cohort, seed=1, sweeps=1)})


def test_both_stand_in_one_table_with_patients_and_values_imputed(bundle):
    section = imputed_section(bundle, outcomes(bundle))
    (block,) = section.blocks
    (table,) = block.tables
    assert section.methods == ("missing",)
    assert len(table.rows) == 4
    assert all(len(row) == len(table.head) and all(row) for row in table.rows)
    assert "Imputed: n = 90, 50 events, in each of 2 completed cohorts; complete cases: n = 73" in table.note
    assert "stage: 10 of 90 values imputed" in table.note


def test_the_first_screen_says_that_it_is_of_complete_cases(bundle):
    assert whose(outcomes(bundle)[0], bundle) == (
        "Complete cases; with missing covariates imputed: section Missing covariates"
    )


def test_the_tables_of_a_report_hold_both(bundle):
    tables = compare_tables(bundle)
    models = {row["model"] for row in tables["comparison"]}
    assert models == {"larynx_piecewise", "larynx_piecewise@complete_cases"}
    assert [row["covariate"] for row in tables["imputation"]] == ["age", "stage"]
