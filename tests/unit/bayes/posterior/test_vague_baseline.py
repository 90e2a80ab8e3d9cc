"""What a vague baseline would make of hazard ratios: held against quadrature, and said where the prior moves them."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from escc_bayes.bayes.posterior import vague_baseline as module
from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.vague_baseline import VAGUE_SD, vague_baseline
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.estimand.tables import hazard_ratio_rows
from escc_bayes.foundation.errors import NotFitForUseWarning, SamplingError
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from

WALK = {"family": "piecewise_exponential", "cuts": [6.0, 12.0], "sd": {"halfnormal": 0.5}}
ONE = {"family": "piecewise_exponential", "cuts": [], "sd": {"halfnormal": 0.5}}
PIECES = {"family": "piecewise_exponential", "cuts": [6.0, 12.0], "smoothing": "independent"}
WEIBULL = {"family": "weibull", "reference_time": 12.0}
STATED = {"baseline_survival": {"at": 12.0, "median": 0.8, "lower": 0.6}}
FORMS = {
    "one piece": (ONE, STATED),
    "walk": (WALK, STATED),
    "independent": (PIECES, STATED),
    "gamma": (PIECES, {"baseline_rate": {"gamma": [3.0, 300.0]}}),
    "weibull": (WEIBULL, STATED | {"log_shape": {"normal": [0.0, 0.4]}}),
}


def sparse():
    """Eight patients who mostly die, forty who mostly live: the average patient is one of the forty."""
    rng = np.random.default_rng(1)
    group = np.array(["A"] * 8 + ["B"] * 40)
    alive, seen = rng.exponential(1.0 / np.where(group == "A", 0.3, 0.01)), rng.uniform(2.0, 24.0, 48)
    return pd.DataFrame({"t": np.minimum(alive, seen), "d": (alive <= seen).astype(int), "g": group})


def cohort():
    covariates = {"g": {"kind": "binary", "levels": ["A", "B"]}}
    return read_cohort(
        sparse(), schema_from({"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": covariates}, "x")
    )


def model(form, at="mean"):
    baseline, priors = FORMS[form]
    effect = {"covariate": "g", "structure": "fixed", "prior": {"normal": [0.0, 3.0]}}
    raw = {"name": "m", "outcome": {"endpoint": "os"}, "baseline": baseline | {"at": at}, "priors": priors}
    return spec_from(raw | {"effect": [effect]}, "m")


def by_quadrature(centre):
    """Mean log HR with one rate per group: log rate a ~ N(centre, 5) of the average patient, b ~ N(0, 3)."""
    frame = sparse()
    b_group = (frame.g == "B").to_numpy()
    x = b_group - b_group.mean()
    level, ratio = np.meshgrid(np.linspace(-9.0, 1.0, 801), np.linspace(-9.0, 3.0, 801), indexing="ij")
    log_density = stats.norm.logpdf(level, centre, VAGUE_SD) + stats.norm.logpdf(ratio, 0.0, 3.0)
    for t, d, xi in zip(frame.t, frame.d, x, strict=True):
        log_density += d * (level + ratio * xi) - t * np.exp(level + ratio * xi)
    weight = np.exp(log_density - log_density.max())
    mean = (weight * ratio).sum() / weight.sum()
    return mean, np.sqrt((weight * (ratio - mean) ** 2).sum() / weight.sum())


def test_the_refit_is_that_of_a_vague_level_as_by_quadrature():
    plan = make_plan(model("one piece"), cohort())
    mean, sd = by_quadrature(plan.baseline.level.mean)
    # 2,000 weighted draws: standard error about 0.03 SD.
    assert vague_baseline(plan, 1).means[0] == pytest.approx(mean, abs=0.1 * sd)


@pytest.mark.parametrize("form", FORMS)
def test_a_vague_baseline_says_the_same_of_whomever_the_prior_spoke(form):
    """With ``mean`` and ``reference`` coding the prior pulls to two sides; without it there is one answer."""
    coded = {at: fit(model(form, at), cohort(), seed=1, engine="laplace", draws=500) for at in ("mean", "reference")}
    sd = coded["mean"].coefficients.std()
    means = [p.vague_baseline.means[0] for p in coded.values()]
    assert abs(means[0] - means[1]) < 0.15 * sd
    own = [p.coefficients.mean() for p in coded.values()]
    assert abs(own[0] - own[1]) > 0.5 * sd


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_a_ratio_that_the_baseline_prior_moves_is_noted_in_file_and_print(engine):
    posterior = fit(model("gamma", "reference"), cohort(), seed=1, engine=engine)
    (row,) = hazard_ratio_rows(posterior.hazard_ratios(level=0.95))
    vague = f"HR {np.exp(posterior.vague_baseline.means[0]):.3g} with a vague baseline"
    assert "the baseline prior moves it: " in str(row["note"])
    assert vague in str(row["note"])
    assert vague in repr(posterior)
    # Turned round, the same ratio moves as far.
    turned = posterior.estimate(HazardRatio("g", "A", "B"), level=0.95)
    assert f"HR {np.exp(-posterior.vague_baseline.means[0]):.3g} with a vague baseline" in turned.note


def test_where_the_data_carry_the_ratio_nothing_is_noted():
    posterior = fit(load_spec("larynx_piecewise"), example_cohort("larynx"), seed=1, engine="laplace", draws=300)
    assert not any("baseline prior" in e.note for e in posterior.hazard_ratios(level=0.95))


def test_half_an_sd_is_the_limit():
    found = module.VagueBaseline(np.array([1.0]))
    assert found.note(np.array([1.0]), 0.51, 1.0) == ""
    assert "0.6 SD apart" in found.note(np.array([1.0]), 0.4, 1.0)
    assert "0.6 SD apart" in found.note(np.array([-1.0]), -0.4, 1.0)


def test_a_refit_that_cannot_be_had_is_said(monkeypatch):
    def refused(*_):
        raise SamplingError("the grid would be too large")

    posterior = fit(model("walk"), cohort(), seed=1, engine="laplace", draws=300)
    monkeypatch.setattr(module.laplace, "explored", refused)
    assert "is not known (refit with a vague baseline: the grid would be too large)" in repr(posterior)


def test_saved_and_pooled_posteriors_say_it_too(tmp_path):
    from escc_bayes.bayes.posterior.reload import load_posterior

    spec, patients = model("gamma", "reference"), cohort()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotFitForUseWarning)
        posterior = fit(spec, patients, seed=1, engine="laplace", draws=300)
    posterior.save(tmp_path / "m.nc")
    again = load_posterior(tmp_path / "m.nc", spec, patients)
    assert again.hazard_ratios(level=0.95)[0].note == posterior.hazard_ratios(level=0.95)[0].note
    pooled = EnsemblePosterior("two", (posterior, posterior), posterior.record)
    (found,) = pooled.hazard_ratios(level=0.95)
    assert ", looked at for all, the baseline prior moves it: " in found.note


def test_a_model_without_effects_has_nothing_to_move():
    plan = make_plan(load_spec("larynx_piecewise"), example_cohort("larynx"))
    alone = spec_from({"name": "m", "outcome": {"endpoint": "os"}, "baseline": WALK, "priors": STATED}, "m")
    assert vague_baseline(make_plan(alone, example_cohort("larynx")), 1).means.size == 0
    assert vague_baseline(plan, 1).means.size == 4
