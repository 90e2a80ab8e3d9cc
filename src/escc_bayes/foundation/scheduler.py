"""Where the chunks of a long run are computed: in this process or in several; ``cluster`` has them on a Dask cluster.

A chunk is a number; the work turns it into named arrays. Its number alone decides its random streams, so no result
depends on which scheduler ran it, on how many workers, or in which order.
"""

import copyreg
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from escc_bayes.foundation.ending import ended_with_block, out_of_reach
from escc_bayes.foundation.errors import SamplingError

type Arrays = dict[str, np.ndarray]
type Work = Callable[[int], Arrays]

# Chunks handed out for each process: one that is computed, and one that waits so that nobody does.
AHEAD = 2
# What OpenBLAS, MKL and OpenMP read on import: threads of several processes on the same cores hold each other up.
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


class Scheduler(Protocol):
    """Computes chunks."""

    def finished[T](self, work: Callable[[int], T], chunks: Sequence[int]) -> Iterator[tuple[int, T]]:
        """Yield the number of each chunk, and what the work returned for it, as it is finished, in any order."""
        ...


@dataclass(frozen=True, slots=True)
class Serial:
    """This process, one chunk after the other."""

    def finished[T](self, work: Callable[[int], T], chunks: Sequence[int]) -> Iterator[tuple[int, T]]:
        """Yield the chunks in order."""
        for chunk in chunks:
            yield chunk, work(chunk)


@dataclass(frozen=True, slots=True)
class Processes:
    """``workers`` fresh processes of this machine. They end with this one, however it ends."""

    workers: int

    def finished[T](self, work: Callable[[int], T], chunks: Sequence[int]) -> Iterator[tuple[int, T]]:
        """Yield chunks as they are finished.

        Raises
        ------
        SamplingError : a process ended before its chunk was finished.
        """
        if len(chunks) < 2 or self.workers == 1:
            yield from Serial().finished(work, chunks)
            return
        keep_read_only()
        # Fresh processes: threads of the parent (progress bars) do not survive a fork.
        workers, context = min(self.workers, len(chunks)), get_context("spawn")
        waiting, running = list(reversed(chunks)), dict[Future[T], int]()
        try:
            with (
                one_thread_each(),
                ended_with_block(
                    ProcessPoolExecutor(workers, mp_context=context, initializer=begin, initargs=(work,))
                ) as pool,
            ):
                while waiting or running:
                    with out_of_reach():
                        while waiting and len(running) < AHEAD * workers:
                            chunk = waiting.pop()
                            running[pool.submit(compute, chunk)] = chunk
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield running.pop(future), future.result()
        except BrokenProcessPool:
            raise SamplingError(died(workers)) from None


def keep_read_only() -> None:
    """Let read-only mappings be sent, and stay so; pickle knows none by itself."""
    copyreg.pickle(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))


def read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """Return a mapping that cannot be changed."""
    return MappingProxyType(mapping)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Let processes that start in the block compute matrices with one thread, unless the user asked for others."""
    own = [name for name in THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(own, "1"))
    try:
        yield
    finally:
        for name in own:
            os.environ.pop(name, None)


class Held:
    """The work of a process, sent once and not with every chunk."""

    work: Callable[[int], Any]


def begin(work: Callable[[int], Any]) -> None:
    """Hold the work of this process, and let it end when its parent is gone."""
    Held.work = work
    leave_with_parent()


def leave_with_parent() -> None:
    """Let this process end when its parent is gone."""
    Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """Wait for the parent and end: a killed run leaves no process behind."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def compute(chunk: int) -> Any:
    """Compute one chunk with the work that this process holds."""
    return Held.work(chunk)


def died(workers: int) -> str:
    """Say that a process ended before its work."""
    return (
        f"one of {workers} worker processes ended before its work was finished: too little memory, or a script without "
        "`if __name__ == '__main__':` above its calls; use fewer workers, or add that line"
    )
