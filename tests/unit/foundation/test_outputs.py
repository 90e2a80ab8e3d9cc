"""Output folders are complete or untouched."""

import pytest

from escc_bayes.foundation.errors import OutputError
from escc_bayes.foundation.outputs import staged, write_json


def write_and_fail(folder, name, text):
    """Write a file where a run would, then fail as a run might."""
    (folder / name).write_text(text)
    raise ZeroDivisionError


def names(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_an_error_leaves_nothing_behind_not_even_parents(tmp_path):
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "a" / "b" / "out") as folder:
        write_and_fail(folder, "half.csv", "x")
    assert names(tmp_path) == []


def test_an_error_leaves_an_existing_folder_as_it_was(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "fit.csv").write_text("old")
    with pytest.raises(ZeroDivisionError), staged(out) as folder:
        write_and_fail(folder, "fit.csv", "new")
    assert names(tmp_path) == ["out", "out/fit.csv"]
    assert (out / "fit.csv").read_text() == "old"


def test_success_replaces_files_and_keeps_strangers(tmp_path):
    out = tmp_path / "out"
    (out / "figures").mkdir(parents=True)
    (out / "fit.csv").write_text("old")
    (out / "notes.txt").write_text("mine")
    with staged(out) as folder:
        (folder / "fit.csv").write_text("new")
        (folder / "figures").mkdir()
        (folder / "figures" / "km.svg").write_text("<svg/>")
    assert names(tmp_path) == ["out", "out/figures", "out/figures/km.svg", "out/fit.csv", "out/notes.txt"]
    assert (out / "fit.csv").read_text() == "new"


def test_an_error_keeps_a_parent_that_holds_something_by_then(tmp_path):
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "a" / "out"):
        write_and_fail(tmp_path / "a", "other.txt", "from elsewhere")
    assert names(tmp_path) == ["a", "a/other.txt"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="is a file; name a folder"), staged(tmp_path / "out"):
        pass
    with pytest.raises(OutputError, match="cannot be written"), staged(tmp_path / "out" / "below"):
        pass


def test_json_ends_with_a_newline_and_keeps_letters(tmp_path):
    write_json(tmp_path / "run.json", {"name": "ésophage"})
    assert (tmp_path / "run.json").read_text(encoding="utf-8") == '{\n  "name": "ésophage"\n}\n'
