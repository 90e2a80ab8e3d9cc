"""Sensitivity of models of several transitions, and of likelihoods with other terms: what is computed, what refused."""

from dataclasses import replace

import numpy as np
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.refits.weighted_draws import weighted_draws
from escc_bayes.classical.aalen_johansen import aalen_johansen
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import contrast_in
from escc_bayes.sensitivity.attribution import PART as ATTRIBUTION
from escc_bayes.sensitivity.checks.part import PART as CHECKS
from escc_bayes.sensitivity.checks.replicated_states import occupied, replicated_courses, seen_courses
from escc_bayes.sensitivity.confounding import PART as CONFOUNDING
from escc_bayes.sensitivity.cross_table import PART as CROSS
from escc_bayes.sensitivity.dials import dials_of, turned_refits
from escc_bayes.sensitivity.influence.part import PART as INFLUENCE
from escc_bayes.sensitivity.information import PART as INFORMATION
from escc_bayes.sensitivity.multiverse.part import PART as MULTIVERSE
from escc_bayes.sensitivity.operating.part import PART as OPERATING
from escc_bayes.sensitivity.priors import refit_rows
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.reading import load_spec, spec_from
from tests.calibration.transitions import KINDS, Truth, read

TRANSITIONS = ("progression", "death_without_progression", "death_after_progression")
REFUSING = (MULTIVERSE, INFLUENCE, CHECKS, OPERATING)
ARM = {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}}


def silent(done, total):
    pass


@pytest.fixture(scope="module")
def states():
    return subject_of(example_cohort("escc79"), load_spec("illness_death"), Asked(seed=1))


@pytest.fixture(scope="module")
def causes():
    """Two causes with one effect stated for both, SIMULATED."""
    of = KINDS["competing_causes"]
    rng, truth = np.random.default_rng(1), Truth(np.array(of.rates), np.ones(2), np.array(of.effects))
    arm = rng.integers(0, 2, 79)
    cohort = read(of, of.course(rng, arm, truth), arm)
    baseline = {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}}
    priors = {"baseline_log_rate": {"normal": [-3.5, 1.0]}}
    raw = {"name": "causes", "outcome": of.outcome, "baseline": baseline, "priors": priors, "effect": [ARM]}
    return subject_of(cohort, spec_from(raw, "causes"), Asked(seed=1))


def test_a_prior_is_about_the_ratios_of_its_transitions(states, causes):
    dials = dials_of(states)
    assert len(dials) == 5
    for asked in states.contrasts:
        (own,) = [dial for dial in dials if dial.about(asked)]
        assert asked.transition in own.within
    (shared,) = [dial for dial in dials if dial.effect == "coverage_death"]
    assert shared.within == TRANSITIONS[1:]
    # One prior stated for all causes is turned for all of them.
    (dial,) = dials_of(causes)
    assert (dial.effect, dial.within) == ("arm", ("local", "distant"))


def test_a_prior_turned_in_one_transition_is_the_fit_under_it(states):
    """The ladder's refit within 4 Monte Carlo errors of a fit of its own; the other transitions stay."""
    dial = next(dial for dial in dials_of(states) if dial.effect == "stage_progression")
    point = (dial, 0.0, 0.3)
    found = turned_refits(states, [point], None, "test")
    rows = list(refit_rows(states, [("sceptical", point)], found))
    assert {row["contrast"].split(", ")[1] for row in rows} == {"progression"}
    alone = fit(dial.turned(states.spec, 0.0, 0.3), states.cohort, seed=2, engine="laplace", draws=4000)
    for asked in states.contrasts:
        if dial.about(asked):
            drawn = alone.draws(asked)
            (row,) = [r for r in rows if r["contrast"] == f"{asked.level} vs {asked.versus}, progression"]
            assert np.log(row["hr"]) == pytest.approx(np.median(drawn), abs=4 * 1.25 * drawn.std() / np.sqrt(800))


