"""What a session and a notebook show of results, and what maketables asks of them."""

import math

import pytest

import escc_bayes as eb
from escc_bayes.evidence.finding import Findings


@pytest.fixture(scope="module")
def posterior(larynx):
    return eb.fit(eb.load_spec("larynx_piecewise"), larynx, engine="laplace", draws=200)


@pytest.fixture(scope="module")
def classical(larynx):
    return eb.fit_classical(eb.load_spec("larynx_piecewise"), larynx)


def test_maketables_reads_log_hazard_ratios_of_a_posterior_and_no_p_value(posterior):
    table = posterior.__maketables_coef_table__
    ratios = posterior.hazard_ratios()
    assert list(table.index) == ["stage II vs I", "stage III vs I", "stage IV vs I", "age per 10"]
    assert table.index.name == "Coefficient"
    assert table["b"].tolist() == pytest.approx([math.log(e.value) for e in ratios])
    assert table["ci95u"].tolist() == pytest.approx([math.log(e.upper) for e in ratios])
    assert table["p"].isna().all()
    assert posterior.__maketables_stat__("N") == 90
    assert posterior.__maketables_stat__("provenance") == "OBSERVED"
    assert posterior.__maketables_stat__("r2") is None
    assert posterior.__maketables_depvar__ == "os"


def test_maketables_reads_multivariable_cox_of_a_classical_fit(classical):
    table = classical.__maketables_coef_table__
    cox = [e for e in classical.hazard_ratios() if e.method == "cox"]
    assert table["p"].tolist() == [e.p_value for e in cox]
    assert (table["b"] / table["se"]).tolist() == pytest.approx(table["t"].tolist())
    assert classical.__maketables_stat__("method") == "cox"


def test_tables_are_tidy_and_count_patients_and_events(posterior, classical):
    columns = ["term", "contrast", "hr", "lower", "upper", "prob_gt_1", "n", "events"]
    assert list(posterior.table().columns) == columns
    assert set(classical.table()["method"]) == {"cox", "cox_firth", "cox_univariable", "weibull_mle"}
    found = eb.compare([eb.HazardRatio("stage", "IV", versus="I")], posterior, classical)
    assert len(found.table()) == 5


def test_baselines_print_their_tables(larynx):
    found = eb.baselines(larynx, "os")
    printed = repr(found)
    assert printed.startswith("OBSERVED: 90 of 90 patients")
    assert "Kaplan-Meier, months" in printed
    assert "Log-rank tests" in printed
    assert "cox_univariable  stage IV vs I" in printed
    assert found._repr_html_().count("<table>") == 3


def test_an_audit_and_a_plan_are_tables_in_a_notebook():
    found = eb.audit(eb.read_study("seed1_scirep2025"))
    assert "14 + 36 + 19 = 69" in repr(found)
    assert found._repr_html_().count("<tr>") == len(found) + 1
    assert repr(Findings()) == "nothing found"
    plan = eb.operating_characteristics(eb.load_design("rt_consolidation"), trials=2, seed=1)
    assert "SIMULATED" in repr(plan)
    assert "power" in plan._repr_html_()
