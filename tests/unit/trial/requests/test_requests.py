"""Sizes, thresholds, the split of assurance and its owners: closed forms, bivariate normals, orders, fresh trials."""

import csv
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta, multivariate_normal, norm

from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.scheduler import Processes, Serial
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.reading.design import design_from, load_design
from escc_bayes.trial.requests import borrowing_map, sizing, threshold
from escc_bayes.trial.requests.requested_analyses import requested_analyses
from escc_bayes.trial.requests.sensitivity_indices import index_sentences, sensitivity_indices
from escc_bayes.trial.requests.sizing import probit_line, resized, sized, sizing_sentences
from escc_bayes.trial.requests.threshold import at_most, solved_threshold, threshold_sentences
from escc_bayes.trial.significance.closed_forms import schoenfeld_events
from escc_bayes.trial.simulation.checkpoint import Checkpoint
from escc_bayes.trial.simulation.confidence import lower_limit, most_allowed, upper_limit
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.truth.data_generating import PiecewiseControl
from tests.unit.cli.running import run
from tests.unit.trial.designs import BORROWED, small, table

BAYES = [{"name": "bayes", "success": "P(HR < 1 | data) > 0.975"}]
ASKED = {"rule": "bayes", "error": 0.025, "trials": 500}
NULLS = [
    {"name": "slow controls", "control": {"median": 36.0}},
    {"name": "more lost", "dropout": {"yearly": 0.15}, "accrual": {"patients": 300, "months": 24.0}},
]
LARGE = {"accrual": {"patients": 300, "months": 12.0}, "analyses": {"events": [200]}}


def test_confidence_limits_are_those_of_clopper_and_pearson():
    """scipy's beta quantiles; the most allowed count is the last whose limit holds."""
    assert upper_limit(7, 300) == pytest.approx(beta.ppf(0.95, 8, 293))
    assert lower_limit(7, 300) == pytest.approx(beta.ppf(0.05, 7, 294))
    assert (lower_limit(0, 50), upper_limit(50, 50)) == (0.0, 1.0)
    count = most_allowed(2_000, 0.025)
    assert upper_limit(count, 2_000) <= 0.025 < upper_limit(count + 1, 2_000)
    assert most_allowed(50, 0.025) == -1


def test_the_size_for_a_power_is_schoenfelds():
    """246.8 events at hazard ratio 0.7, 0.8, one-sided 0.025; the answer within twice its own limits and 2 %."""
    expected = schoenfeld_events(0.7, alpha=0.025, power=0.8)
    design = small(sizing={"rule": "bayes", "power": 0.8, "trials": 4000}, **LARGE)
    found = sized(design, seed=3, scheduler=Serial())
    assert found.unit == "events"
    assert found.size == pytest.approx(expected, abs=2.0 * (found.upper - found.size) + 0.02 * expected)
    assert 4 < found.upper - found.lower < 40
    assert found.value_lower < 0.8 + 0.01 < found.value_upper + 0.02
    assert found.patients == math.ceil(300 * found.size / 200)
    assert sizing_sentences(found)[0].startswith(
        f"bayes: power 0.8 takes {found.size} events ({found.patients} patients)"
    )


def test_the_size_for_an_assurance_inverts_the_closed_form():
    """Two looks; the closed form at the size found is the target within 0.015."""
    asked = {"rule": "logrank", "assurance": 0.6, "trials": 4000}
    design = small(sizing=asked, accrual=LARGE["accrual"], analyses={"events": [100, 200]})
    found = sized(design, seed=3, scheduler=Serial())
    there = planned(design).rules[1].scaled(found.size / 200.0)
    assert there.assurance(design.believed) == pytest.approx(0.6, abs=0.015)


def test_a_calendar_look_is_sized_in_patients():
    design = small(
        sizing={"rule": "bayes", "power": 0.5, "trials": 1000}, analyses={"calendar": [30.0]}, accrual=LARGE["accrual"]
    )
    found = sized(design, seed=1, scheduler=Serial())
    assert found.unit == "patients"
    assert found.patients == found.size
    there = replace(resized(design, found.size), sizing=None, design_prior=None)
    power = operating_characteristics(there, trials=4_000, seed=9).of("truth", "bayes", "power")
    assert power.value == pytest.approx(0.5, abs=3.0 * power.mc_error + 0.02)


class KilledError(Exception):
    pass


def killed_at(stop):
    def tell(done, total):
        if done == stop < total:
            raise KilledError

    return tell


