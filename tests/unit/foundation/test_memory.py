"""Freed arrays are used again, not fetched anew from the kernel; nothing is looked through at exit."""

import os
import subprocess
import sys

import pytest

FAULTS = """
import resource
import numpy as np
from escc_bayes.foundation.memory import keep_freed_memory
keep_freed_memory()
def work():
    return sum(np.ones(2**17).sum() for _ in range(4)) + np.concatenate([np.ones(2**18)] * 2).sum()
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts page faults of glibc's allocator")
def test_arrays_of_a_megabyte_come_from_freed_memory():
    """Twenty rounds of arrays of 1 to 4 MB: 40,000 pages of the kernel without the setting."""
    environment = os.environ | {"MALLOC_TRIM_THRESHOLD_": "65536"}
    done = subprocess.run([sys.executable, "-c", FAULTS], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 500


AT_EXIT = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 1000))
from escc_bayes.foundation.memory import leave_at_exit
leave_at_exit()
print(gc.get_freeze_count())
"""


def test_what_is_held_at_exit_is_no_garbage_to_look_for():
    """What was registered first runs last: by then everything is frozen, and not before."""
    done = subprocess.run([sys.executable, "-c", AT_EXIT], capture_output=True, text=True, check=True)
    before, at_exit = done.stdout.split()
    # Python 3.12 freezes a few hundred objects of its own as it starts.
    assert int(before) < 1000
    assert at_exit == "True"
