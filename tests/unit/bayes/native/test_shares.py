"""A declared level without patients between two others keeps its step; levels share one direction, and that is said."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.estimand.tables import hazard_ratio_rows
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

SHAPE, RATE = 0.5, 10.0
CUTS = [6.0, 12.0]


def patients():
    rng = np.random.default_rng(20)
    stage = rng.choice(["I", "II", "IV"], 60, p=[0.4, 0.3, 0.3])
    alive = rng.exponential(1.0 / np.where(stage == "IV", 0.09, np.where(stage == "II", 0.06, 0.04)))
    seen = rng.uniform(4.0, 36.0, 60)
    return pd.DataFrame({"t": np.minimum(alive, seen).round(2), "d": (alive <= seen).astype(int), "stage": stage})


def cohort_of(frame, levels):
    covariates = {"stage": {"kind": "ordered", "levels": levels}}
    return read_cohort(
        frame, schema_from({"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": covariates}, "x")
    )


def spec():
    return spec_from(
        {
            "name": "ord",
            "outcome": {"endpoint": "os"},
            "baseline": {
                "family": "piecewise_exponential",
                "cuts": CUTS,
                "at": "reference",
                "smoothing": "independent",
            },
            "priors": {"baseline_rate": {"gamma": [SHAPE, RATE]}},
            "effect": [{"covariate": "stage", "structure": "ordered", "prior": {"normal": [0.0, 1.0]}}],
        },
        "ord",
    )


def by_quadrature(frame, first):
    """Mean and SD of the log HR of II v I, whose share of the whole is Beta(1, ``first``): gamma rates integrate out.

    Three shares, uniform: share_1 is Beta(1, 2). Two: Beta(1, 1).
    """
    events, months = np.zeros((3, 3)), np.zeros((3, 3))
    for row, level in enumerate(["I", "II", "IV"]):
        own = frame[frame.stage == level]
        for piece, (start, stop) in enumerate(pairwise([0.0, *CUTS, np.inf])):
            months[row, piece] = np.clip(own.t - start, 0.0, stop - start).sum()
            events[row, piece] = own.d[(own.t > start) & (own.t <= stop)].sum()

    def density(share, whole):
        beta = np.array([0.0, share * whole, whole])
        spent = RATE + np.exp(beta) @ months
        log_likelihood = events.sum(axis=1) @ beta - (SHAPE + events.sum(axis=0)) @ np.log(spent)
        return np.exp(log_likelihood + 60.0 * np.log(60.0)) * stats.norm.pdf(whole) * stats.beta.pdf(share, 1, first)

    def moment(power):
        found, _ = integrate.dblquad(lambda w, s: (s * w) ** power * density(s, w), 0, 1, -5, 5, epsrel=1e-7, epsabs=0)
        return found

    total, mean, square = (moment(power) for power in (0, 1, 2))
    return mean / total, np.sqrt(square / total - (mean / total) ** 2)


@pytest.mark.parametrize(
    ("levels", "first"), [(["I", "II", "III", "IV"], 2), (["I", "II", "IV"], 1)], ids=["gap", "none"]
)
def test_declared_levels_count_as_by_quadrature(levels, first):
    """Mean and SD of 20,000 draws: standard errors of 0.007 and 0.005 SDs; 0.03 allowed."""
    frame = patients()
    posterior = fit(spec(), cohort_of(frame, levels), seed=1, engine="laplace")
    mean, sd = by_quadrature(frame, first)
    found = posterior.estimate(HazardRatio("stage", "II"), level=0.95)
    assert found.log_mean == pytest.approx(mean, abs=0.03 * sd)
    assert found.log_sd == pytest.approx(sd, rel=0.03)


def test_by_nuts_too():
    frame = patients()
    posterior = fit(spec(), cohort_of(frame, ["I", "II", "III", "IV"]), seed=1)
    mean, sd = by_quadrature(frame, 2)
    found = posterior.estimate(HazardRatio("stage", "II"), level=0.95)
    assert posterior.diagnostics.verdict == "ok"
    # Some 2,000 effective draws.
    assert found.log_mean == pytest.approx(mean, abs=0.12 * sd)
    assert found.log_sd == pytest.approx(sd, rel=0.1)


def test_two_levels_far_apart_have_the_prior_of_their_own_contrast():
    """Declared I to IV with patients in I and IV: one contrast, no shares; a level beyond the last has no step."""
    frame = patients()
    frame = frame[frame.stage != "II"]
    plan = make_plan(spec(), cohort_of(frame, ["I", "II", "III", "IV", "V"]))
    assert set(prior_draws(plan, 5, 1)) == {"baseline", "b_stage"}
    plan = make_plan(spec(), cohort_of(patients(), ["I", "II", "III", "IV", "V"]))
    assert prior_draws(plan, 5, 1)["share_stage"].shape == (5, 3)


def test_what_is_kept_and_what_is_shared_stands_in_notes_card_print_and_file(tmp_path):
    from escc_bayes.bayes.posterior.reload import load_posterior

    cohort = cohort_of(patients(), ["I", "II", "III", "IV"])
    posterior = fit(spec(), cohort, seed=1, engine="laplace", draws=300)
    kept = "no patient in III; left out of the model, but the step of III is kept"
    assert any(kept in note for note in posterior.plan.notes)
    assert any("in one direction over I, II, III, IV;" in said for said in describe(posterior.plan))
    assert kept in repr(posterior)
    rows = hazard_ratio_rows(posterior.hazard_ratios(level=0.95))
    shared = "P(HR > 1) is one number for all levels of stage by construction"
    assert all(shared in str(row["note"]) and "nobody is in III" in str(row["note"]) for row in rows)
    assert len({row["prob_gt_1"] for row in rows}) == 1
    assert repr(posterior).count(shared) == 1
    posterior.save(tmp_path / "o.nc")
    again = load_posterior(tmp_path / "o.nc", spec(), cohort)
    np.testing.assert_array_equal(again.coefficients, posterior.coefficients)
    steps = posterior.to_datatree()["posterior"]["stage_step"].values.tolist()
    assert steps == ["II", "step 2 (no patients)", "IV"]


def test_an_ordered_effect_of_two_levels_needs_no_such_note():
    frame = patients()
    frame["stage"] = np.where(frame.stage == "I", "I", "II")
    posterior = fit(spec(), cohort_of(frame, ["I", "II"]), seed=1, engine="laplace", draws=300)
    assert "one number" not in posterior.hazard_ratios(level=0.95)[0].note
