"""Several treatments: Dunnett by mvtnorm, the closed test by hand, trials simulated apart and by rpact, refusals."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.looks.pairwise_scores import scores
from escc_bayes.trial.multi_arm.closed import Stages, rejected_at
from escc_bayes.trial.multi_arm.design import Selection
from escc_bayes.trial.multi_arm.dunnett import critical_value, exceeds, loadings
from escc_bayes.trial.multi_arm.reading import multi_arm_from
from escc_bayes.trial.multi_arm.simulate import course, drawn, outcomes, selected, simulated
from escc_bayes.trial.multi_arm.words import WORDS
from escc_bayes.trial.reading.design import design_from
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.told import summary, told
from tests.unit.cli.running import run
from tests.unit.trial.single_arm.test_single_arm import FILES
from tests.unit.trial.two_endpoints.test_two_endpoints import log_rank

R = json.loads((Path(__file__).parents[3] / "reference" / "multi_arm.json").read_text(encoding="utf-8"))
GOOD = {
    "kind": "multi_arm",
    "name": "three",
    "arms": {"control": "none", "treatments": ["low", "high"]},
    "control": {"median": 12.0},
    "effect": {"hr": [0.8, 0.6]},
    "accrual": {"patients": 210, "months": 14.0},
    "analyses": {"events": [70, 140]},
    "selection": {"look": 1, "keep": 1, "least_z": 0.0},
    "test": {"alpha": 0.025, "spending": "obrien_fleming"},
}


def design(**sections):
    changed = GOOD | sections
    return multi_arm_from({key: value for key, value in changed.items() if value is not None}, "three.toml")


@pytest.mark.parametrize("case", R["critical"], ids=lambda case: ":".join(map(str, case["allocation"])))
def test_critical_values_are_those_of_mvtnorm(case):
    for alpha, z in zip(case["alpha"], case["z"], strict=True):
        assert critical_value(alpha, loadings(tuple(case["allocation"]))) == pytest.approx(z, abs=1e-6)


def test_the_integral_is_the_multivariate_normal():
    """With means, unequal allocation and one arm that is not active; scipy's bivariate integral."""
    loads, mean = loadings((2.0, 1.0, 3.0, 1.0)), np.array([0.3, -0.2, 1.5])
    active = np.array([[True, True, False]])
    corr = loads[0] * loads[1]
    inside = multivariate_normal.cdf([1.1, 1.1], mean=mean[:2], cov=[[1.0, corr], [corr, 1.0]])
    assert exceeds(np.array([1.1]), loads, active, mean)[0] == pytest.approx(1.0 - inside, abs=1e-8)
    # Far out nothing is lost to 1 - p.
    assert exceeds(np.array([9.0]), loads, np.array([[True, False, False]]))[0] == pytest.approx(norm.sf(9.0), rel=1e-6)


def bivariate_p(z, corr):
    return 1.0 - multivariate_normal.cdf([z, z], cov=[[1.0, corr], [corr, 1.0]])


def test_the_closed_test_of_two_is_the_one_worked_out():
    """On a grid of stage-wise Z, the second arm dropped or not after the first look: sets {1}, {2}, {1, 2} by hand."""
    corr, bounds = 0.5, (2.5, 2.0)
    values = (-1.0, 1.2, 1.9, 2.6, 3.4)
    for dropped in (False, True):
        grid = list(itertools.product(values, repeat=4))
        z = np.array([[[a, b] for a, b, _, _ in grid], [[c, d] for _, _, c, d in grid]])
        active = np.ones(z.shape, dtype=bool)
        active[1, :, 1] = not dropped
        found = rejected_at(Stages(z, active), np.sqrt([corr, corr]), (0.4, 1.0), np.array(bounds))
        for row, (a, b, c, d) in zip(found, grid, strict=True):
            second = norm.isf(norm.sf(c) if dropped else bivariate_p(max(c, d), corr))
            paths = {
                (1,): (a, math.sqrt(0.4) * a + math.sqrt(0.6) * c),
                (2,): (b, -math.inf if dropped else math.sqrt(0.4) * b + math.sqrt(0.6) * d),
            }
            both = norm.isf(bivariate_p(max(a, b), corr))
            paths[1, 2] = (both, math.sqrt(0.4) * both + math.sqrt(0.6) * second)
            first = {key: next((k for k in (0, 1) if path[k] > bounds[k]), math.inf) for key, path in paths.items()}
            assert tuple(row) == (max(first[1,], first[1, 2]), max(first[2,], first[1, 2]))


def test_scores_are_those_of_each_pair():
    random = np.random.default_rng(3)
    time, event = random.exponential(size=(4, 60)), random.random((4, 60)) < 0.7
    arm = random.integers(-1, 3, size=(4, 60))
    score, variance = scores(time, event, arm, 2)
    for row, place in itertools.product(range(4), (0, 1)):
        pair = (arm[row] == 0) | (arm[row] == place + 1)
        wanted = log_rank(time[row][pair], event[row][pair], arm[row][pair] > 0)
        assert score[row, place] / math.sqrt(variance[row, place]) == pytest.approx(wanted, abs=1e-12)


