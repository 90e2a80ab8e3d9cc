"""Output folders are complete or untouched, and belong to the run that wrote them."""

import errno
import json
import os
import subprocess
import sys

import pytest

from escc_bayes.foundation import outputs, replacing
from escc_bayes.foundation.errors import OutputError
from escc_bayes.foundation.manifest import read_manifest, write_json
from escc_bayes.foundation.outputs import check_folder, staged


def write_and_fail(folder, name, text):
    """Write a file where a run would, then fail as a run might."""
    (folder / name).write_text(text)
    raise ZeroDivisionError


def write_run(out, **files):
    """Write a run; an underscore in a name stands for a folder."""
    with staged(out, "fit") as folder:
        for name, text in files.items():
            path = folder / name.replace("_", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)


def names(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def texts(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def test_an_error_leaves_nothing_behind_not_even_parents(tmp_path):
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "a" / "b" / "out") as folder:
        write_and_fail(folder, "half.csv", "x")
    assert names(tmp_path) == []


def test_an_error_leaves_an_earlier_run_as_it_was(tmp_path):
    write_run(tmp_path / "out", fit="old")
    before = texts(tmp_path)
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "out") as folder:
        write_and_fail(folder, "fit", "new")
    assert texts(tmp_path) == before


def test_files_of_an_earlier_run_go_and_the_new_ones_are_listed(tmp_path):
    out = tmp_path / "out"
    write_run(out, fit="old", cohorts_1="old", cohorts_2="old")
    write_run(out, fit="new", cohorts_1="new")
    assert names(tmp_path) == ["out", "out/cohorts", "out/cohorts/1", "out/fit", "out/run.json"]
    assert {text for name, text in texts(out).items() if name != "run.json"} == {"new"}
    manifest = read_manifest(out)
    assert manifest.files == ("cohorts/1", "fit", "run.json")
    assert (manifest.verb, manifest.complete) == ("fit", True)


def test_a_folder_with_files_of_others_is_refused_and_kept(tmp_path):
    out = tmp_path / "out"
    write_run(out, fit="old")
    (out / "notes.txt").write_text("mine")
    before = texts(out)
    for refused in (check_folder, write_run):
        with pytest.raises(OutputError, match=r"not of an earlier run \(notes.txt\); move them"):
            refused(out)
    assert texts(out) == before


def test_a_run_of_an_earlier_version_is_refused_and_named(tmp_path):
    """Its run.json lists no files: what belongs to it nobody knows."""
    write_json(tmp_path / "run.json", {"verb": "fit", "versions": {}, "fits": []})
    (tmp_path / "survival.csv").write_text("old")
    with pytest.raises(OutputError, match="earlier version, which did not list its files; remove"):
        check_folder(tmp_path)


@pytest.mark.parametrize("files", [["../secret"], ["/etc/passwd"], ["a/../../secret"], [1], "x", None])
def test_a_manifest_that_leads_elsewhere_is_none(files, tmp_path):
    write_json(tmp_path / "run.json", {"program": "escc-bayes", "verb": "fit", "files": files})
    assert read_manifest(tmp_path) is None


def test_empty_folders_and_what_file_managers_leave_are_no_strangers(tmp_path):
    out = tmp_path / "out"
    (out / "empty").mkdir(parents=True)
    (out / ".DS_Store").write_text("")
    write_run(out, fit="new")
    assert {".DS_Store", "fit"} <= set(names(out))


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    out = tmp_path / "out"
    out.symlink_to(tmp_path / "elsewhere")
    for text in ("old", "new"):
        write_run(out, fit=text)
    assert out.is_symlink()
    assert texts(tmp_path / "elsewhere")["fit"] == "new"
    assert names(tmp_path) == ["elsewhere", "elsewhere/fit", "elsewhere/run.json", "out"]


def test_a_link_to_nothing_a_file_and_a_way_through_a_file_are_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    (tmp_path / "file").write_text("")
    for name, words in {"link": "is a link to", "file": "is a file; name a folder", "file/below": "is a file"}.items():
        for refused in (check_folder, write_run):
            with pytest.raises(OutputError, match=words):
                refused(tmp_path / name)
    assert names(tmp_path) == ["file", "link"]


