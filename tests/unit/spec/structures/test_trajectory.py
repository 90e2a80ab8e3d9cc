"""A marker's trajectory in a specification: who is analysed, what is measured, its words, what is refused."""

import numpy as np
import pytest

import escc_bayes as eb
from escc_bayes.foundation.errors import SpecError, TomlError
from escc_bayes.spec.cautions import cautions
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec
from escc_bayes.spec.sceptic import sceptical
from tests.reference.bayes_trajectory import patients
from tests.reference.trajectory_models import BASELINE, COVERAGE, SCHEMA, TRAJECTORY, cohort, model

NORMAL = {"normal": [0.0, 0.7]}
pytestmark = pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")


@pytest.fixture(scope="module")
def plan():
    return make_plan(model(), cohort())


def with_schema(frame, **alc):
    """Return the patients with another entry for the ALC."""
    own = SCHEMA["covariates"] | {"alc": SCHEMA["covariates"]["alc"] | alc}
    return eb.read_cohort(frame, eb.data.schema.schema_from(SCHEMA | {"covariates": own}, "escc"))


def test_every_measurement_during_follow_up_is_held_also_one_that_repeats_the_last():
    frame = patients()
    frame.loc[0, ["alc_baseline", "alc_mid", "alc_post"]] = [1.2, 1.2, 0.4]
    frame.loc[2, ["alc_baseline", "alc_mid", "alc_post"]] = [1.2, np.nan, 0.4]
    frame.loc[3, ["os_months", "pfs_months"]] = [2.0, 2.0]
    held = make_plan(model(), cohort(frame)).course.measured
    np.testing.assert_allclose(2.0 ** held.values[0], [1.2, 1.2, 0.4])
    np.testing.assert_allclose(2.0 ** held.values[2], [1.2, np.nan, 0.4])
    assert np.isnan(held.values[3, 2]), "follow-up had ended"
    assert held.counts.tolist() == (~np.isnan(held.values)).sum(axis=0).tolist()
    repeated, missing = frame.copy(), frame.copy()
    missing.loc[0, "alc_mid"] = np.nan
    assert cohort(repeated).digest != cohort(missing).digest, "a measurement that is no change is one all the same"


def test_who_has_no_value_at_time_zero_is_left_out_and_counted():
    frame = patients()
    frame.loc[[1, 5], "alc_baseline"] = np.nan
    plan = make_plan(model(), cohort(frame))
    assert plan.rows.n == 77
    assert "left out: 2 without 'alc' at time zero" in plan.rows.sentence()
    assert (plan.rows.entry[plan.rows.first_rows()] == 0.0).all()


def test_the_column_is_the_last_value_carried_forward_and_a_pattern_names_its_patient(plan):
    """Maximum likelihood takes the column; what a posterior computes takes the patient's trajectory."""
    values = plan.rows.covariates["alc"].values
    np.testing.assert_allclose(plan.design.columns[:, 1], np.log2(values))
    assert plan.course.center == pytest.approx(np.log2(patients()["alc_baseline"]).mean())
    assert (plan.patterns[:, 1] == 0.0).all()
    assert (plan.patterns[:, -1] == plan.rows.whose).all()


def test_words_say_what_is_modelled_and_what_is_assumed(plan):
    words = " ".join(describe(plan))
    assert "measured at 0, 0.75, 2.5 months (in 79, 63, 59 of 79 patients during follow-up)" in words
    assert "Per doubling of the current value: hazard ratio 1.00, 95 % prior interval 0.38 to 2.66" in words
    assert "missing at random" in words
    (said,) = (line for line in cautions(plan) if line.startswith("alc:"))
    assert "curves follow each patient's own trajectory" in said
    assert not any("carried forward (months" in line for line in cautions(plan))


