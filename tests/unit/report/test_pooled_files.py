"""What `fit` writes of an ensemble beside hazard ratios: other analyses and shrinkage, pooled over its members."""

from dataclasses import replace

import numpy as np
import pytest

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.shrinkage import shrunk
from escc_bayes.compare.other_analyses import RIGHT_END, at_right_end, changed
from escc_bayes.data.bundled import example_ensemble
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.foundation.seeds import stream
from escc_bayes.report.page.reconstructions import Reconstructions
from escc_bayes.report.verbs.ensembles import pooled_others, write_ensemble_fit
from escc_bayes.spec.reading import load_spec, spec_from

HORSESHOE = {
    "name": "many",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-3.5, 1.0]}},
    "effect": [
        {"name": "m", "covariates": ["stage", "coverage", "age"], "structure": "horseshoe", "expected": 1, "slab": 1.0}
    ],
}


@pytest.fixture(scope="module")
def ensemble():
    full = example_ensemble("escc79")
    return Ensemble(full.name, full.members[:2])


def pooled(ensemble, spec):
    return fit_ensemble(spec, ensemble, seed=1, engine="laplace", draws=400)


def test_right_ends_are_refits_of_every_member(ensemble):
    spec = load_spec("pfs_intervals")
    found = pooled(ensemble, replace(spec, effects=spec.effects[:1], transitions=()))
    rows = pooled_others([found], 0.95)["intervals"]
    assert {row["analysis"] for row in rows} == {"between", "right_end", "midpoint"}
    own = changed(found, at_right_end, stream(found.members[0].seed, found.plan.spec.name, RIGHT_END))
    assert [m.plan.rows.left for m in own.members] == [None, None]
    ratios = [row for row in rows if row["analysis"] == "right_end" and row["estimand"] == "hazard_ratio"]
    expected = [e.value for e in own.hazard_ratios(level=0.95)]
    np.testing.assert_allclose([row["value"] for row in ratios], expected, rtol=1e-12)
    whole = [row["value"] for row in rows if row["analysis"] == "between" and row["estimand"] == "hazard_ratio"]
    np.testing.assert_allclose(whole, [e.value for e in found.hazard_ratios(level=0.95)], rtol=1e-12)


def test_other_sources_have_restricted_means_of_both_members(ensemble):
    spec = load_spec("os_external")
    rows = pooled_others([pooled(ensemble, replace(spec, effects=spec.effects[:1], transitions=()))], 0.95)["external"]
    assert {row["analysis"] for row in rows} == {"with", "without"}
    means = [row["value"] for row in rows if row["estimand"] == "rmst" and row["analysis"] == "with"]
    assert (np.diff(means) > 0.0).all()


def test_a_horseshoe_is_pooled_over_the_members(ensemble, tmp_path):
    found = pooled(ensemble, spec_from(HORSESHOE, "many"))
    tables = write_ensemble_fit(tmp_path, Reconstructions(ensemble, {"many": found}, 0.95))
    assert (tmp_path / "shrinkage.csv").is_file()
    kept = [row for row in tables["shrinkage"] if row["quantity"] == "kept"]
    each = [1.0 - shrunk(member)[0].factors.mean(axis=0) for member in found.members]
    np.testing.assert_allclose([row["mean"] for row in kept], np.mean(each, axis=0), rtol=1e-12)
    assert any("effective number" in said for said in found.sentences())


CURE = HORSESHOE | {
    "name": "cured",
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-1.0, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}},
    "effect": [{"covariate": "stage", "structure": "linear", "prior": {"normal": [0.0, 0.5]}}],
    "cure": {"fraction": {"normal": [-1.4, 0.6]}},
}
CENTRES = HORSESHOE | {
    "name": "centres",
    "effect": [{"covariate": "sequence", "structure": "random_intercept", "sd": {"halfnormal": 0.5}}],
}
DRIFT = CENTRES | {
    "name": "drifting",
    "external": [{"start": 0.0, "stop": 24.0, "at_risk": 60, "alive": 30, "study": "trial x", "sd": 0.3}],
}
TOGETHER = HORSESHOE | {
    "name": "together",
    "outcome": {"endpoints": ["os", "pfs"]},
    "effect": [
        {
            "covariate": "coverage",
            "structure": "across_transitions",
            "prior": {"normal": [0.0, 0.7]},
            "sd": {"halfnormal": 0.3},
        }
    ],
}


