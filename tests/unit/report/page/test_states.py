"""A page of models of several transitions: what it says of states and causes is what the tables hold."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.aalen_johansen import aalen_johansen
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.report.page.answers import answers
from escc_bayes.report.page.bundle import gather
from escc_bayes.report.page.figures import report_figures
from escc_bayes.report.page.first_screen import screens
from escc_bayes.report.page.outcomes import outcomes
from escc_bayes.report.page.page import render
from escc_bayes.report.page.state_section import state_section
from escc_bayes.report.page.state_words import years_outside
from escc_bayes.report.verbs.files import compare_tables, with_transition
from escc_bayes.spec.model import Outcome
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from

TRANSITIONS = ("progression", "death_without_progression", "death_after_progression")
SETTINGS = RunSettings("laplace", draws=250)


@pytest.fixture(scope="module")
def bundle():
    whole = example_cohort("escc79")
    # Few covariates: the classical tables of the others are looked at elsewhere.
    cohort = replace(whole, covariates={name: whole.covariates[name] for name in ("stage", "coverage")})
    several = load_spec("illness_death")
    alone = replace(several, name="os_alone", outcome=Outcome("os"), transitions=(), effects=several.effects[:1])
    alone = replace(alone, baseline=replace(several.baseline, strata=""))
    return gather(cohort, [make_plan(spec, cohort) for spec in (several, alone)], SETTINGS, seed=1, level=0.95)


@pytest.fixture(scope="module")
def outcome(bundle):
    return outcomes(bundle)[0]


def causes_bundle():
    rng = np.random.default_rng(3)
    n = 90
    hot = rng.integers(0, 2, n)
    local, distant = rng.exponential(20 / (1 + hot)), rng.exponential(30.0, n)
    gone = rng.uniform(5, 40, n)
    time = np.minimum(np.minimum(local, distant), gone)
    cause = np.where(time == gone, None, np.where(time == local, "local", "distant"))
    frame = pd.DataFrame(
        {
            "id": np.arange(n),
            "t": time.round(2) + 0.01,
            "e": (time < gone).astype(int),
            "cause": cause,
            "hot": np.where(hot == 1, "yes", "no"),
        }
    )
    schema = {
        "time_unit": "months",
        "id": "id",
        "endpoints": {"failure": {"time": "t", "event": "e", "label": "Failure"}},
        "covariates": {
            "hot": {"kind": "binary", "levels": ["no", "yes"]},
            "cause": {"kind": "nominal", "levels": ["local", "distant"]},
        },
    }
    cohort = read_cohort(frame, schema=schema_from(schema, "s"), provenance="simulated", name="s")
    spec = spec_from(
        {
            "name": "causes",
            "outcome": {"kind": "competing_causes", "endpoint": "failure", "cause": "cause"},
            "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-3.5, 1.0]}},
            "effect": [{"covariate": "hot", "structure": "fixed", "prior": {"normal": [0.0, 0.7]}}],
        },
        "m",
    )
    return gather(cohort, [make_plan(spec, cohort)], SETTINGS, seed=1, level=0.95)


def test_each_line_of_the_first_screen_counts_those_at_risk_of_its_transition(bundle, outcome):
    rows = outcome.posteriors[0].plan.rows
    lines = [line for line in answers(outcome, bundle) if line.topic == "Stage"]
    assert [line.transition for line in lines] == [name for name in TRANSITIONS for _ in range(3)]
    for name in TRANSITIONS:
        own = [line for line in lines if line.transition == name]
        inside = rows.in_transition(name)
        assert sum(line.events for line in own) == inside.events
        assert sum(line.patients for line in own) == inside.n
        for line in own[1:]:
            assert line.posterior.transition == line.cox.transition == line.sceptic.transition == name
            assert line.cox.method == "cox"
    first = screens(bundle)[0]
    assert {heading for heading, _ in first.blocks} >= {f"Stage: {n.replace('_', ' ')}" for n in TRANSITIONS}
    assert "death without progression" in first.who
    shared = "Radiation coverage: one coefficient for death without progression and death after progression"
    assert [note for note in first.notes if note.startswith("Radiation coverage")] == [f"{shared}, printed in each."]


def test_information_of_a_transition_is_of_its_own_rows(bundle, outcome):
    rows = outcome.posteriors[0].plan.rows
    held = {row["contrast"]: row for row in bundle.information["illness_death"] if row["term"] == "stage"}
    row = held["IV vs II, death_after_progression"]
    after = rows.in_transition("death_after_progression")
    stage = after.covariates["stage"].values
    assert (row["patients"], row["versus_patients"]) == ((stage == 2).sum(), (stage == 0).sum())
    events = [after.event[stage == code].sum() for code in (2, 0)]
    assert (row["events"], row["versus_events"]) == tuple(events)
    floor = math.sqrt(sum(1.0 / count for count in events)) if all(events) else math.inf
    assert row["se_floor"] >= floor * (1 - 1e-12)


def test_the_section_says_the_tables_and_that_pfs_is_below_os(bundle, outcome):
    section = state_section(bundle, outcomes(bundle), {})
    assert len(section.blocks) == 1
    said, tables = " ".join(section.blocks[0].sentences), section.blocks[0].tables
    assert "never above it: by construction" in said
    free = np.median(outcome.posteriors[0].thinned(4000).states(np.array([12.0]))[:, 0, 0])
    assert f"At 12 months: progression-free survival {100 * free:.1f} %" in said
    moved = {row[0]: row[1:] for row in tables[0].rows if len(row) > 1}
    assert moved["All patients"] == ("37 of 79", "19 of 79", "12 of 37")
    assert "by construction" in tables[1].note
    assert tables[2].rows[0][1] == "12 of 37"


def test_aalen_johansen_outside_an_interval_is_said(bundle, outcome):
    tables, method = bundle.states["illness_death"], outcome.posteriors[0].method
    rows = outcome.posteriors[0].plan.rows
    assert years_outside(tables, method) == []
    seen = aalen_johansen(rows).at(np.array([24.0]))[0][0]
    row = next(r for r in tables["states"] if r["method"] == "aalen_johansen" and r["term"] == "" and r["time"] == 24.0)
    assert row["probability"] == pytest.approx(seen[0])
    moved = [
        {**r, "probability": 0.99} if r["method"] == "aalen_johansen" and r["time"] == 24.0 else r
        for r in tables["states"]
    ]
    assert years_outside({**tables, "states": moved}, method) == [24.0]


def test_files_of_one_endpoint_and_of_several_transitions_share_their_columns(bundle):
    rows = with_transition(compare_tables(bundle)["comparison"])
    assert len({tuple(row) for row in rows}) == 1
    assert {row["transition"] for row in rows if row["endpoint"] == "os"} == {""}
    of_one = [row for row in rows if row["endpoint"] == "illness_death"]
    assert {row["transition"] for row in of_one} == set(TRANSITIONS)
    assert {row["estimand"] for row in of_one} == {"hazard_ratio"}
    keys = [(r["method"], r["model"], r["term"], r["contrast"], r["transition"]) for r in of_one]
    assert len(set(keys)) == len(keys)


def test_the_page_has_states_beside_survival_of_the_other_model(bundle):
    figures = {sheet.name for sheet in report_figures(bundle)}
    assert {"illness_death_states", "os_alone_survival"} <= figures
    page = render(bundle, ())
    assert "Progression and death" in page
    assert "Stage: death after progression" in page


def test_causes_have_incidences_in_place_of_states():
    bundle = causes_bundle()
    section = state_section(bundle, outcomes(bundle), {})
    said = " ".join(section.blocks[0].sentences)
    assert "By month 12: local" in said
    names = {sheet.name for sheet in report_figures(bundle)}
    assert "causes_incidence" in names
    page = render(bundle, ())
    assert "Failure by cause" in page
    assert "hot: cause local" in page
