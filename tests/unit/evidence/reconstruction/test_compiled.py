"""Compiled kernels are kept in a folder for each state of the sources, where there is one to write to."""

import importlib
import pkgutil
import shutil

import numba
import pytest
from numba.core.registry import CPUDispatcher

from escc_bayes.evidence import reconstruction
from escc_bayes.evidence.reconstruction import compiled
from escc_bayes.evidence.reconstruction.compiled import can_keep, kernel, kernel_folder, kernel_sources


def test_folder_follows_the_cache_of_the_user(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = kernel_folder()
    assert folder.parent == tmp_path / "escc_bayes" / "kernels"
    assert kernel_folder() == folder


def test_other_sources_are_kept_elsewhere(monkeypatch, tmp_path):
    """Another version of Numba stands for another state of the sources here: both are part of the name."""
    before = kernel_folder()
    monkeypatch.setattr(numba, "__version__", "0.0.0")
    assert kernel_folder() != before


@pytest.mark.parametrize(
    ("file", "elsewhere"), [("rank_statistics.py", True), ("problem.py", True), ("drafted_layout.py", False)]
)
def test_only_a_change_of_what_is_compiled_compiles_anew(monkeypatch, tmp_path, file, elsewhere):
    copied = tmp_path / "copied"
    shutil.copytree(compiled.HERE, copied)
    monkeypatch.setattr(compiled, "HERE", copied)
    before = kernel_folder()
    with (copied / file).open("a", encoding="utf-8") as changed:
        changed.write("# changed\n")
    assert (kernel_folder() != before) == elsewhere


def test_every_kernel_and_every_number_built_into_one_is_among_the_sources():
    """A number of another file is compiled in as a constant: that file has to be among the sources."""
    files = {path.stem for path in kernel_sources()}
    for found in pkgutil.iter_modules(reconstruction.__path__):
        module = importlib.import_module(f"{reconstruction.__name__}.{found.name}")
        kernels = [one for one in vars(module).values() if isinstance(one, CPUDispatcher)]
        own = [one for one in kernels if one.py_func.__module__ == module.__name__]
        assert not own or found.name in files, found.name
        for one in own:
            used = (one.py_func.__globals__.get(name) for name in one.py_func.__code__.co_names)
            modules = {getattr(value, "__module__", None) or getattr(value, "__name__", "") for value in used}
            outside = {m for m in modules if m.startswith("escc_bayes.") and m.rsplit(".", 1)[1] not in files}
            assert not outside, (one, outside)


def test_a_folder_that_cannot_be_made_is_not_used(tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert not can_keep(tmp_path / "file" / "kernels")
    assert can_keep(tmp_path / "kernels")


def test_kernel_leaves_the_settings_of_numba_as_they_were():
    before = numba.config.CACHE_DIR
    assert kernel()(lambda x: x + 1.0)(1.0) == 2.0
    assert before == numba.config.CACHE_DIR
