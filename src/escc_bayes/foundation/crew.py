"""This process and others beside it, for many short runs one after the other: they are started and import once.

This process computes too, from the first moment, so that nothing waits while the others start; they are given chunks
once they are ready. Where they stop their matrices' threads from multiplying, two gain on two cores.
"""

import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from escc_bayes.foundation.ending import ended_with_block, out_of_reach
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.scheduler import (
    AHEAD,
    Scheduler,
    Serial,
    died,
    keep_read_only,
    leave_with_parent,
    one_thread_each,
)


class Crew:
    """A scheduler of this process and ``others``, which stay from run to run; made by ``crew``."""

    def __init__(self, pool: ProcessPoolExecutor, ready: Sequence[Future[None]], folder: Path) -> None:
        self.pool, self.ready, self.folder = pool, ready, folder
        self.runs = count()

    def finished[T](self, work: Callable[[int], T], chunks: Sequence[int]) -> Iterator[tuple[int, T]]:
        """Yield chunks as they are finished.

        Raises
        ------
        SamplingError : a process ended before its chunk was finished.
        """
        waiting, running = deque(chunks), dict[Future[T], int]()
        run = next(self.runs)
        path = self.folder / f"{run}.work"
        try:
            while waiting or running:
                ready = sum(future.done() for future in self.ready)
                # The last chunk is for this process, which has nothing else to do.
                while len(waiting) > 1 and len(running) < AHEAD * ready:
                    if not path.exists():
                        path.write_bytes(pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL))
                    chunk = waiting.pop()
                    running[self.pool.submit(compute, str(path), run, chunk)] = chunk
                if waiting:
                    chunk = waiting.popleft()
                    yield chunk, work(chunk)
                elif running:
                    wait(running, return_when=FIRST_COMPLETED)
                for future in [future for future in running if future.done()]:
                    yield running.pop(future), future.result()
        except BrokenProcessPool:
            raise SamplingError(died(len(self.ready))) from None
        finally:
            for future in running:
                future.cancel()
            path.unlink(missing_ok=True)


@contextmanager
def crew(workers: int, needs: str) -> Iterator[Scheduler]:
    """Yield a scheduler of this process and ``workers`` - 1 others, which end with the block.

    Parameters
    ----------
    workers : processes in all.
    needs : module that the others import at once, while this one has other things to do.
    """
    if workers == 1:
        yield Serial()
        return
    keep_read_only()
    with TemporaryDirectory(prefix="escc-bayes-") as folder, one_thread_each():
        # Fresh processes: threads of this one (progress bars) do not survive a fork.
        pool = ProcessPoolExecutor(workers - 1, mp_context=get_context("spawn"), initializer=leave_with_parent)
        with ended_with_block(pool):
            with out_of_reach():
                ready = [pool.submit(prepare, needs) for _ in range(workers - 1)]
            yield Crew(pool, ready, Path(folder))


def prepare(needs: str) -> None:
    """Import what the work needs."""
    keep_read_only()
    import_module(needs)


class Kept:
    """The work of the run that this process was last given, and the number of that run."""

    run = -1
    work: Callable[[int], Any]


def compute(path: str, run: int, chunk: int) -> Any:
    """Compute one chunk of a run whose work lies in a file."""
    if Kept.run != run:
        Kept.work = pickle.loads(Path(path).read_bytes())  # noqa: S301 - written by this program's own parent process
        Kept.run = run
    return Kept.work(chunk)