def by_hand(each):
    """Median, limits and share between members of draws (members, draws): every draw counts alike."""
    within, between = np.mean([one.var() for one in each]), np.var([one.mean() for one in each])
    ordered = np.sort(np.concatenate(each))
    middle, low, high = (np.interp(p * (ordered.size - 1), range(ordered.size), ordered) for p in (0.5, 0.025, 0.975))
    return middle, low, high, between / (within + between)


def files_of(ensemble, tmp_path, raw):
    """The pooled posterior of a model, and the tables that are written."""
    found = pooled(ensemble, spec_from(raw, raw["name"]))
    return found, write_ensemble_fit(tmp_path, Reconstructions(ensemble, {raw["name"]: found}, 0.95))


def test_the_share_cured_is_of_all_members(ensemble, tmp_path):
    found, tables = files_of(ensemble, tmp_path, CURE)
    (row,) = tables["cure"]
    *log_odds, share = by_hand([member.flat["cure_log_odds"][:, 0] for member in found.members])
    expected = 1.0 / (1.0 + np.exp(-np.array(log_odds)))
    np.testing.assert_allclose([row["value"], row["lower"], row["upper"]], expected, rtol=1e-10)
    assert (row["members"], row["share_between"]) == (2, pytest.approx(share, rel=1e-10))
    assert row["n"] == 79
    assert row["last_follow_up"] == min(member.plan.rows.time.max() for member in found.members)
    (said,) = (words for words in found.sentences() if words.startswith("Cured:"))
    assert f"over 2 reconstructions ({100 * share:.0f} % of the variance of its log odds lies between them)" in said
    assert (tmp_path / "cure.csv").is_file()


def test_drifts_and_centres_are_of_all_members(ensemble, tmp_path):
    found, tables = files_of(ensemble, tmp_path, DRIFT)
    (drift,) = tables["drift"]
    (name,) = (key for key in found.members[0].flat if key.startswith("drift"))
    *log, share = by_hand([member.flat[name][:, 0] for member in found.members])
    np.testing.assert_allclose([drift["value"], drift["lower"], drift["upper"]], np.exp(log), rtol=1e-10)
    assert drift["share_between"] == pytest.approx(share, rel=1e-10)
    sd, *levels = tables["frailty"]
    *expected, share = by_hand([member.flat["sd_sequence"][:, 0] for member in found.members])
    np.testing.assert_allclose([sd["value"], sd["lower"], sd["upper"]], expected, rtol=1e-10)
    factors = [np.exp(m.flat["sd_sequence"] * m.flat["z_sequence"]) for m in found.members]
    np.testing.assert_allclose([r["value"] for r in levels], np.median(np.concatenate(factors), axis=0), rtol=1e-10)
    assert sum(row["n"] for row in levels) == 79
    assert any(said.startswith("Drift of trial x:") for said in found.sentences())
    assert any(said.startswith("Frailty of sequence:") for said in found.sentences())


def test_endpoints_go_together_over_all_members(ensemble, tmp_path):
    found, tables = files_of(ensemble, tmp_path, TOGETHER)
    by = {row["quantity"]: row for row in tables["endpoint_correlation"]}
    os, pfs = np.concatenate([member.coefficients for member in found.members]).T
    centred = (os - os.mean()) * (pfs - pfs.mean())
    assert by["estimates"]["value"] == pytest.approx(centred.mean() / (os.std() * pfs.std()), rel=1e-10)
    assert by["ratio_of_hazard_ratios"]["value"] == pytest.approx(np.exp(np.median(os - pfs)), rel=1e-10)
    assert by["prob_both_above_1"]["value"] == np.mean((os > 0) & (pfs > 0))
    events = [[m.plan.rows.in_transition(name).events for m in found.members] for name in ("os", "pfs")]
    expected = [round(float(np.mean(one))) for one in events]
    assert [by["effects"]["events"], by["effects"]["events_other"]] == expected
