"""Leave-one-out densities and stacking weights against ArviZ, closed forms and a grid."""

import arviz as az
import numpy as np
import pytest
import xarray as xr

from escc_bayes.bayes.numeric.leave_one_out import left_out, score, stacking

PATIENTS = 40


def simulated(seed: int, centre: float) -> np.ndarray:
    """Log-likelihoods (draws, patients) of a normal mean with draws around a centre; 10,000 draws."""
    rng = np.random.default_rng(7)
    observed = rng.normal(0.0, 1.0, PATIENTS)
    mean = np.random.default_rng(seed).normal(centre, 1.0 / np.sqrt(PATIENTS), (10_000, 1))
    return -0.5 * np.log(2.0 * np.pi) - 0.5 * (observed - mean) ** 2


def as_tree(log_likelihood: np.ndarray) -> xr.DataTree:
    """The same, as ArviZ takes it."""
    groups = {
        "posterior": {"mean": (("chain", "draw"), log_likelihood[None, :, 0])},
        "log_likelihood": {"y": (("chain", "draw", "patient"), log_likelihood[None])},
    }
    return xr.DataTree.from_dict({name: xr.Dataset(held) for name, held in groups.items()})


def test_densities_and_k_equal_arviz():
    """Second source: arviz.loo with relative efficiency 1, patient by patient."""
    drawn = simulated(1, 0.1)
    ours = left_out(drawn)
    theirs = az.loo(as_tree(drawn), var_name="y", pointwise=True, reff=1.0)
    np.testing.assert_allclose(ours.elpd, theirs.elpd_i.to_numpy(), atol=1e-8)
    assert (ours.within - ours.elpd).sum() == pytest.approx(float(theirs.p), abs=1e-8)
    np.testing.assert_allclose(ours.k, theirs.pareto_k.to_numpy(), atol=1e-6)


def test_weights_equal_arviz():
    """Second source: arviz.compare by stacking, to the tolerance of its solver."""
    models = {f"m{place}": simulated(place, centre) for place, centre in enumerate((-0.5, 0.1, 0.9))}
    single = {name: az.loo(as_tree(drawn), var_name="y", pointwise=True, reff=1.0) for name, drawn in models.items()}
    theirs = az.compare(single, round_to="none")["weight"]
    ours = stacking(np.stack([left_out(drawn).elpd for drawn in models.values()]))
    np.testing.assert_allclose(ours, [theirs[name] for name in models], atol=2e-4)
    assert ours.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_no_mixture_of_a_grid_foretells_better(seed):
    """Definition: the mean log density at the weights is the largest over the simplex."""
    elpd = np.random.default_rng(seed).normal(-2.0, 1.0, (3, 25))
    weight = stacking(elpd)
    density = np.exp(elpd)
    grid = np.linspace(0.0, 1.0, 101)
    best = max(score(np.array([a, b, 1.0 - a - b]), density) for a in grid for b in grid if a + b <= 1.0 + 1e-12)
    assert weight.min() >= 0.0
    assert score(weight, density) >= best - 1e-12


def test_a_model_that_rules_a_patient_out_keeps_the_weight_it_earns():
    """Closed form: two models, each alone in foretelling its half: half the weight each; of one kind, all is one's."""
    apart = np.log([[0.5] * 10 + [1e-300] * 10, [1e-300] * 10 + [0.5] * 10])
    np.testing.assert_allclose(stacking(apart), [0.5, 0.5])
    np.testing.assert_allclose(stacking(np.array([[-1.0, -2.0], [-1e6, -1e6]])), [1.0, 0.0])


def test_one_model_has_all_the_weight():
    """Limit: nothing to exchange."""
    np.testing.assert_array_equal(stacking(np.array([[-1.0, -2.0]])), [1.0])
