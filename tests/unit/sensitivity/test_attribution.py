"""What moves a hazard ratio from univariable Cox to the posterior: steps that add up, and that carry the right name."""

import math
from itertools import groupby, pairwise

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.cox import cox
from escc_bayes.classical.firth import firth
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.sensitivity.attribution import PART, STEPS, attribute
from escc_bayes.sensitivity.firth_events import firth_events
from escc_bayes.sensitivity.orders import averaged
from escc_bayes.sensitivity.standardised import marginal_log_ratios
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.reading import load_spec, spec_from

FLAT = {"normal": [0.0, 30.0]}


def cohort_of(frame, levels):
    covariates = {name: {"kind": "binary", "levels": list(of)} for name, of in levels.items()}
    raw = {"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": covariates}
    return read_cohort(frame, schema_from(raw, "simulated"), provenance="simulated")


def model(*names, prior=FLAT, survival=None, normal=(-3.0, 10.0)):
    """Return a piecewise model with independent pieces, or with a statement on survival."""
    baseline = {"family": "piecewise_exponential", "cuts": [6.0, 12.0], "at": "mean"}
    stated = {"baseline_survival": survival} if survival else {"baseline_log_rate": {"normal": list(normal)}}
    smooth = (
        {"smoothing": "random_walk", "steps": "equal", "sd": {"halfnormal": 0.1}}
        if survival
        else {"smoothing": "independent"}
    )
    effects = [{"covariate": name, "structure": "fixed", "prior": prior} for name in names]
    raw = {"name": "m", "outcome": {"endpoint": "os"}, "baseline": baseline | smooth, "priors": stated}
    return spec_from(raw | {"effect": effects}, "m")


