"""Survivors of another source: posteriors in closed form, reloaded, beside the fit without them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import escc_bayes as eb
from escc_bayes.bayes.posterior.fit import fit_plan
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.compare.other_analyses import MONTHS_READ, WITH, WITHOUT, external_analyses
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import SpecError
from escc_bayes.report.page.other_blocks import analyses_table
from escc_bayes.spec.external import External
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

RATE = {
    "name": "m",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "piecewise_exponential", "pieces": 1, "smoothing": "independent"},
    "effect": [],
}
COUNT = {"start": 24.0, "stop": 60.0, "at_risk": 50, "alive": 50}


def plan_of(priors, external):
    """Ten patients, 6 events in 100 months, one rate."""
    table = pd.DataFrame({"t": np.arange(1.0, 20.0, 2.0), "d": [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]})
    schema = schema_from({"endpoints": {"os": {"time": "t", "event": "d"}}}, "s")
    raw = RATE | {"priors": priors, "external": external}
    return make_plan(spec_from(raw, "m"), eb.read_cohort(table, schema, provenance="simulated"))


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_a_count_without_deaths_is_person_months_in_closed_form(engine):
    """Gamma prior (2, 30), 6 events in 100 months, 50 survivors of 36 months: gamma (8, 30 + 100 + 1800)."""
    plan = plan_of({"baseline_rate": {"gamma": [2.0, 30.0]}}, [COUNT])
    rates = np.exp(fit_plan(plan, RunSettings(engine), seed=3).values["baseline"]).ravel()
    exact = stats.gamma(8.0, scale=1.0 / 1930.0)
    assert rates.mean() == pytest.approx(exact.mean(), abs=4 * exact.std() / np.sqrt(2000))
    assert rates.std() == pytest.approx(exact.std(), rel=0.08)


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_a_count_of_survivors_against_quadrature(engine):
    """Normal prior on the log rate: the posterior on a grid, with scipy's binomial."""
    plan = plan_of({"baseline_log_rate": {"normal": [-3.0, 1.0]}}, [{**COUNT, "alive": 20}])
    drawn = fit_plan(plan, RunSettings(engine), seed=4).values["baseline"].ravel()
    at = np.linspace(-7.0, 1.0, 20001)
    log_p = stats.norm.logpdf(at, -3.0, 1.0) + 6 * at - 100 * np.exp(at)
    log_p += stats.binom.logpmf(20, 50, np.exp(-36 * np.exp(at)))
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    mean = p @ at
    sd = np.sqrt(p @ (at - mean) ** 2)
    assert drawn.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(2000))
    assert drawn.std() == pytest.approx(sd, rel=0.05)


@pytest.fixture(scope="module")
def shipped():
    return eb.fit(eb.load_spec("os_external"), eb.example_cohort("escc79"), seed=3, engine="laplace", draws=1000)


def test_a_saved_posterior_keeps_its_counts(shipped, tmp_path):
    shipped.save(tmp_path / "p.nc")
    again = eb.load_posterior(tmp_path / "p.nc")
    assert again.plan.spec == shipped.plan.spec
    np.testing.assert_array_equal(again.plan.external_shares, shipped.plan.external_shares)


def test_without_the_counts_it_is_os_piecewise(shipped):
    """The analyses beside read the same months, in follow-up and beyond; the second is the model without counts."""
    found = external_analyses(shipped, seed=1, level=0.95)
    assert [a.name for a in found] == [WITH, WITHOUT]
    months = sorted({*MONTHS_READ, 33.0})
    for kind in ("survival", "rmst"):
        assert [[e.time for e in a.estimates if e.estimand == kind] for a in found] == [months, months]
    beyond = [e for e in found[1].estimates if e.estimand == "rmst" and e.time == 120.0]
    assert "extrapolated" in beyond[0].note
    plain = eb.fit(eb.load_spec("os_piecewise"), eb.example_cohort("escc79"), seed=9, engine="laplace", draws=1000)
    asked = eb.SurvivalAt(36.0)
    mine = next(e for e in found[1].estimates if e.estimand == "survival" and e.time == 36.0)
    theirs = plain.estimate(asked)
    assert mine.value == pytest.approx(theirs.value, abs=4 * (theirs.upper - theirs.lower) / 4 / 25)


def test_a_precise_count_rules(shipped):
    """Of 20,000 alike, alive at 9 months, 30 % live at 33: the model's conditional survival is that, to 0.01."""
    spec = replace(shipped.plan.spec, external=(External(9.0, 33.0, 20_000, 6_000),))
    posterior = eb.fit(spec, eb.example_cohort("escc79"), seed=5, engine="laplace", draws=500)
    start, stop = (posterior.estimate(eb.SurvivalAt(month)).value for month in (9.0, 33.0))
    assert stop / start == pytest.approx(0.3, abs=0.01)


GROUPS = {
    "'grade' is no covariate of the model": {"grade": "low"},
    "'stage' has no level 'V'": {"stage": "V"},
}


@pytest.mark.parametrize("words", GROUPS)
def test_groups_that_are_none_are_refused(words, shipped):
    spec = replace(shipped.plan.spec, external=(External(9.0, 33.0, 32, 18, tuple(GROUPS[words].items())),))
    with pytest.raises(SpecError, match=words):
        make_plan(spec, eb.example_cohort("escc79"))


def test_a_group_without_patients_is_refused(shipped):
    """RPL lies in stages III and IV alone: nobody of stage II has it."""
    pair = (("stage", "II"), ("coverage", "RPL"))
    spec = replace(shipped.plan.spec, external=(External(9.0, 33.0, 32, 18, pair),))
    with pytest.raises(SpecError, match="no patient analysed has stage = II, coverage = RPL"):
        make_plan(spec, eb.example_cohort("escc79"))


def test_a_group_is_standardised_over_its_patients(shipped):
    spec = replace(shipped.plan.spec, external=(External(9.0, 33.0, 32, 18, (("stage", "IV"),)),))
    share = make_plan(spec, eb.example_cohort("escc79")).external_shares[0]
    assert (share > 0.0).sum() == 29
    assert share.sum() == pytest.approx(1.0)


def test_refits_take_the_counts(shipped):
    """The base of a round of refits is the fit itself."""
    from escc_bayes.spec.prior import Normal

    grid = {"coverage": [Normal(0.0, 0.7073060)]}
    table = eb.refit_many(eb.prior_grid(shipped.plan.spec, eb.example_cohort("escc79"), grid), seed=3, draws=2000)
    own = next(float(str(row["log_mean"])) for row in table.rows() if row["term"] == "coverage")
    drawn = shipped.draws(eb.HazardRatio("coverage", "RPL", versus="RAL"))
    assert own == pytest.approx(drawn.mean(), abs=4 * drawn.std() / 25)


@pytest.mark.parametrize("name", ["pfs_intervals", "os_external"])
def test_models_print_as_toml_that_reads_back(name, tmp_path):
    spec = eb.load_spec(name)
    (tmp_path / "m.toml").write_text(spec.toml, encoding="utf-8")
    assert eb.load_spec(tmp_path / "m.toml").digest == spec.digest


def test_the_page_says_who_is_at_risk_and_what_is_extrapolated(shipped):
    """Nobody is followed to 60 months: 0 at risk, and a dagger."""
    found = external_analyses(shipped, seed=1, level=0.95)
    table = analyses_table(found, "RECONSTRUCTED: os", {}, shipped.plan)
    words = [row[0] for row in table.rows]
    assert "at 24 months (30 at risk)" in words
    assert "at 60 months (0 at risk) †" in words
    assert "extrapolated beyond follow-up" in table.note
    assert "Cox" not in table.note
