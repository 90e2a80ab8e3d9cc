"""One process or two: the same results, in order; warnings and errors of the other process arrive here."""

import os
import subprocess
import sys
import time
import warnings
from types import MappingProxyType

import numpy as np
import pytest

from escc_bayes.foundation.errors import EngineReplacedWarning, InputError, SamplingError
from escc_bayes.foundation.executors import Serial, cores, executor


def drawn_by(held, place):
    """Numbers that the place alone decides, and who drew them."""
    return np.random.default_rng([held["seed"], place]).normal(size=3), os.getpid()


def warned(number):
    warnings.warn(f"{number} events", EngineReplacedWarning, stacklevel=1)
    return number


def read_only_there():
    return MappingProxyType({"made": "there"})


def refused():
    raise InputError("no such thing")


def ended_elsewhere(here, place):
    """End the process unless it is this one."""
    if os.getpid() != here:
        os._exit(3)
    return place


def begun(pause, place):
    """Say which process began when."""
    when = time.monotonic()
    time.sleep(pause)
    return os.getpid(), when


def refused_here(held, place):
    """Refuse in one process, and leave a trace in the other."""
    here, traces = held
    if os.getpid() == here:
        time.sleep(0.05)
        raise InputError(f"not here: {place}")
    (traces / str(place)).touch()
    time.sleep(0.01)
    return place


@pytest.fixture(scope="module")
def both():
    with executor(2, needs="numpy") as found:
        # The other process is ready.
        assert found.pool.submit(os.getpid).result() != os.getpid()
        yield found


def test_two_share_a_list_to_the_results_of_one(both):
    """The list is long enough that both take part; what they hold may be read-only."""
    held = MappingProxyType({"seed": 7})
    shared, alone = both.shared(drawn_by, held, 400), Serial().shared(drawn_by, held, 400)
    assert all((a == b).all() for (a, _), (b, _) in zip(shared, alone, strict=True))
    assert len({process for _, process in shared}) == 2
    assert both.shared(drawn_by, held, 0) == []


def test_what_takes_long_is_begun_first_and_returned_in_its_place(both):
    held = {"seed": 7}
    shared, alone = both.shared(drawn_by, held, 9, first=(8, 2)), Serial().shared(drawn_by, held, 9, first=(8, 2))
    assert all((a == b).all() for (a, _), (b, _) in zip(shared, alone, strict=True))
    found = both.shared(begun, 0.002, 30, first=(28, 17))
    there = [place for place in range(30) if found[place][0] != os.getpid()]
    assert sorted(there, key=lambda place: found[place][1])[:2] == [28, 17]


def test_the_other_process_is_given_more_as_soon_as_it_is_done(both):
    """While this one sleeps over a task, too: about half are done there, not only the two that it had at once."""
    found = both.shared(begun, 0.005, 60)
    assert sum(process != os.getpid() for process, _ in found) > 15


def test_a_task_that_nobody_has_begun_is_done_where_it_is_awaited(both):
    """One is running and two are already on their way: those after them are still free."""
    before = [both.start(time.sleep, 0.05) for _ in range(5)]
    assert both.start(os.getpid)() == os.getpid()
    for result in before:
        result()


def test_an_error_here_ends_the_list_there(both, tmp_path):
    """What is on its way is still done: three tasks at most."""
    with pytest.raises(InputError, match="not here"):
        both.shared(refused_here, (os.getpid(), tmp_path), 400)
    done = len(list(tmp_path.iterdir()))
    time.sleep(0.3)
    assert len(list(tmp_path.iterdir())) <= done + 3


def test_a_started_task_gives_its_warnings_where_it_is_awaited(both):
    result = both.start(warned, 3)
    with pytest.warns(EngineReplacedWarning, match="3 events"):
        assert result() == 3
    with pytest.warns(EngineReplacedWarning, match="4 events"):
        assert Serial().start(warned, 4)() == 4


def test_what_the_other_process_made_read_only_comes_back_so(both):
    """A pool of reconstructions holds cohorts, whose columns are read-only mappings."""
    found = both.start(read_only_there)()
    assert found == {"made": "there"}
    assert isinstance(found, MappingProxyType)


def test_an_error_of_the_other_process_is_that_of_the_task(both):
    with pytest.raises(InputError, match="no such thing"):
        both.start(refused)()


def test_a_process_that_ends_is_told_in_words():
    """This one goes on with the list meanwhile, and says so at its end."""
    with pytest.raises(SamplingError, match="ended before its work"), executor(2, needs="math") as found:
        found.shared(ended_elsewhere, os.getpid(), 5000)


def test_cores_are_at_least_one_and_at_most_what_is_asked():
    assert cores(1) == 1
    assert 1 <= cores(2) <= 2


COPIED = """
import os, signal, sys, threading, time
from escc_bayes.foundation.ending import ended_by_signals
from escc_bayes.foundation.executors import executor, other_process

def there():
    return os.getpid(), "colorsys" in sys.modules, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

def gone(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False

with ended_by_signals():
    try:
        with executor(2, needs="colorsys") as both:
            process, known, ends = both.pool.submit(there).result()
            both.start(time.sleep, 60.0)
            raise KeyError
    except KeyError:
        pass
print(process != os.getpid(), known, ends, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, gone(process))
pause = threading.Event()
threading.Thread(target=pause.wait).start()
print(other_process("colorsys").get_start_method())
pause.set()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the other process is never a copy")
def test_the_other_process_is_a_copy_where_no_thread_is_lost_and_ends_when_told():
    """It has what this one imported, and its own answer to a signal; beside a thread it is a fresh process."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", COPIED], env=environment, capture_output=True, text=True, check=True)
    # The process that was told to end is gone within the patience of the ending, its 60 seconds not waited for.
    assert done.stdout.split() == ["True", "True", "True", "True", "True", "spawn"], done.stderr
