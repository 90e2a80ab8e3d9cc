"""Fits are comparable on the same patients with the same data, whatever the identifiers say; no fit vanishes."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.loo import compare_loo
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import fit_classical
from escc_bayes.compare.comparison import compare
from escc_bayes.data.bundled import example_cohort
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival
from escc_bayes.foundation.errors import EstimandError, SpecError
from escc_bayes.foundation.labels import numbered
from escc_bayes.report.page.bundle import gather
from escc_bayes.report.page.compared import comparable
from escc_bayes.sensitivity.attribution import attribute
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec

ASKED = [HazardRatio("stage", "IV"), MedianSurvival()]


@pytest.fixture(scope="module")
def spec():
    return load_spec("larynx_piecewise")


@pytest.fixture(scope="module")
def posterior(spec, larynx):
    return fit(spec, larynx, seed=1, engine="laplace", draws=500)


@pytest.fixture(scope="module")
def classical(spec, larynx):
    return fit_classical(spec, larynx)


def with_outcome(cohort, field, change):
    """Return a cohort of the same patients with one column of the follow-up changed in its first row."""
    data = cohort.endpoints["os"]
    values = getattr(data, field).copy()
    values[0] = change(values[0])
    changed = replace(data, **{field: values})
    return replace(cohort, endpoints=MappingProxyType({**cohort.endpoints, "os": changed}))


def with_covariate(cohort, name):
    """Return a cohort of the same patients with the values of one covariate in another order."""
    covariate = cohort.covariates[name]
    changed = replace(covariate, values=covariate.values[::-1].copy())
    return replace(cohort, covariates=MappingProxyType({**cohort.covariates, name: changed}))


OTHER_DATA = {
    "time": lambda cohort: with_outcome(cohort, "time", lambda t: t + 0.5),
    "event": lambda cohort: with_outcome(cohort, "event", lambda d: 1.0 - d),
    "entry": lambda cohort: with_outcome(cohort, "entry", lambda _: 0.1),
    "weight": lambda cohort: replace(cohort, weight=np.where(np.arange(len(cohort)) == 0, 2.0, 1.0)),
    "stage": lambda cohort: with_covariate(cohort, "stage"),
}


@pytest.mark.parametrize("what", OTHER_DATA)
def test_the_same_identifiers_with_other_data_are_refused(what, spec, larynx, posterior, classical):
    other = OTHER_DATA[what](larynx)
    assert other.ids == larynx.ids
    changed = fit_classical(spec, other)
    with pytest.raises(EstimandError, match=f"same identifiers with another '?{what}'? in "):
        compare(ASKED, posterior, changed, level=0.95)
    with pytest.raises(EstimandError, match=f"attribution needs .*same identifiers with another '?{what}'? in "):
        attribute(posterior, changed, other)
    again = replace(posterior, plan=make_plan(spec, other), record=replace(posterior.record, data_digest="other"))
    if what == "stage":  # the outcome is the same: its prediction from other covariates can be compared
        return
    with pytest.raises(EstimandError, match=f"leave-one-out .*same identifiers with another {what} in 1 of 90 rows"):
        compare_loo([posterior, again])


def test_models_of_other_covariates_on_the_same_patients_stay_comparable(spec, larynx, posterior):
    smaller = replace(spec, name="stage_alone", effects=tuple(e for e in spec.effects if e.name == "stage"))
    other = fit(smaller, larynx, seed=1, engine="laplace", draws=500)
    found = compare(ASKED, posterior, other, fit_classical(smaller, larynx), level=0.95)
    assert {e.model for e in found.estimates} == {spec.name, "stage_alone"}
    assert [row.rank for row in compare_loo([posterior, other])] == [0, 1]


def test_attribution_of_another_model_is_refused(spec, larynx, posterior):
    smaller = replace(spec, effects=tuple(e for e in spec.effects if e.name == "stage"))
    with pytest.raises(EstimandError, match="attribution needs .* effects of"):
        attribute(posterior, fit_classical(smaller, larynx), larynx)


def test_attribution_under_another_prior_stays_possible(larynx, classical):
    sceptical = fit(load_spec("larynx_piecewise@sceptical"), larynx, seed=1, engine="laplace", draws=500)
    assert attribute(sceptical, classical, larynx)


def test_different_fits_of_one_name_are_numbered_and_none_vanishes(spec, larynx, posterior, classical):
    namesake = replace(load_spec("larynx_piecewise@sceptical"), name=spec.name)
    other = fit(namesake, larynx, seed=1, engine="laplace", draws=500)
    reseeded = fit(spec, larynx, seed=2, engine="laplace", draws=500)
    found = compare(ASKED[:1], posterior, other, reseeded, classical, level=0.95)
    rows = {(e.method, e.model): e.value for e in found.estimates}
    assert len(rows) == len(found.estimates) == 7
    asked = {
        spec.name: posterior,
        f"{spec.name} (2)": other,
        f"{spec.name} (3)": reseeded,
    }
    values = {name: f.estimate(ASKED[0], level=0.95).value for name, f in asked.items()}
    assert {model: value for (method, model), value in rows.items() if method == "bayes_laplace"} == values
    assert {model for method, model in rows if method == "cox"} == {spec.name}
    loo = compare_loo([posterior, other])
    assert {row.model for row in loo} == {spec.name, f"{spec.name} (2)"}


def test_a_fit_given_twice_counts_once(posterior, classical):
    found = compare(ASKED, posterior, classical, posterior, classical, level=0.95)
    assert repr(found.estimates) == repr(compare(ASKED, posterior, classical, level=0.95).estimates)
    with pytest.raises(EstimandError, match="two or more posteriors"):
        compare_loo([posterior, posterior])


def test_a_run_of_models_that_share_a_name_is_refused(spec, larynx):
    namesake = replace(load_spec("larynx_piecewise@sceptical"), name=spec.name)
    with pytest.raises(SpecError, match="two models are called 'larynx_piecewise'"):
        gather(larynx, [make_plan(one, larynx) for one in (spec, namesake)], RunSettings("laplace"), seed=1, level=0.95)


def test_numbers_do_not_run_into_a_name_that_is_taken():
    assert numbered(["m", "m (2)", "m"], [1, 2, 3]) == ("m", "m (2)", "m (3)")


def test_illness_death_models_of_both_clocks_stand_in_groups_of_their_own():
    """Months since progression are no months since time zero, and the refusal says so rather than count rows."""
    names = ("illness_death", "illness_death@reset")
    cohort = example_cohort("escc79")
    fits = {name: fit(load_spec(name), cohort, seed=1, engine="laplace", draws=100) for name in names}
    assert list(comparable(fits).values()) == [[name] for name in names]
    asked = [HazardRatio("stage", "IV", "III", transition="progression")]
    said = r"months since time zero \(clock forward\) against months since progression \(clock reset\)"
    with pytest.raises(EstimandError, match=said):
        compare(asked, *fits.values(), level=0.95)
    with pytest.raises(EstimandError, match=said):
        compare_loo(tuple(fits.values()))
