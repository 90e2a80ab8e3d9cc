"""The file that ``Posterior.save`` writes is the one that xarray writes of the same tree."""

import warnings

import h5netcdf
import numpy as np
import pytest
import xarray as xr

from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior import inference_groups as groups
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.sampling.diagnose import Diagnostics
from escc_bayes.data.bundled import example_cohort
from escc_bayes.foundation.errors import LeftOutWarning, NotFitForUseWarning
from escc_bayes.foundation.record import Record
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from

WEIBULL = {
    "name": "w",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {
        "baseline_survival": {"at": 12.0, "median": 0.7, "lower": 0.3},
        "log_shape": {"normal": [0.0, 0.5]},
    },
}


def by_laplace():
    """Ordered, fixed, exchangeable and pooled effects; words with brackets; weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotFitForUseWarning)
        return fit(load_spec("os_piecewise"), example_cohort("escc79"), seed=3, engine="laplace", draws=200)


def by_hand(spec):
    """Draws from the prior with the statistics that nuts leaves: true and false, whole numbers, numbers."""
    cohort = example_cohort("larynx")
    plan = make_plan(spec, cohort)
    values = {name: v.reshape(2, 20, -1) for name, v in prior_draws(plan, 40, 1).items()}
    depth = np.arange(40).reshape(2, 20)
    stats = {"diverging": depth % 7 == 0, "tree_depth": depth, "lp": np.where(depth == 3, np.nan, -0.5 * depth)}
    record = Record(spec.digest, cohort.digest, 1, cohort.provenance, "nuts", (("draws", 20),), (("é", "1"),))
    return Posterior(plan, values, stats, Diagnostics(0, 1.0, 900.0, 900.0, "baseline"), record, 1)


def weibull(*effects):
    return spec_from({**WEIBULL, "effect": list(effects)}, "w")


AGE = {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.5]}}
POSTERIORS = {
    "laplace": by_laplace,
    "nuts": lambda: by_hand(load_spec("larynx_piecewise")),
    "weibull": lambda: by_hand(weibull(AGE)),
}


@pytest.fixture(scope="module", params=POSTERIORS)
def both(request, tmp_path_factory):
    """Return the paths of the two files of one posterior."""
    posterior = POSTERIORS[request.param]()
    folder = tmp_path_factory.mktemp("netcdf")
    posterior.save(folder / "ours.nc")
    posterior.to_datatree().to_netcdf(folder / "xarray.nc", engine="h5netcdf")
    return folder / "ours.nc", folder / "xarray.nc"


def test_both_files_open_to_identical_trees(both):
    """Second source: xarray's own writer; names, dimensions, labels, values, types and attributes."""
    ours, theirs = (xr.open_datatree(path, engine="h5netcdf") for path in both)
    with ours, theirs:
        assert ours.identical(theirs)
        assert list(ours.children) == list(theirs.children)
        for name, group in theirs.children.items():
            assert list(ours[name].data_vars) == list(group.data_vars)
            assert {v: x.dtype for v, x in ours[name].variables.items()} == {
                v: x.dtype for v, x in group.variables.items()
            }


def test_both_files_hold_the_same_types_fill_values_and_attributes(both):
    """The raw content, before xarray decodes it."""

    def raw(path):
        found = {}
        with h5netcdf.File(path) as file:
            found["attributes"] = dict(file.attrs)
            for name, group in file.groups.items():
                found[name] = {n: d.size for n, d in group.dimensions.items()}
                for v, x in group.variables.items():
                    attrs = {key: np.asarray(value).astype(str).tolist() for key, value in x.attrs.items()}
                    found[f"{name}/{v}"] = (x.dimensions, str(x.dtype), attrs)
        return found

    ours, theirs = map(raw, both)
    assert ours == theirs


def test_a_model_without_effects_is_saved(tmp_path):
    """No coefficient: a dimension of size 0."""
    posterior = by_hand(weibull())
    posterior.save(tmp_path / "ours.nc")
    with xr.open_datatree(tmp_path / "ours.nc", engine="h5netcdf") as tree:
        assert tree["posterior"].sizes["coefficient"] == 0
        np.testing.assert_array_equal(tree["posterior"]["baseline"], posterior.values["baseline"][..., 0])


def test_values_per_patient_and_draw_are_left_out_where_they_are_too_many(tmp_path, monkeypatch):
    """The file says what it lacks, reads back as the fit, and fewer draws have every group."""
    posterior = by_laplace()
    monkeypatch.setattr(groups, "MOST_VALUES", 60_000)
    with pytest.warns(LeftOutWarning, match="posterior_predictive, log_likelihood, prior_predictive of 79 patients"):
        posterior.save(tmp_path / "p.nc")
    with xr.open_datatree(tmp_path / "p.nc", engine="h5netcdf") as tree:
        assert tree.attrs["left_out"] == "posterior_predictive, log_likelihood, prior_predictive"
        assert "log_likelihood" not in tree.children
        assert "log_prior" in tree.children
    again = load_posterior(tmp_path / "p.nc", load_spec("os_piecewise"), example_cohort("escc79"))
    assert (again.coefficients == posterior.coefficients).all()
    with pytest.warns(LeftOutWarning, match="prior_predictive of 79"):
        assert "log_likelihood" in posterior.thinned(400).to_datatree().children


def test_variables_say_against_what(both):
    """Who over whom for each coefficient, per how many units for a number, and the unit of times."""
    with xr.open_datatree(both[0], engine="h5netcdf") as tree:
        for name in ("beta", "HR"):
            said = tree["posterior"][name].attrs["against"]
            assert [part.partition(": ")[0] for part in said.split("; ")] == list(
                tree["posterior"]["coefficient"].values
            )
            assert any(words in said for words in ("age: per 10", "alc_mid[low]: low vs high"))
        assert tree["observed_data"]["time"].attrs["unit"] == "months"
