"""Illness-death models: how a file asks for them, which rows they have, and what is refused."""

import tomllib

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, EsccBayesError
from escc_bayes.spec.cautions import cautions
from escc_bayes.spec.describe import describe
from escc_bayes.spec.model import shape_of
from escc_bayes.spec.plan import make_plan, with_priors
from escc_bayes.spec.reading import load_spec, spec_from
from escc_bayes.spec.transitions import TRANSITIONS

EFFECT = {"covariate": "x", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}}
# months and event of progression-free survival, of survival
COURSES = {
    "progresses and dies": (4.0, 1, 9.0, 1),
    "progresses, alive": (5.0, 1, 12.0, 0),
    "dies first": (6.0, 1, 6.0, 1),
    "dies first, progression censored there": (3.0, 0, 3.0, 1),
    "progresses when last seen": (7.0, 1, 7.0, 0),
    "free of progression": (8.0, 0, 8.0, 0),
    "lost to imaging, dies later": (2.0, 0, 10.0, 1),
    "lost to imaging, alive": (2.5, 0, 11.0, 0),
}


def cohort_of(courses=COURSES, **schema):
    pfs, seen, last, died = (list(column) for column in zip(*courses.values(), strict=True))
    x = ["a", "b"] * (len(courses) // 2) + ["a"] * (len(courses) % 2)
    frame = pd.DataFrame({"id": list(courses), "pfs": pfs, "seen": seen, "os": last, "died": died, "x": x})
    frame["y"], frame["z"] = (["c", "c", "d", "d"] * 5)[: len(frame)], "only"
    frame["times"], frame["share"] = 2, np.linspace(0.5, 1.5, len(frame))
    frame["wait"] = np.where(frame["x"] == "b", 1.0, np.nan)
    raw = {
        "time_unit": "months",
        "id": "id",
        "endpoints": {"ttp": {"time": "pfs", "event": "seen"}, "os": {"time": "os", "event": "died"}},
        "covariates": {"x": {"kind": "binary", "levels": ["a", "b"]}},
        **schema,
    }
    return read_cohort(frame, schema=schema_from(raw, "schema"), provenance="simulated")


def raw_of(*effects, clock="forward", baseline=None, outcome=None):
    return {
        "name": "states",
        "outcome": {"kind": "illness_death", "progression": "ttp", "death": "os", "clock": clock, **(outcome or {})},
        "baseline": {"family": "piecewise_exponential", "cuts": [6.0], "sd": {"halfnormal": 0.5}, **(baseline or {})},
        "priors": {"baseline_log_rate": {"normal": [-3.0, 1.0]}},
        "effect": list(effects) or [EFFECT],
    }


def spells(plan):
    rows = plan.rows
    names = [rows.transitions.names[int(code)] for code in rows.covariates["transition"].values]
    held = zip([rows.ids[i] for i in rows.whose], names, rows.entry, rows.time, rows.event, strict=True)
    return {(who, name): (start, stop, event) for who, name, start, stop, event in held}


def test_each_patient_is_at_risk_of_what_can_happen_next():
    found = spells(make_plan(spec_from(raw_of(), "model"), cohort_of()))
    expected = {
        "progresses and dies": [(0, 4, 1), (0, 4, 0), (4, 9, 1)],
        "progresses, alive": [(0, 5, 1), (0, 5, 0), (5, 12, 0)],
        "dies first": [(0, 6, 0), (0, 6, 1)],
        "dies first, progression censored there": [(0, 3, 0), (0, 3, 1)],
        "progresses when last seen": [(0, 7, 1), (0, 7, 0)],
        "free of progression": [(0, 8, 0), (0, 8, 0)],
        "lost to imaging, dies later": [(0, 2, 0), (0, 2, 0)],
        "lost to imaging, alive": [(0, 2.5, 0), (0, 2.5, 0)],
    }
    names = ("progression", "death_without_progression", "death_after_progression")
    wanted = {(who, names[k]): row for who, rows in expected.items() for k, row in enumerate(rows)}
    assert found == wanted


def test_with_the_clock_reset_time_after_progression_starts_at_zero():
    plan = make_plan(spec_from(raw_of(clock="reset"), "model"), cohort_of())
    found = spells(plan)
    assert found["progresses and dies", "death_after_progression"] == (0.0, 5.0, 1.0)
    assert found["progresses, alive", "death_after_progression"] == (0.0, 7.0, 0.0)


def test_a_death_after_imaging_had_ended_is_counted_and_said():
    plan = make_plan(spec_from(raw_of(), "model"), cohort_of())
    assert plan.rows.transitions.unknown == 1
    assert "1 died after follow-up for progression had ended" in plan.rows.sentence()
    assert plan.rows.n == 8


def test_a_landmark_keeps_those_free_of_progression_and_moves_both_clocks():
    plan = make_plan(spec_from(raw_of(outcome={"landmark": 3.0}), "model"), cohort_of())
    found = spells(plan)
    assert found["progresses and dies", "death_after_progression"] == (1.0, 6.0, 1.0)
    assert {d.patients for d in plan.rows.dropped} == {3}


def test_an_effect_has_a_coefficient_of_its_own_in_each_transition_unless_it_is_shared():
    own = make_plan(spec_from(raw_of(), "model"), cohort_of())
    assert own.design.labels == tuple(f"x[b], {name}" for name in own.rows.transitions.names)
    one = make_plan(spec_from(raw_of({**EFFECT, "shared": True}), "model"), cohort_of())
    assert one.design.labels == ("x[b]",)
    deaths = {"transitions": ["death_after_progression", "death_without_progression"], "shared": True, "name": "death"}
    both = make_plan(
        spec_from(raw_of({**EFFECT, **deaths}, {**EFFECT, "transitions": ["progression"]}), "m"), cohort_of()
    )
    assert both.design.labels == (
        "x[b], death_without_progression and death_after_progression",
        "x[b], progression",
    )
    inside = both.design.inside
    stratum = both.rows.stratum
    np.testing.assert_array_equal(inside[:, 0], stratum > 0)
    np.testing.assert_array_equal(inside[:, 1], stratum == 0)


def test_the_model_card_says_what_is_shared():
    deaths = {"transitions": ["death_after_progression", "death_without_progression"], "shared": True}
    card = describe(make_plan(spec_from(raw_of({**EFFECT, **deaths}), "model"), cohort_of()))
    assert any(
        said.endswith("One coefficient for death_without_progression and death_after_progression.") for said in card
    )
    assert any("in each transition (progression, death_without_progression, " in said for said in card)


def test_columns_are_centred_over_patients_whoever_progresses():
    """The baseline of every transition is that of the average patient of the cohort."""
    plan = make_plan(spec_from(raw_of(), "model"), cohort_of())
    assert plan.design.center.tolist() == [0.5, 0.5, 0.5]
    assert plan.design.centred[plan.rows.stratum == 2, 2].tolist() == [-0.5, 0.5]
    assert (plan.design.centred[plan.rows.stratum == 2, :2] == 0.0).all()


def test_a_plan_with_other_priors_shares_the_rows():
    sceptical = load_spec("illness_death", variant="sceptical")
    base = make_plan(load_spec("illness_death"), example_cohort("escc79"))
    found = with_priors(base, sceptical)
    assert found.rows is base.rows
    assert [shape_of(e) for e in found.spec.effects] == [shape_of(e) for e in base.spec.effects]
    own = make_plan(sceptical, example_cohort("escc79"))
    assert found.spec.digest == own.spec.digest != base.spec.digest


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (raw_of(outcome={"clock": "both"}), "'both' is not possible here; known: forward, reset"),
        (raw_of(outcome={"death": "ttp"}), "progression and death are both 'ttp'"),
        (raw_of(outcome={"endpoint": "os"}), "unknown key 'endpoint'"),
        ({**raw_of(), "outcome": {"kind": "illness_death", "progression": "ttp"}}, 'needs death = "os"'),
        ({**raw_of(), "outcome": {"endpoint": "os", "clock": "reset"}}, "unknown key 'clock'"),
        (raw_of(baseline={"strata": "x"}), "'x' has an effect too; with a baseline of its own"),
        (raw_of({**EFFECT, "transitions": ["relapse"]}), "'relapse' is not possible here"),
        (raw_of({**EFFECT, "transitions": ["progression"], "shared": True}), "one transition shares with none"),
        (raw_of({**EFFECT, "shared": "yes"}), "write true or false, was given 'yes'"),
        (raw_of(EFFECT, EFFECT), "two effects are called 'x'"),
        (raw_of(EFFECT, {**EFFECT, "name": "other"}), "'x' stands in two effects of progression"),
        ({**raw_of({**EFFECT, "shared": True}), "outcome": {"endpoint": "os"}}, "belongs to an outcome of kind"),
    ],
)
def test_what_a_file_cannot_ask_is_refused(raw, said):
    with pytest.raises(EsccBayesError, match=said):
        spec_from(raw, "model")


