"""What borrowing does over drift between the controls: the map, its words, and borrowing that cannot work."""

import csv
import math

import pytest
from scipy import stats

from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.scheduler import Serial
from escc_bayes.trial.reading.design import design_from
from escc_bayes.trial.requests.borrowing_map import MapPoint, borrowing_map, map_sentences, tipping_drifts
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from tests.unit.cli.running import run
from tests.unit.trial.designs import BORROWED, small, table


def test_the_map_follows_the_normal_approximation():
    """Estimate of log HR: information 1 / (1/d1 + 1/(d0 + a0 dh)), shifted by the pooled control's drift.

    Type I error, power, bias and gain at each drift: 3 Monte Carlo errors and 0.02 (events: 8 %).
    """
    design = small(**BORROWED)
    drawn = borrowing_map(design, seed=4, scheduler=Serial())
    assert [point.drift for point in drawn.of("bayes")] == [0.7, 1.0, 1.4]
    for point in drawn.points:
        own, old = 50.0, 50.0
        shift = math.log((own + old) / (own / point.drift + old)) - math.log(point.drift)
        spread = math.sqrt(1.0 / 50.0 + 1.0 / (own + old))
        assert point.bias == pytest.approx(-shift, abs=0.02)
        expected = stats.norm.sf(1.96 - shift / spread)
        assert point.type_one_error == pytest.approx(expected, abs=3.0 * math.sqrt(expected / 2000) + 0.02)
        assert point.type_one_error_alone == pytest.approx(0.025, abs=3.0 * 0.0035 + 0.003)
        assert abs(point.bias_alone) < 0.02
        assert point.events_gained == pytest.approx(100.0 * ((1 / 50 + 1 / 50) / spread**2 - 1.0), rel=0.08)
    assert drawn.of("bayes")[1].power > drawn.of("bayes")[1].power_alone + 0.05


def test_a_borrowing_rule_and_its_twin_are_judged_on_the_same_trials():
    believed = {"design_prior": {"log_hr": {"normal": [-0.3, 0.3]}}}
    found = operating_characteristics(small(**BORROWED | believed), trials=2_000, seed=1)
    power = {rule: found.of("truth", rule, "power") for rule in ("bayes", "alone")}
    assert power["bayes"].value > power["alone"].value + 0.05
    assert power["bayes"].closed_form is None
    assert power["alone"].closed_form is not None
    # A ceiling is of what more events can bring; the drift of borrowed controls is not among it.
    ceilings = {row.rule for row in found.quantities if row.quantity == "assurance_limit"}
    assert ceilings == {"alone"}


def point(drift, error):
    return MapPoint("b", drift, error, 0.025, 0.5, 0.4, 0.0, 0.0, 20.0, 100)


def test_tipping_is_between_the_points_around_it():
    tips = tipping_drifts((point(0.5, 0.10), point(1.0, 0.02), point(2.0, 0.02)), 0.05)
    assert tips == pytest.approx((math.exp(0.375 * math.log(0.5)),))
    assert tipping_drifts((point(0.5, 0.04), point(1.0, 0.02)), 0.05) == ()


def test_plan_writes_the_map(tmp_path, monkeypatch, capsys):
    text = """
schema = 1
name = "borrowed"
[arms]
control = "none"
treatment = "RT"
[control]
median = 12.0
[effect]
hr = 0.7
[accrual]
patients = 100
months = 12.0
[analyses]
events = [60]
[analysis_prior]
log_hr = { normal = [0.0, 10.0] }
baseline = { cuts = [12.0], gamma = [0.5, 10.0], at = "reference" }
[borrowing]
model = "robust_mixture"
weight = 0.8
events = [60.0, 30.0]
months = [1000.0, 520.0]
drifts = [0.6, 1.0, 1.6]
map_trials = 500
[[rule]]
name = "bayes"
success = "P(HR < 1 | data) > 0.975"
"""
    path = tmp_path / "borrowed.toml"
    path.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    code, printed, _ = run(monkeypatch, capsys, "plan", path, "--trials", "500", "--out", out)
    assert code == 0
    assert "Posterior rules borrow 90 events in 1520 person-months of historical controls: robust mixture" in printed
    assert "bayes: at a control hazard 1 times the historical one borrowing is worth" in printed
    assert (out / "figures" / "borrowing_bayes.svg").is_file()
    with (out / "borrowing_map.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(r["drift"]) for r in rows] == [0.6, 1.0, 1.6]


COMPONENT = {"weight": 0.5, "events": [1.0], "months": [9.0]}
MIXED = {"model": "gamma_mixture", "discount": None}
BAD = {
    "model": ({"model": "map"}, "'map' is not possible here"),
    "discount": ({"discount": 1.5}, "discount: must lie from 0 to 1"),
    "pieces": ({"events": [50.0, 50.0]}, "give 1 number, one for each piece of the analysis"),
    "no table": ({"model": "normalised_power"}, "discount: expected a table"),
    "beta": ({"model": "normalised_power", "discount": {"beta": [1, 300]}}, "beta: must be below 200"),
    "weights": (
        {
            "model": "gamma_mixture",
            "discount": None,
            "components": [{"weight": 0.5, "events": [1.0], "months": [9.0]}] * 3,
        },
        "the weights add up to 1.5, not to 1",
    ),
    "one component": (
        MIXED | {"components": [COMPONENT]},
        "give two or more",
    ),
    "component of two pieces": (
        {
            "model": "gamma_mixture",
            "discount": None,
            "components": [{"weight": 0.5, "events": [1.0, 2.0], "months": [9.0]}] * 2,
        },
        "component 1, events: give 1 number, one for each piece",
    ),
    "no event": ({"events": [0.0]}, "events: must be above 0"),
    "key": ({"weight": 0.5}, "unknown key 'weight'"),
}


@pytest.mark.parametrize("name", BAD)
def test_borrowing_that_cannot_work_is_refused(name):
    change, words = BAD[name]
    body = {key: value for key, value in (BORROWED["borrowing"] | change).items() if value is not None}
    with pytest.raises(InputError) as caught:
        design_from(table(**BORROWED | {"borrowing": body}), "small.toml")
    assert words in str(caught.value)


def test_borrowing_needs_fixed_pieces_and_the_controls_hazard():
    prior = BORROWED["analysis_prior"]
    for baseline, words in (
        ({"pieces": 4, "gamma": [0.5, 10.0], "at": "reference"}, "need the same pieces in every trial"),
        ({"cuts": [], "gamma": [0.5, 10.0]}, 'write at = "reference"'),
    ):
        with pytest.raises(InputError, match=words):
            design_from(table(**BORROWED | {"analysis_prior": prior | {"baseline": baseline}}), "small.toml")
    rules = [{"name": "a", "success": "log-rank one-sided 0.025", "borrow": True}]
    with pytest.raises(InputError, match="the rule asks no posterior"):
        design_from(table(**BORROWED | {"rule": rules}), "small.toml")
    with pytest.raises(InputError, match=r"there is no \[borrowing\]"):
        small(rule=[{"name": "a", "success": "P(HR < 1 | data) > 0.9", "borrow": True}])


def test_the_map_says_what_it_found():
    design = small(**BORROWED)
    said = map_sentences(borrowing_map(design, seed=4, scheduler=Serial()))[0]
    assert said.startswith("bayes: at a control hazard 1 times the historical one borrowing is worth ")
    assert "type I error passes 0.05 at 0." in said
