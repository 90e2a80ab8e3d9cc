"""Every scheduler gives the same arrays, passes errors on, and leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.foundation.choose_scheduler import scheduler_for
from escc_bayes.foundation.chunks import run_chunks
from escc_bayes.foundation.errors import InputError, SamplingError
from escc_bayes.foundation.scheduler import Processes, Serial

ROOT = Path(__file__).resolve().parents[3]
LOOKS = 6000


def drawn(chunk):
    """Random numbers on the chunk's own stream; the first chunks take longest, so that they finish out of order."""
    time.sleep(0.03 * (4 - chunk))
    return {"values": np.random.default_rng(np.random.SeedSequence(11).spawn(5)[chunk]).normal(size=3)}


def failing(chunk):
    if chunk == 1:
        raise InputError("chunk 1 cannot be computed")
    return {"values": np.zeros(1)}


def dying(chunk):
    os._exit(3)


def test_two_processes_give_the_chunks_of_one_in_order():
    one, two = ([found["values"] for found in run_chunks(drawn, 5, scheduler=s)] for s in (Serial(), Processes(2)))
    np.testing.assert_array_equal(one, two)
    # Second source: the streams of numpy's own spawn.
    expected = [np.random.default_rng(s).normal(size=3) for s in np.random.SeedSequence(11).spawn(5)]
    np.testing.assert_array_equal(one, expected)


@pytest.mark.parametrize("scheduler", [Serial(), Processes(2)])
def test_an_error_of_a_chunk_reaches_the_caller(scheduler):
    with pytest.raises(InputError, match="chunk 1 cannot be computed"):
        list(run_chunks(failing, 3, scheduler=scheduler))


def test_a_process_that_dies_is_named():
    with pytest.raises(SamplingError, match="ended before its work was finished"):
        list(run_chunks(dying, 3, scheduler=Processes(2)))


def test_what_is_asked_for_decides_the_scheduler():
    assert scheduler_for() == Serial()
    assert scheduler_for(3) == Processes(3)
    for asked, words in (
        ((0, None), "--workers 0"),
        ((2, "tcp://h:1"), "brings its own workers"),
        ((1, "h:1"), "tcp://HOST:PORT"),
    ):
        with pytest.raises(InputError, match=words):
            scheduler_for(*asked)


def test_without_the_extra_the_error_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'escc-bayes\[cluster\]'"):
        scheduler_for(1, "tcp://127.0.0.1:8786")


def test_killed_parent_leaves_no_process():
    """SIGKILL the parent of two workers; both end by themselves."""
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from escc_bayes.foundation.scheduler import Processes\n"
        "from tests.unit.foundation.test_scheduler import told\n"
        "if __name__ == '__main__':\n"
        "    for chunk, found in Processes(2).finished(told, range(1000)):\n"
        "        print(int(found['pid']), flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        children = {int(parent.stdout.readline()) for _ in range(40)}
        parent.send_signal(signal.SIGKILL)
    assert children
    for _ in range(LOOKS):  # ends a hang, and says nothing of speed
        if not any(alive(child) for child in children):
            return
        time.sleep(0.05)
    pytest.fail("a worker outlived its parent")


def told(chunk):
    time.sleep(0.02)
    return {"pid": np.array(os.getpid())}


def alive(pid):
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_plans_travel_to_other_processes_with_their_read_only_mappings():
    """A plan holds schemas, whose codes are read-only: pickle knows no such mapping by itself."""
    from pickle import dumps, loads

    from escc_bayes.data.bundled import example_cohort
    from escc_bayes.foundation.scheduler import keep_read_only
    from escc_bayes.spec.plan import make_plan
    from escc_bayes.spec.reading import load_spec

    keep_read_only()
    plan = make_plan(load_spec("larynx_piecewise"), example_cohort("larynx"))
    again = loads(dumps(plan))
    assert again.rows.covariates["stage"].schema == plan.rows.covariates["stage"].schema
    with pytest.raises(TypeError):
        again.rows.covariates["stage"].schema.codes["1"] = "I"
