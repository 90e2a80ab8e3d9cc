"""PFS and OS of an illness-death truth: closed forms, trials simulated apart, what is refused, what `plan` writes."""

import math
import pickle
from functools import partial

import numpy as np
import pytest
from scipy import integrate

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.reading.design import design_from
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.told import summary, told
from escc_bayes.trial.two_endpoints.reading import two_endpoints_from
from escc_bayes.trial.two_endpoints.simulate import simulated, sums_of_block
from escc_bayes.trial.two_endpoints.truth import EndpointHazard, Transitions, from_medians
from escc_bayes.trial.two_endpoints.words import WORDS
from tests.unit.cli.running import run
from tests.unit.trial.single_arm.test_single_arm import FILES

GOOD = {
    "kind": "pfs_os",
    "name": "two",
    "arms": {"control": "chemo", "treatment": "IO"},
    "control": {"pfs_median": 6.0, "os_median": 13.0, "death": 0.01},
    "treatment": {"progression": 0.07, "death": 0.01, "after": 0.1},
    "accrual": {"patients": 160, "months": 14.0},
    "analyses": [{"pfs": 90}, {"os": 110}],
    "pfs": {"alpha": 0.005, "looks": [1]},
    "os": {"alpha": 0.02, "spending": "obrien_fleming"},
}


def design(**sections):
    changed = GOOD | sections
    return two_endpoints_from({key: value for key, value in changed.items() if value is not None}, "two.toml")


@pytest.mark.parametrize("truth", [Transitions(0.08, 0.01, 0.06), Transitions(0.05, 0.0, 0.05)])
@pytest.mark.parametrize("month", [3.0, 12.0, 40.0])
def test_overall_survival_is_its_integral(truth, month):
    """exp(-h t) + integral of progression exp(-h s) exp(-after (t - s)) ds, by scipy's quadrature."""

    def lives(s):
        return truth.progression * math.exp(-truth.leaving * s - truth.after * (month - s))

    wanted = math.exp(-truth.leaving * month) + integrate.quad(lives, 0.0, month)[0]
    assert truth.os(month) == pytest.approx(wanted, abs=1e-9)


def test_medians_are_those_stated():
    found = from_medians(6.0, 13.0, 0.01, "here")
    assert (found.pfs_median, found.os_median) == pytest.approx((6.0, 13.0), abs=1e-6)
    assert found.death == 0.01


def test_simulated_times_have_the_stated_survival():
    """200,000 patients; 4 errors."""
    truth = from_medians(6.0, 13.0, 0.01, "here")
    pfs, os = truth.times(np.random.default_rng(1).exponential(size=(3, 1, 200_000)))
    for times, survival in ((pfs, truth.pfs), (os, truth.os)):
        for month in (6.0, 13.0, 30.0):
            share = survival(month)
            assert np.mean(times > month) == pytest.approx(share, abs=4.0 * math.sqrt(share * (1 - share) / 200_000))
    assert (pfs <= os).all()


def log_rank(time, event, treated):
    order = np.argsort(time)
    event, arm = event[order], treated[order]
    share = np.cumsum(arm[::-1])[::-1] / np.arange(arm.size, 0, -1)
    return (share - arm)[event].sum() / math.sqrt((share * (1.0 - share))[event].sum())


def apart(found, trials, seed):
    """Return shares of PFS and OS success, one trial after the other, by the boundaries of ``found``."""
    random, won = np.random.default_rng(seed), []
    control, treatment = found.design.truth
    treated = np.repeat([False, True], 80)

    def hazard(name):
        return np.where(treated, getattr(treatment, name), getattr(control, name))

    (first,), (more,) = found.hypotheses[0].own, found.hypotheses[0].more
    own, larger = found.hypotheses[1].own, found.hypotheses[1].more
    for _ in range(trials):
        entry = random.uniform(0.0, 14.0, 160)
        progressed, died = random.exponential(1.0 / hazard("progression")), random.exponential(1.0 / hazard("death"))
        pfs = np.minimum(progressed, died)
        os = np.where(progressed < died, progressed + random.exponential(1.0 / hazard("after")), died)
        z = {}
        for look, month in enumerate((np.sort(entry + pfs)[89], np.sort(entry + os)[109])):
            inside = entry < month
            for name, times in (("pfs", pfs), ("os", os)):
                seen = np.minimum(times, month - entry)[inside]
                z[name, look] = log_rank(seen, (entry + times <= month)[inside], treated[inside])
        by_pfs = z["pfs", 0] > first
        by_os = z["os", 0] > (larger[0] if by_pfs else own[0])
        by_os |= z["os", 1] > (larger[1] if by_pfs else own[1])
        won.append((by_pfs or (by_os and z["pfs", 0] > more), by_os))
    return np.mean(won, axis=0)


def test_power_is_that_of_trials_simulated_apart():
    """3,000 trials each; 3 errors of the difference, for PFS, OS."""
    found = simulated(design(), Run(3000, 3))
    wanted = apart(found, 3000, 4)
    for place, endpoint in enumerate(("pfs", "os")):
        power = found.of("truth", endpoint, "power")
        assert power.value == pytest.approx(wanted[place], abs=3.0 * math.sqrt(2.0) * power.mc_error)


def test_the_family_keeps_its_level():
    """Any endpoint wins without an effect: at most 0.025, and, since PFS and OS share patients, below the sum."""
    found = simulated(design(), Run(6000, 5))
    error = found.of("null", "any", "type_one_error")
    assert error.value < 0.025 + 3.0 * error.mc_error
    both = simulated(design(co_primary=True, pfs={"alpha": 0.025, "looks": [1]}), Run(3000, 5))
    assert both.of("null", "both", "type_one_error").value < error.value
    assert both.of("truth", "both", "power").value <= found.of("truth", "pfs", "power").value


