"""A single arm: its tests against R and closed forms, its simulation against one written apart, and what is refused."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.special import gammainc
from scipy.stats import binom

from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.scheduler import Processes
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.looks.patients import Snapshot
from escc_bayes.trial.reading.design import design_from
from escc_bayes.trial.simulation.checkpoint import Checkpoint
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.told import summary, told
from escc_bayes.trial.single_arm.reading import single_arm_from
from escc_bayes.trial.single_arm.rules import ArmSeen, Milestone, OneSampleLogRank, SingleArmPosterior
from escc_bayes.trial.single_arm.simulate import simulated
from escc_bayes.trial.single_arm.words import WORDS
from tests.unit.cli.running import run

R = json.loads((Path(__file__).parents[3] / "reference" / "single_arm.json").read_text(encoding="utf-8"))
GOOD = {
    "kind": "single_arm",
    "name": "one",
    "arm": "RT",
    "reference": {"median": 12.0},
    "effect": {"hr": 0.65},
    "accrual": {"patients": 60, "months": 12.0},
    "dropout": {"yearly": 0.05},
    "analyses": {"minimum_follow_up": 12.0},
    "design_prior": {"log_hr": {"normal": [-0.3, 0.3]}},
    "analysis_prior": {"log_hr": {"normal": [0.0, 10.0]}, "drift": 0.15},
    "rule": [
        {"name": "logrank", "success": "one-sample log-rank one-sided 0.05"},
        {"name": "year", "success": "survival at 12 one-sided 0.05"},
        {"name": "bayes", "success": "P(HR < 1 | data) > 0.95"},
    ],
}


def design(**sections):
    changed = GOOD | sections
    return single_arm_from({key: value for key, value in changed.items() if value is not None}, "one.toml")


def seen(events, expected):
    nothing = np.zeros((1, 1))
    none = np.zeros(1, dtype=np.int64)
    shot = Snapshot(nothing, nothing > 0.0, np.zeros(1), none, none, 0)
    return ArmSeen(shot, np.array([float(events)]), np.array([float(expected)]))


def test_the_one_sample_log_rank_test_is_that_of_r():
    """survival's survdiff with an offset: observed, expected, and the squared Z."""
    time, event = np.array(R["time"]), np.array(R["event"])
    expected = float((math.log(2.0) / 9.0 * time).sum())
    assert (event.sum(), expected) == pytest.approx((R["observed"], R["expected"]), rel=1e-9)
    z = (expected - event.sum()) / math.sqrt(expected)
    assert z**2 == pytest.approx(R["chisq"], rel=1e-9)
    from scipy.stats import norm

    at = norm.sf(z)
    assert OneSampleLogRank(at + 1e-6).holds(seen(event.sum(), expected))[0]
    assert not OneSampleLogRank(at - 1e-6).holds(seen(event.sum(), expected))[0]


def test_the_milestone_is_rs_exact_binomial():
    for case in R["binomial"]:
        rule = Milestone(12.0, case["p"], case["p_value"] * (1.0 + 1e-9), case["n"], 1.0)
        assert rule.needed == case["x"]
        assert rule.level == pytest.approx(case["p_value"], rel=1e-9)


@pytest.mark.parametrize(("events", "expected"), [(1, 4.0), (12, 20.0), (60, 61.5)])
def test_a_flat_posterior_is_a_gamma(events, expected):
    """lambda ~ Gamma(D, E) under a flat prior on its logarithm; a prior SD of 10 leaves 1e-3."""
    rule = SingleArmPosterior(0.9, 0.95, Normal(0.0, 10.0), 0.0)
    found = rule.probability(np.array([float(events)]), np.array([expected]))[0]
    assert found == pytest.approx(gammainc(events, 0.9 * expected), abs=2e-3)


def test_drift_is_a_wider_likelihood():
    """Against a plain sum over a grid of both unknowns."""
    prior, drift = Normal(-0.2, 0.4), 0.3
    found = SingleArmPosterior(1.0, 0.95, prior, drift).probability(np.array([14.0]), np.array([20.0]))[0]
    theta = np.linspace(-3.0, 2.6, 1401)
    delta = np.linspace(-2.4, 2.4, 1201)
    both = theta[:, None] + delta
    log = 14.0 * both - 20.0 * np.exp(both) - (theta[:, None] + 0.2) ** 2 / 0.32 - delta**2 / 0.18
    weight = np.exp(log - log.max())
    assert found == pytest.approx(weight[theta < 0.0].sum() / weight.sum(), abs=2e-3)


@pytest.fixture(scope="module")
def found():
    return simulated(design(), Run(8000, 4))


def test_the_exact_power_of_a_milestone_is_that_of_the_simulation(found):
    for scenario, name in (("truth", "power"), ("null", "type_one_error"), ("drift 0.8", "type_one_error")):
        one = found.of(scenario, "year", name)
        assert one.value == pytest.approx(one.closed_form, abs=4.0 * one.mc_error)
    share = 0.5**0.65 * 0.95
    assert found.of("truth", "year", "power").closed_form == pytest.approx(
        float(binom.sf(design().rules[1].criterion.needed - 1, 60, share)), abs=1e-12
    )


def test_power_of_the_log_rank_test_in_closed_form():
    """300 patients: the normal approximation is good to half a point. Pieces, delay and dropout."""
    large = design(
        reference={"hazard": [0.05, 0.09], "cuts": [6.0]},
        effect={"hr": [1.0, 0.82], "cuts": [2.0]},
        accrual={"patients": 300, "rates": [10.0, 30.0], "cuts": [6.0]},
        rule=GOOD["rule"][:1],
    )
    power = simulated(large, Run(8000, 5)).of("truth", "logrank", "power")
    assert 0.5 < power.value < 0.97
    assert power.value == pytest.approx(power.closed_form, abs=3.0 * power.mc_error + 0.005)


