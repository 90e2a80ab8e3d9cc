"""A look at a running single arm: verdicts of simulated trials, exact limits, what is open, what is refused."""

import numpy as np
import pytest
from scipy.special import gammaincinv
from scipy.stats import poisson

from escc_bayes.trial.monitoring.interim import FollowUp
from escc_bayes.trial.single_arm.look import arm_look
from escc_bayes.trial.single_arm.simulate import arm_patients, seen_at_analysis
from tests.unit.cli.running import run
from tests.unit.trial.single_arm.test_single_arm import design

TRIALS = 40


def trial(patients, place, month):
    """Return one simulated trial as its database shows it at ``month``."""
    entered = patients.entry[place] < month
    entry, observed = patients.entry[place][entered], patients.observed[place][entered]
    time, known = np.minimum(observed, month - entry), entry + observed <= month
    event = patients.calendar[place][entered] <= month
    return FollowUp(month, entry, time, event, known & ~event)


def looked(asked, seen, level=0.95):
    look = arm_look(asked, seen, level=level, provenance="simulated", data_digest="")
    return {(found.quantity, found.rule): found for found in look.findings}, look


def test_verdicts_are_those_of_the_simulation():
    """Forty trials at their analysis: each rule says what the simulation counted."""
    asked = design()
    patients = arm_patients(asked, asked.effect, TRIALS, 5, 0)
    seen = seen_at_analysis(asked, patients)
    won = {rule.name: rule.criterion.holds(seen) for rule in asked.rules}
    assert 10 < np.count_nonzero(won["logrank"]) < 40
    for place in range(TRIALS):
        found, look = looked(asked, trial(patients, place, float(seen.shot.month[place])))
        assert look.due
        assert {name: bool(found["crossed", name].value) for name in won} == {name: won[name][place] for name in won}


def test_the_ratio_has_exact_poisson_limits_and_a_flat_prior_gives_a_gamma():
    """P(as many or more | E low) = P(as many or fewer | E high) = 0.05; the posterior of events over E is gamma."""
    asked = design(analysis_prior={"log_hr": {"normal": [0.0, 10.0]}})
    patients = arm_patients(asked, asked.effect, 1, 6, 0)
    found, _ = looked(asked, trial(patients, 0, 20.0), level=0.9)
    ratio, expected = found["hazard_ratio_estimate", ""], found["expected_events_reference", ""].value
    events = found["events", ""].value
    assert ratio.value == pytest.approx(events / expected)
    assert poisson.sf(events - 1, expected * ratio.lower) == pytest.approx(0.05, abs=1e-9)
    assert poisson.cdf(events, expected * ratio.upper) == pytest.approx(0.05, abs=1e-9)
    posterior = found["hazard_ratio", ""]
    for limit, p in ((posterior.value, 0.5), (posterior.lower, 0.05), (posterior.upper, 0.95)):
        assert limit == pytest.approx(gammaincinv(events, p) / expected, rel=2e-3)


def test_before_the_analysis_nothing_is_due_and_the_open_are_counted():
    asked = design()
    patients = arm_patients(asked, asked.effect, 1, 6, 0)
    seen = trial(patients, 0, 16.0)
    found, look = looked(asked, seen)
    assert not look.due
    assert "no analysis is due" in found["look", ""].words
    passed = int((seen.time >= 12.0).sum())
    failed = int(((seen.time < 12.0) & (seen.event | seen.lost)).sum())
    said = found["crossed", "year"].words
    assert f"{passed} known to be without it, {failed} not" in said
    assert f"{60 - passed - failed} still open" in said


def test_fewer_patients_than_planned_are_judged_at_their_own_number():
    """57 of 60 entered, and the analysis by the calendar: the exact binomial is that of 57."""
    asked = design(analyses={"calendar": 24.0})
    random = np.random.default_rng(1)
    entry = random.uniform(0.0, 12.0, 57)
    seen = FollowUp(24.0, entry, 24.0 - entry, np.zeros(57, dtype=bool), np.zeros(57, dtype=bool))
    found, look = looked(asked, seen)
    assert look.due
    assert found["crossed", "year"].value == 1.0
    assert "of the 57 patients that there are, in place of 60" in found["crossed", "year"].words
    assert found["boundary", "year"].value < asked.rules[1].criterion.needed - 0.5


SCHEMA = """
schema = 1
time_unit = "months"
id = "patient"
[endpoints.os]
time = "months"
event = "died"
[covariates.entry]
kind = "continuous"
"""


def test_the_verb_writes_findings_and_a_figure(tmp_path, monkeypatch, capsys):
    (tmp_path / "s.toml").write_text(SCHEMA, encoding="utf-8")
    rows = [f"{k},{k * 0.3:.1f},{5 + k % 7},{int(k % 3 == 0)}" for k in range(40)]
    (tmp_path / "d.csv").write_text("\n".join(["patient,entry,months,died", *rows]) + "\n", encoding="utf-8")
    asked = ("--data", tmp_path / "d.csv", "--schema", tmp_path / "s.toml", "--endpoint", "os")
    code, printed, _ = run(monkeypatch, capsys, "monitor", "rt_single_arm", *asked, "--out", tmp_path / "out")
    assert code == 0
    assert printed.startswith("VERDICT before the analysis")
    assert {path.name for path in (tmp_path / "out").rglob("*.*")} == {
        *("monitor.csv", "summary.txt", "run.json", "survival.png", "survival.svg")
    }
    code, _, said = run(monkeypatch, capsys, "monitor", "rt_single_arm", *asked, "--blinded", "--out", tmp_path / "b")
    assert code == 2
    assert "nothing to blind" in said
    assert not (tmp_path / "b").exists()
