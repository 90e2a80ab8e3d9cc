"""Freed arrays are used again, not fetched anew from the kernel."""

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
