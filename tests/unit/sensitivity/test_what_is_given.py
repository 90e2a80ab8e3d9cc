"""Start-stop rows, effects that change over time and curves: what can be said of them is, and the rest says why not."""

import numpy as np
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.foundation.chunks import no_progress
from escc_bayes.sensitivity import attribution, confounding, information
from escc_bayes.sensitivity.checks import part as checks
from escc_bayes.sensitivity.influence import part as influence
from escc_bayes.sensitivity.multiverse import part as multiverse
from escc_bayes.sensitivity.not_computed import CURVES, NOT_COMPUTED, OVER_TIME, SEVERAL_ROWS, kinds_of
from escc_bayes.sensitivity.one_page import one_page, one_page_words
from escc_bayes.sensitivity.operating import part as operating
from escc_bayes.sensitivity.part import number
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.reading import spec_from
from tests.reference.heart import cohort_of, heart_frame
from tests.reference.heart import model as heart_model

PRIOR = {"hr_median": 1.0, "hr_upper": 5.0}


def model(*effects):
    walk = {"family": "piecewise_exponential", "cuts": [12.0, 36.0], "smoothing": "random_walk"}
    given = {
        "name": "m",
        "outcome": {"endpoint": "os"},
        "baseline": {**walk, "sd": {"halfnormal": 0.5}},
        "priors": {"baseline_survival": {"at": 12.0, "median": 0.8, "lower": 0.5}},
    }
    return spec_from({**given, "effect": list(effects)}, "m")


@pytest.fixture(scope="module")
def over_time():
    changing = {"covariate": "stage", "structure": "time_varying", "cuts": [24.0], "prior": PRIOR}
    spec = model({**changing, "sd": {"halfnormal": 0.5}}, {"covariate": "age", "structure": "linear", "prior": PRIOR})
    return subject_of(example_cohort("larynx"), spec, Asked(1))


@pytest.fixture(scope="module")
def curve():
    curved = {"covariate": "age", "structure": "spline", "knots": 4, "prior": PRIOR, "sd": {"halfnormal": 0.5}}
    spec = model(curved, {"covariate": "stage", "structure": "fixed", "prior": PRIOR})
    return subject_of(example_cohort("larynx"), spec, Asked(1))


@pytest.fixture(scope="module")
def heart():
    return subject_of(cohort_of(heart_frame()), heart_model(), Asked(1))


REFUSED = {
    "over_time": (OVER_TIME, (multiverse.PART, checks.PART, operating.PART)),
    "curve": (CURVES, (multiverse.PART,)),
    "heart": (SEVERAL_ROWS, (multiverse.PART, influence.PART, checks.PART, operating.PART)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_parts_that_do_not_fit_say_why_in_one_row_and_one_sentence(name, request):
    subject, (why, parts) = request.getfixturevalue(name), REFUSED[name]
    assert kinds_of(subject.plan) == (why,)
    for part in parts:
        rows = part.run(subject, no_progress)
        assert [row["note"] for row in rows] == [f"{NOT_COMPUTED} {why}"]
        assert part.words(rows) == (f"{NOT_COMPUTED} {why}",)


@pytest.mark.parametrize("name", REFUSED)
def test_no_cox_standard_error_lies_below_its_floor(name, request):
    """The floor of a hazard ratio in some months counts the events in these months alone."""
    rows = information.information(request.getfixturevalue(name), no_progress)[:-1]
    floors = [(number(row, "se_floor"), number(row, "se_cox")) for row in rows]
    known = [(floor, se) for floor, se in floors if not np.isnan(floor)]
    assert len(known) >= 3
    assert all(floor <= se * 1.0001 for floor, se in known)
    assert all(0.0 < number(row, "data_share") < 1.0 for row in rows)


def test_events_of_the_months_add_up_to_those_of_the_level(over_time):
    """Second source: the patients themselves, counted."""
    rows = information.information(over_time, no_progress)
    stage = over_time.plan.rows.covariates["stage"]
    for level in ("II", "III", "IV"):
        mine = [row for row in rows if str(row["contrast"]).startswith(f"{level} vs")]
        inside = stage.values == stage.schema.levels.index(level)
        assert len(mine) == 2
        assert sum(int(str(row["events"])) for row in mine) == over_time.plan.rows.event[inside].sum()
        assert mine[0]["patients"] == inside.sum()


def test_patients_of_start_stop_rows_are_counted_once(heart):
    rows = {row["term"]: row for row in information.information(heart, no_progress)}
    frame = heart_frame()
    assert rows["age"]["patients"] == frame["id"].nunique() == 103
    assert rows["surgery"]["patients"] == frame[frame["surgery"] == "yes"]["id"].nunique()


@pytest.mark.parametrize("name", ["over_time", "heart"])
def test_e_values_are_given_where_no_confounder_is_put_into_the_model(name, request):
    subject = request.getfixturevalue(name)
    rows = confounding.confounding(subject, no_progress)
    assert {row["kind"] for row in rows} == {"e_value"}
    assert {row["contrast"] for row in rows} >= {e.contrast for e in subject.posterior.estimates(subject.contrasts)}
    assert not attribution.PART.run(subject, no_progress)


def test_a_curve_has_a_confounder_and_censoring_of_everybody(curve):
    rows = confounding.confounding(curve, no_progress)
    assert {"e_value", "tipping"} <= {row["kind"] for row in rows if row["term"] == "age"}
    asked = curve.contrasts[0]
    assert [name for name, _ in influence.arms(curve, asked)] == ["everybody"]


@pytest.mark.parametrize("name", REFUSED)
def test_the_first_page_says_no_number_that_is_not_there(name, request):
    subject = request.getfixturevalue(name)
    tables = {"information": information.information(subject, no_progress)}
    said = one_page_words(one_page(subject, tables))
    assert len(said) == len(subject.contrasts)
    assert not any("nan patients" in one or "nan events" in one for one in said)