def test_boundaries_stand_at_the_events_expected_of_both_endpoints():
    found = simulated(design(), Run(500, 1))
    assert found.events[0][0] == pytest.approx(90.0)
    assert found.events[1][1] == pytest.approx(110.0, abs=0.1)
    assert found.events[1][0] < 90.0
    assert any(said.startswith("OS as a safety look") for said in summary(told(found.design, found, WORDS)))
    assert any("OS is tested at 0.025" in said for said in summary(told(found.design, found, WORDS)))


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"os": None}, "'os' is missing"),
        ({"control": {"pfs_median": 6.0, "os_median": 13.0}}, "state the hazards"),
        ({"control": {"pfs_median": 6.0, "os_median": 5.0, "death": 0.01}}, "no hazard after progression"),
        ({"control": {"pfs_median": 6.0, "os_median": 13.0, "death": 0.2}}, "state a smaller one"),
        ({"analyses": [{"pfs": 90}, {"pfs": 80}]}, "80 PFS events after 90"),
        ({"analyses": [{"pfs": 90, "os": 80}]}, "events of one endpoint"),
        ({"analyses": [{"os": 200}]}, "200 OS events of 160"),
        ({"os": {"alpha": 0.02}}, "2 looks share its alpha"),
        ({"os": {"alpha": 0.02, "looks": [2, 1]}}, "in order"),
        ({"os": {"alpha": 0.02, "spending": {"by_look": [0.01, 0.02]}}}, "spent by a function"),
        ({"pfs": {"alpha": 0.005, "looks": [1], "passes": 1.2}}, "more than all of it"),
        ({"co_primary": True, "pfs": {"alpha": 0.025, "looks": [1], "passes": 1.0}}, "pass no alpha"),
    ],
)
def test_what_cannot_work_is_refused(sections, said):
    with pytest.raises(InputError, match=said):
        design(**sections)


def test_events_that_never_come_are_refused_before_trials_are_judged():
    with pytest.raises(InputError, match="look 2 waits for 158 OS events"):
        simulated(design(dropout={"yearly": 0.3}, analyses=[{"pfs": 90}, {"os": 158}]), Run(100, 1))


def test_a_look_that_comes_with_the_one_before_is_refused():
    with pytest.raises(InputError, match="look 2 waits for 2 OS events, which are there by look 1"):
        simulated(design(analyses=[{"pfs": 90}, {"os": 2}, {"os": 110}]), Run(100, 1))


def test_survival_of_nobody_is_no_error():
    """Medians of weeks, months of decades: the hazard of OS stays that of death after progression."""
    hazard = EndpointHazard(Transitions(0.7, 0.01, 3.0), True)
    assert np.isfinite(hazard.cumulative(np.array([1.0, 2000.0]))).all()
    assert hazard.hazard(np.array([2000.0]))[0] >= 0.0


def test_other_verbs_say_that_it_is_planned_alone():
    with pytest.raises(InputError, match="of kind 'pfs_os' is read by `plan` and `monitor` alone"):
        design_from(GOOD, "two.toml")


TOML = """
schema = 1
kind = "pfs_os"
name = "two"
analyses = [{ pfs = 90 }, { os = 110 }]
[arms]
control = "chemo"
treatment = "IO"
[control]
pfs_median = 6.0
os_median = 13.0
death = 0.01
[treatment]
pfs_median = 9.0
os_median = 18.0
death = 0.01
[accrual]
patients = 160
months = 14.0
[pfs]
alpha = 0.005
looks = [1]
[os]
alpha = 0.02
spending = "obrien_fleming"
"""


def test_plan_writes_the_files_of_two_endpoints(tmp_path, monkeypatch, capsys):
    (tmp_path / "two.toml").write_text(TOML, encoding="utf-8")
    out = tmp_path / "out"
    asked = ("plan", str(tmp_path / "two.toml"), "--trials", "500", "--protocol", "--quiet", "--out", str(out))
    code, printed, _ = run(monkeypatch, capsys, *asked)
    assert code == 0
    assert {path.name for path in out.iterdir()} == FILES
    figures = {path.stem for path in (out / "figures").iterdir()}
    assert figures == {"boundaries", "predicted_survival", "expected_course"}
    assert "median PFS 9.0 and OS 18.0 months" in (out / "protocol.md").read_text(encoding="utf-8")
    assert "any of them" in printed


def test_blocks_are_what_another_process_computes():
    """The work goes through pickle as it would to a worker, and blocks add up to the run."""
    asked = design()
    found = simulated(asked, Run(1200, 7))
    work = pickle.loads(pickle.dumps(partial(sums_of_block, asked, found.hypotheses, 7)))
    sums = [work(block, size)["truth"] for block, size in enumerate((500, 500, 200))]
    assert found.of("truth", "pfs", "power").value == sum(of[2] for of in sums) / 1200


def test_the_hazard_of_os_is_the_slope_of_its_survival():
    """A difference of log S; and the expected month of the last look is that of the simulation."""
    truth, step = Transitions(0.08, 0.01, 0.06), 1e-5
    hazard, at = EndpointHazard(truth, True), np.array([0.5, 6.0, 30.0])
    slope = (hazard.cumulative(at + step) - hazard.cumulative(at - step)) / (2.0 * step)
    assert hazard.hazard(at) == pytest.approx(slope, rel=1e-6)
    found = simulated(design(), Run(500, 1))
    grid = told(found.design, found, WORDS).timing()
    assert grid.values[2][0] == pytest.approx(found.months[-1], abs=0.3)
