"""What a plan says of its rules, its follow-up and the controls that it borrows."""

import math

import pytest

from escc_bayes.trial.design.planning_words import planning_sentences
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.reading.criteria import criteria
from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.simulation.operating_characteristics import constant_by_design, operating_characteristics, table
from escc_bayes.trial.simulation.summary import summary
from tests.unit.trial.designs import small


def rules(**success):
    return [{"name": name, "success": words} for name, words in success.items()]


def test_a_type_one_error_above_005_is_said():
    lax = operating_characteristics(small(rule=rules(a="P(HR < 1 | data) > 0.8")), trials=500, seed=1)
    strict = operating_characteristics(small(rule=rules(a="P(HR < 1 | data) > 0.975")), trials=500, seed=1)
    assert any("WARNING: this exceeds 0.05" in line for line in summary(lax))
    assert not any("exceeds" in line for line in summary(strict))


def test_beta_is_spent_under_an_effect_that_is_named():
    """Power 0.8 exactly there, futility acted upon; a plan with that effect gets no warning."""
    rule = [
        {
            "name": "r",
            "success": "log-rank one-sided 0.025",
            "spending": "obrien_fleming",
            "futility": "log-rank beta 0.2",
        }
    ]
    sizes = {"accrual": {"patients": 500, "months": 20.0}, "analyses": {"events": [190, 285, 380]}}
    (said,) = [
        line
        for line in planning_sentences(planned(small(**sizes, effect={"hr": 0.75}, rule=rule)))
        if "type II" in line
    ]
    assert "under a hazard ratio of 0.736" in said
    assert "WARNING: the planned effect is 0.75" in said
    design = small(**sizes, effect={"hr": 0.736}, rule=rule)
    (said,) = [line for line in planning_sentences(planned(design)) if "type II" in line]
    assert "WARNING" not in said
    assert planned(design).rules[0].on_z.power(math.log(0.736)) == pytest.approx(0.8, abs=0.002)


def test_closed_forms_of_events_are_said_of_the_rules_they_are_true_of():
    tests = rules(t="log-rank one-sided 0.01", b="P(HR < 1 | data) > 0.975", m="MaxCombo one-sided 0.025")
    one = planning_sentences(planned(small(rule=tests)))
    assert [line.split(":")[0] for line in one if line.startswith("Events that")] == [
        "Events that find a hazard ratio of 0.7 with power 0.8 at one-sided 0.01 (t)",
        "Events that find a hazard ratio of 0.7 with power 0.8 at one-sided 0.025 (b)",
    ]
    looks = small(analyses={"events": [30, 60]})
    said = [line for line in planning_sentences(planned(looks)) if "is found with power" in line]
    events = float(said[1].split(" by ")[1].split()[0])
    assert planned(looks).rules[1].scaled(events / 60.0).power(math.log(0.7)) == pytest.approx(0.8, abs=0.002)


def test_every_patient_can_be_followed_for_a_fixed_time():
    """Expected events in closed form: 1 - exp(-12 rate) of each arm; nobody is seen for longer."""
    design = small(dropout=None, accrual={"patients": 600, "months": 24.0}, analyses={"follow_up": 12.0})
    found = operating_characteristics(design, trials=500, seed=1)
    rate = math.log(2.0) / 12.0
    expected = sum(300.0 * -math.expm1(-12.0 * rate * hr) for hr in (1.0, 0.7))
    events, months = (found.of("truth", "logrank", f"expected_{what}") for what in ("events", "months"))
    assert events.value == pytest.approx(expected, abs=4.0 * events.mc_error)
    assert sum(design.arms_under(design.effect)[k][0].patients for k in (0, 1)) == 600
    # The last of 600 uniform entries lies 24 / 601 months before the end of accrual.
    assert months.value == pytest.approx(36.0 - 24.0 / 601.0, abs=4.0 * months.mc_error)
    assert "followed for 12 months and no longer" in summary(found)[0]


def test_constant_rows_are_known():
    one, two = small(), small(analyses={"events": [30, 60]}, rule=rules(m="MaxCombo one-sided 0.025"))
    assert constant_by_design(one, 0, "stop_early_success")
    assert constant_by_design(one, 0, "expected_events")
    assert constant_by_design(two, 0, "success_at_look_1")
    assert constant_by_design(two, 0, "futility_at_look_1")
    assert not constant_by_design(two, 0, "success_at_look_2")