def simulated(seed, n, log_hr, factor):
    """Return balanced arms, an independent factor in halves of each, exponential hazards, censoring at 24 months."""
    rng = np.random.default_rng(seed)
    arm, other = np.arange(n) % 2, (np.arange(n) // 2) % 2
    death = rng.exponential(16.0 * np.exp(-log_hr * (arm - 0.5) - factor * (other - 0.5)))
    end = np.minimum(death, 24.0)
    return pd.DataFrame(
        {
            "t": end,
            "d": (death <= 24.0).astype(int),
            "arm": np.where(arm, "B", "A"),
            "factor": np.where(other, "bad", "good"),
        }
    )


LEVELS = {"arm": ("A", "B"), "factor": ("good", "bad")}


def steps_of(frame, spec, levels=LEVELS, draws=1000):
    cohort = cohort_of(frame, {name: levels[name] for name in spec.covariates})
    posterior = fit(spec, cohort, seed=1, engine="laplace", draws=draws)
    return [s for s in attribute(posterior, fit_classical(spec, cohort), cohort) if s.term == "arm"], posterior


def test_steps_telescope_and_averages_lie_within_their_range():
    """Every bundled kind of model; ends asked of the fits themselves."""
    for name, cohort in (("os_piecewise", "escc79"), ("pfs_weibull", "escc79"), ("larynx_piecewise", "larynx")):
        subject = subject_of(example_cohort(cohort), load_spec(name), Asked(seed=1))
        steps = attribute(subject.posterior, subject.classical, subject.cohort)
        cox_of = {
            (e.term, e.contrast): e.log_mean for e in subject.classical.hazard_ratios() if e.method == "cox_univariable"
        }
        mean_of = {(e.term, e.contrast): e.log_mean for e in subject.posterior.hazard_ratios()}
        for key, way in groupby(steps, key=lambda s: (s.term, s.contrast)):
            own = list(way)
            assert own[0].log_hr_before == pytest.approx(cox_of[key], abs=1e-12)
            assert own[-1].log_hr_after == pytest.approx(mean_of[key], abs=1e-12)
            assert abs(sum(s.difference for s in own) - (mean_of[key] - cox_of[key])) < 1e-8
            assert all(a.log_hr_after == b.log_hr_before and a.after == b.before for a, b in pairwise(own))
            assert all(s.low - 1e-12 <= s.difference <= s.high + 1e-12 for s in own)
            assert [s.step for s in own] == [step for step in STEPS if step in {s.step for s in own}]


def test_a_case_that_cox_fits_too_leaves_every_step_at_zero_but_for_noise():
    """20 cohorts of 300: flat priors, exponential hazards, a factor without effect; means within 3 standard errors."""
    found = {}
    for seed in range(20):
        for step in steps_of(simulated(seed, 300, math.log(1.5), 0.0), model("arm", "factor"))[0]:
            found.setdefault(step.step, []).append(step.difference)
    for step, moved in found.items():
        error = np.std(moved, ddof=1) / math.sqrt(len(moved))
        assert abs(np.mean(moved)) < 3.0 * error + 2e-3, (step, np.mean(moved), error)
        assert np.max(np.abs(moved)) < 0.08, step


def test_balanced_arms_with_a_prognostic_factor_are_non_collapsible_and_not_confounded():
    """4,000 patients; second source: Cox on both sides, and the factor's independence by design."""
    frame = simulated(3, 4000, math.log(2.06), 3.0)
    steps, _ = steps_of(frame, model("arm", "factor"))
    moved = {s.step: s.difference for s in steps}
    X = np.column_stack([frame["arm"] == "B", frame["factor"] == "bad"]).astype(float)
    both, one = (cox(x, frame["t"].to_numpy(), frame["d"].to_numpy()).coef[0] for x in (X, X[:, :1]))
    assert both - one > 0.15
    assert moved["non_collapsibility"] == pytest.approx(both - one, abs=0.03)
    assert abs(moved["confounding"]) < 0.02


def test_confounding_is_called_confounding():
    """Arms differ in the factor and have no effect: the crude ratio is confounding, and nothing else moves much."""
    rng = np.random.default_rng(4)
    other = np.arange(4000) % 2
    arm = rng.random(4000) < np.where(other, 0.8, 0.2)
    death = rng.exponential(16.0 * np.exp(-1.5 * (other - 0.5)))
    frame = pd.DataFrame(
        {
            "t": np.minimum(death, 24.0),
            "d": (death <= 24.0).astype(int),
            "arm": np.where(arm, "B", "A"),
            "factor": np.where(other, "bad", "good"),
        }
    )
    steps, _ = steps_of(frame, model("arm", "factor"))
    moved = {s.step: s.difference for s in steps}
    assert moved["confounding"] == pytest.approx(-steps[0].log_hr_before, abs=0.12)
    assert steps[0].log_hr_before > 0.6
    assert abs(moved["non_collapsibility"]) < 0.02


def test_the_baseline_priors_step_is_found_with_14_v_1_events():
    """Second source: the posterior mean of the same model with a vague level, sampled apart."""
    rng = np.random.default_rng(6)
    arm = np.repeat([0, 1], 30)
    event = np.zeros(60, dtype=int)
    event[:14], event[30] = 1, 1
    time = np.where(event == 1, rng.uniform(1.0, 18.0, 60), rng.uniform(12.0, 24.0, 60))
    frame = pd.DataFrame({"t": time, "d": event, "arm": np.where(arm, "B", "A")})
    # Survival at 12 months of the average patient is 0.9 or so in the data; the prior expects 0.35, and is sure of it.
    spec = model("arm", prior={"normal": [0.0, 2.5]}, survival={"at": 12.0, "median": 0.35, "lower": 0.20})
    steps, posterior = steps_of(frame, spec, draws=5000)
    moved = {s.step: s.difference for s in steps}
    vague = float(posterior.vague_baseline.means[0])
    apart = steps[-1].log_hr_after - vague
    assert abs(apart) > 0.25
    assert moved["baseline_prior"] == pytest.approx(apart, rel=0.5)
    assert abs(moved["baseline_prior"]) > 0.25


def test_a_level_without_events_has_a_way_from_firth_on():
    frame = simulated(2, 80, math.log(1.5), 1.0)
    frame.loc[frame["arm"] == "B", "d"] = 0
    steps, _ = steps_of(frame, model("arm", "factor", prior={"normal": [0.0, 1.0]}))
    known = {s.step: s for s in steps}
    assert math.isnan(known["small_sample_bias"].log_hr_before)
    later = steps[[s.step for s in steps].index("smoothing") :]
    assert all(math.isfinite(s.difference) for s in later)


def test_firth_events_agree_with_firths_cox():
    """Second source: the package's Firth-penalised Cox (checked against R), 40 pieces; two groups, closed form."""
    frame = simulated(5, 120, 0.8, 0.5)
    X = np.column_stack([frame["arm"] == "B", frame["factor"] == "bad"]).astype(float)
    time, event = frame["t"].to_numpy(), frame["d"].to_numpy()
    cuts = np.quantile(time[event == 1], np.linspace(0, 1, 40)[1:-1])
    from escc_bayes.hazard.piecewise import person_months, piece_of

    exposure = person_months(time, cuts, None)
    events = np.zeros_like(exposure)
    events[np.arange(120), piece_of(time, cuts)] = event
    kept = exposure.sum(axis=0) > 0
    found, _ = firth_events(X, events[:, kept], exposure[:, kept])
    expected = firth(X, time, event, level=0.95).coef
    np.testing.assert_allclose(found, expected, atol=0.02)
    # One piece, two groups: events d + h / 2 with h = 1 less the group's share of the rate's own leverage.
    alone, added = firth_events(X[:, :1], event[:, None].astype(float), time[:, None])
    d = np.array([event[X[:, 0] == g].sum() for g in (0, 1)], dtype=float)
    months = np.array([time[X[:, 0] == g].sum() for g in (0, 1)])
    assert added.sum() == pytest.approx(0.5)
    ratio = lambda s: (d[1] + s) / months[1] / ((d[0] + 0.5 - s) / months[0])  # noqa: E731
    assert math.log(ratio(added[X[:, 0] == 1].sum())) == pytest.approx(alone[0], abs=1e-7)


def test_a_marginal_ratio_is_what_cox_finds_in_many_patients():
    """Second source: Cox on 40,000 patients drawn from a mixture of exponential hazards, censored uniformly."""
    rng = np.random.default_rng(1)
    arm, frail = rng.integers(0, 2, 40_000), rng.integers(0, 2, 40_000)
    death = rng.exponential(10.0 / np.exp(0.9 * arm + 2.0 * frail))
    end = rng.uniform(0.0, 30.0, 40_000)
    fitted = cox(arm[:, None].astype(float), np.minimum(death, end), death <= end)
    times = np.linspace(0.0, 30.0, 2000)
    hazards = np.exp(0.9 * np.arange(2)[:, None] + 2.0 * np.arange(2)[None])[..., None] / 10.0
    survival = np.exp(-hazards * times).mean(axis=1)
    middles = 0.5 * (times[:-1] + times[1:])
    found = marginal_log_ratios(survival, 1.0 - middles / 30.0, np.array([0.5, 0.5]), np.array([[0.0], [1.0]]))
    assert found[0] == pytest.approx(fitted.coef[0], abs=3.5 * math.sqrt(fitted.covariance[0, 0]))
    assert found[0] < 0.8


def test_orders_without_a_meaning_are_left_out():
    """By hand: a before b leaves one of two orders."""
    value = {frozenset(): 0.0, frozenset("a"): 1.0, frozenset("b"): 5.0, frozenset("ab"): 4.0}
    moves = lambda made, change: {change: np.array(value[made | {change}] - value[made])}  # noqa: E731
    found = averaged(("a", "b"), [("a", "b")], moves)
    assert (float(found["a"].mean), float(found["b"].mean)) == (1.0, 3.0)
    assert found["b"].low == found["b"].high == 3.0


def test_sentences_follow_the_table():
    subject = subject_of(example_cohort("larynx"), load_spec("larynx_piecewise"), Asked(seed=1))
    rows = [row for row in PART.run(subject, lambda done, total: None) if row["term"] == "age"]
    (before,) = PART.words(rows)
    assert before.startswith("age per 10: univariable Cox HR 1.26")
    changed = [
        {**row, "hr_before": 7.77, "difference": 1.0 if row["step"] == "coding" else row["difference"]} for row in rows
    ]
    assert "univariable Cox HR 7.77" in PART.words(changed)[0]
    effect = [
        {**row, "difference": math.log(3.0), "low": 0.0, "high": 2.0} if row["step"] == "effect_prior" else row
        for row in rows
    ]
    assert "the priors on effects x 3.00 (1.00 to 7.39 by order)" in PART.words(effect)[0]
