"""Pooled posteriors: mixtures of normals in closed form, the law of total variance, symmetry, one member, reload.

The posteriors are made by hand: the effect's draws are the quantiles of a normal, the rest comes from the prior.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior import ensemble as module
from escc_bayes.bayes.posterior.between import evenly, variance_parts
from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.ensemble_reload import load_ensemble_posterior
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.diagnose import Diagnostics
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival, SurvivalAt
from escc_bayes.foundation.errors import InputError, NotFitForUseWarning
from escc_bayes.foundation.record import Record
from escc_bayes.foundation.seeds import stream
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

CHAINS, DRAWS = 2, 1000
GOOD = Diagnostics(0, 1.002, 1500.0, 1200.0, "baseline")
BAD = Diagnostics(3, 1.2, 80.0, 60.0, "b_arm")
ARM = HazardRatio("arm", "b")
NORMALS = ((-0.5, 0.2), (0.1, 0.3), (0.4, 0.25))


def spec(prior_sd=1.0):
    return spec_from(
        {
            "name": "arms",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "weibull", "reference_time": 12.0},
            "priors": {
                "baseline_survival": {"at": 12.0, "median": 0.6, "lower": 0.3},
                "log_shape": {"normal": [0.0, 0.3]},
            },
            "effect": [{"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, prior_sd]}}],
        },
        "arms",
    )


def cohort(k):
    """A reconstructed cohort of 20 whose times depend on k."""
    rng = np.random.default_rng(k)
    frame = pd.DataFrame(
        {"t": rng.uniform(1.0, 40.0, 20), "d": (rng.uniform(size=20) < 0.7).astype(int), "arm": ["a", "b"] * 10}
    )
    raw = {
        "endpoints": {"os": {"time": "t", "event": "d"}},
        "covariates": {"arm": {"kind": "nominal", "levels": ["a", "b"]}},
    }
    return read_cohort(frame, schema_from(raw, "arms"), provenance="reconstructed", name=f"cohort_{k:02d}")


def member(k, mean, sd, *, draws=DRAWS, diagnostics=GOOD):
    """A posterior whose log hazard ratio is N(mean, sd) at its quantiles."""
    plan = make_plan(spec(), cohort(k))
    values = {name: v.reshape(CHAINS, draws, -1) for name, v in prior_draws(plan, CHAINS * draws, k).items()}
    quantiles = ndtri((np.arange(CHAINS * draws) + 0.5) / (CHAINS * draws))
    values["b_arm"] = (mean + sd * np.random.default_rng(k).permutation(quantiles)).reshape(CHAINS, draws, 1)
    record = Record(spec().digest, cohort(k).digest, k, "reconstructed", "nuts", (("draws", draws),))
    stats = {"diverging": np.zeros((CHAINS, draws), dtype=bool)}
    return Posterior(plan, values, stats, diagnostics, record, k)


def pooled(members):
    record = Record(
        spec().digest, Ensemble("e", tuple(cohort(m.record.seed) for m in members)).digest, 7, "reconstructed", "nuts"
    )
    return EnsemblePosterior("made by hand", tuple(members), record)


@pytest.fixture(scope="module")
def three():
    return pooled([member(k, *normal) for k, normal in enumerate(NORMALS, start=1)])


def test_mixture_of_normals_has_its_closed_form(three):
    """Quantiles solve mean Phi((x - m) / s) = q; P(HR > 1) = mean Phi(m / s). The grid is right to 0.003."""
    means, sds = np.array(NORMALS).T

    def quantile(q):
        return brentq(lambda x: ndtr((x - means) / sds).mean() - q, -5.0, 5.0)

    found = three.estimate(ARM, level=0.95)
    for value, q in ((found.value, 0.5), (found.lower, 0.025), (found.upper, 0.975)):
        assert np.log(value) == pytest.approx(quantile(q), abs=3e-3)
    assert found.prob_gt_1 == pytest.approx(ndtr(means / sds).mean(), abs=1e-3)
    assert found.log_mean == pytest.approx(means.mean(), abs=1e-6)
    assert found.log_sd == pytest.approx(np.sqrt((sds**2).mean() + means.var()), rel=2e-3)
    assert (found.method, found.model, found.interval_kind) == ("bayes_nuts", "arms", "credible")


def test_note_says_how_much_lies_between_reconstructions(three):
    """Mean s^2 = 0.0642, variance of the means = 0.14: 69 % between."""
    note = three.estimate(ARM, level=0.95).note
    # Draws that were never a posterior stand apart from the refit with a vague baseline: that is said as well.
    head, second = note.split("; ", maxsplit=1)
    assert head == "69 % of the variance of the log lies between 3 reconstructions (sd within 0.253, between 0.374)"
    assert second.startswith(f"in {three.typical.plan.rows.cohort}, looked at for all, the baseline prior moves it: HR")
    assert "of the log" not in three.estimate(SurvivalAt(12.0), level=0.95).note


@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(2, 30)), elements=st.floats(-100.0, 100.0)))
def test_variance_splits_without_remainder(by_member):
    """Law of total variance: within + between is the variance of all draws."""
    parts = variance_parts(by_member)
    assert parts.within + parts.between == pytest.approx(by_member.ravel().var(), rel=1e-9, abs=1e-9)
    assert 0.0 <= parts.share <= 1.0


@pytest.mark.parametrize("asked", [ARM, SurvivalAt(12.0, "arm", "b"), MedianSurvival()])
def test_order_of_members_does_not_matter(three, asked):
    one, other = (p.estimate(asked, level=0.9) for p in (three, pooled(three.members[::-1])))
    for name in ("value", "lower", "upper"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-12)
    assert (one.note, one.n, one.events) == (other.note, other.n, other.events)


@pytest.mark.parametrize("asked", [ARM, SurvivalAt(12.0, "arm", "b"), MedianSurvival()])
def test_one_member_is_its_own_posterior(asked):
    alone = member(4, 0.3, 0.2)
    one, own = pooled([alone]).estimate(asked, level=0.9), alone.estimate(asked, level=0.9)
    same = ("value", "lower", "upper", "n", "events", "clock", "method", "contrast", "time", "population")
    assert {name: getattr(one, name) for name in same} == {name: getattr(own, name) for name in same}
    np.testing.assert_equal([one.prob_gt_1, one.log_mean, one.log_sd], [own.prob_gt_1, own.log_mean, own.log_sd])
    assert one.note.startswith("one reconstruction: what was never printed is taken as known")


def test_members_weigh_the_same_whatever_their_length():
    """P(HR > 1) is the mean of Phi(m / s), also where one member has ten times the draws, which are taken evenly."""
    thinned = evenly([np.arange(10.0), np.arange(4.0)])
    np.testing.assert_array_equal(thinned, [[0.0, 3.0, 6.0, 9.0], [0.0, 1.0, 2.0, 3.0]])
    found = pooled([member(1, -0.5, 0.5, draws=2000), member(2, 0.5, 0.2, draws=200)]).estimate(ARM, level=0.95)
    assert found.prob_gt_1 == pytest.approx((ndtr(-1.0) + ndtr(2.5)) / 2.0, abs=0.02)


def test_survival_of_the_mixture_is_the_mean_of_the_members(three):
    times = np.array([6.0, 24.0])
    curves = three.survival(times, term="arm", group="a")
    expected = np.mean([m.survival(times, term="arm", group="a").mean(axis=0) for m in three.members], axis=0)
    np.testing.assert_allclose(curves.mean(axis=0), expected, rtol=1e-12)
    assert curves.shape == (3 * CHAINS * DRAWS, 2)


def test_one_member_not_fit_for_use_spoils_the_pool_and_is_named(three):
    assert three.verdict == "ok"
    spoilt = pooled([*three.members, member(9, 0.0, 0.2, diagnostics=BAD)])
    assert spoilt.verdict.startswith("NOT FIT FOR USE: 1 of 4 reconstructions: cohort_09 (3 divergences, R-hat 1.200")
    assert spoilt.verdict.endswith("; raise draws and tune, or state narrower priors")
    assert spoilt.estimate(ARM, level=0.95).verdict == spoilt.verdict
    worst = spoilt.diagnostics
    assert (worst.divergences, worst.max_rhat, worst.min_ess_tail, worst.worst) == (3, 1.2, 60.0, "b_arm")
    assert not worst.fit_for_use


def test_print_says_reconstructed_first(three):
    lines = repr(three).splitlines()
    events = sorted(m.plan.rows.events for m in three.members)
    assert lines[0] == (
        f"RECONSTRUCTED: 3 cohorts of made by hand, 20 patients each, os from time zero: "
        f"{events[0]} to {events[-1]} events."
    )
    assert "bayes_nuts, seed 7: ok" in lines[2]
    assert lines[3].startswith("What the data can carry")
    assert any("Prior on the baseline: at 12 months it is worth 5.23 events" in line for line in lines)
    ratios = next(line for line in lines if line.startswith("  HR "))
    assert "% of the variance of the log lies between 3 reconstructions" in ratios
    assert repr(three.estimate(ARM, level=0.95)).startswith("RECONSTRUCTED os hazard_ratio arm b vs a")


def test_saved_ensemble_reads_back(three, tmp_path):
    three.save(tmp_path / "posterior")
    ensemble = Ensemble("e", tuple(cohort(k) for k in (3, 1, 2)))
    again = load_ensemble_posterior(tmp_path / "posterior", spec(), ensemble)
    np.testing.assert_array_equal(again.member_draws(ARM), three.member_draws(ARM))
    assert (again.name, again.record) == (three.name, three.record)
    with pytest.raises(InputError, match="belongs to another ensemble"):
        load_ensemble_posterior(tmp_path / "posterior", spec(), Ensemble("e", (cohort(1), cohort(5))))
    with pytest.raises(InputError, match="belongs to another specification"):
        load_ensemble_posterior(tmp_path / "posterior", spec(0.5), ensemble)
    with pytest.raises(InputError, match="ensemble.json: no such file"):
        load_ensemble_posterior(tmp_path, spec(), ensemble)


def test_every_member_is_fitted_with_the_stream_of_its_data():
    """The pool holds exactly the posteriors of ``fit``, in any order of the members."""
    cohorts = (cohort(1), cohort(2))
    told = []
    found = fit_ensemble(spec(), Ensemble("two", cohorts), seed=5, draws=200, progress=lambda *a: told.append(a[0]))
    for own, one in zip(found.members, cohorts, strict=True):
        alone = fit(spec(), one, seed=stream(5, "member", one.digest), engine="laplace", draws=200)
        np.testing.assert_array_equal(own.coefficients, alone.coefficients)
    turned = fit_ensemble(spec(), Ensemble("two", cohorts[::-1]), seed=5, draws=200)
    assert turned.record == found.record
    np.testing.assert_array_equal(turned.member_draws(ARM)[::-1], found.member_draws(ARM))
    assert found.record.provenance == "reconstructed"
    assert dict(found.record.settings)["members"] == 2
    assert told[-1] == "Reconstructions"


def test_one_warning_names_all_members_at_fault(monkeypatch):
    """Members are checked together: one warning, not one for each."""
    by_digest = {cohort(k).digest: k for k in (1, 2, 3)}

    def spoilt(plan, *_):
        k = by_digest[plan.rows.data_digest]
        return member(k, 0.0, 0.2, draws=50, diagnostics=BAD if k > 1 else GOOD)

    monkeypatch.setattr(module, "posterior_of", spoilt)
    with pytest.warns(NotFitForUseWarning, match="2 of 3 reconstructions: cohort_02.*cohort_03") as warned:
        fit_ensemble(spec(), Ensemble("three", (cohort(1), cohort(2), cohort(3))), seed=1)
    assert len(warned) == 1