def test_the_table_has_no_row_for_what_cannot_happen():
    """No early stop with one look; expected events that are set stay, since a reader needs their number."""
    found = operating_characteristics(small(dropout=None), trials=100, seed=1)
    said = {row["quantity"] for row in table(found)}
    assert {"power", "type_one_error", "expected_events", "expected_patients", "expected_months"} <= said
    assert not {"stop_early_success", "stop_early_futility", "short_of_events"} & said
    looks = [{"name": "b", "success": "P(HR < 1 | data) > 0.98", "futility": "P(HR < 1 | data) < 0.1"}]
    both = table(operating_characteristics(small(analyses={"events": [30, 60]}, rule=looks), trials=100, seed=1))
    assert {"stop_early_futility", "success_at_look_1", "futility_at_look_1"} <= {row["quantity"] for row in both}


@pytest.mark.parametrize("name", ["obrien_fleming", "pocock", "kim_demets"])
def test_a_look_at_hardly_any_events_spends_nothing(name):
    """Its boundaries are out of reach, and those of the other looks are as without it."""
    spending = AlphaSpending(name, parameter=3.0 if name == "kim_demets" else None)
    early, alone = (spending.with_futility(looks, 0.025, 0.2) for looks in ((1e-9, 0.66, 1.0), (0.66, 1.0)))
    assert early.upper[0] > 4.5
    assert early.lower[0] < -4.5
    assert early.upper[1:] == pytest.approx(alone.upper, abs=1e-4)
    assert early.lower[1:] == pytest.approx(alone.lower, abs=1e-4)


def test_criteria_say_their_margins():
    said = [of.words() for of in criteria("cox one-sided 0.025 margin 1.3 and RMST difference to 24 > −2", "x")]
    assert said == [
        "Cox model against a hazard ratio of 1.3 one-sided 0.025",
        "difference of restricted mean survival to 24 months > -2",
    ]


BORROW = {
    "arms": {"control": "none", "treatment": "RT", "allocation": [1, 2]},
    "analysis_prior": {
        "log_hr": {"normal": [0.0, 10.0]},
        "baseline": {"cuts": [12.0], "gamma": [0.01, 0.1], "at": "reference"},
    },
    "rule": rules(bayes="P(HR < 1 | data) > 0.975"),
}


def test_borrowed_controls_are_worth_what_they_are_together():
    """A drift common to all pieces: 1 / (sd^2 + 1 / D) events, whatever the pieces; the sum of the pieces is more."""

    counts = {"events": [30, 12], "months": [520.0, 208.0]}
    design = small(**BORROW, control={"median": 12.0}, borrowing={"model": "commensurate", "sd": 0.3} | counts)
    worth = planned(design).worth
    joint = worth.joint
    assert joint.controls == pytest.approx(1.0 / (0.09 + 1.0 / 42.0), rel=0.05)
    assert sum(piece.effective for piece in worth.pieces) > 1.4 * joint.controls
    whole = planned(small(**BORROW, borrowing={"model": "power", "discount": 0.5} | counts)).worth.joint
    assert whole.controls == pytest.approx(21.0, rel=0.05)


def test_historical_controls_come_from_a_cohort_file(tmp_path, monkeypatch):
    """The same counts by piece as made by hand; an event on the cut ends its piece; the treated are left out."""
    rows = [(5.0, 1, "none"), (12.0, 1, "none"), (20.0, 1, "none"), (30.0, 0, "none"), (3.0, 1, "RT")]
    (tmp_path / "old.csv").write_text("m,e,arm\n" + "".join(f"{t},{e},{a}\n" for t, e, a in rows))
    (tmp_path / "old.toml").write_text(
        'schema = 1\ntime_unit = "months"\n[endpoints.os]\ntime = "m"\nevent = "e"\n'
        '[covariates.arm]\nkind = "binary"\nlevels = ["none", "RT"]\n'
    )
    from escc_bayes.trial.reading.design import design_from
    from tests.unit.trial.designs import table

    source = {"cohort": "old.csv", "schema": "old.toml", "endpoint": "os", "covariate": "arm", "level": "none"}
    model = {"model": "power", "discount": 1.0}
    design = design_from(table(**BORROW, borrowing=model | source), "x.toml", folder=tmp_path)
    (found,) = design.borrowing.sources
    assert found.historical.events.tolist() == [2.0, 1.0]
    assert found.historical.months.tolist() == [41.0, 26.0]
    with pytest.raises(DesignError, match="exclude each other"):
        design_from(table(**BORROW, borrowing=model | source | {"events": [1, 2]}), "x.toml", folder=tmp_path)
