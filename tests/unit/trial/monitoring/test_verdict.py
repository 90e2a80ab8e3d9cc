"""The verdict of a look, the forecast that knows the design, and doubts about interim data."""

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from benchmarks.monitor_forecast import CASES, study
from scipy import integrate
from scipy.stats import norm

from escc_bayes.foundation.errors import DataWarning
from escc_bayes.hazard.piecewise import person_months
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.monitoring.design_clock import arm_clocks, going_on, pooled_clock, shaped, solved_factors
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.interim_doubts import doubts
from escc_bayes.trial.monitoring.interim_look import interim_look
from escc_bayes.trial.monitoring.reading_interim import Columns, follow_up_from, read_interim
from escc_bayes.trial.monitoring.this_look import this_look
from escc_bayes.trial.monitoring.verdict import plan_now, verdicts_now
from escc_bayes.trial.significance.boundaries import spending_boundaries
from escc_bayes.trial.significance.conditional_power import conditional_power_bound
from escc_bayes.trial.significance.spending_functions import obrien_fleming
from tests.unit.trial.designs import small

STORED = json.loads((Path(__file__).parents[4] / "benchmarks" / "monitor_forecast.json").read_text(encoding="utf-8"))
RULES = [
    {
        "name": "obf",
        "success": "log-rank one-sided 0.025",
        "spending": "obrien_fleming",
        "futility": "conditional power < 0.2",
    },
    {"name": "bayes", "success": "P(HR < 1 | data) > 0.98", "futility": "P(HR < 1 | data) < 0.1"},
    {"name": "late", "success": "MaxCombo one-sided 0.025"},
]


def three_looks(events=(40, 60, 80), **more):
    return small(accrual={"patients": 160, "months": 12.0}, analyses={"events": list(events)}, rule=RULES, **more)


def interim_with(events, patients=160, ratio=0.7, seed=3, month=20.0):
    """Return a trial with so many events at ``month``: the first of exponential times, the others censored there."""
    random = np.random.default_rng(seed)
    entry = np.linspace(0.0, 11.9, patients)
    treated = np.arange(patients) % 2 == 1
    time = random.exponential(12.0, patients) / np.where(treated, ratio, 1.0)
    known = np.minimum(time, month - entry)
    event = np.zeros(patients, dtype=np.bool_)
    event[np.argsort(time / (month - entry))[:events]] = True
    return Interim(month, entry, known, event, np.zeros(patients, dtype=np.bool_), treated)


def judged(design, interim):
    look = this_look(planned(design), interim)
    plans = tuple(plan_now(rule, look) for rule in planned(design).rules)
    found = verdicts_now(design, interim, look, plans, {})
    return look, {(of.rule, of.kind): of for of in found}


@pytest.mark.parametrize(("events", "fractions"), [(40, (0.5, 0.75)), (44, (0.55, 0.75))])
def test_the_boundary_is_that_of_the_alpha_spent_by_the_actual_events(events, fractions):
    """Lan-DeMets: the normal quantile of the spending function at the first look (rpact: 2.9626 at half)."""
    look, found = judged(three_looks(), interim_with(events))
    assert (look.place, look.due, look.final) == (0, True, False)
    assert look.fractions == pytest.approx((*fractions, 1.0))
    (success,) = found["obf", "success"].criteria
    assert success.boundary == pytest.approx(norm.isf(obrien_fleming(0.025, events / 80.0)), abs=1e-8)
    (futility,) = found["obf", "futility"].criteria
    final = spending_boundaries((*fractions, 1.0), 0.025, obrien_fleming)[-1]
    assert futility.boundary == pytest.approx(conditional_power_bound(events / 80.0, final, 0.2), abs=1e-8)
    assert futility.statistic == success.statistic
    assert found["obf", "success"].crossed == (success.statistic > success.boundary)
    assert ("late", "success") not in found


@pytest.mark.parametrize("events", [80, 86])
def test_the_final_look_spends_all_alpha_at_its_own_information(events):
    """Whatever the overrun, the crossing probability over the looks as they were is 0.025."""
    look, found = judged(three_looks(), interim_with(events))
    assert (look.final, look.events_over) == (True, events - 80)
    (success,) = found["obf", "success"].criteria
    expected = spending_boundaries((40 / events, 60 / events, 1.0), 0.025, obrien_fleming)
    assert success.boundary == pytest.approx(expected[-1], abs=1e-8)
    assert ("obf", "futility") not in found
    assert ("late", "success") in found


def test_a_strong_effect_crosses_and_a_harm_is_futile():
    _, good = judged(three_looks(), interim_with(44, ratio=0.2))
    _, bad = judged(three_looks(), interim_with(44, ratio=3.0))
    assert good["obf", "success"].crossed
    assert good["bayes", "success"].crossed
    assert not good["obf", "futility"].crossed
    assert bad["obf", "futility"].crossed
    assert bad["bayes", "futility"].crossed


