"""Response-adaptive allocation: its rule by draws, trials followed one by one, the trend that breaks it, the repair."""

import math

import numpy as np
import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.response_adaptive.reading import adaptive_from
from escc_bayes.trial.response_adaptive.rule import Adaptation, probability_better
from escc_bayes.trial.response_adaptive.simulate import allocated, drawn, lives, scenario_name, simulated
from escc_bayes.trial.response_adaptive.words import WORDS
from escc_bayes.trial.significance.closed_forms import schoenfeld_events
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.told import summary, told
from tests.unit.cli.running import run
from tests.unit.trial.single_arm.test_single_arm import FILES

GOOD = {
    "kind": "response_adaptive",
    "name": "follow",
    "arms": {"control": "none", "treatment": "RT"},
    "control": {"median": 9.0},
    "effect": {"hr": 0.65},
    "accrual": {"patients": 200, "months": 30.0},
    "analyses": {"events": [130]},
    "adaptation": {"updates": [10.0, 20.0], "power": 1.0, "bounds": [0.2, 0.8]},
    "trend": {"yearly": [0.6]},
    "test": {"alpha": 0.025},
}
NULL, DRIFT = scenario_name(1.0, works=False), scenario_name(0.6, works=False)


def design(**sections):
    changed = GOOD | sections
    return adaptive_from({key: value for key, value in changed.items() if value is not None}, "follow.toml")


def test_the_probability_is_that_of_gamma_draws():
    """200,000 draws of both hazards; 4 errors."""
    random = np.random.default_rng(1)
    for events, months in (((12, 7), (140.0, 160.0)), ((0, 3), (20.0, 25.0))):
        control, treated = (random.gamma(d + 0.5, 1.0 / t, 200_000) for d, t in zip(events, months, strict=True))
        wanted = np.mean(treated < control)
        found = probability_better(np.array(events, dtype=float)[:, None], np.array(months)[:, None])[0]
        assert found == pytest.approx(wanted, abs=4.0 * math.sqrt(wanted * (1.0 - wanted) / 200_000))


def test_a_power_of_0_is_one_to_one_and_n_over_2n_grows():
    better, entered = np.array([0.9, 0.9]), np.array([0.0, 100.0])
    assert Adaptation((6.0,), 0.0, (0.1, 0.9)).share(better, entered, 100).tolist() == [0.5, 0.5]
    by_patients = Adaptation((6.0,), None, (0.1, 0.9)).share(better, entered, 100)
    assert by_patients == pytest.approx([0.5, math.sqrt(0.9) / (math.sqrt(0.9) + math.sqrt(0.1))])


def test_allocation_of_a_trial_is_that_worked_out():
    """Each period's share from events and months that one counts in a loop, and the uniform numbers below it."""
    asked = design()
    draws = drawn(asked, 3, 4, 0)
    seen = lives(asked, draws, 0.65, 1.0)
    treated, period = allocated(asked, draws, seen)
    for row in range(3):
        for place, month in ((1, 10.0), (2, 20.0)):
            events, months = [0.0, 0.0], [0.0, 0.0]
            for who in range(200):
                if draws.entry[row, who] >= month:
                    continue
                arm = int(treated[row, who])
                time = seen.observed[arm, row, who]
                months[arm] += min(time, month - draws.entry[row, who])
                events[arm] += seen.event[arm, row, who] and draws.entry[row, who] + time <= month
            p = probability_better(np.array(events)[:, None], np.array(months)[:, None])[0]
            share = min(max(p, 0.2), 0.8)
            mine = period[row] == place
            assert (treated[row, mine] == (draws.allotted[row, mine] < share)).all()


def one_trial(random, ratio, trend):
    """Return Z of all patients and stratified, patient by patient."""
    entry = np.sort(random.uniform(0.0, 30.0, 200))
    hazard, arm, died = math.log(2.0) / 9.0 * trend ** (entry / 12.0), np.zeros(200, dtype=bool), np.zeros(200)
    period, share = np.searchsorted([10.0, 20.0], entry, side="right"), 0.5
    for who in range(200):
        if who and period[who] != period[who - 1]:
            month = (10.0, 20.0)[period[who] - 1]
            counts = []
            for on in (False, True):
                mine = arm[:who] == on
                ends = entry[:who][mine] + died[:who][mine]
                counts.append((np.sum(ends <= month), (np.minimum(ends, month) - entry[:who][mine]).sum()))
            (d0, t0), (d1, t1) = counts
            draws = random.gamma(d0 + 0.5, 1.0 / t0, 4000) > random.gamma(d1 + 0.5, 1.0 / t1, 4000)
            share = min(max(draws.mean(), 0.2), 0.8)
        arm[who] = random.random() < share
        died[who] = random.exponential(1.0 / (hazard[who] * (ratio if arm[who] else 1.0)))
    month = np.sort(entry + died)[129]

    def parts(of):
        inside = of & (entry < month)
        time, event = np.minimum(died, month - entry)[inside], (entry + died <= month)[inside]
        order = np.argsort(time)
        on = arm[inside][order]
        at = np.cumsum(on[::-1])[::-1] / np.arange(on.size, 0, -1)
        return (at - on)[event[order]].sum(), (at * (1.0 - at))[event[order]].sum()

    every, each = parts(np.ones(200, dtype=bool)), np.array([parts(period == k) for k in range(3)])
    return every[0] / math.sqrt(every[1]), each[:, 0].sum() / math.sqrt(each[:, 1].sum())