def test_every_transition_has_a_weibull_of_its_own():
    raw = raw_of() | {
        "baseline": {"family": "weibull", "reference_time": 12.0},
        "priors": {"baseline_survival": {"at": 12.0, "median": 0.7, "lower": 0.2}, "log_shape": {"normal": [0.0, 0.5]}},
    }
    plan = make_plan(spec_from(raw, "model"), cohort_of())
    assert plan.baseline.strata == TRANSITIONS
    assert "one of its own with the same prior in each transition" in " ".join(describe(plan))


@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")
def test_weights_that_count_patients_are_so_many_patients():
    """Patients and events of each transition are those of a table in which everybody stands twice."""
    counted = cohort_of(weight="times", weight_kind="frequency")
    doubled = cohort_of({f"{name}, {k}": course for name, course in COURSES.items() for k in (1, 2)})
    plan, twice = (make_plan(spec_from(raw_of(), "model"), c) for c in (counted, doubled))
    assert plan.rows.weight.sum() == twice.rows.weight.sum()
    np.testing.assert_array_equal(
        *(np.bincount(p.rows.stratum, p.rows.event * p.rows.weight) for p in (plan, twice)),
    )


def test_sampling_weights_sum_to_the_patients_of_the_analysis():
    """Also where some are left out after the weights were scaled; the sentence has the weights as given."""
    gone = {**COURSES, "without survival": (3.0, 1, np.nan, np.nan)}
    ends = {"ttp": {"time": "pfs", "event": "seen"}, "os": {"time": "os", "event": "died", "missing": "drop"}}
    cohort = cohort_of(gone, weight="share", weight_kind="sampling", endpoints=ends)
    rows = make_plan(spec_from(raw_of(), "model"), cohort).rows
    given = np.linspace(0.5, 1.5, 9)[:8]
    assert rows.n == 8
    assert rows.weight[rows.first_rows()].sum() == pytest.approx(8.0)
    assert f"sampling weights: sum {given.sum():.6g}, effective n" in rows.sentence()
    progressed = given[[0, 1, 4]].sum()
    assert f"of progression {progressed:.6g}, of death without progression" in rows.sentence()


