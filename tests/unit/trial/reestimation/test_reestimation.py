"""Events re-estimated: alpha by integrals, the safe zone by conditional error, rpact, trials followed one by one."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.reestimation.power import power_of
from escc_bayes.trial.reestimation.reading import reestimation_from
from escc_bayes.trial.reestimation.rule import Reestimation
from escc_bayes.trial.reestimation.simulate import drawn, seen_of, simulated
from escc_bayes.trial.reestimation.words import WORDS
from escc_bayes.trial.simulation.run import Run
from escc_bayes.trial.simulation.told import summary, told
from tests.unit.cli.running import run
from tests.unit.trial.single_arm.test_single_arm import FILES
from tests.unit.trial.two_endpoints.test_two_endpoints import log_rank

R = json.loads((Path(__file__).parents[3] / "reference" / "reestimation.json").read_text(encoding="utf-8"))
RULE = Reestimation(120, 240, 400, 2.962588, 1.968596, 0.4, 0.9)
GOOD = {
    "kind": "reestimation",
    "name": "more",
    "arms": {"control": "none", "treatment": "RT"},
    "control": {"median": 12.0},
    "effect": {"hr": 0.7},
    "accrual": {"patients": 180, "months": 12.0},
    "analyses": {"events": [50, 100]},
    "reestimation": {"most_events": 150, "conditional_power": 0.9, "from": 0.42},
    "test": {"alpha": 0.025, "spending": "obrien_fleming"},
}


def design(**sections):
    changed = GOOD | sections
    return reestimation_from({key: value for key, value in changed.items() if value is not None}, "more.toml")


@pytest.mark.parametrize("low", [0.0, 0.2, 0.4])
def test_the_weighted_test_has_its_alpha_whatever_the_rule(low):
    """Exactly, by the integral; the unweighted one where the zone begins high enough, which is more than is needed."""
    rule = replace(RULE, low=low)
    assert power_of(rule, 1.0, 1.0, "weighted") == pytest.approx(0.025, abs=1e-5)
    assert power_of(rule, 1.0, 1.0, "planned") == pytest.approx(0.025, abs=1e-5)
    unweighted = power_of(rule, 1.0, 1.0, "unweighted")
    assert (unweighted > 0.0255) == (low == 0.0)
    assert unweighted < 0.025 or low < rule.lowest_safe()


def conditional_errors(rule, z, events):
    """Return the chance to reject without an effect, after z: of the unweighted test at ``events``, and as planned."""
    d1, d2 = rule.interim, rule.planned
    more = norm.sf((rule.last * np.sqrt(events) - z * math.sqrt(d1)) / np.sqrt(events - d1))
    return more, norm.sf((rule.last * math.sqrt(d2) - z * math.sqrt(d1)) / math.sqrt(d2 - d1))


@pytest.mark.parametrize(
    ("wanted", "most", "share", "printed"),
    [
        (0.8, 1.5, 0.5, 0.41),
        (0.8, 2.0, 0.5, 0.36),
        (0.8, 2.0, 0.75, 0.33),
        (0.9, 1.5, 0.25, 0.42),
        (0.9, 3.0, 0.75, 0.27),
    ],
)
def test_the_safe_zone_begins_where_the_conditional_error_is_not_exceeded(wanted, most, share, printed):
    """By the conditional errors themselves; to two digits as in Mehta & Pocock 2011, one look without a stop."""
    rule = Reestimation(round(1000 * share), 1000, round(1000 * most), 8.0, norm.isf(0.025), 0.0, wanted)
    least = rule.lowest_safe()
    assert least == pytest.approx(printed, abs=0.0055)
    z = np.linspace(0.2, 4.0, 2000)
    now = rule.conditional_power(z, 1000.0)
    more, planned = conditional_errors(rule, z, rule.events(z))
    inside = (now >= least + 1e-3) & (now < wanted)
    assert (more[inside] <= planned[inside] + 1e-9).all()
    below = (now < least - 1e-3) & (now > least - 0.02)
    assert (more[below] > planned[below]).all()


def test_events_give_the_conditional_power_that_is_wanted():
    z = np.array([-0.5, 0.9, 1.3, 1.7, 1.9, 2.4])
    events = RULE.events(z)
    assert events[[0, 1, 5]].tolist() == [240.0, 240.0, 240.0]
    assert events[2] == 400.0
    for place in (3, 4):
        assert (
            RULE.conditional_power(z[place], events[place]) >= 0.9 > RULE.conditional_power(z[place], events[place] - 1)
        )
    # By hand: needed = (1.9686 - sqrt(.5) 1.9) / sqrt(.5) + 1.2816, over 1.9; 120 (1 + its square).
    needed = (1.968596 - math.sqrt(0.5) * 1.9) / math.sqrt(0.5) + norm.isf(0.1)
    assert events[4] == math.ceil(120 * (1 + (needed / 1.9) ** 2))


@pytest.mark.parametrize("scenario", ["null", "effect"])
def test_error_power_and_events_are_those_of_rpact(scenario):
    """rpact re-estimates at every conditional power below 0.9; patients as there. 3 errors, and the closed form."""
    wanted = R["runs"][scenario]
    hr, most = wanted["hr"], 380
    asked = design(
        effect={"hr": 0.75},
        accrual={"patients": 500, "months": 20.0},
        analyses={"events": [120, 240]},
        reestimation={"most_events": most, "conditional_power": 0.9},
    )
    assert (asked.rule.first, asked.rule.last) == pytest.approx(R["boundaries"], abs=1e-5)
    trials = 1500
    seen = seen_of(asked, drawn(asked, replace(asked.effect, hr=(hr,)), trials, 3, 0))
    share = wanted["power"]
    error = math.sqrt(share * (1.0 - share) * (1.0 / trials + 1.0 / R["iterations"]))
    assert seen.won[0].mean() == pytest.approx(share, abs=3.0 * error)
    spread = seen.events[0].std() * math.sqrt(1.0 / trials + 1.0 / R["iterations"])
    assert seen.events[0].mean() == pytest.approx(wanted["expected_events"], abs=3.0 * spread)
    assert power_of(asked.rule, hr, 1.0, "weighted") == pytest.approx(
        share, abs=3.0 * math.sqrt(share * (1.0 - share) / R["iterations"]) + 0.005
    )


def one_trial(asked, random):
    """Return the success of the three tests in a trial that is followed patient by patient."""
    rule, rate = asked.rule, math.log(2.0) / 12.0
    treated = random.permutation(np.repeat([False, True], 90))
    entry = random.uniform(0.0, 12.0, 180)
    died = entry + random.exponential(1.0, 180) / (rate * np.where(treated, 0.7, 1.0))
    order = np.sort(died)

    def parts(events):
        month = order[round(events) - 1]
        inside = entry < month
        time, event = np.minimum(died, month)[inside] - entry[inside], died[inside] <= month
        sort = np.argsort(time)
        arm = treated[inside][sort]
        share = np.cumsum(arm[::-1])[::-1] / np.arange(arm.size, 0, -1)
        u, v = (share - arm)[event[sort]].sum(), (share * (1.0 - share))[event[sort]].sum()
        assert u / math.sqrt(v) == pytest.approx(log_rank(time, event, treated[inside]))
        return u, v

    u1, v1 = parts(rule.interim)
    z1 = u1 / math.sqrt(v1)
    if z1 > rule.first:
        return [True, True, True]
    power = norm.sf((rule.last - math.sqrt(0.5) * z1) / math.sqrt(0.5) - z1)
    events = 100
    if 0.42 <= power < 0.9:
        while (
            events < 150
            and norm.sf((rule.last - math.sqrt(0.5) * z1) / math.sqrt(0.5) - z1 * math.sqrt(events / 50 - 1)) < 0.9
        ):
            events += 1
    won = []
    for test, count in (("weighted", events), ("unweighted", events), ("planned", 100)):
        u, v = parts(count)
        final = math.sqrt(0.5) * (z1 + (u - u1) / math.sqrt(v - v1)) if test != "unweighted" else u / math.sqrt(v)
        won.append(final > rule.last)
    return won


def test_power_is_that_of_trials_followed_one_by_one():
    """1,000 trials; 3 errors of the difference, of each of the three tests."""
    asked, random = design(), np.random.default_rng(5)
    won = np.array([one_trial(asked, random) for _ in range(1000)])
    found = simulated(asked, Run(2000, 6))
    for place, test in enumerate(("weighted", "unweighted", "planned")):
        power = found.of("truth", test, "power")
        error = math.hypot(power.mc_error, won[:, place].std() / math.sqrt(1000))
        assert power.value == pytest.approx(won[:, place].mean(), abs=3.0 * error)
        assert power.value == pytest.approx(power.closed_form, abs=3.0 * power.mc_error + 0.01)
    zones = [found.of("truth", zone, "share").value for zone in ("unfavourable", "promising", "favourable", "stopped")]
    assert sum(zones) == pytest.approx(1.0)
    raised, kept = (found.of("truth", test, "power_if_promising").value for test in ("weighted", "planned"))
    assert raised > kept
    assert any(
        "keeps alpha where events rise only at a conditional power" in said
        for said in summary(told(found.design, found, WORDS))
    )


def test_an_empty_zone_moves_no_number():
    """Events rise wherever conditional power is too small: nothing is unfavourable, and the shares add up."""
    found = simulated(design(reestimation={"most_events": 150, "conditional_power": 0.9}), Run(500, 6))
    zones = [found.of("truth", zone, "share").value for zone in ("unfavourable", "promising", "favourable", "stopped")]
    assert zones[0] == 0.0
    assert sum(zones) == pytest.approx(1.0)
    inside = sum(
        share * found.of("truth", "weighted", f"power_if_{zone}").value
        for share, zone in zip(zones, ("unfavourable", "promising", "favourable", "stopped"), strict=True)
    )
    assert inside == pytest.approx(found.of("truth", "weighted", "power").value)
    assert 100.0 <= found.of("truth", "weighted", "expected_events").value <= 150.0


def test_an_effect_that_changes_has_no_closed_form():
    found = simulated(design(effect={"hr": [1.0, 0.6], "cuts": [3.0]}), Run(250, 6))
    assert found.of("truth", "weighted", "power").closed_form is None
    assert found.of("null", "weighted", "type_one_error").closed_form == pytest.approx(0.025, abs=1e-4)


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"reestimation": None}, "'reestimation' is missing"),
        ({"analyses": {"events": [100]}}, "give two"),
        ({"analyses": {"events": [40, 80, 120]}}, "give two"),
        ({"reestimation": {"most_events": 90}}, "90 are no more than the 100 planned"),
        ({"reestimation": {"most_events": 250}}, "never expected of 180 patients"),
        ({"reestimation": {"most_events": 150, "conditional_power": 0.5, "from": 0.6}}, "not below the 0.5"),
        ({"test": {"alpha": 0.025}}, "two looks share alpha"),
        (
            {"test": GOOD["test"] | {"statistic": "unweighted"}, "reestimation": {"most_events": 150, "from": 0.3}},
            'write from = 0.4.., or statistic = "weighted"',
        ),
        ({"test": GOOD["test"] | {"statistic": "both"}}, "statistic"),
        ({"dropout": {"yearly": 0.9}}, "never expected"),
    ],
)
def test_what_cannot_work_is_refused(sections, said):
    with pytest.raises(InputError, match=said):
        design(**sections)


def test_an_unweighted_test_in_its_zone_is_planned():
    assert design(test=GOOD["test"] | {"statistic": "unweighted"}).test == "unweighted"


def test_plan_writes_the_files(tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    asked = ("plan", "rt_promising", "--trials", "100", "--protocol", "--quiet", "--out", str(out))
    code, printed, _ = run(monkeypatch, capsys, *asked)
    assert code == 0
    assert {path.name for path in out.iterdir()} == FILES
    assert {path.stem for path in (out / "figures").iterdir()} == {"reestimation"}
    assert "raised to 400 at most" in printed or "400 at most" in printed
    asked = ("monitor", "rt_promising", "--data", "x.csv", "--schema", "trial_interim", "--endpoint", "os")
    code, _, said = run(monkeypatch, capsys, *asked, "--out", tmp_path / "b")
    assert code == 2
    assert "planned alone" in said