@pytest.mark.parametrize(("works", "trend"), [(True, 1.0), (False, 0.6)])
def test_power_and_error_are_those_of_trials_followed_one_by_one(works, trend):
    """400 trials; 3 errors of the difference, of both tests, at the level of 0.1 where more is seen."""
    random = np.random.default_rng(8)
    z = np.array([one_trial(random, 0.65 if works else 1.0, trend) for _ in range(400)])
    found = simulated(design(test={"alpha": 0.1}), Run(1000, 9))
    for place, test in enumerate(("unstratified", "stratified")):
        hits = z[:, place] > 1.281552
        one = found.of(scenario_name(trend, works=works), test, "power" if works else "type_one_error")
        error = math.hypot(one.mc_error, math.sqrt(one.value * (1.0 - one.value) / 400))
        assert one.value == pytest.approx(hits.mean(), abs=3.0 * error)


def test_a_trend_breaks_one_test_and_strata_repair_it():
    """3,000 trials without an effect: far above alpha by one test; strata leave at most a point above alpha."""
    found = simulated(design(), Run(3000, 10))
    broken, repaired = (found.of(DRIFT, test, "type_one_error") for test in ("unstratified", "stratified"))
    assert broken.value > 0.08
    for scenario in (NULL, DRIFT):
        assert found.of(scenario, "stratified", "type_one_error").value < 0.035 + 3.0 * repaired.mc_error
        assert found.of(scenario, "one_to_one", "type_one_error").value < 0.025 + 3.0 * repaired.mc_error
    assert any("takes that change for an effect" in said for said in summary(told(found.design, found, WORDS)))


def test_one_to_one_has_the_power_of_schoenfeld():
    found = simulated(design(adaptation={"updates": [10.0], "power": 0.0}), Run(1000, 11))
    name = scenario_name(1.0, works=True)
    power = found.of(name, "one_to_one", "power")
    wanted = 0.69
    assert schoenfeld_events(0.65, alpha=0.025, power=wanted, allocation=(1.0, 1.0)) == pytest.approx(130.0, rel=0.02)
    assert power.value == pytest.approx(wanted, abs=3.0 * power.mc_error + 0.015)
    assert found.of(name, "unstratified", "power").value == power.value


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"adaptation": None}, "'adaptation' is missing"),
        ({"arms": GOOD["arms"] | {"allocation": [1, 2]}}, "begins one to one"),
        ({"adaptation": {"updates": [20.0, 10.0]}}, "updates"),
        ({"adaptation": {"updates": [10.0, 31.0]}}, "nobody enters any more"),
        ({"adaptation": {"updates": [10.0], "bounds": [0.6, 0.9]}}, "both sides of a half"),
        ({"adaptation": {"updates": [10.0], "bounds": [0.0, 0.9]}}, "both sides of a half"),
        ({"adaptation": {"updates": [10.0], "power": -1.0}}, "power"),
        ({"analyses": {"events": [300]}}, "300 events of 200 patients"),
        ({"dropout": {"yearly": 0.9}}, "never expected"),
        ({"trend": {"yearly": [0.0]}}, "yearly"),
        ({"effect": {"hr": 0.7, "cuts": [3.0]}}, "cuts"),
    ],
)
def test_what_cannot_work_is_refused(sections, said):
    with pytest.raises(InputError, match=said):
        design(**sections)


def test_plan_writes_the_files(tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    asked = ("plan", "rt_adaptive", "--trials", "100", "--protocol", "--quiet", "--out", str(out))
    code, printed, _ = run(monkeypatch, capsys, *asked)
    assert code == 0
    assert {path.name for path in out.iterdir()} == FILES
    assert {path.stem for path in (out / "figures").iterdir()} == {"trends"}
    assert "adaptive, stratified by period" in printed
