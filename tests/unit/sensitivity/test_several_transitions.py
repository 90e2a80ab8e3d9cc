"""Sensitivity of models of several transitions, and of likelihoods with other terms: what is computed, what refused."""

import numpy as np
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.bundled import example_cohort
from escc_bayes.sensitivity.attribution import PART as ATTRIBUTION
from escc_bayes.sensitivity.checks.part import PART as CHECKS
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
from tests.calibration.transitions import KINDS, Truth

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
    cohort = of.cohort(np.random.default_rng(1), 79, Truth(np.array(of.rates), np.ones(2), np.array(of.effects)))
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


@pytest.mark.parametrize("part", REFUSING, ids=lambda part: part.name)
def test_what_looks_at_one_event_of_each_patient_says_why_not(states, part):
    (said,) = part.words(part.run(states, silent))
    assert said.startswith("not computed: the model has several transitions")
    assert "examine a model of each endpoint" in said


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


@pytest.mark.parametrize("name", ["pfs_intervals", "os_external"])
def test_a_likelihood_with_other_terms_has_its_priors_turned(name):
    subject = subject_of(example_cohort("escc79"), load_spec(name), Asked(seed=1))
    dial = dials_of(subject)[0]
    found = turned_refits(subject, [(dial, 0.0, 0.2)], None, "test")
    assert found.verdicts == ("ok",)
    assert INFORMATION.run(subject, silent)
    for part in REFUSING:
        (said,) = part.words(part.run(subject, silent))
        assert "the likelihood has more than patients with the month of each event" in said