@pytest.mark.parametrize("part", [OPERATING], ids=lambda part: part.name)
def test_what_looks_at_one_event_of_each_patient_says_why_not(states, part):
    (said,) = part.words(part.run(states, silent))
    assert said.startswith("not computed: the model has several transitions")
    assert "examine a model of each endpoint" in said


def test_a_patient_is_left_out_of_every_transition(states):
    """An exact row is the fit without the patient's rows; importance sampling from one fit says nearly the same."""
    rows = INFLUENCE.run(states, silent)
    left = [row for row in rows if row["kind"] == "patient left out"]
    assert {row["contrast"].split(", ")[1] for row in left} == set(TRANSITIONS)
    one = states.plan.rows
    who = next(i for i in range(one.n) if (one.whose == i).sum() == 3)
    weight = np.where(one.whose == who, 0.0, one.weight)
    plan = replace(states.plan, rows=replace(one, weight=weight))
    drawn = weighted_draws(plan, 5, draws=8000)
    for row in left:
        if row["who"] == one.ids[who]:
            asked = next(a for a in states.contrasts if (a.term, contrast_in(a)) == (row["term"], row["contrast"]))
            logs = drawn.coefficients @ weights(asked, plan.design)
            assert float(row["prob_gt_1"]) == pytest.approx(drawn.weight @ (logs > 0.0), abs=4 * np.sqrt(0.5 / 4000))
    assert max(abs(float(row["elpd"]) - float(row["elpd_psis"])) for row in left) < 0.1
    # Of a later transition, whose rows stand below those of the first.
    deaths = [row for row in rows if row["contrast"].endswith(", death_without_progression")]
    found = [row for row in deaths if row["kind"] == "smallest removal" and "," in str(row["whom"])]
    ratio, whom = found[0], str(found[0]["whom"]).split(", ")
    gone = np.isin(one.whose, [one.ids.index(who) for who in whom])
    plan = replace(states.plan, rows=replace(one, weight=np.where(gone, 0.0, one.weight)))
    drawn = weighted_draws(plan, 6, draws=8000)
    asked = next(a for a in states.contrasts if (a.term, contrast_in(a)) == (ratio["term"], ratio["contrast"]))
    above = drawn.weight @ (drawn.coefficients @ weights(asked, plan.design) > 0.0)
    assert float(ratio["prob_gt_1"]) == pytest.approx(above, abs=4 * np.sqrt(2 * above * (1 - above) / 2000))
    said = INFLUENCE.words(rows)
    assert said[-1].startswith("Not computed: recoded and misclassified events, informative censoring: an event of one")


@pytest.mark.parametrize("clock", ["forward", "reset"])
def test_replicated_states_are_those_that_the_posterior_says(clock):
    """Second source: Aalen-Johansen of replicates is right on average, so its mean is the mean of the states."""
    variant = "reset" if clock == "reset" else None
    subject = subject_of(example_cohort("escc79"), load_spec("illness_death", variant=variant), Asked(seed=1))
    months = np.array([6.0, 12.0, 24.0])
    made = replicated_courses(subject.posterior, 2000)
    found = occupied(made, 2, months, progresses=True)
    expected = subject.posterior.states(months)
    error = np.sqrt(found.var(axis=0) / 2000 + expected.var(axis=0) / 2000)
    assert (np.abs(found.mean(axis=0) - expected.mean(axis=0)) < 4 * error + 1e-12).all()


def test_replicated_incidences_are_those_that_the_posterior_says(causes):
    months = np.array([6.0, 12.0, 24.0])
    found = occupied(replicated_courses(causes.posterior, 2000), 2, months, progresses=False)[..., 1:]
    expected = causes.posterior.cumulative_incidence(months)
    error = np.sqrt(found.var(axis=0) / 2000 + expected.var(axis=0) / 2000)
    assert (np.abs(found.mean(axis=0) - expected.mean(axis=0)) < 4 * error).all()


@pytest.mark.parametrize("kind", ["states", "causes"])
def test_states_of_the_data_are_its_aalen_johansen(kind, request):
    subject = request.getfixturevalue(kind)
    rows, months = subject.plan.rows, np.array([3.0, 12.0, 24.0])
    found = occupied(seen_courses(rows), 2, months, progresses=kind == "states")
    np.testing.assert_allclose(found[0], aalen_johansen(rows).at(months)[0], rtol=1e-10)