def test_who_goes_on():
    z, every = np.array([[1.0, 2.0, -1.0], [-0.5, -0.1, -2.0]]), np.ones((2, 3), dtype=bool)
    assert selected(Selection(0, 1, None), z, every).tolist() == [[False, True, False], [False, True, False]]
    assert selected(Selection(0, 2, 0.0), z, every).tolist() == [[True, True, False], [False, False, False]]
    assert selected(Selection(0, None, -0.3), z, every).tolist() == [[True, True, False], [False, True, False]]


def one_trial(asked, ratios, random):
    """Return which of two treatments succeed, in a trial that is followed patient by patient."""
    bounds, rate = asked.boundaries, math.log(2.0) / 12.0
    hazard = rate * np.array([1.0, *ratios])
    arm = random.permutation(np.repeat([0, 1, 2], 70))
    entry = random.uniform(0.0, 14.0, 210)
    died = entry + random.exponential(1.0, 210) / hazard[arm]
    first = np.sort(died)[69]

    def z_of(until, group, since=None):
        """Return score and variance of a pair, all that is known at ``until``."""
        inside = (entry < until) & ((arm == 0) | (arm == group))
        time, event = np.minimum(died, until)[inside] - entry[inside], died[inside] <= until
        treated, order = (arm[inside] == group), np.argsort(time)
        share = np.cumsum(treated[order][::-1])[::-1] / np.arange(order.size, 0, -1)
        happened = event[order]
        u, v = (share - treated[order])[happened].sum(), (share * (1.0 - share))[happened].sum()
        return u, v

    stage = [z_of(first, group) for group in (1, 2)]
    z1 = [u / math.sqrt(v) for u, v in stage]
    both1 = norm.isf(bivariate_p(max(z1), 0.5))
    if any(min(both1, z) > bounds[0] for z in z1):
        return [min(both1, z) > bounds[0] for z in z1]
    best = int(np.argmax(z1))
    if z1[best] < 0.0:
        return [False, False]
    other = 2 - best
    later = (entry > first) & (arm == other)
    arm[later] = np.where(random.random(later.sum()) < 0.5, 0, best + 1)
    died[later] = entry[later] + random.exponential(1.0, later.sum()) / hazard[arm[later]]
    gone = (arm == other) & (died > first)
    last = np.sort(died[~gone])[139]
    u, v = z_of(last, best + 1)
    z2 = (u - stage[best][0]) / math.sqrt(v - stage[best][1])
    won = [False, False]
    # What the first look rejected stays rejected.
    own = z1[best] > bounds[0] or math.sqrt(0.5) * (z1[best] + z2) > bounds[1]
    won[best] = own and math.sqrt(0.5) * (both1 + z2) > bounds[1]
    return won


def test_power_is_that_of_trials_followed_one_by_one():
    """600 trials; 3 errors of the difference, for both treatments and any."""
    asked, random = design(), np.random.default_rng(7)
    won = np.array([one_trial(asked, (0.8, 0.6), random) for _ in range(600)])
    found = simulated(asked, Run(1500, 5))
    wanted = {"low": won[:, 0], "high": won[:, 1], "any": won.any(axis=1)}
    for rule, hits in wanted.items():
        power = found.of("truth", rule, "power")
        error = math.hypot(power.mc_error, hits.std() / math.sqrt(600))
        assert power.value == pytest.approx(hits.mean(), abs=3.0 * error)
    assert found.of("truth", "high", "kept").value > 0.7


def stages_of_rpact(ratios, selection, trials, random):
    """Draw Z as rpact does: events of a stage in proportion to hazards, mean by Schoenfeld, correlation 1/2."""
    ratios = np.array(ratios)
    z = np.empty((2, trials, 3))
    for stage in (0, 1):
        mean = -np.log(ratios) * np.sqrt(150.0 * (1.0 + ratios) / (1.0 + ratios.sum())) / 2.0
        z[stage] = mean + math.sqrt(0.5) * (random.standard_normal((trials, 1)) + random.standard_normal((trials, 3)))
    active = np.ones(z.shape, dtype=bool)
    if selection == "best":
        best, rows = z[0].argmax(axis=1), np.arange(trials)
        active[1] = False
        active[1, rows, best] = True
        z[1, rows, best] = -np.log(ratios[best]) * math.sqrt(150.0) / 2.0 + random.standard_normal(trials)
    return Stages(z, active)


