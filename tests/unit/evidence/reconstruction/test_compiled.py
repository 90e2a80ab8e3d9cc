"""Compiled kernels are kept in a folder for each state of the sources, where there is one to write to."""

import numba

from escc_bayes.evidence.reconstruction.compiled import can_keep, kernel, kernel_folder


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


def test_a_folder_that_cannot_be_made_is_not_used(tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert not can_keep(tmp_path / "file" / "kernels")
    assert can_keep(tmp_path / "kernels")


def test_kernel_leaves_the_settings_of_numba_as_they_were():
    before = numba.config.CACHE_DIR
    assert kernel()(lambda x: x + 1.0)(1.0) == 2.0
    assert before == numba.config.CACHE_DIR
