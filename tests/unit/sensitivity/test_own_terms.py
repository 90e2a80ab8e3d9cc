"""Parts of a sensitivity analysis of models with a cure fraction, a life table or survivors of other sources."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.patient_log_likelihood import log_likelihoods
from escc_bayes.bayes.refits.weighted_draws import weighted_draws
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.chunks import no_progress
from escc_bayes.sensitivity import attribution, information, priors, reverse_fitted
from escc_bayes.sensitivity.checks import part as checks
from escc_bayes.sensitivity.influence import part as influence
from escc_bayes.sensitivity.influence.changed import RECODING, REMOVAL, log_ratios, recoded_events
from escc_bayes.sensitivity.multiverse import part as multiverse
from escc_bayes.sensitivity.not_computed import CURED, ENDPOINTS, EXCESS, NOT_COMPUTED, SOURCES, kinds_of
from escc_bayes.sensitivity.one_page import one_page, one_page_words
from escc_bayes.sensitivity.operating import part as operating
from escc_bayes.sensitivity.part import number
from escc_bayes.sensitivity.power_scaling import powered
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.unit.bayes.model.likelihood.background_plans import REFERENCE

N = 40
SCHEMA = {
    "endpoints": {"os": {"time": "t", "event": "d"}},
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "age": {"kind": "continuous", "center": 64.0, "scale": 10.0},
        "sex": {"kind": "binary", "levels": ["male", "female"]},
        "begun": {"kind": "continuous", "center": 2010.0, "scale": 1.0},
    },
}
NORMAL = {"normal": [0.0, 0.7]}
WEIBULL = {
    "name": "m",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-0.7, 1.0]}, "log_shape": {"normal": [0.0, 0.4]}},
    "effect": [
        {"covariate": "arm", "structure": "fixed", "prior": NORMAL},
        {"covariate": "age", "structure": "linear", "prior": NORMAL},
    ],
}
COUNT = {"start": 0.0, "stop": 24.0, "at_risk": 40, "alive": 14, "study": "x", "sd": 0.3}
MODELS = {
    "cure_fraction": WEIBULL | {"cure": {"fraction": {"normal": [-1.0, 0.7]}}},
    "background_mortality": WEIBULL
    | {"background": {"table": str(REFERENCE / "us_life_table.csv"), "age": "age", "sex": "sex", "year": "begun"}},
    "other_sources": WEIBULL | {"external": [COUNT]},
}
KINDS = {"cure_fraction": CURED, "background_mortality": EXCESS, "other_sources": SOURCES}


def patients():
    """Forty SIMULATED patients, a quarter of whom never have the event."""
    rng = np.random.default_rng(5)
    arm, age = np.arange(N) % 2, rng.normal(66.0, 8.0, N).clip(45.0, 84.0).round(1)
    month = np.where(rng.random(N) < 0.25, np.inf, rng.exponential(14.0 / np.exp(0.8 * arm)))
    end = rng.uniform(40.0, 80.0, N)
    frame = pd.DataFrame(
        {
            "t": np.minimum(month, end).round(2).clip(0.1),
            "d": (month <= end).astype(int),
            "arm": np.array(["a", "b"])[arm],
            "age": age,
            "sex": np.where(rng.random(N) < 0.7, "male", "female"),
            "begun": rng.uniform(2001.0, 2007.0, N).round(2),
        }
    )
    return read_cohort(frame, schema_from(SCHEMA, "small"), provenance="simulated", name="small")


@pytest.fixture(scope="module", params=list(MODELS))
def subject(request):
    return subject_of(patients(), spec_from(MODELS[request.param], "m"), Asked(1))


def test_the_way_from_cox_ends_with_the_term_itself(subject):
    """Second source: the way of the same model without it, and both posterior means."""
    steps = attribution.attribute(subject.posterior, subject.classical, subject.cohort)
    step = subject.spec.own_term
    plain = subject_of(subject.cohort, subject.spec.without_own_term, Asked(1))
    without = attribution.attribute(plain.posterior, plain.classical, plain.cohort)
    assert [one.step for one in steps if one.step != step] == [one.step for one in without]
    for asked in subject.contrasts:
        mine = [one for one in steps if one.term == asked.term]
        theirs = [one for one in without if one.term == asked.term]
        drawn = subject.posterior.draws(asked)
        assert mine[-1].step == step
        assert mine[-1].log_hr_after == pytest.approx(drawn.mean(), abs=1e-12)
        # Two runs of laplace of the model without it: each mean has a Monte Carlo error of about 0.01 SD.
        assert mine[-1].log_hr_before == pytest.approx(theirs[-1].log_hr_after, abs=0.05 * drawn.std())
        assert mine[0].log_hr_before == theirs[0].log_hr_before
        total = sum(one.difference for one in mine)
        assert total == pytest.approx(drawn.mean() - mine[0].log_hr_before, abs=1e-9)
    assert attribution.PART.words(attribution.PART.run(subject, no_progress))[0].startswith("arm b vs a: univariable")


@pytest.mark.parametrize("change", [REMOVAL, RECODING])
def test_a_changed_patient_changes_the_likelihood_by_its_own_ratio(subject, change):
    """Second source: the log-likelihood of every patient with the event recoded, under the same draws."""
    drawn = weighted_draws(subject.plan, 1, draws=1000)
    found = log_ratios(drawn, change)
    if change == REMOVAL:
        np.testing.assert_allclose(found, -log_likelihoods(subject.plan, drawn.hazards), rtol=1e-12)
        return
    recoded = log_likelihoods(recoded_events(subject.plan, range(N)), drawn.hazards)
    np.testing.assert_allclose(found, recoded - log_likelihoods(subject.plan, drawn.hazards), rtol=1e-9, atol=1e-9)


def test_influence_and_checks_look_at_every_patient(subject):
    rows = influence.PART.run(subject, no_progress)
    left = [row for row in rows if row["kind"] == "patient left out" and row["term"] == "arm"]
    assert len(left) == N
    exact, quick = (np.array([number(row, name) for row in left]) for name in ("hr", "hr_psis"))
    trusted = np.array([number(row, "pareto_k") for row in left]) < 0.7
    assert trusted.mean() > 0.9
    # Importance weights of one fit beside 40 refits.
    np.testing.assert_allclose(np.log(exact)[trusted], np.log(quick)[trusted], atol=0.05)
    kinds = {row["kind"] for row in rows}
    assert ("informative censoring" in kinds) == (subject.spec.own_term == "other_sources")
    looked = checks.PART.run(subject, no_progress)
    assert {row["kind"] for row in looked} >= {"replicated curve", "residual", "calibration", "prediction"}
    (slope,) = (row for row in looked if row["quantity"] == "calibration slope" and row["method"] != "cox")
    assert (slope["value"] == "") == (subject.spec.own_term == "cure_fraction")
    snell = [number(row, "value") for row in looked if row["quantity"] == "cox_snell" and row["method"] != "cox"]
    # Of posterior means of -log survival the sum is about the number of events, as of any model that fits.
    assert np.sum(snell) == pytest.approx(subject.plan.rows.events, rel=0.12)
    replicated = [row for row in looked if row["kind"] == "replicated curve" and row["who"] == "everybody"]
    assert all(number(row, "p_value") > 0.05 for row in replicated)


def test_parts_that_know_patients_alone_say_so(subject):
    why = KINDS[subject.spec.own_term]
    assert kinds_of(subject.plan) == (why,)
    for part in (multiverse.PART, operating.PART):
        rows = part.run(subject, no_progress)
        assert part.words(rows) == (f"{NOT_COMPUTED} {why}",)


def test_the_power_of_the_likelihood_is_that_of_patients_and_of_the_prior_all_of_it(subject):
    """Second source: the log density of the cells, twice that of the plan, but for what other sources count."""
    plan = subject.plan
    twice = powered(plan, "likelihood", 2.0)
    bare, double = (replace(one, spec=replace(one.spec, external=())) for one in (plan, twice))
    one, two = (cells_of(each).given(np.array([[0.1]])) for each in (bare, double))
    # Two log hazard ratios, the level, and the log odds of cure where there is one.
    psi = np.array([[0.3, -0.2, -0.5, -1.0]])[:, : 4 if plan.spec.cure is not None else 3]
    assert two.value(psi) == pytest.approx(2.0 * one.value(psi), rel=1e-10)
    narrow = powered(plan, "prior", 4.0).spec
    if plan.spec.cure is not None:
        assert narrow.cure.prior.sd == pytest.approx(plan.spec.cure.prior.sd / 2.0)
    assert narrow.studies == tuple((name, sd / 2.0) for name, sd in plan.spec.studies)


def test_what_the_data_alone_say_is_of_the_same_hazard_ratio(subject):
    """A normal posterior less its normal prior: precisions subtract."""
    row = next(row for row in information.information(subject, no_progress) if row["term"] == "arm")
    sd, prior = number(row, "posterior_sd"), number(row, "prior_sd")
    if subject.spec.own_term != "other_sources":
        assert row["se_cox"] is None
        assert number(row, "data_share") == pytest.approx(1.0 - sd**2 / prior**2, rel=1e-9)
    assert all(0.0 <= number(row, "tail") <= 1.0 for row in priors.conflict_rows(subject))
    reverse = reverse_fitted.PART.run(subject, no_progress)
    assert np.isnan(number(reverse[0], "intrinsic_p")) == (subject.spec.own_term != "other_sources")
    said = one_page_words(one_page(subject, {"reverse_bayes": reverse, "information": [row]}))
    assert said[0].startswith("arm b vs a: HR")


@pytest.fixture(scope="module")
def two_endpoints():
    from escc_bayes.data.bundled import example_cohort

    raw = WEIBULL | {
        "outcome": {"endpoints": ["os", "pfs"]},
        "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
        "priors": {"baseline_log_rate": {"normal": [-3.5, 1.0]}},
        "effect": [{"covariate": "coverage", "structure": "fixed", "prior": NORMAL}],
    }
    return subject_of(example_cohort("escc79"), spec_from(raw, "m"), Asked(1))


def test_two_endpoints_are_asked_about_their_priors_and_not_about_patients(two_endpoints):
    subject = two_endpoints
    assert make_plan(subject.spec, subject.cohort).rows.marginal
    assert kinds_of(subject.plan) == (ENDPOINTS,)
    rows = priors.PART.run(subject, no_progress)
    assert {row["contrast"] for row in rows if row["kind"] == "ladder"} == {"RPL vs RAL, os", "RPL vs RAL, pfs"}
    assert not any(row["kind"] == "power" for row in rows)
    for part in (influence.PART, checks.PART, multiverse.PART, operating.PART):
        assert part.words(part.run(subject, no_progress)) == (f"{NOT_COMPUTED} {ENDPOINTS}",)


def test_the_first_page_of_two_endpoints_has_the_hazard_ratio_and_the_tipping_prior_of_each(two_endpoints):
    """Parts name both endpoints, reverse-Bayes that of the contrast: the page takes either, and is never without."""
    rows = reverse_fitted.PART.run(two_endpoints, no_progress)
    tables = {"reverse_bayes": rows, "information": information.information(two_endpoints, no_progress)}
    page = one_page(two_endpoints, tables)
    assert [row["contrast"] for row in page] == ["RPL vs RAL, os", "RPL vs RAL, pfs"]
    for row, source in zip(page, rows, strict=True):
        assert [row[name] for name in ("hr", "lower", "upper", "level")] == [
            source[name] for name in ("hr", "lower", "upper", "level")
        ]
        assert number(row, "tipping_sd") == pytest.approx(number(source, "tipping_sd"), nan_ok=True)
        assert row["overturn"] == ""
    assert not any("nan" in said for said in one_page_words(page))


def test_a_page_without_the_parts_that_look_for_it_says_that_nobody_looked(two_endpoints):
    tables = {"information": information.information(two_endpoints, no_progress)}
    row = dict(one_page(two_endpoints, tables)[0])
    assert row["overturn"] == "not looked at"
    said = one_page_words([row | {"prob_gt_1": 0.99}])[0]
    assert "No part looked at what would overturn it." in said
    assert "Nothing that was looked at" not in said
