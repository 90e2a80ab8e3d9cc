"""A file that is damaged, foreign or no posterior at all ends as one sentence with its name; nothing else is raised."""

import json
import random
import shutil
import warnings

import h5py
import numpy as np
import pytest
import xarray as xr

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.ensemble_reload import load_ensemble_posterior
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.bayes.refits.table import load_refits
from escc_bayes.data.bundled import example_cohort, example_ensemble
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.foundation.chunks import Store
from escc_bayes.foundation.errors import InputError
from escc_bayes.spec.reading import load_spec
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.reading.control import posterior_control


@pytest.fixture(scope="module")
def saved(tmp_path_factory, larynx):
    """Return a small posterior and its file."""
    posterior = fit(load_spec("larynx_piecewise"), larynx, seed=1, engine="laplace", draws=100)
    path = tmp_path_factory.mktemp("saved") / "p.nc"
    posterior.save(path)
    return posterior, path


def changed(change):
    """Return a damage that opens the file and changes it, with the digest left as it was or taken away."""

    def damage(path):
        with h5py.File(path, "r+") as file:
            change(file)

    return damage


def undigested(change):
    """Return the same to a file of an earlier version, which has no digest to tell the change by."""

    def damage(path):
        with h5py.File(path, "r+") as file:
            del file.attrs["contents"]
            change(file)

    return damage


def without(name):
    def change(file):
        del file[name]

    return change


def replaced(name, make):
    def change(file):
        values = make(file[name][()])
        del file[name]
        file.create_dataset(name, data=values)

    return change


def set_attribute(name, value):
    def change(file):
        file.attrs[name] = value

    return change


def as_text(text):
    return lambda path: path.write_text(text)


def foreign(path):
    """Write the netCDF of a climate model."""
    xr.Dataset({"t2m": (("lat", "lon"), np.zeros((3, 4)))}).to_netcdf(path, engine="h5netcdf")


def other_hdf5(path):
    with h5py.File(path, "w") as file:
        file["posterior"] = np.arange(3)
        file.attrs["record"] = "{}"


def classic_netcdf(path):
    path.write_bytes(b"CDF\x01" + bytes(200))


def pickled(path):
    np.savez(path.with_suffix(".npz"), a=np.array([{}, []], dtype=object), allow_pickle=True)
    path.with_suffix(".npz").rename(path)


def as_folder(path):
    path.unlink()
    path.mkdir()


