"""Cohorts in print. Second sources: lifelines on the same rows, counts by pandas, the audit, the study reader."""

import tomllib
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.recode import complete_cases, in_classes
from escc_bayes.data.rounding import interval
from escc_bayes.data.study import read_study
from escc_bayes.evidence.audit import audit
from escc_bayes.evidence.publish import publish
from escc_bayes.foundation.errors import CohortError
from tests.unit.evidence import real_cohorts

NAMES = ("larynx", "tcga_escc", "oropharynx")


@pytest.fixture(scope="module", params=NAMES)
def cohort(request):
    return cohort_called(request.param, request)


def cohort_called(name, request):
    if name == "larynx":
        return real_cohorts.larynx()
    return getattr(real_cohorts, name)(request.getfixturevalue("shared_data"))


def printed(cohort, tmp_path):
    """Return the study as read back, and the parsed layout."""
    text = publish(cohort, study=f"{cohort.name}_print")
    path = tmp_path / "study.toml"
    path.write_text(text.study, encoding="utf-8")
    return read_study(path), tomllib.loads(text.layout)


def frame_of(cohort, endpoint):
    """Return the rows as lifelines wants them, levels as words."""
    data = cohort.endpoint(endpoint)
    words = {name: np.array(c.schema.levels)[c.values.astype(int)] for name, c in cohort.covariates.items()}
    return pd.DataFrame({"t": data.time, "d": data.event, **words})


def test_survival_is_that_of_lifelines(cohort, tmp_path):
    """lifelines 0.30.3: Kaplan-Meier at landmarks, median, and the median of the reversed curve."""
    from lifelines import KaplanMeierFitter

    study, _ = printed(cohort, tmp_path)
    assert [s.endpoint for s in study.survivals] == [name.upper() for name in cohort.endpoints]
    for curve in study.survivals:
        frame = frame_of(cohort, curve.endpoint.lower())
        fitted = KaplanMeierFitter().fit(frame.t, frame.d)
        reverse = KaplanMeierFitter().fit(frame.t, 1 - frame.d)
        assert (curve.n, curve.events) == (len(frame), int(frame.d.sum()))
        assert [int(mark.t) for mark in curve.landmarks] == [12, 24, 36]
        for mark in curve.landmarks:
            assert interval(mark.s).holds(float(fitted.predict(float(mark.t))))
        assert interval(str(curve.followup_median), whole="rounded").holds(reverse.median_survival_time_)
        assert interval(str(curve.median), whole="rounded").holds(fitted.median_survival_time_)


def test_log_rank_tests_are_those_of_lifelines(cohort, tmp_path):
    """lifelines multivariate_logrank_test: overall, and on the two groups of each pair."""
    from lifelines.statistics import multivariate_logrank_test

    study, layout = printed(cohort, tmp_path)
    contrasts = {c["effect"]: c for c in layout["contrast"]}
    tests = [e for e in study.estimates if e.measure == "logrank"]
    assert len(tests) == len(contrasts) * len(cohort.endpoints)
    for test in tests:
        contrast = contrasts[test.effect]
        frame = frame_of(cohort, test.endpoint.lower())
        levels = [level for group in contrast["groups"] for level in group]
        frame = frame[frame[contrast["covariate"]].isin(levels)]
        expected = multivariate_logrank_test(frame.t, frame[contrast["covariate"]], frame.d)
        assert test.groups == len(levels)
        assert interval(test.chi2).holds(expected.test_statistic)
        assert interval(test.p).holds(expected.p_value) if test.p is not None else expected.p_value < 0.001


def test_hazard_ratios_are_those_of_lifelines(cohort, tmp_path):
    """lifelines CoxPHFitter (Efron) on indicator columns: ratio, interval and P of every level but the references."""
    from lifelines import CoxPHFitter

    study, layout = printed(cohort, tmp_path)
    contrasts = {c["effect"]: c for c in layout["contrast"] if c["hazard_ratio"]}
    for endpoint in cohort.endpoints:
        frame = frame_of(cohort, endpoint)
        columns = {
            effect: (frame[c["covariate"]] == c["groups"][1][0]).astype(float) for effect, c in contrasts.items()
        }
        fitted = CoxPHFitter().fit(pd.DataFrame({"t": frame.t, "d": frame.d, **columns}), "t", "d").summary
        found = {e.effect: e for e in study.estimates if e.measure == "HR" and e.endpoint == endpoint.upper()}
        assert set(found) == set(contrasts)
        for effect, estimate in found.items():
            row = fitted.loc[effect]
            for value, column in (
                (estimate.value, ""),
                (estimate.ci_low, " lower 95%"),
                (estimate.ci_high, " upper 95%"),
            ):
                assert float(value) == pytest.approx(row[f"exp(coef){column}"], abs=6e-4, rel=1e-5)
            assert float(estimate.p or 0.0) == pytest.approx(row["p"], abs=1e-3)