def test_checks_say_what_they_compared_and_what_is_left(states):
    rows = CHECKS.run(states, silent)
    first, *_, last = CHECKS.words(rows)
    assert "(Aalen-Johansen and events, everybody and by level;" in first
    assert last.startswith("Not computed: residuals, patients left out foretold, hazard ratios by period")
    events = {row["quantity"]: row["value"] for row in rows if row["who"] == "everybody" and row["time"] == ""}
    counted = [states.plan.rows.in_transition(name).events for name in TRANSITIONS]
    assert [events[f"events of {name.replace('_', ' ')}"] for name in TRANSITIONS] == counted
    tested = {row["contrast"] for row in rows if row["kind"] == "proportional hazards"}
    assert tested == set(TRANSITIONS)


def test_specifications_are_of_each_transition(states):
    """Codings, clocks, covariates: the model's own row is Cox of the model, merged levels a model of merged levels."""
    rows = MULTIVERSE.run(states, silent)
    own = [row for row in rows if row["specification"] == 1 and row["method"] == "cox"]
    cox = {(e.term, e.contrast_in): e.value for e in states.classical.hazard_ratios(level=0.95) if e.method == "cox"}
    assert {(row["term"], row["contrast"]): row["hr"] for row in own} == pytest.approx(cox, rel=1e-10)
    assert {"clock reset after progression", "as in the model"} <= {row["baseline"] for row in rows}
    reset = fit_classical(load_spec("illness_death", variant="reset"), states.cohort)
    wanted = {(e.term, e.contrast_in): e.value for e in reset.hazard_ratios(level=0.95) if e.method == "cox"}
    found = [
        row
        for row in rows
        if row["method"] == "cox"
        and (row["coding"], row["covariates"], row["baseline"])
        == ("as in the model", "all of the model", "clock reset after progression")
    ]
    assert {(row["term"], row["contrast"]): row["hr"] for row in found} == pytest.approx(wanted, rel=1e-10)
    merged = next(row for row in rows if row["coding"].startswith("stage: II v") and row["method"] == "cox")
    assert merged["compared"] == "III+IV vs II, progression"
    assert merged["events"] == states.plan.rows.in_transition("progression").events
    assert "are not permuted" in MULTIVERSE.words(rows)[0]


def test_attribution_says_that_there_is_none(states):
    (said,) = ATTRIBUTION.words(ATTRIBUTION.run(states, silent))
    assert said.startswith("not computed: no one way leads from Cox to this model")


def test_information_cross_tables_and_e_values_are_of_each_transition(states):
    for part in (INFORMATION, CONFOUNDING):
        contrasts = {row["contrast"] for row in part.run(states, silent) if row["term"] == "stage"}
        assert {word.split(", ")[1] for word in contrasts} == set(TRANSITIONS)
    cells = CROSS.run(states, silent)
    assert {row["endpoint"] for row in cells} == set(TRANSITIONS)
    own = [row for row in cells if (row["endpoint"], row["term"]) == ("progression", "stage")]
    assert sum(row["events"] for row in own) == states.plan.rows.in_transition("progression").events


@pytest.mark.parametrize(
    ("name", "words", "parts"),
    [
        ("pfs_intervals", "events lie between two months", REFUSING),
        ("os_external", "survivors of other sources are in the likelihood", (MULTIVERSE, OPERATING)),
    ],
)
def test_a_likelihood_with_other_terms_has_its_priors_turned(name, words, parts):
    subject = subject_of(example_cohort("escc79"), load_spec(name), Asked(seed=1))
    dial = dials_of(subject)[0]
    found = turned_refits(subject, [(dial, 0.0, 0.2)], None, "test")
    assert found.verdicts == ("ok",)
    assert INFORMATION.run(subject, silent)
    for part in parts:
        (said,) = part.words(part.run(subject, silent))
        assert words in said
