"""Memory of a process: kept for work that needs the same arrays again and again, seldom searched, left at exit."""

import atexit
import ctypes
import gc
from functools import cache

# glibc's mallopt(3): arrays from so many bytes on are mapped alone (its largest value), so many freed ones are kept.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
MAPPED_BYTES, KEPT_BYTES = 32 * 2**20, 512 * 2**20
# Objects more than before at which Python looks for garbage that refers to itself; its own number is 2,000.
OBJECTS = 200_000


def search_seldom() -> None:
    """Look for garbage that refers to itself only when many objects more are held: a command ends soon.

    Modules, figures and posteriors make objects by the 100,000 that are all needed to the end; to look them over again
    and again takes a twentieth of the CPU of a report.
    """
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])


@cache
def leave_at_exit() -> None:
    """Leave what is held to the kernel when the process ends: a search for garbage before that helps nobody."""
    atexit.register(gc.freeze)


@cache
def keep_freed_memory() -> None:
    """Tell glibc to keep freed memory of arrays below 32 MB, 512 MB at most, instead of giving it back.

    Otherwise the arrays of every fit and of every block of trials are new pages from the kernel: a fifth of the CPU of
    a fit by ``laplace``, more than the arithmetic of a block. Dask starts its workers with MALLOC_TRIM_THRESHOLD_,
    which also stops glibc from finding these thresholds by itself. Elsewhere it does nothing.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return
    set_option(M_MMAP_THRESHOLD, MAPPED_BYTES)
    set_option(M_TRIM_THRESHOLD, KEPT_BYTES)
