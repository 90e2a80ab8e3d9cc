"""Background mortality in fits: engines agree, posteriors reload, refits and tables know what is in excess of what."""

from dataclasses import replace

import numpy as np
import pytest
from tests.calibration.excess_hazard_recovery import ASKED, cohort, drawn, patients

import escc_bayes as eb
from escc_bayes.bayes.posterior.fit import fit_plan
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import leave_one_out
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.compare.other_analyses import WITH, WITHOUT, external_analyses

PLAN = drawn("piecewise", 79, 3)[0]


@pytest.fixture(scope="module")
def fitted():
    """The posterior by ``laplace``."""
    return fit_plan(PLAN, RunSettings("laplace", draws=1000), seed=1)


def test_both_engines_agree(fitted):
    """Within 4 Monte Carlo errors: 1,000 independent draws beside NUTS of 4,000, of which a quarter count."""
    sampled = fit_plan(PLAN, RunSettings("nuts", draws=1000, chains=4), seed=2)
    assert fitted.verdict == sampled.verdict == "ok"
    for one in ASKED.values():
        mine, theirs = fitted.draws(one), sampled.draws(one)
        error = np.hypot(mine.std() / np.sqrt(1000.0), theirs.std() / np.sqrt(1000.0))
        assert abs(mine.mean() - theirs.mean()) < 4 * error


def test_it_is_saved_and_read_back(fitted, tmp_path):
    """With its table, and so with its curves of all causes."""
    fitted.save(tmp_path / "m.nc")
    again = load_posterior(tmp_path / "m.nc")
    assert again.plan.spec == fitted.plan.spec
    asked = eb.SurvivalAt(36.0, "arm", "b", "everyone")
    np.testing.assert_array_equal(again.draws(asked), fitted.draws(asked))


def test_notes_say_what_a_number_is_of(fitted):
    assert "EXCESS hazard ratio, over the mortality of us_life_table.csv" in fitted.estimate(ASKED["arm"]).note
    assert "all causes" in fitted.estimate(ASKED["survival"]).note


def test_classical_curves_beside_are_of_all_causes(fitted):
    """The same as of the plan without a life table."""
    bare = replace(PLAN, spec=PLAN.spec.without_sources)
    asked = eb.SurvivalAt(24.0)
    with_, without = (fit_classical_plan(plan).estimate(asked, level=0.95) for plan in (PLAN, bare))
    assert [e.value for e in with_] == [e.value for e in without]


def test_with_and_without_the_table(fitted):
    """Without it hazards are of all causes, and older patients have a larger ratio."""
    found = {a.name: a.estimates for a in external_analyses(fitted, seed=1, level=0.95)}
    ages = {name: next(e.value for e in of if e.term == "age") for name, of in found.items()}
    assert ages[WITH] < ages[WITHOUT]
    plain = fit_plan(replace(PLAN, spec=PLAN.spec.without_sources), RunSettings("laplace", draws=1000), seed=4)
    assert np.log(ages[WITHOUT]) == pytest.approx(plain.draws(ASKED["age"]).mean(), abs=0.05)


def test_refits_leave_patients_out():
    """The hazard ratio without the first patient is that of a fit without them."""
    frame = patients("piecewise", 79, 3)[0]
    table = refit_many(leave_one_out(PLAN.spec, cohort(frame)), seed=3, draws=2000)
    row = next(row for row in table.rows() if row["term"] == "arm" and row["left_out"] == PLAN.rows.ids[0])
    less = eb.fit(PLAN.spec, cohort(frame.drop(index=0)), seed=5, engine="laplace", draws=4000)
    mine = less.draws(ASKED["arm"])
    assert float(str(row["log_mean"])) == pytest.approx(mine.mean(), abs=4 * mine.std() / 30)
