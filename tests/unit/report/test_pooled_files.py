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