def test_a_name_too_long_for_the_system_is_refused_in_few_words(tmp_path):
    with pytest.raises(OutputError, match="too long") as refused:
        check_folder(tmp_path / ("x" * 300) / "out")
    assert len(str(refused.value)) < 300
    check_folder(tmp_path / ("x" * 255))


@pytest.mark.parametrize("exchanged", ["at once", "one after the other", "in place"])
def test_an_earlier_run_gives_way_as_a_whole_whatever_the_system_can_do(exchanged, tmp_path, monkeypatch):
    if exchanged == "one after the other":
        monkeypatch.setattr(replacing, "exchanged_at_once", lambda *_: False)
    if exchanged == "in place":
        monkeypatch.setattr(outputs, "can_be_exchanged", lambda _: False)
    out = tmp_path / "out"
    write_run(out, fit="old", cohorts_1="old")
    node, mode = out.stat().st_ino, 0o2750
    out.chmod(mode)
    write_run(out, fit="new", figures_1="new")
    assert names(tmp_path) == ["out", "out/figures", "out/figures/1", "out/fit", "out/run.json"]
    assert read_manifest(out).complete
    assert out.stat().st_mode & 0o7777 == mode
    assert (out.stat().st_ino == node) is (exchanged == "in place")


def test_a_fault_while_files_move_in_place_puts_the_old_ones_back(tmp_path, monkeypatch):
    monkeypatch.setattr(outputs, "can_be_exchanged", lambda _: False)
    out = tmp_path / "out"
    write_run(out, a="old", b="old", cohorts_1="old")
    before, moved, seen = texts(tmp_path), type(out).replace, []

    def fails_at_last(path, target):
        if path.parent.name == "new" and path.name == "z":
            seen.append(json.loads((out / "run.json").read_text())["complete"])
            raise OSError(errno.ENOSPC, "No space left on device")
        return moved(path, target)

    monkeypatch.setattr(type(out), "replace", fails_at_last)
    with pytest.raises(OutputError, match="the disk is full; nothing was written"):
        write_run(out, a="new", figures_1="new", z="new")
    assert texts(tmp_path) == before
    assert seen == [False]


def test_the_folder_that_a_shell_stands_in_keeps_its_place(tmp_path, monkeypatch):
    write_run(tmp_path, fit="old")
    monkeypatch.chdir(tmp_path)
    node = tmp_path.stat().st_ino
    write_run(tmp_path, fit="new")
    assert tmp_path.stat().st_ino == node
    assert names(tmp_path) == ["fit", "run.json"]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    def write_too_much(folder):
        (folder / "half").write_text("x")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match="disk is full"), staged(tmp_path / "out") as folder:
        write_too_much(folder)
    assert names(tmp_path) == []


def test_what_a_killed_run_left_is_swept_and_a_living_one_is_not(tmp_path):
    """The lock of a folder ends with its owner, however that ends: flock(2)."""
    script = (
        "import os, sys, pathlib; from escc_bayes.foundation.outputs import staged\n"
        "with staged(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'half').write_text('x'); print(folder, flush=True); sys.stdin.read(1); os.kill(os.getpid(), 9)"
    )
    out = tmp_path / "out"
    words = [sys.executable, "-c", script, str(out)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        run.stdout.readline()
        check_folder(out)
        assert len(list(tmp_path.glob("*/*/half"))) == 1
        run.communicate("x")
    assert len(list(tmp_path.glob("*/*/half"))) == 1
    check_folder(tmp_path / "another")
    assert len(list(tmp_path.glob("*/*/half"))) == 1
    check_folder(out)
    assert names(tmp_path) == []


def test_json_ends_with_a_newline_and_keeps_letters(tmp_path):
    write_json(tmp_path / "run.json", {"name": "ésophage"})
    assert (tmp_path / "run.json").read_text(encoding="utf-8") == '{\n  "name": "ésophage"\n}\n'