@pytest.mark.parametrize("selection", ["best", "all"])
def test_the_procedure_is_that_of_rpact(selection):
    """Error and power that any treatment succeeds, of 8,000 trials drawn as rpact draws them. 3 errors."""
    wanted, bounds, random = R["simulated"][selection], np.array(R["boundaries"]), np.random.default_rng(2)
    for place, ratios in enumerate(R["effects"]):
        stages = stages_of_rpact(ratios, selection, 8_000, random)
        found = np.isfinite(rejected_at(stages, loadings((1.0, 1.0, 1.0, 1.0)), (0.5, 1.0), bounds)).any(axis=1)
        share = wanted["any"][place]
        error = math.sqrt(share * (1.0 - share) * (1.0 / 8_000 + 1.0 / R["iterations"]))
        assert found.mean() == pytest.approx(share, abs=3.0 * error)


def test_error_of_patients_is_that_of_rpact():
    """No treatment works, the best of three goes on: 1,200 patients, 700 trials. 3 errors."""
    asked = design(
        arms={"control": "none", "treatments": ["a", "b", "c"]},
        effect={"hr": R["effects"][1]},
        accrual={"patients": 1200, "months": 1.0},
        control={"median": 60.0},
        analyses={"events": [150, 300]},
        selection={"look": 1, "keep": 1},
    )
    assert asked.boundaries == pytest.approx(R["boundaries"], abs=1e-5)
    won, _ = outcomes(asked, course(asked, (1.0, 1.0, 1.0), drawn(asked, 700, 11, 0)))
    share = R["simulated"]["best"]["any"][0]
    error = math.sqrt(share * (1.0 - share) * (1.0 / 700 + 1.0 / R["iterations"]))
    assert won.any(axis=1).mean() == pytest.approx(share, abs=3.0 * error)


def test_the_family_keeps_its_level_and_one_look_has_a_closed_form():
    """One look: no treatment works, and the power that any succeeds, by the integral; two looks: at most alpha."""
    one = simulated(design(analyses={"events": [140]}, selection=None, test={"alpha": 0.05}), Run(2000, 3))
    for scenario, name in (("truth", "power"), ("null", "type_one_error")):
        any_ = one.of(scenario, "any", name)
        # Schoenfeld's approximation of the power is good to a point and a half here.
        slack = 0.015 if scenario == "truth" else 0.003
        assert any_.value == pytest.approx(any_.closed_form, abs=3.0 * any_.mc_error + slack)
    assert one.of("null", "any", "type_one_error").closed_form == pytest.approx(0.05, abs=1e-9)
    two = simulated(design(), Run(2000, 4))
    for scenario, rule in (("null", "any"), ("null low", "low"), ("null high", "high")):
        error = two.of(scenario, rule, "type_one_error")
        assert error.value < 0.025 + 3.0 * error.mc_error
    assert any("Dunnett" in said for said in summary(told(two.design, two, WORDS)))


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"test": None}, "'test' is missing"),
        ({"arms": {"control": "a", "treatments": ["b"]}}, "name 2 to 5 in a list"),
        ({"arms": {"control": "a", "treatments": ["b", "a"]}}, "two arms are called 'a'"),
        ({"arms": {"control": "a", "treatments": ["any", "b"]}}, "name the arm otherwise"),
        ({"arms": {"control": "a", "treatments": ["b", "c"], "allocation": [1, 1]}}, "give 3 parts"),
        ({"arms": {"control": "a", "treatments": ["b", "c"], "allocation": [1, 0, 1]}}, "without patients"),
        ({"effect": {"hr": [0.7]}}, "give 2, of low, high"),
        ({"analyses": {"events": [70, 300]}}, "300 events of 210 patients"),
        ({"analyses": {"calendar": [12.0]}}, "calendar"),
        ({"analyses": {"events": [140]}}, "leaves none at which to drop"),
        ({"selection": {"look": 1}}, "state the rule"),
        ({"selection": {"keep": 2}}, "keep"),
        ({"test": {"alpha": 0.025}}, "2 looks share alpha"),
        ({"dropout": {"yearly": 0.9}, "selection": None}, "never expected"),
    ],
)
def test_what_cannot_work_is_refused(sections, said):
    with pytest.raises(InputError, match=said):
        design(**sections)


def test_other_verbs_say_that_it_is_planned_alone(monkeypatch, capsys, tmp_path):
    with pytest.raises(InputError, match="of kind 'multi_arm'"):
        design_from(GOOD, "three.toml")
    asked = ("monitor", "rt_two_doses", "--data", "x.csv", "--schema", "trial_interim", "--endpoint", "os")
    code, _, said = run(monkeypatch, capsys, *asked, "--out", tmp_path / "out")
    assert code == 2
    assert "monitor reads no data of its trial" in said


def test_plan_writes_the_files(tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    asked = ("plan", "rt_two_doses", "--trials", "100", "--protocol", "--quiet", "--out", str(out))
    code, printed, _ = run(monkeypatch, capsys, *asked)
    assert code == 0
    assert {path.name for path in out.iterdir()} == FILES
    assert {path.stem for path in (out / "figures").iterdir()} == {"power", "survival", "boundaries"}
    assert "After look 1 the best treatment" in (out / "protocol.md").read_text(encoding="utf-8")
    assert "any of them" in printed