def test_before_and_between_the_looks():
    design = three_looks()
    assert not judged(design, interim_with(20))[0].due
    assert judged(design, interim_with(50))[0].place == 0
    assert judged(design, interim_with(55))[0].place == 1
    assert judged(small(analyses={"events": [60]}), interim_with(30))[1] == {}


def findings(design, interim, **more):
    keys = {"completions": 100, "seed": 1, "level": 0.95, "provenance": "observed", "data_digest": "x"}
    return interim_look(design, interim, **(keys | more))


def test_the_first_line_is_the_verdict_and_the_forecast_comes_last():
    told = findings(three_looks(), interim_with(40, ratio=0.2)).findings
    assert told[0].words.startswith("VERDICT of look 1 of 3 (planned at 40 events) with 40 events, 50.0 %")
    assert "SUCCESS boundary crossed by obf, bayes" in told[0].words
    names = [found.quantity for found in told]
    order = [names.index(name) for name in ("crossed", "predictive_probability", "conditional_power_trend")]
    assert order == sorted(order)
    assert order[-1] < names.index("final_month_blinded") < names.index("final_month_plan")
    rows = {
        (of.quantity, of.rule, of.kind): of.value for of in told if of.quantity in ("boundary", "statistic", "crossed")
    }
    assert rows["crossed", "obf", "success"] == 1.0
    assert rows["statistic", "obf", "success"] > rows["boundary", "obf", "success"]


def test_at_the_final_look_nothing_is_predicted_and_an_overrun_is_said():
    found = findings(three_looks(), interim_with(83))
    names = {of.quantity for of in found.findings}
    assert not {name for name in names if name.startswith(("predictive", "conditional", "final_month", "last_entry"))}
    assert (found.blinded, found.unblinded) == (None, None)
    assert any("Overrun: 3 events more than planned" in of.words for of in found.findings)


def test_more_patients_than_planned_are_analysed():
    found = findings(three_looks(), interim_with(44, patients=170))
    assert any("10 patients more than planned" in of.words for of in found.findings)


def test_a_look_without_events_judges_nothing():
    told = findings(three_looks(), interim_with(0)).findings
    assert "no rule is judged without an event" in told[0].words


CONTROLS = {
    "falling": {"hazard": [0.06, 0.05, 0.02], "cuts": [6.0, 18.0]},
    "cured": {"cure": 0.3, "weibull": {"shape": 1.2, "scale": 18.0}},
    "weibull": {"weibull": {"shape": 0.7, "scale": 20.0}},
}


@pytest.mark.parametrize("name", CONTROLS)
def test_a_factor_of_one_is_the_design(name):
    """Rates that bring what the design expects of the same patients go on as the design: survival in closed form."""
    design = small(control=CONTROLS[name], analyses={"events": [50]})
    followed, cuts = np.linspace(1.0, 20.0, 40), np.array([5.0, 11.0])
    for clock, hazard in zip(arm_clocks(design), [of[1] for of in design.arms_under(design.effect)], strict=True):
        edges = [0.0, 5.0, 11.0, math.inf]
        gained = [
            sum(
                float(np.diff(hazard.cumulative(np.clip([low, min(high, t)], 0.0, t)))[0])
                for t in followed.tolist()
                if t > low
            )
            for low, high in pairwise(edges)
        ]
        rates = np.array([gained]) / person_months(followed, cuts).sum(axis=0)
        drawn = shaped(rates, cuts, clock, followed, np.array(gained))
        months = np.array([3.0, 8.0, 15.0, 30.0, 80.0])
        assert drawn.cumulative(months)[0] == pytest.approx(hazard.cumulative(months), rel=2e-3)
        assert drawn.time_at(drawn.cumulative(months))[0] == pytest.approx(months, rel=1e-3)


def test_the_cured_never_have_the_event():
    design = small(control=CONTROLS["cured"], analyses={"events": [50]})
    clock = arm_clocks(design)[0]
    assert clock.cured == pytest.approx(0.3)
    drawn = shaped(np.full((1, 1), 0.05), np.zeros(0), clock, np.array([5.0, 9.0]), np.array([3.0]))
    assert drawn.time_at(np.array([[-math.log(0.3) + 0.01]]))[0, 0] == math.inf
    assert pooled_clock(design).cured == pytest.approx((0.3 + 0.3**0.7) / 2.0)


def test_solved_factors_bring_the_wanted_events():
    """Against quadrature of the hazard -d log(p + (1 - p) exp(-G)) over each patient's months."""
    design = small(control=CONTROLS["cured"], analyses={"events": [50]})
    clock, followed = arm_clocks(design)[0], np.array([4.0, 9.0, 16.0])
    edges, wanted = clock.at(np.array([7.0])), np.array([[0.5, 0.4]])
    factors = solved_factors(wanted, edges, clock, followed)[0]

    def hazard(t):
        slope = factors[0] if t <= 7.0 else factors[1]
        clock_rate = 1.2 / 18.0 * (t / 18.0) ** 0.2
        grown = factors[0] * (min(t, 7.0) / 18.0) ** 1.2
        grown += factors[1] * (max(t, 7.0) ** 1.2 - 7.0**1.2) / 18.0**1.2
        left = 0.7 * math.exp(-grown)
        return slope * clock_rate * left / (0.3 + left)

    early = sum(integrate.quad(hazard, 0.0, min(t, 7.0))[0] for t in followed)
    late = sum(integrate.quad(hazard, 7.0, t)[0] for t in followed if t > 7.0)
    assert (early, late) == (pytest.approx(0.5, abs=1e-3), pytest.approx(0.4, abs=1e-3))