def test_it_is_written_as_it_is_read():
    spec = load_spec("alc_trajectory")
    assert "level = { normal = [0.5, 0.7] }\n" in spec.toml, "no hazard ratio, and so not said as one"
    assert "correlation = { normal = [0.0, 0.7] }" in spec.toml
    (effect,) = (e for e in sceptical(spec).effects if e.WORD == "trajectory")
    assert effect.prior.sd == pytest.approx(np.log(1.8) / 1.959963984540054)
    assert effect.level == spec.effects[2].level


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"outcome": {"landmark": 3.0}}, "a landmark, which drops the measurements before it"),
        ({"outcome": {"time_zero": "naive"}}, 'time_zero = "naive"'),
        ({"baseline": {**BASELINE, "strata": "stage"}}, "a baseline of each stratum"),
        ({"external": [{"start": 0, "stop": 12, "at_risk": 9, "alive": 8}]}, "survivors, who have no trajectories"),
        ({"visits": {"every": [[0, 60, 1]], "deaths": "none"}}, "after which no event has its month"),
        (
            {
                "effects": (
                    TRAJECTORY,
                    {**COVERAGE, "structure": "time_varying", "cuts": [6.0], "sd": {"halfnormal": 0.5}},
                )
            },
            "an effect that changes over time",
        ),
        (
            {"effects": (TRAJECTORY, {**COVERAGE, "structure": "interaction", "by": "alc", "ratio": NORMAL})},
            "another effect of the same covariate",
        ),
    ],
)
def test_what_it_cannot_stand_beside_is_refused_with_the_way_out(changed, said):
    with pytest.raises(SpecError) as caught:
        make_plan(model(**changed), cohort())
    assert said in str(caught.value)
    assert 'structure = "per_doubling" (docs/methods/time_updated.md)' in str(caught.value)


def test_a_weibull_baseline_is_refused():
    raw = {
        "name": "w",
        "outcome": {"endpoint": "os"},
        "baseline": {"family": "weibull", "reference_time": 24.0},
        "priors": {
            "baseline_log_cumulative_hazard": {"normal": [-1.0, 1.0]},
            "log_shape": {"normal": [0.0, 0.5]},
        },
        "effect": [TRAJECTORY],
    }
    with pytest.raises(SpecError, match="a Weibull baseline, under which"):
        make_plan(eb.spec.reading.spec_from(raw, "w"), cohort())


def test_measurements_that_make_no_trajectory_are_refused():
    frame = patients()
    with pytest.raises(SpecError, match="takes a number measured at two months or more"):
        make_plan(model(), with_schema(frame, measured=[["alc_baseline", 0.0]]))
    with pytest.raises(SpecError, match="a trajectory begins at time zero"):
        make_plan(model(), with_schema(frame, measured=[["alc_baseline", 0.1], ["alc_mid", 0.75]]))
    months = [["alc_baseline", 0.0], ["alc_mid", "when"]]
    with pytest.raises(SpecError, match="takes the planned months of measurements as numbers"):
        make_plan(model(), with_schema(frame.assign(when=0.75), measured=months))
    none = frame.assign(alc_post=frame["alc_post"].where(frame["os_months"] < 2.5))
    none.loc[0, ["alc_post", "os_months", "pfs_months"]] = [1.0, 2.0, 2.0]
    with pytest.raises(SpecError, match=r"nobody has a value at 2\.5 months during follow-up"):
        make_plan(model(), cohort(none))
    zero = frame.assign(alc_mid=frame["alc_mid"].where(frame.index != 3, 0.0))
    with pytest.raises(SpecError, match="is 0 in patient P04"):
        make_plan(model(), cohort(zero))


def test_keys_are_read_with_care():
    with pytest.raises(TomlError, match="level: unknown key .hr_median."):
        model((TRAJECTORY | {"level": {"hr_median": 1.0, "hr_upper": 2.0}},))
    with pytest.raises(SpecError, match="published evidence is of one hazard ratio between two groups"):
        model((TRAJECTORY | {"prior": {"evidence": "alc_low"}},))
    lacking = {key: value for key, value in TRAJECTORY.items() if key != "error"}
    with pytest.raises((SpecError, TomlError), match="error"):
        model((lacking,))