KINDS = {
    **{
        f"cut at {share:.2f}": (
            lambda path, share=share: path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
        )
        for share in (0.0, 1e-5, 1e-4, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.9999)
    },
    "text": as_text("time,event\n1,0\n"),
    "json": as_text("{}"),
    "html": as_text("<html></html>"),
    "zero bytes": lambda path: path.write_bytes(bytes(5000)),
    "signature alone": lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n"),
    "signature and noise": lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" + random.Random(1).randbytes(4000)),
    "folder": as_folder,
    "absent": lambda path: path.unlink(),
    "pickled npz": pickled,
    "classic netCDF": classic_netcdf,
    "netCDF of a climate model": foreign,
    "HDF5 of another kind": other_hdf5,
    "empty HDF5": lambda path: h5py.File(path, "w").close(),
    **{
        f"no group {name}": changed(without(name))
        for name in ("posterior", "sample_stats", "observed_data", "constant_data")
    },
    **{
        f"no {name}": undigested(without(name))
        for name in (
            "constant_data/rows",
            "constant_data/specification",
            "posterior/baseline",
            "constant_data/event",
            "observed_data/time",
        )
    },
    "no record": changed(lambda file: file.attrs.__delitem__("record")),
    **{
        f"record {text[:20]!r}": undigested(set_attribute("record", text))
        for text in ("", "{", "[]", "null", "{}", '{"seed": 1}', '{"settings": 3, "versions": 4}')
    },
    "record of bytes": undigested(set_attribute("record", np.bytes_(b"\xff\xfe"))),
    **{
        f"{word} {name}": undigested(replaced(name, make))
        for name in ("posterior/baseline", "posterior/b_age", "posterior/b_stage")
        for word, make in {
            "NaN in": lambda v: np.where(np.arange(v.size).reshape(v.shape) == 3, np.nan, v),
            "infinite": lambda v: np.full(v.shape, np.inf),
            "flat": lambda v: v.reshape(-1),
            "one chain less of": lambda v: v[1:],
            "no draws of": lambda v: v[:, :0],
            "words for": lambda v: np.full(v.shape, b"x"),
            "complex": lambda v: v.astype(np.complex128),
            "a number for": lambda v: v.flat[0],
        }.items()
    },
    "one value other": changed(lambda file: file["posterior/b_age"].__setitem__((0, 0), 0.123)),
    "one event other": changed(lambda file: file["constant_data/event"].__setitem__(0, 0.5)),
    "other clock": changed(set_attribute("clock", "time zero of somebody else")),
    "specification no JSON": undigested(replaced("constant_data/specification", lambda _: "{")),
    "specification of another class": undigested(
        replaced("constant_data/specification", lambda _: '{"class": "Popen", "args": ["x"]}')
    ),
    "specification a number": undigested(replaced("constant_data/specification", lambda _: "3")),
    "rows of another length": undigested(replaced("constant_data/event", lambda v: v[:-1])),
    "deep JSON": undigested(replaced("constant_data/rows", lambda _: "[" * 100_000)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_no_posterior_is_named_in_one_sentence(saved, tmp_path, kind):
    path = tmp_path / "bad.nc"
    shutil.copy(saved[1], path)
    KINDS[kind](path)
    with pytest.raises(InputError, match="bad\\.nc: ") as caught:
        load_posterior(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize(
    "kind", ["cut at 0.50", "text", "absent", "folder", "HDF5 of another kind", "no group posterior"]
)
def test_a_design_whose_control_is_no_posterior_says_so(saved, tmp_path, kind):
    path = tmp_path / "bad.nc"
    shutil.copy(saved[1], path)
    KINDS[kind](path)
    with pytest.raises(DesignError, match="design, control: .*bad\\.nc: "):
        posterior_control(path, "design, control")


@pytest.mark.parametrize("change", [lambda v: np.full(v.shape, np.nan), lambda v: v[:, :0]])
def test_a_control_hazard_that_is_not_finite_is_refused(saved, tmp_path, change):
    path = tmp_path / "bad.nc"
    shutil.copy(saved[1], path)
    undigested(replaced("posterior/log_rate", change))(path)
    with pytest.raises(DesignError, match="log_rate has no draws, or some that are not finite"):
        posterior_control(path, "design, control")


def test_a_saved_posterior_knows_what_was_asked_of_whom(saved):
    """Nothing but the path: the same plan, draws, words and estimates."""
    posterior, path = saved
    again = load_posterior(path)
    assert again.plan.spec == posterior.plan.spec
    assert again.plan.spec.digest == again.record.spec_digest
    assert again.plan.rows.sentence() == posterior.plan.rows.sentence()
    assert again.plan.rows.ids == posterior.plan.rows.ids
    assert {n: c.schema for n, c in again.plan.rows.covariates.items()} == {
        n: c.schema for n, c in posterior.plan.rows.covariates.items()
    }
    np.testing.assert_array_equal(again.coefficients, posterior.coefficients)
    assert repr(again) == repr(posterior)
    assert again.to_datatree().identical(posterior.to_datatree())


@pytest.mark.parametrize("name", ["os_piecewise", "os_weibull", "os_piecewise@sceptical"])
def test_every_shipped_kind_of_model_comes_back_by_its_path(tmp_path, name):
    """Ordered, exchangeable and pooled effects; both baselines; landmarks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        posterior = fit(load_spec(name), example_cohort("escc79"), seed=2, engine="laplace", draws=50)
    posterior.save(tmp_path / "p.nc")
    again = load_posterior(tmp_path / "p.nc")
    assert again.plan.spec == posterior.plan.spec
    np.testing.assert_array_equal(again.plan.design.columns, posterior.plan.design.columns)
    np.testing.assert_array_equal(again.coefficients, posterior.coefficients)


def test_an_ensemble_comes_back_by_its_folder_and_its_damage_is_named(tmp_path):
    whole = example_ensemble("escc79")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pooled = fit_ensemble(load_spec("os_weibull"), Ensemble("two", whole.members[:2]), seed=1, draws=50)
    pooled.save(tmp_path / "e")
    again = load_ensemble_posterior(tmp_path / "e")
    assert repr(again) == repr(pooled)
    index = tmp_path / "e" / "ensemble.json"
    for text in ("", "{", "[]", "{}", json.dumps({"name": "x", "record": {}, "members": 3})):
        index.write_text(text)
        with pytest.raises(InputError, match="ensemble.json: is damaged"):
            load_ensemble_posterior(tmp_path / "e")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"varied": 3, "estimands": "x", "record": null}'])
@pytest.mark.parametrize("table", ["", "a,b\n1,2\n", "\x00"])
def test_a_refit_table_that_is_damaged_is_named(tmp_path, text, table):
    (tmp_path / "run.json").write_text(text)
    (tmp_path / "refits.csv").write_text(table)
    with pytest.raises(InputError, match=str(tmp_path.name)):
        load_refits(tmp_path)


def test_a_damaged_chunk_counts_as_absent(tmp_path):
    """It is computed again: cut anywhere, flipped anywhere, pickled, of another kind."""
    store = Store(tmp_path, "the request")
    store.write(0, {"x": np.arange(100.0), "word": np.array("é")})
    whole = store.path(0).read_bytes()
    for seed in range(300):
        rng = random.Random(seed)
        spoiled = bytearray(whole[: rng.randrange(len(whole))] if seed % 3 == 0 else whole)
        if seed % 3:
            spoiled[rng.randrange(len(spoiled))] ^= 1 << rng.randrange(8)
        store.path(0).write_bytes(spoiled)
        found = store.read(0)
        assert found is None or (found["x"] == np.arange(100.0)).all()
    np.savez(store.path(0), request=np.array("the request"), x=np.array([{}], dtype=object))
    assert store.read(0) is None