@pytest.mark.parametrize(
    ("module", "work", "changes", "again"),
    [
        (sizing, "share_at", {"sizing": {"rule": "bayes", "power": 0.5, "trials": 500}}, 5 - 2 + 1),
        (borrowing_map, "map_point", BORROWED | {"borrowing": BORROWED["borrowing"] | {"map_trials": 500}}, 3 - 2),
        (threshold, "null_statistics", {"threshold": ASKED, "null": NULLS, "rule": BAYES}, 3 - 2),
    ],
    ids=["sizing", "borrowing map", "threshold"],
)
def test_a_killed_answer_goes_on_and_ends_the_same(module, work, changes, again, tmp_path, monkeypatch):
    """Killed after two parts: the others alone are computed (of a size: the last three and the one at the answer)."""
    design = small(**changes)
    whole = requested_analyses(design, trials=500, seed=2, scheduler=Serial())
    keep = Checkpoint.of(design.digest, trials=500, seed=2, folder=tmp_path).keep
    with pytest.raises(KilledError):
        requested_analyses(design, trials=500, seed=2, scheduler=Serial(), keep=keep, progress=killed_at(2))
    calls, computed = [], getattr(module, work)
    monkeypatch.setattr(module, work, lambda *given: calls.append(given[-1]) or computed(*given))
    resumed = requested_analyses(design, trials=500, seed=2, scheduler=Serial(), keep=keep)
    assert repr(resumed) == repr(whole)
    assert len(calls) == again


def test_resizing_keeps_proportions_and_rates():
    design = small(analyses={"events": [30, 60]})
    twice = resized(design, 120)
    assert [look.events for look in twice.looks] == [60, 120]
    assert sum(twice.patients) == 200
    assert twice.accrual.rates == design.accrual.rates
    assert resized(design, 60).patients == design.patients


def test_a_probit_line_finds_its_root_and_spread():
    """Shares on an exact line; the standard error against 400 binomial repetitions, 15 %."""
    sizes, generator = np.array([150.0, 180.0, 200.0, 230.0, 270.0]), np.random.default_rng(2)
    shares = norm.cdf(-1.96 + 0.18 * np.sqrt(sizes))
    line = probit_line(sizes, shares, 2000)
    root = ((norm.ppf(0.8) + 1.96) / 0.18) ** 2
    assert line.size_at(float(norm.ppf(0.8))) == pytest.approx(root, rel=1e-9)
    found = [
        probit_line(sizes, generator.binomial(2000, shares) / 2000.0, 2000).size_at(float(norm.ppf(0.8)))
        for _ in range(400)
    ]
    assert np.std(found) == pytest.approx(line.size_sd(root), rel=0.15)
    with pytest.raises(InputError, match="does not become more likely"):
        probit_line(sizes, shares[::-1], 2000)


def thresholded(**more):
    asked = {"rule": more.pop("asked", "bayes"), "error": 0.025, "trials": 8000}
    sections = {"threshold": asked, "null": NULLS, "rule": BAYES, **LARGE, **more}
    return small(**sections)


def test_a_solved_threshold_of_a_flat_prior_is_0975_at_every_null():
    """One look, 200 events: 0.975 within three standard errors of an order statistic (0.0017), for each null."""
    design = thresholded()
    found = solved_threshold(design, seed=5, scheduler=Serial())
    assert [null.null for null in found.nulls] == ["as designed", "slow controls", "more lost"]
    assert found.threshold == pytest.approx(0.975, abs=0.007)
    worst = max(null.type_one_error for null in found.nulls)
    assert 0.0245 < worst <= 0.025
    assert max(null.sure_upper_limit for null in found.nulls) <= 0.025
    assert found.sure > found.threshold
    said = threshold_sentences(found)
    assert "has a type I error of at most 0.025 under each of 3 nulls, 8,000 trials each (worst: " in said[0]
    same = solved_threshold(design, seed=5, scheduler=Processes(2))
    assert same == found


def test_a_threshold_over_two_looks_holds_in_fresh_trials():
    """Two looks with futility: the rule with the solved threshold has the error, 3 Monte Carlo errors of both runs.

    Its value is Pocock's: a constant on Z at fractions 1/2 and 1 that spends 0.025 is 2.178 (no futility).
    """
    looks = {"events": [100, 200]}
    found = solved_threshold(thresholded(analyses=looks, null=[]), seed=5, scheduler=Serial())
    assert norm.ppf(found.threshold) == pytest.approx(2.178, abs=0.07)
    stopping = [{"name": "bayes", "success": BAYES[0]["success"], "futility": "P(HR < 1 | data) < 0.3"}]
    lower = solved_threshold(thresholded(analyses=looks, null=[], rule=stopping), seed=5, scheduler=Serial())
    assert lower.threshold <= found.threshold
    rule = [stopping[0] | {"success": f"P(HR < 1 | data) > {lower.threshold:.6f}"}]
    again = operating_characteristics(small(rule=rule, **LARGE | {"analyses": looks}), trials=8_000, seed=77)
    error = again.of("null", "bayes", "type_one_error")
    assert error.value == pytest.approx(0.025, abs=3.0 * math.sqrt(2.0) * error.mc_error)