def test_strata_have_a_baseline_each_in_every_transition():
    """Levels, labels, and what a file says; a level without events rests on the prior, and that is said."""
    raw = raw_of(EFFECT | {"covariate": "y"}, baseline={"strata": "x"})
    y = {"kind": "binary", "levels": ["c", "d"]}
    cohort = cohort_of(covariates={"x": {"kind": "binary", "levels": ["a", "b"]}, "y": y})
    spec = spec_from(raw, "model")
    plan = make_plan(spec, cohort)
    names = tuple(f"{name} (x {level})" for name in TRANSITIONS for level in ("a", "b"))
    assert plan.baseline.strata == names
    rows = plan.rows
    code = rows.transition_code * 2 + (rows.covariates["x"].values == 1.0)
    np.testing.assert_array_equal(rows.stratum, code)
    written = {key: value for key, value in tomllib.loads(spec.toml).items() if key != "schema"}
    assert spec_from(written, "again").digest == spec.digest
    assert 'strata = "x"' in spec.toml
    assert "death_after_progression (x b)" in " ".join(cautions(plan))


def test_strata_of_one_level_are_refused():
    raw = raw_of(baseline={"strata": "z"})
    z = {"kind": "nominal", "levels": ["only", "other"]}
    cohort = cohort_of(covariates={"x": {"kind": "binary", "levels": ["a", "b"]}, "z": z})
    with pytest.raises(EsccBayesError, match="all 8 patients analysed .* have z = only; leave strata out"):
        make_plan(spec_from(raw, "model"), cohort)


def test_endpoints_that_contradict_each_other_are_refused_with_their_patients():
    courses = {**COURSES, "sees the future": (9.0, 1, 5.0, 1)}
    with pytest.raises(CohortError, match=r"in 1 of 9 patients: sees the future \(9 and 5 months\)"):
        make_plan(spec_from(raw_of(), "model"), cohort_of(courses))


def test_nobody_after_progression_is_refused():
    courses = {name: course for name, course in COURSES.items() if not name.startswith("progresses a")}
    del courses["progresses, alive"]
    with pytest.raises(CohortError, match="nobody is followed after a progression"):
        make_plan(spec_from(raw_of(), "model"), cohort_of(courses))


def test_how_long_a_group_is_followed_is_said_once_and_not_for_each_transition():
    """Stage acts on all three transitions; its levels are followed for as long in each."""
    whole = example_cohort("escc79")
    late = (whole.covariate("stage").values == 0.0) & (whole.endpoint("os").time > 24.0)
    plan = make_plan(load_spec("illness_death"), whole.subset(np.flatnonzero(~late)))
    said = [one for one in cautions(plan) if one.startswith("stage = II: nobody is followed beyond")]
    assert len(said) == 1
