"""Monitoring with strata, with a Weibull analysis, with borrowed controls: draws, limits, what the verb reads."""

import math
from dataclasses import replace

import numpy as np
import pytest

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.trial.design.criterion import LogRankCriterion
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.looks.risk_sets import logrank_score
from escc_bayes.trial.monitoring.future_patients import completed, final_columns
from escc_bayes.trial.monitoring.interim_look import interim_look
from escc_bayes.trial.monitoring.interim_model import joint_draws, orders_of
from escc_bayes.trial.monitoring.interim_posterior import arm_survival, posterior_of
from escc_bayes.trial.monitoring.interim_rules import log_rank_now, standings
from escc_bayes.trial.monitoring.monitor import monitor
from escc_bayes.trial.simulation.simulate import draw, patients
from escc_bayes.trial.truth.stratum import columns_of
from tests.unit.cli.running import run
from tests.unit.trial.designs import BORROWED, small
from tests.unit.trial.monitoring.test_monitoring import interim_of
from tests.unit.trial.simulation.test_strata_and_weibull import PRIOR, STRATA

TIGHT = {"log_shape": {"normal": [0.0, 1e-4]}, "reference": 12.0}
SHAPE = {"log_shape": {"normal": [0.0, 0.5]}, "reference": 12.0}
RULES = [
    {"name": "bayes", "success": "P(HR < 1 | data) > 0.975"},
    {"name": "logrank", "success": "stratified log-rank one-sided 0.025"},
]


def analysed(**baseline):
    prior = {"log_hr": {"normal": [0.0, 10.0]}, "baseline": {"gamma": [0.5, 10.0], **baseline}}
    return small(analysis_prior=prior)


def interim_with_strata(design, month, seed=1):
    """One simulated trial with the stratum of every patient."""
    seen = patients(design, draw(design, 1, seed, 0), np.log([design.effect.hr]))
    found = interim_of(seen, 0, month)
    stratum = np.zeros(seen.entry.shape[1], dtype=np.int64)
    for place, (control, treated) in enumerate(columns_of(design.patients, design.strata)):
        stratum[control], stratum[treated] = place, place
    return replace(found, stratum=stratum[seen.entry[0] < month], stratum_count=len(design.strata))


def interim_without(design, month, seed=1):
    return interim_of(patients(design, draw(design, 1, seed, 0), np.log([design.effect.hr])), 0, month)


WEIBULL_PRIOR = {"log_hr": {"normal": [0.0, 10.0]}, "baseline": {"gamma": [0.5, 10.0], "weibull": SHAPE}}
STRATIFIED = small(stratum=STRATA, analysis_prior=PRIOR, rule=RULES)
WEIBULL = small(analysis_prior=WEIBULL_PRIOR)


@pytest.mark.parametrize(
    ("design", "interim"),
    [(STRATIFIED, interim_with_strata(STRATIFIED, 12.0)), (WEIBULL, interim_without(WEIBULL, 12.0))],
    ids=["strata", "Weibull"],
)
def test_joint_draws_have_the_moments_of_the_posterior(design, interim):
    """20,000 draws: the log hazard ratio is the ratio of the arms' hazards; 4 standard errors and 3 % of the SD."""
    drawn = joint_draws(design, interim, 20_000, np.random.default_rng(2))
    months = np.array([6.0])
    ratios = [
        np.log(treated.cumulative(months)[:, 0] / control.cumulative(months)[:, 0])
        for control, treated in zip(*drawn.hazards, strict=True)
    ]
    found = posterior_of(interim, design.analysis_prior).marginal(0.0)
    for ratio in ratios:
        assert ratio.mean() == pytest.approx(found.mean[0], abs=4.0 * found.sd[0] / 20_000**0.5 + 1e-3)
        assert ratio.std() == pytest.approx(found.sd[0], rel=0.03)
        assert np.mean(ratio < 0.0) == pytest.approx(found.below[0, 0], abs=0.015)
    target = drawn.hazards[1][0].cumulative(np.array([3.0, 20.0]))
    assert drawn.hazards[1][0].time_at(target) == pytest.approx(np.broadcast_to([3.0, 20.0], target.shape))


def test_a_weibull_whose_shape_is_one_is_one_piece():
    """The same interim data: predictive probabilities and the month of the end, within Monte Carlo error."""
    one, other = analysed(weibull=TIGHT), analysed(cuts=[])
    interim = interim_without(one, 12.0)
    a, b = (monitor(design, interim, completions=4_000, seed=3) for design in (one, other))
    assert a.better_now == pytest.approx(b.better_now, abs=1e-5)
    for left, right in zip(a.rules, b.rules, strict=True):
        assert left.probability == pytest.approx(right.probability, abs=4.0 * math.hypot(left.mc_error, right.mc_error))
    assert np.median(a.final_months) == pytest.approx(np.median(b.final_months), abs=0.4)


def test_strata_fill_up_to_their_planned_numbers():
    interim = interim_with_strata(STRATIFIED, 9.0)
    assert interim.time.size < 100
    columns = final_columns(STRATIFIED, interim)
    assert [(c.stop - c.start, t.stop - t.start) for c, t in columns] == [(30, 30), (20, 20)]
    ended = completed(STRATIFIED, interim, 200, np.random.default_rng(1))
    assert ended.entry.shape == (200, 100)
    # Whose hazard is three times as high dies sooner.
    first, second = (np.median(ended.observed[:, c.start : c.stop]) for c, _ in columns)
    assert second < first


def test_an_overfull_stratum_takes_no_more():
    interim = interim_with_strata(STRATIFIED, 6.0)
    crowded = replace(interim, stratum=np.ones_like(interim.strata))
    counts = [(c.stop - c.start, t.stop - t.start) for c, t in final_columns(STRATIFIED, crowded)]
    assert np.sum(counts) == 100
    assert counts[1] == tuple(max(crowded.counts[arm][1], 20) for arm in (0, 1))