def test_the_other_criterion_of_a_dual_rule_takes_its_share_of_the_error():
    """Both bound the same estimate. At 200 events P(HR < 0.8) > 0.7 is Z > 2.10: error 0.0178 in any case."""
    dual = [{"name": "bayes", "success": "P(HR < 1 | data) > 0.975 and P(HR < 0.8 | data) > 0.7"}]
    found = solved_threshold(thresholded(rule=dual, null=[]), seed=5, scheduler=Serial())
    assert found.threshold == 0.0
    assert found.nulls[0].type_one_error == pytest.approx(0.0178, abs=3.0 * 0.0015)


def test_an_order_statistic_is_passed_by_as_many_as_allowed():
    values = np.array([0.2, 0.9, 0.5, 0.7, -1.0])
    for count in range(4):
        assert np.count_nonzero(values > at_most(values, count)) == count
    assert at_most(values, -1) == 1.0
    assert at_most(values, 5) == at_most(values, 4) == 0.0


def test_correct_and_lucky_success_are_bivariate_normal_and_add_up():
    """rt_consolidation: P(success, HR < 1) by scipy's bivariate normal of estimate and truth; 3 MC errors and 0.003."""
    found = operating_characteristics(load_design("rt_consolidation"), trials=20_000, seed=5)
    mean, sd, information = -0.357, 0.359, 247.0 / 4.0
    bound = -1.959963984540054 / math.sqrt(information)
    cov = [[sd**2 + 1.0 / information, sd**2], [sd**2, sd**2]]
    correct = multivariate_normal.cdf([bound, 0.0], mean=[mean, mean], cov=cov)
    whole = norm.cdf((bound - mean) / math.sqrt(cov[0][0]))
    for rule in ("bayes", "logrank"):
        parts = [found.of("design_prior", rule, f"assurance_{name}") for name in ("correct", "lucky")]
        assert sum(part.value for part in parts) == pytest.approx(found.of("design_prior", rule, "assurance").value)
        assert parts[0].value == pytest.approx(correct, abs=3.0 * parts[0].mc_error + 0.003)
        assert parts[1].value == pytest.approx(whole - correct, abs=3.0 * parts[1].mc_error + 0.001)


def test_owners_of_the_assurance_agree_with_the_closed_form():
    """Evidence N(-0.3, 0.3), bias N(0, 0.2): SD of the assurance given each, by quadrature over it; 8 %.

    A control hazard known up to 30 % and an accrual known up to 30 % hardly matter to an event-driven trial.
    """
    rates = np.log(2.0) / 12.0 * np.exp(0.3 * norm.ppf((np.arange(200) + 0.5) / 200))
    prior = {"log_hr": {"normal": [-0.3, 0.3]}, "bias": {"normal": [0.0, 0.2]}}
    plan = {"accrual": LARGE["accrual"] | {"log_sd": 0.3}, "analyses": LARGE["analyses"]}
    design = small(design_prior=prior, rule=BAYES, dropout={}, **plan)
    design = replace(design, control=PiecewiseControl(rates[:, None]))
    found = {one.source: one for one in sensitivity_indices(design, trials=20_000, seed=4, scheduler=Serial())}
    assert set(found) == {"hazard ratio", "bias", "control hazard", "accrual"}
    x, w = np.polynomial.hermite_e.hermegauss(60)
    for source, own, other in (("hazard ratio", 0.3, 0.2), ("bias", 0.2, 0.3)):
        given = [
            planned(small(design_prior={"log_hr": {"normal": [m, other]}}, **LARGE)).rules[0].assurance
            for m in (-0.3 + own * x).tolist()
        ]
        sd = math.sqrt(w @ np.square(given) / w.sum() - (w @ given / w.sum()) ** 2)
        assert found[source].sd == pytest.approx(sd, rel=0.08)
    assert found["hazard ratio"].low > 0.9 > 0.3 > found["hazard ratio"].high
    for source in ("control hazard", "accrual"):
        assert found[source].sd < 0.03
    said = index_sentences(tuple(found.values()))[0]
    assert said.startswith(
        "bayes: SD of the probability of success that each uncertainty alone brings: hazard ratio 0."
    )


def test_an_assurance_with_one_uncertainty_has_no_owners():
    assert sensitivity_indices(small(), trials=500, seed=1, scheduler=Serial()) == ()
    assert sensitivity_indices(small(design_prior=None), trials=500, seed=1, scheduler=Serial()) == ()