def test_counts_and_cross_tables_are_those_of_pandas(cohort, tmp_path):
    study, layout = printed(cohort, tmp_path)
    values = {n.name: int(n.value) for n in study.numbers}
    frame = frame_of(cohort, "os")
    for name, body in layout["covariates"].items():
        assert [values[c] for c in body["counts"]] == [int((frame[name] == level).sum()) for level in body["levels"]]
    tables = len(cohort.covariates) * (len(cohort.covariates) - 1) // 2
    assert len(layout["joint"]) == tables
    for joint in layout["joint"]:
        one, other = joint["covariates"]
        table = pd.crosstab(frame[one], frame[other])
        for cell in joint["cells"]:
            assert values[cell["n"]] == table.loc[cell[one], cell[other]]
        assert sum(values[cell["n"]] for cell in joint["cells"]) == len(frame)


def test_digits_stay_as_printed(tmp_path):
    """0.080 promises three digits: it is not printed as 0.08."""
    study, _ = printed(real_cohorts.larynx(), tmp_path)
    third = next(e for e in study.estimates if e.effect == "stage_III_vs_I" and e.measure == "logrank")
    assert str(third.p) == "0.080"
    assert third.p.as_tuple() == Decimal("0.080").as_tuple()


@pytest.mark.parametrize("name", NAMES)
def test_audit_finds_no_contradiction_in_a_true_print(name, request, tmp_path):
    """All numbers come from one set of rows: a contradiction would be a false alarm."""
    study, _ = printed(cohort_called(name, request), tmp_path)
    assert [str(f) for f in audit(study) if f.grave] == []


def test_audit_finds_a_count_changed_after_print(tmp_path):
    """The other side: one patient more in a stage is found, by the sum of the stages and by its own quote."""
    text = publish(real_cohorts.larynx(), study="changed").study
    path = tmp_path / "study.toml"
    path.write_text(
        text.replace('name = "stage_IV_n"\nvalue = 13', 'name = "stage_IV_n"\nvalue = 14'), encoding="utf-8"
    )
    assert [f.rule for f in audit(read_study(path)) if f.grave] == ["file and quote", "counts"]


def test_layout_names_what_the_study_prints(cohort, tmp_path):
    """The reader of layouts takes it; every name in it is printed."""
    reader = pytest.importorskip("escc_bayes.evidence.reconstruction.read_layout")
    study, _ = printed(cohort, tmp_path)
    path = tmp_path / "layout.toml"
    path.write_text(publish(cohort, study=study.id).layout, encoding="utf-8")
    layout = reader.read_layout(path)
    names = {n.name for n in study.numbers}
    assert layout.n == len(cohort)
    assert {count for c in layout.covariates for count in c.counts} <= names
    assert {cell.count for joint in layout.joints for cell in joint.cells} <= names
    assert {c.effect for c in layout.contrasts} == {e.effect for e in study.estimates}
    assert [(e.time, e.event) for e in layout.endpoints] == [
        (f"{name}_months", f"{name}_event") for name in cohort.schema.endpoints
    ]
    assert {c.name: c.levels for c in layout.covariates} == {
        name: data.schema.levels for name, data in cohort.covariates.items()
    }


def test_progression_is_printed_for_an_endpoint_within_another(shared_data, tmp_path):
    """PFS lies within OS: 33 of 95 TCGA patients progressed before their follow-up for OS ended (counted by pandas)."""
    cohort = real_cohorts.tcga_escc(shared_data)
    study, layout = printed(cohort, tmp_path)
    rows = pd.read_csv(shared_data / "tcga_escc_clinical.csv").dropna(subset=["stage_group"])
    expected = int(((rows["PFI"] == 1.0) & (rows["PFI.time"] < rows["OS.time"])).sum())
    assert layout["endpoints"]["pfs"]["within"] == "os"
    assert layout["endpoints"]["pfs"]["failures"] == "failures_n"
    assert {n.name: n.value for n in study.numbers}["failures_n"] == expected == 33


def test_numbers_and_gaps_are_refused_with_the_remedy():
    larynx = example_cohort("larynx")
    with pytest.raises(CohortError, match=r"covariate 'age' is a number.*in_classes\(cohort, 'age'"):
        publish(larynx, study="x")
    nobody_in_stage_iv = larynx.endpoint("os").event * (larynx.covariate("stage").values != 3.0)
    changed = with_events(larynx, nobody_in_stage_iv)
    with pytest.raises(CohortError, match="'IV' against 'I' of 'stage' has no finite hazard ratio"):
        publish(changed, study="x")


def with_events(cohort, event):
    """Return the larynx cohort with other events and without age."""
    from dataclasses import replace
    from types import MappingProxyType

    data = replace(cohort.endpoint("os"), event=event)
    narrow = complete_cases(cohort, endpoints=("os",), covariates=("stage",))
    return replace(narrow, endpoints=MappingProxyType({"os": data}))


def test_class_of_a_value_on_the_cut_is_the_upper_one():
    larynx = example_cohort("larynx")
    classes = in_classes(larynx, "age", [65.0, 75.0], new="age_class").covariate("age_class")
    age = larynx.covariate("age").values
    assert classes.schema.levels == ("under_65", "from_65", "from_75")
    np.testing.assert_array_equal(classes.values, (age >= 65.0).astype(float) + (age >= 75.0))
