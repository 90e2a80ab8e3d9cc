"""However a run ends: an exit code, one paragraph, no traceback, nothing left."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.cli import door
from escc_bayes.foundation.ending import Ended, ended_by_signals
from escc_bayes.foundation.errors import InputError, SamplingError
from tests.unit.cli.running import run

PROGRAM = [sys.executable, "-c", "from escc_bayes.cli import main; main()"]
FAULTS = [
    (MemoryError(), "memory of this machine is not enough"),
    (RecursionError("maximum recursion depth exceeded"), "RecursionError: maximum recursion"),
    (np.linalg.LinAlgError("Singular matrix"), "LinAlgError: Singular matrix"),
    (OverflowError("math range error"), "OverflowError"),
    (OSError(errno.EIO, "Input/output error", "x" * 400), "OSError"),
    (KeyError("a\nb"), "KeyError"),
    (AssertionError(), "AssertionError"),
    (SamplingError("a chain could not start"), "a chain could not start."),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=lambda value: type(value).__name__)
def test_a_fault_of_ours_is_one_paragraph_and_a_log(fault, words, monkeypatch, capsys, tmp_path):
    def fails():
        raise fault

    monkeypatch.setattr(door, "run", fails)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    code, out, err = run(monkeypatch, capsys, "fit")
    assert (code, out) == (3, "")
    assert err.count("\n") == 1
    assert words in err
    assert len(err) < 600
    (log,) = (tmp_path / "escc_bayes" / "logs").iterdir()
    assert str(log) in err
    assert "in fails" in log.read_text()


def test_bad_input_is_one_paragraph_whatever_was_given(monkeypatch, capsys):
    def fails():
        raise InputError("m.toml: 'a\nb\x1b[31m' is " + "x" * 5000)

    monkeypatch.setattr(door, "run", fails)
    code, _, err = run(monkeypatch, capsys, "fit")
    assert code == 2
    assert err.startswith("Error: m.toml: 'a b\\x1b[31m' is xxx")
    assert err.count("\n") == 1
    assert len(err) < 2000


def test_options_that_are_none_are_one_paragraph(monkeypatch, capsys, tmp_path):
    out = tmp_path / "out"
    for words, said in {
        ("baselines", "--cohort", "larynx", "--endpoint", "os", "--level", "95"): "write 0.95 for 95 %",
        ("baselines", "--cohort", "larynx", "--endpoint", "os", "--level", "nan"): "0.999",
        ("baselines", "--cohort", "larynx", "--endpoint", "os", "--landmark", "inf"): "--landmark",
        ("fit", "--cohort", "larynx", "--model", "larynx_piecewise", "--draws", "1000000000"): "--draws",
        ("fit", "--cohort", "larynx", "--model", "larynx_piecewise", "--chains", "400", "--draws", "400000"): "kept",
        ("fit", "--cohort", "larynx", "--model", "a\x01b"): "control character",
        ("fit", "--cohort", "x" * 300, "--model", "larynx_piecewise"): "File name too long",
        ("fit", "--cohort", "", "--model", "larynx_piecewise"): "--cohort: is empty",
        ("plan", "rt_consolidation", "--trials", "1000000000000"): "--trials",
        ("evidence", "--effect", "rt_added", "--endpoint", "OS", "--tau-prior", "inf"): "finite",
        ("fiit",): "Did you mean 'fit'",
    }.items():
        code, printed, err = run(monkeypatch, capsys, *words, *(("--out", out) if len(words) > 1 else ()))
        assert (code, printed, err.count("\n")) == (2, "", 1), words
        assert said in err, (said, err)
    assert not out.exists()


def test_what_is_read_cannot_lie_in_the_folder_that_is_written(files, fit_words, monkeypatch, capsys):
    """The files of the earlier run would go, and the cohort with them."""
    from escc_bayes.foundation.outputs import staged

    with staged(files / "out") as folder:
        (folder / "c.csv").write_text((files / "c.csv").read_text())
    words = ["--cohort" if before == "x" else before for before in fit_words]
    words[words.index("--cohort") + 1], words[-1] = files / "out" / "c.csv", files / "out"
    code, _, err = run(monkeypatch, capsys, *words)
    assert code == 2
    assert "which --cohort reads" in err
    assert (files / "out" / "c.csv").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_is_told_to_end_leaves_nothing(number, code, tmp_path):
    """As a terminal does it: Ctrl-C reaches every process of the group, the second one of a report too."""
    words = [*PROGRAM, "report", "--cohort", "larynx", "--workers", "2", "--out", str(tmp_path / "a" / "out")]
    process = subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=hear_interrupts
    )
    assert process.stderr.readline()
    time.sleep(0.5)
    os.killpg(process.pid, number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in err
    assert err.endswith("Stopped before the end.\n")
    assert list(tmp_path.iterdir()) == []
    for _ in range(100):
        if not living(process.pid):
            break
        time.sleep(0.1)
    assert living(process.pid) == []


def hear_interrupts():
    """Undo what a shell does to jobs in its background: they, and all that they start, ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def living(group):
    """Return the processes of a group that have not ended."""
    found = subprocess.run(["ps", "-eo", "pgid,stat,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in found.splitlines()[1:]]
    return [words for pgid, state, words in rows if int(pgid) == group and not state.startswith("Z")]


def test_a_signal_that_falls_into_a_destructor_comes_again(monkeypatch):
    """Python drops exceptions of destructors; the run would go on to its end."""
    monkeypatch.setattr("escc_bayes.foundation.ending.PATIENCE", 0.05)
    monkeypatch.setattr("sys.unraisablehook", lambda _: None)

    class Deaf:
        def __del__(self):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)

    def work():
        with ended_by_signals():
            Deaf()
            time.sleep(20)

    with pytest.raises(Ended) as ended:
        work()
    assert ended.value.exit_code == 143


def test_nobody_need_read_what_is_printed(tmp_path):
    words = [*PROGRAM, "audit", "--out", str(tmp_path / "out")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)
    assert (tmp_path / "out" / "findings.csv").exists()


def test_output_that_cannot_be_printed_is_said_once(tmp_path):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "audit", "--out", str(tmp_path / "out")], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "stdout cannot be written (No space left on device); the files of the run are complete" in done.stderr
    assert (tmp_path / "out" / "findings.csv").exists()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_without_a_letter_prints_its_number(encoding, files):
    """Levels in Chinese on a console that has none."""
    (files / "c.csv").write_text(
        (files / "c.csv").read_text().replace(",a\n", ",低\n").replace(",b\n", ",高\n"), "utf-8"
    )
    (files / "s.toml").write_text((files / "s.toml").read_text().replace('"a", "b"', '"低", "高"'), "utf-8")
    words = ["baselines", "--cohort", "c.csv", "--schema", "s.toml", "--endpoint", "os", "--out", "out"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LANG": "C"}
    done = subprocess.run([*PROGRAM, *words], cwd=files, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    done.stdout.decode(encoding)
    assert "高" in (files / "out" / "km.csv").read_text("utf-8")