BAD = {
    "two targets": ({"sizing": {"rule": "bayes", "power": 0.8, "assurance": 0.6}}, "state either power = 0.8 or"),
    "no target": ({"sizing": {"rule": "bayes"}}, "was given none"),
    "no such rule": ({"sizing": {"rule": "bayse", "power": 0.8}}, "did you mean 'bayes'?"),
    "beyond the ceiling": (
        {"sizing": {"rule": "bayes", "assurance": 0.9}},
        "no trial of any size has 0.9; the design prior allows 0.841 at most",
    ),
    "assurance of nothing": (
        {"sizing": {"rule": "bayes", "assurance": 0.5}, "design_prior": None},
        "nothing is believed",
    ),
    "power of nothing": (
        {"sizing": {"rule": "bayes", "power": 0.8}, "effect": {"hr": 1.0}},
        "the stated effect is none",
    ),
    "threshold of a log-rank test": (
        {"threshold": {"rule": "logrank", "error": 0.025}},
        "'logrank' asks for no P(HR < c | data) > q",
    ),
    "nulls without a threshold": ({"null": NULLS}, "[[null]] belongs to [threshold]"),
    "nulls of one name": (
        {"threshold": {"rule": "bayes", "error": 0.025}, "null": NULLS[:1] * 2},
        "two nulls are called",
    ),
    "a null that cannot be": (
        {"threshold": {"rule": "bayes", "error": 0.025}, "null": [{"name": "x", "control": {"medain": 1.0}}]},
        "null 'x', [control]: unknown key 'medain'",
    ),
    "too few trials": ({"sizing": {"rule": "bayes", "power": 0.8, "trials": 10}}, "a whole number of at least 500"),
}


@pytest.mark.parametrize("name", BAD)
def test_requests_that_cannot_be_answered_are_refused(name):
    sections, words = BAD[name]
    with pytest.raises(InputError) as caught:
        design_from(table(**sections), "small.toml")
    assert words in str(caught.value)


def test_plan_answers_what_is_asked(tmp_path, monkeypatch, capsys):
    text = """
schema = 1
name = "asked"
[arms]
control = "none"
treatment = "RT"
[control]
median = 12.0
[effect]
hr = 0.6
[accrual]
patients = 100
months = 12.0
log_sd = 0.2
[analyses]
events = [60]
[design_prior]
log_hr = { normal = [-0.5, 0.3] }
[analysis_prior]
log_hr = { normal = [0.0, 10.0] }
baseline = { pieces = 3, gamma = [0.5, 10.0] }
[[rule]]
name = "bayes"
success = "P(HR < 1 | data) > 0.975"
[sizing]
rule = "bayes"
power = 0.6
trials = 500
[threshold]
rule = "bayes"
error = 0.05
trials = 500
[[null]]
name = "slow"
control = { median = 24.0 }
"""
    path, out = tmp_path / "asked.toml", tmp_path / "out"
    path.write_text(text, encoding="utf-8")
    code, printed, _ = run(monkeypatch, capsys, "plan", path, "--trials", "500", "--out", out)
    assert code == 0
    assert "bayes: power 0.6 takes " in printed
    assert "has a type I error of at most 0.05 under each of 2 nulls" in printed
    assert "SD of the probability of success that each uncertainty alone brings" in printed
    for name, rows in {"sizing.csv": 1, "threshold.csv": 2, "variance_owners.csv": 2}.items():
        with (out / name).open(encoding="utf-8", newline="") as stream:
            assert len(list(csv.DictReader(stream))) == rows


def test_an_assurance_beyond_the_ceiling_of_a_delayed_effect_is_refused():
    """Whatever its delay, an effect that is none at first and good later succeeds where the draw is below 0: 0.841."""
    delayed = {"effect": {"hr": [1.0, 0.6], "cuts": [3.0]}}
    with pytest.raises(InputError, match="no trial of any size has 0.9; the design prior allows 0.841 at most"):
        small(sizing={"rule": "bayes", "assurance": 0.9}, **delayed)
    found = operating_characteristics(small(**delayed), trials=250, seed=1)
    assert found.of("design_prior", "bayes", "assurance_limit").value == pytest.approx(0.8413447, abs=1e-6)
    crossing = operating_characteristics(small(effect={"hr": [1.2, 0.6], "cuts": [3.0]}), trials=250, seed=1)
    assert not any(row.quantity == "assurance_limit" for row in crossing.quantities)


def test_a_size_that_does_not_exist_is_said(monkeypatch):
    """A harm at first, then a gain: no ceiling is known, and assurance stays below 0.95 up to the largest size."""
    monkeypatch.setattr(sizing, "MOST", 1_500)
    crossing = {"effect": {"hr": [1.15, 0.7], "cuts": [6.0]}, "analyses": LARGE["analyses"]}
    asked = {"rule": "bayes", "assurance": 0.95, "trials": 500}
    design = small(sizing=asked, accrual={"patients": 300, "months": 2.0}, **crossing)
    found = sized(design, seed=3, scheduler=Serial())
    assert not found.reached
    assert "no size was found that has assurance 0.95" in sizing_sentences(found)[0]
