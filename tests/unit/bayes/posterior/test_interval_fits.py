"""Fits of events between two months: saved and reloaded, refitted, pooled, compared patient by patient."""

import numpy as np
import pytest
from tests.unit.bayes.model.test_likelihood import GAMMA

import escc_bayes as eb
from escc_bayes.bayes.posterior.fit import fit_plan
from escc_bayes.bayes.posterior.inference_groups import groups
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.compare.other_analyses import BETWEEN, MIDPOINT, RIGHT_END, interval_analyses, sentences_of
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.reading import spec_from

PRIORS = [Normal(0.0, 0.7073), Normal(0.0, 1.5), Normal(0.0, 0.2)]
ARM = {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 1.0]}}


@pytest.fixture(scope="module")
def shipped():
    return eb.fit(eb.load_spec("pfs_intervals"), eb.example_cohort("escc79"), seed=3, engine="laplace", draws=1000)


def test_a_saved_posterior_keeps_its_spans(shipped, tmp_path):
    shipped.save(tmp_path / "p.nc")
    again = eb.load_posterior(tmp_path / "p.nc")
    np.testing.assert_array_equal(again.plan.rows.left, shipped.plan.rows.left)
    assert again.plan.spec == shipped.plan.spec
    asked = eb.MedianSurvival()
    assert again.estimate(asked).value == shipped.estimate(asked).value


def test_log_likelihood_is_one_value_for_each_patient(shipped):
    """A span is a probability: below 1, unlike the density of a month."""
    held = groups(shipped.thinned(200), "log_likelihood")["log_likelihood"].variables["time"][1]
    assert held.shape[-1] == 79
    assert (held[..., shipped.plan.rows.apart] < 0.0).all()


def test_refits_and_their_base_agree(shipped):
    """The fit under the priors as they are is the fit itself; a wider prior on coverage lets it move away from 1."""
    request = eb.prior_grid(shipped.plan.spec, eb.example_cohort("escc79"), {"coverage": PRIORS})
    table = eb.refit_many(request, seed=3, draws=2000)
    own = [float(str(row["log_mean"])) for row in table.rows() if row["term"] == "coverage"]
    drawn = shipped.draws(eb.HazardRatio("coverage", "RPL", versus="RAL"))
    assert own[0] == pytest.approx(drawn.mean(), abs=4 * drawn.std() / 25)
    assert own[1] > own[0] > own[2]


def test_both_numpy_engines_agree(shipped):
    """Means of the hazard ratios by ``nuts`` within 4 Monte Carlo errors of those of ``laplace``."""
    other = eb.fit(shipped.plan.spec, eb.example_cohort("escc79"), seed=4, engine="nuts", draws=700)
    for e, own in zip(other.hazard_ratios(), shipped.hazard_ratios(), strict=True):
        assert abs(e.log_mean - own.log_mean) < 4 * own.log_sd / np.sqrt(400)


def test_gamma_rates_move_as_other_latents(shipped):
    """With spans a gamma prior is not conjugate; second source: ``nuts``."""
    form = {"baseline": {**GAMMA["baseline"], "cuts": [6.0, 18.0]}, "priors": {"baseline_rate": {"gamma": [1.0, 10.0]}}}
    raw = {"name": "m", "outcome": {"endpoint": "pfs"}, **form, "effect": [{**ARM, "covariate": "coverage"}]}
    spec = spec_from({**raw, "visits": {"every": [[0, 120, 3]], "deaths": "os"}}, "m")
    plan = make_plan(spec, eb.example_cohort("escc79"))
    found, nuts = (fit_plan(plan, RunSettings(engine), seed=2) for engine in ("laplace", "nuts"))
    assert found.diagnostics.pareto_k_max < 0.5
    one, two = (f.draws(eb.HazardRatio("coverage", "RPL", versus="RAL")) for f in (found, nuts))
    assert abs(one.mean() - two.mean()) < 4 * one.std() / np.sqrt(1500)


def test_analyses_beside(shipped):
    """Right ends make survival longer; Cox and Kaplan-Meier stand beside the analyses that have months."""
    found = interval_analyses(shipped, seed=1, level=0.95)
    assert [a.name for a in found] == [BETWEEN, RIGHT_END, MIDPOINT]
    medians = [
        next(e.value for e in a.estimates if e.estimand == "median" and e.method == "bayes_laplace") for a in found
    ]
    assert medians[1] > medians[0]
    assert {e.method for e in found[0].estimates} == {"bayes_laplace"}
    assert {e.method for e in found[1].estimates} == {"bayes_laplace", "cox", "km"}
    plain = eb.fit(eb.load_spec("pfs_piecewise"), eb.example_cohort("escc79"), seed=9, engine="laplace", draws=1000)
    mine = next(e for e in found[1].estimates if e.estimand == "hazard_ratio" and e.term == "coverage")
    theirs = plain.estimate(eb.HazardRatio("coverage", "RPL", versus="RAL"))
    assert mine.log_mean == pytest.approx(theirs.log_mean, abs=4 * theirs.log_sd / 25)
    assert sentences_of(found)[0].startswith("RECONSTRUCTED: median pfs of pfs_intervals, months from the landmark")


def test_an_ensemble_is_pooled():
    """Three reconstructions, each with its own spans."""
    ensemble = eb.example_ensemble("escc79")
    members = ensemble.members[:3]
    pooled = eb.fit_ensemble(eb.load_spec("pfs_intervals"), type(ensemble)(ensemble.name, members), seed=5, draws=300)
    assert all(m.plan.rows.left is not None for m in pooled.members)
    assert pooled.estimate(eb.MedianSurvival()).value > 0.0