def test_the_stratified_test_adds_up_scores():
    interim = interim_with_strata(STRATIFIED, 14.0)
    parts = [logrank_score(order) for order in orders_of(interim, STRATIFIED.analysis_prior).strata]
    expected = sum(float(s[0]) for s, _ in parts) / math.sqrt(sum(float(v[0]) for _, v in parts))
    assert log_rank_now(interim, STRATIFIED.analysis_prior, LogRankCriterion(0.025, stratified=True)) == pytest.approx(
        expected, rel=1e-12
    )
    said = [now for now in standings(planned(STRATIFIED), interim) if now.rule == "logrank"]
    assert said[0].value == pytest.approx(expected, rel=1e-12)


def test_survival_by_arm_follows_kaplan_meier():
    """1,000 patients: posterior medians at 6 months within 0.04 of Kaplan-Meier (its error 0.02)."""
    many = {"accrual": {"patients": 1_000, "months": 12.0}, "analyses": {"events": [600]}}
    strata = small(stratum=STRATA, analysis_prior=PRIOR, rule=RULES, **many)
    weibull = small(analysis_prior=WEIBULL_PRIOR, **many)
    for design, interim in ((strata, interim_with_strata(strata, 14.0)), (weibull, interim_without(weibull, 14.0))):
        fans = arm_survival(
            interim, design, np.array([6.0]), draws=2_000, level=0.95, generator=np.random.default_rng(1)
        )
        for treated, fan in zip((False, True), fans, strict=True):
            mine = interim.treated == treated
            curve = kaplan_meier(interim.time[mine], interim.event[mine], level=0.95)
            reached = curve.survival[np.searchsorted(curve.time, 6.0, side="right") - 1]
            assert fan.median[0] == pytest.approx(float(reached), abs=0.04)


def test_a_borrowing_rule_stands_where_its_borrowed_posterior_does():
    design = small(**BORROWED)
    interim = interim_without(design, 12.0)
    alone, with_it = (posterior_of(interim, design.analysis_prior, b).below(1.0) for b in (None, design.borrowing))
    found = {now.rule: now.value for now in standings(planned(design), interim)}
    assert found == pytest.approx({"bayes": with_it, "alone": alone}, abs=1e-12)
    assert found["bayes"] != pytest.approx(found["alone"], abs=1e-3)
    look = interim_look(
        design, interim, completions=400, seed=1, level=0.95, provenance="simulated", data_digest="none"
    )
    chances = {one.rule: one.value for one in look.findings if one.quantity == "predictive_probability"}
    assert set(chances) == {"bayes", "alone"}


SCHEMA = """
schema = 1
name = "strata"
time_unit = "months"
[endpoints.os]
time = "os_months"
event = "os_event"
[covariates.arm]
kind = "binary"
levels = ["none", "RT"]
[covariates.stratum]
kind = "nominal"
levels = ["IV", "III"]
[covariates.entry]
column = "entry_months"
kind = "continuous"
"""
DESIGN = """
schema = 1
name = "stratified"
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
[analysis_prior.baseline]
weibull = { log_shape = { normal = [0.0, 0.5] }, reference = 12.0 }
gamma = [0.5, 10.0]
by_stratum = true
[[stratum]]
name = "III"
share = 0.6
[[stratum]]
name = "IV"
share = 0.4
control_hr = 3.0
[[rule]]
name = "bayes"
success = "P(HR < 1 | data) > 0.975"
[[rule]]
name = "logrank"
success = "stratified log-rank one-sided 0.025"
"""


def written(tmp_path, stratum="stratum"):
    interim = interim_with_strata(STRATIFIED, 10.0)
    rows = [f"os_months,os_event,arm,{stratum},entry_months"]
    rows += [
        f"{time:.4f},{int(event)},{'RT' if treated else 'none'},{('III', 'IV')[of]},{entry:.4f}"
        for time, event, treated, of, entry in zip(
            interim.time, interim.event, interim.treated, interim.strata, interim.entry, strict=True
        )
    ]
    for name, text in (("data.csv", "\n".join(rows) + "\n"), ("schema.toml", SCHEMA), ("design.toml", DESIGN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = ("--data", tmp_path / "data.csv", "--schema", tmp_path / "schema.toml", "--endpoint", "os")
    return (tmp_path / "design.toml", *words, "--asof", "10.1", "--completions", "300", "--out", tmp_path / "out")


def test_the_verb_reads_strata_and_completes_a_weibull_by_stratum(tmp_path, monkeypatch, capsys):
    code, printed, _ = run(monkeypatch, capsys, "monitor", *written(tmp_path))
    assert code == 0
    assert "logrank: log-rank Z" in printed
    assert "bayes: predictive probability of success at the final look" in printed
    assert (tmp_path / "out" / "figures" / "survival.png").is_file()


def test_a_design_with_strata_needs_them_in_the_data(tmp_path, monkeypatch, capsys):
    asked = written(tmp_path)
    (tmp_path / "schema.toml").write_text(SCHEMA.replace("covariates.stratum", "covariates.stage"), encoding="utf-8")
    code, _, said = run(monkeypatch, capsys, "monitor", *asked)
    assert code == 2
    assert "no covariate 'stratum'" in said
    assert "--stratum" in said
    (tmp_path / "schema.toml").write_text(SCHEMA.replace('"IV", "III"', '"IV", "III", "II"'), encoding="utf-8")
    code, _, said = run(monkeypatch, capsys, "monitor", *asked)
    assert code == 2
    assert "the strata of stratified are 'III' and 'IV'" in said
    assert not (tmp_path / "out").exists()