def test_what_goes_on_is_the_whole_unless_pieces_differ_beyond_chance():
    events = np.array([20.0, 20.0, 20.0])
    alike, unlike = np.array([[1.2, 0.9, 1.0]]), np.array([[1.5, 1.0, 0.1]])
    whole = 60.0 / (events / alike[0]).sum()
    assert going_on(alike, events[None], events)[0] == pytest.approx(whole)
    assert going_on(unlike, events[None], events)[0] < 0.25


def test_stored_forecasts_hold_the_true_month():
    """300 trials each, half of the events: 90 to 99 % inside, less than 3 months off on average, blinded or not."""
    assert [(row["design"], row["hazard_factor"], row["trials"]) for row in STORED] == [(*case, 300) for case in CASES]
    for row in STORED:
        for which in ("blinded", "unblinded"):
            assert 0.90 <= row[f"{which}_held"] <= 0.99
            assert abs(row[f"{which}_months_off"]) < 3.0


def test_a_short_run_agrees_with_the_stored_one():
    """20 trials: as many inside as a binomial of the stored share lets expect, the error within four of its own."""
    found = study("falling", 1.0, 20)
    assert found["unblinded_held"] >= 0.75
    assert (
        abs(found["unblinded_months_off"] - STORED[0]["unblinded_months_off"])
        < 4.0 * found["unblinded_months_off_mc_error"]
    )


def test_a_forecast_never_precedes_the_look():
    """A database two years behind its look."""
    interim = replace(interim_with(44), month=60.0)
    told = {of.quantity: of for of in findings(three_looks(), interim).findings}
    assert told["final_month_blinded"].lower >= 60.0
    assert told["final_month_unblinded"].value >= 60.0


def names(count):
    return [f"p{k}" for k in range(count)]


def test_doubts_name_the_patients():
    design = three_looks()
    entry = np.linspace(0.0, 12.0, 100)
    known = np.full(100, 20.0)
    assert list(doubts(names(100), design, entry, known, asof=None)) == []
    (late,) = doubts(names(100), design, np.append(entry[:-1], 25.0), np.append(known[:-1], 26.0), asof=None)
    assert "patients p99 enter in month 25.0" in late
    (far,) = doubts(names(100), design, entry, np.append(known[:-1], 60.0), asof=None)
    assert "patients p99 are known to month 60.0" in far
    assert "--asof 20.0" in far
    (first,) = doubts(names(100), design, entry + 5.0, known + 5.0, asof=None)
    assert "the first patient enters in month 5.0" in first
    (days,) = doubts(names(100), design, 30.4 * entry, known + 400.0, asof=None)
    assert "are entries in days" in days


def test_a_follow_up_of_zero_is_a_patient(tmp_path):
    """Entered on the day of the cut; below 0 is still refused."""
    rows = "".join(f"p{k},{t},{k % 2},{e},none\n" for k, (t, e) in enumerate([(9.0, 0.0), (5.0, 1.0), (0.0, 9.0)]))
    (tmp_path / "d.csv").write_text(
        "patient,os_months,os_event,entry_months,arm\n" + rows.replace("p2,0.0,0", "p2,0,0")
    )
    columns = Columns()
    schema = Path(__file__).parents[4] / "models" / "cohorts" / "trial_interim.toml"
    cohort = read_interim(tmp_path / "d.csv", schema, columns, blinded=True)
    seen = follow_up_from(cohort, three_looks(), endpoint="os", columns=columns, month=None)
    assert seen.time.tolist() == [9.0, 5.0, 0.0]
    (tmp_path / "d.csv").write_text(
        "patient,os_months,os_event,entry_months,arm\n" + rows.replace("p2,0.0,0", "p2,-1,0")
    )
    with pytest.raises(Exception, match="or 0 on the day of the cut"):
        read_interim(tmp_path / "d.csv", schema, columns, blinded=True)


def test_a_late_first_entry_is_said_on_reading(tmp_path):
    (tmp_path / "d.csv").write_text(
        "patient,os_months,os_event,entry_months,arm\n" + "".join(f"p{k},9,0,{5 + k},none\n" for k in range(3))
    )
    schema = Path(__file__).parents[4] / "models" / "cohorts" / "trial_interim.toml"
    cohort = read_interim(tmp_path / "d.csv", schema, Columns(), blinded=True)
    with pytest.warns(DataWarning, match="subtract 5.0"):
        follow_up_from(cohort, three_looks(), endpoint="os", columns=Columns(), month=None)
