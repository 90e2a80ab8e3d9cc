"""Follow-up, OS and PFS: printed numbers, limits by the slope, the posterior beside Kaplan-Meier."""

import csv

import numpy as np
import pytest

from escc_bayes.data.bundled import ENSEMBLES
from escc_bayes.study import middle as km
from escc_bayes.study.of_draws import curve_draws, of_draws
from escc_bayes.study.part import StudyChapter
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import fitted, whole_spec
from tests.unit.study.conftest import part_of, table_named

TITLE = "Follow-up, overall and progression-free survival"


def test_every_printed_number_is_that_of_kaplan_meier(chapter: StudyChapter) -> None:
    rows = [r for r in table_named(chapter, "survival").rows if r["method"] == "km" and r["printed"]]
    assert len(rows) == 11
    assert {r["reached"] for r in rows} == {"reproduced"}
    for row in rows:
        if row["quantity"] == "median, limits from the slope":
            assert f"{row['lower']:.1f} to {row['upper']:.1f}" == row["printed"]
        elif row["printed"] == "not reached":
            assert np.isinf(row["value"])
        else:
            scale = 100.0 if row["quantity"].startswith("survival") else 1.0
            assert f"{scale * row['value']:.1f}" == row["printed"]


def test_limits_by_the_slope_are_those_of_the_reconstruction(subject: Subject) -> None:
    """Second source: the compiled search, whose middle answers ``targets.csv`` holds."""
    with (ENSEMBLES["escc79"].folder / "targets.csv").open() as stream:
        held = {(r["endpoint"], r["target"]): r["achieved_median"] for r in csv.DictReader(stream)}
    found = [km.slope_limits(curve, 1.959964) for curve in km.curves(subject.followed("pfs"), 0.95)]
    for place, word in ((1, "lower"), (2, "upper")):
        achieved = float(held["PFS", f"median, {word} limit (slope)"])
        assert np.median([one[place] for one in found]) == pytest.approx(achieved, abs=1e-4)


def test_the_middle_of_several_keeps_what_is_not_reached() -> None:
    found = km.middle([(10.0, 5.0, np.inf), (12.0, 6.0, np.inf), (11.0, 7.0, 20.0)])
    assert (found.value, found.lower, found.upper) == (11.0, 6.0, np.inf)
    assert found.words(lambda x: f"{x:.0f}") == "11 (6 to not reached)"


def test_posterior_curves_are_the_survival_of_the_fit(subject: Subject) -> None:
    """Mean months by the trapezoid rule against the closed form of a piecewise hazard."""
    posterior = fitted(subject, whole_spec(subject, "pfs", (), "piecewise", "pfs_all_patients"), ())
    posterior = posterior.thinned(1000)
    draws, grid = curve_draws(posterior, 36.0)
    by_rule = np.trapezoid(draws, grid, axis=1)
    fine = np.linspace(0.0, 36.0, 1441)
    exact = np.trapezoid(posterior.survival(fine), fine, axis=1)
    assert by_rule == pytest.approx(exact, abs=2e-3)
    told = of_draws(by_rule, 0.95)
    assert told.lower < told.value < told.upper


def test_states_are_the_two_endpoints_and_add_up(chapter: StudyChapter) -> None:
    states = {(r["time"], r["state"], r["method"]): r["probability"] for r in table_named(chapter, "states").rows}
    survival = {
        (r["endpoint"], r["quantity"]): r["value"] for r in table_named(chapter, "survival").rows if r["method"] == "km"
    }
    for month in (12.0, 24.0, 36.0):
        named = f"survival at {month:g} months, %"
        assert states[month, "start", "aalen_johansen"] == pytest.approx(survival["pfs", named], abs=0.01)
        assert 1.0 - states[month, "dead", "aalen_johansen"] == pytest.approx(survival["os", named], abs=0.02)
        total = sum(states[month, name, "bayes"] for name in ("start", "progressed", "dead"))
        assert total == pytest.approx(1.0, abs=0.02)


def test_one_figure_has_both_endpoints_and_a_cohort_without_pfs_one(chapter: StudyChapter, own: StudyChapter) -> None:
    assert [len(f.panels) for f in part_of(chapter, TITLE).figures] == [2]
    assert [len(f.panels) for f in part_of(own, TITLE).figures] == [1]
    assert any("endpoints.pfs" in line for line in part_of(own, TITLE).skipped)
    assert not [t for t in part_of(own, TITLE).tables if t.name == "states"]
