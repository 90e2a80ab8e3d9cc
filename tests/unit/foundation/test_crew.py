"""Processes that stay for several runs: the same results as alone, errors passed on, work sent once a run."""

import os
import time
from concurrent.futures import wait
from dataclasses import dataclass
from multiprocessing import parent_process

import pytest

from escc_bayes.foundation.crew import crew
from escc_bayes.foundation.errors import InputError, SamplingError
from escc_bayes.foundation.scheduler import THREADS, Processes, Serial

HERE = "tests.unit.foundation.test_crew"


@dataclass(frozen=True)
class Powers:
    """A run whose work holds a number of its own."""

    power: int

    def __call__(self, chunk):
        time.sleep(0.02)
        return chunk**self.power, os.getpid()


def dying(chunk):
    if parent_process() is not None:
        os._exit(3)
    time.sleep(0.5)
    return chunk


def failing(chunk):
    raise InputError(f"chunk {chunk} cannot be computed")


def threads(chunk):
    time.sleep(0.05)
    return [os.environ.get(name) for name in THREADS], os.getpid()


def test_several_runs_give_what_one_process_gives():
    """Second source: the powers themselves; the second run must not meet the work of the first."""
    with crew(2, HERE) as scheduler:
        wait(scheduler.ready)
        for power in (2, 3):
            found = dict(scheduler.finished(Powers(power), range(150)))
            assert {chunk: value for chunk, (value, _) in found.items()} == {k: k**power for k in range(150)}
    # Both processes computed, this one from the start.
    assert {pid for _, pid in found.values()} > {os.getpid()}


def test_one_worker_is_this_process():
    with crew(1, HERE) as scheduler:
        assert scheduler == Serial()


def test_an_error_of_a_chunk_reaches_the_caller():
    with pytest.raises(InputError, match="cannot be computed"), crew(2, HERE) as scheduler:
        list(scheduler.finished(failing, range(3)))


def die_when_ready(scheduler):
    wait(scheduler.ready)
    list(scheduler.finished(dying, range(40)))


def test_a_process_that_dies_is_named():
    with pytest.raises(SamplingError, match="ended before its work was finished"), crew(2, HERE) as scheduler:
        die_when_ready(scheduler)


def test_others_compute_with_one_thread_each(monkeypatch):
    """What OpenBLAS reads stands in the environment of the others, and not in this one's afterwards."""
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
    with crew(2, HERE) as scheduler:
        wait(scheduler.ready)
        found = list(scheduler.finished(threads, range(100)))
    theirs = [names for _, (names, pid) in found if pid != os.getpid()]
    assert theirs
    assert all(names == ["1", "1", "1"] for names in theirs)
    assert not any(name in os.environ for name in THREADS)


def test_processes_of_one_run_compute_with_one_thread_each_too(monkeypatch):
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
    found = dict(Processes(2).finished(threads, range(4)))
    assert all(names == ["1", "1", "1"] for names, _ in found.values())
    assert not any(name in os.environ for name in THREADS)