def test_the_simulation_is_that_of_one_written_apart(found):
    """8,000 trials one by one: power of the log-rank test, and mean events and months; 3 errors of the difference."""
    random, kept, rate = np.random.default_rng(2), [], math.log(2.0) / 12.0
    for _ in range(8000):
        entry, died = random.uniform(0.0, 12.0, 60), random.exponential(1.0 / (0.65 * rate), 60)
        lost = random.exponential(-12.0 / math.log(0.95), 60)
        month = entry.max() + 12.0
        time = np.minimum(np.minimum(died, lost), month - entry)
        events, expected = np.count_nonzero((died <= lost) & (died <= month - entry)), rate * time.sum()
        kept.append(((expected - events) / math.sqrt(expected) > 1.644854, events, month))
    values = np.array(kept, dtype=float)
    for place, name in enumerate(("power", "expected_events", "expected_months")):
        one = found.of("truth", "logrank", name)
        error = math.hypot(one.mc_error, values[:, place].std() / math.sqrt(8000))
        assert one.value == pytest.approx(values[:, place].mean(), abs=3.0 * error)


def test_a_reference_from_few_patients_shows_in_the_type_one_error():
    """20 events are taken as the truth by the test: its error is far above 0.05. A draw has SD 1 / sqrt(20.5)."""
    from_patients = {"events": [20.0], "months": [20.0 * 12.0 / math.log(2.0)]}
    one = simulated(design(reference=from_patients, rule=GOOD["rule"][:1]), Run(6000, 6))
    error = one.of("null", "logrank", "type_one_error")
    assert error.closed_form is None
    assert error.value > 0.1
    assert any("20 events in 346 person-months" in said for said in summary(told(one.design, one, WORDS)))


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"arm": None}, "'arm' is missing"),
        ({"analyses": {"events": [20, 30]}}, "one analysis"),
        ({"analyses": {"minimum_follow_up": 6.0}}, "minimum_follow_up = 12 or more"),
        ({"analyses": {"events": [80]}}, "80 events of 60 patients"),
        ({"analysis_prior": None}, "a posterior needs a prior"),
        ({"dropout": {"control": 0.1, "treatment": 0.2}}, "one arm"),
        ({"rule": [{"name": "a", "success": "log-rank one-sided 0.025"}]}, "cannot be understood"),
        ({"rule": [{"name": "a", "success": "survival at 12 > 0.99 one-sided 0.05"}]}, "not even all 60"),
        ({"arms": {"control": "a", "treatment": "b"}}, "arms"),
    ],
)
def test_what_cannot_work_is_refused(sections, said):
    with pytest.raises(InputError, match=said):
        design(**sections)


def test_other_verbs_say_that_a_single_arm_is_planned_alone():
    with pytest.raises(InputError, match="read by `plan` and `monitor` alone"):
        design_from(GOOD, "one.toml")


TOML = """
schema = 1
kind = "single_arm"
name = "one"
arm = "RT"
[reference]
median = 12.0
[effect]
median = 18.0
[accrual]
patients = 40
months = 12.0
[analyses]
minimum_follow_up = 12.0
[[rule]]
name = "year"
success = "survival at 12 one-sided 0.05"
"""


FILES = {
    *("operating_characteristics.csv", "summary.txt", "run.json", "sensitivity_grid.csv", "protocol.md"),
    *("protocol.docx", "summary.docx", "figures"),
}


def test_plan_writes_the_files_of_a_single_arm(tmp_path, monkeypatch, capsys):
    (tmp_path / "one.toml").write_text(TOML, encoding="utf-8")
    out = tmp_path / "out"
    asked = ("plan", str(tmp_path / "one.toml"), "--trials", "500", "--protocol", "--quiet", "--out", str(out))
    code, printed, _ = run(monkeypatch, capsys, *asked)
    assert code == 0
    assert {path.name for path in out.iterdir()} == FILES
    figures = {path.stem for path in (out / "figures").iterdir()}
    assert figures == {"power", "predicted_survival", "expected_course"}
    told = (out / "protocol.md").read_text(encoding="utf-8")
    assert "SIMULATED" in told
    assert "that of a median of 18 months" in told
    assert "TO BE FILLED" in told
    assert "Without randomisation" in printed


def test_workers_and_a_killed_run_change_nothing(tmp_path):
    """Two processes, and a run of which the first part was kept, give what one process gives."""
    asked = design()
    alone = simulated(asked, Run(2500, 7)).quantities
    assert simulated(asked, Run(2500, 7, Processes(2))).quantities == alone
    kept = Checkpoint.of(asked.digest, trials=2500, seed=7, folder=tmp_path)
    seen = []

    def killed(done, total):
        seen.append(done)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulated(asked, Run(2500, 7, keep=kept.keep, progress=killed))
    again = []
    found = simulated(asked, Run(2500, 7, keep=kept.keep, progress=lambda done, total: again.append(done)))
    assert found.quantities == alone
    assert again == [2, 3]


def test_the_timing_grid_is_that_of_the_simulation():
    """Events of the analysis in month 24 after twelve of entry, at the planned hazard; 4 errors."""
    found = simulated(design(), Run(4000, 8))
    grid = told(found.design, found, WORDS).timing()
    events = found.of("truth", "logrank", "expected_events")
    row, column = grid.rows.index("1 x"), grid.columns.index("1 x")
    # The last of 60 patients enters a little before month 12.
    assert grid.values[row][column] == pytest.approx(events.value, abs=4.0 * events.mc_error + 0.3)
    assert grid.values[row + 1][column] > grid.values[row][column]
