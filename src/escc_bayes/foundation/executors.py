"""A second process that works beside this one: it starts a long task, or takes its part of a list.

Every task decides its own random streams, so results are the same bits with one process or two. Warnings of the other
process are given here.
"""

import gc
import os
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from escc_bayes.foundation.ending import as_by_default, end, ended_with_block, out_of_reach
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.memory import leave_at_exit, search_seldom
from escc_bayes.foundation.scheduler import AHEAD, died, keep_read_only, leave_with_parent

type Recorded[T] = tuple[T, list[tuple[str, type[Warning]]]]


class Executor(Protocol):
    """Who does the work: this process, or this one and another."""

    @property
    def apart(self) -> bool:
        """Whether a started task runs elsewhere, out of sight of progress bars."""
        ...

    def start[T](self, work: Callable[..., T], *given: object) -> Callable[[], T]:
        """Begin ``work(*given)``; the function returned waits for its result, or does it if nobody has begun."""
        ...

    def shared[A, T](self, work: Callable[[A, int], T], held: A, tasks: int, first: Sequence[int] = ()) -> list[T]:
        """Return ``work(held, place)`` for every place below ``tasks``, in order; ``first``: those that take long."""
        ...


class Serial:
    """This process does everything, in order."""

    apart = False

    def start[T](self, work: Callable[..., T], *given: object) -> Callable[[], T]:
        """Do the work now."""
        found = work(*given)
        return lambda: found

    def shared[A, T](self, work: Callable[[A, int], T], held: A, tasks: int, first: Sequence[int] = ()) -> list[T]:  # noqa: ARG002
        """Do one after the other."""
        return [work(held, place) for place in range(tasks)]


class HelperProcess:
    """This process and a fresh one; functions given to it must be importable, and what they are given picklable."""

    apart = True

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self.pool = pool

    def start[T](self, work: Callable[..., T], *given: object) -> Callable[[], T]:
        """Begin in the other process, after what it was given before."""
        future = self.pool.submit(recorded, work, *given)
        return lambda: work(*given) if future.cancel() else repeated(future)

    def shared[A, T](self, work: Callable[[A, int], T], held: A, tasks: int, first: Sequence[int] = ()) -> list[T]:
        """Take one after the other in both processes: first those that take long, so that both end together."""
        self.pool.submit(keep, held)
        left = deque([*first, *sorted(set(range(tasks)) - set(first))])
        sent: dict[int, Future[Recorded[T]]] = {}
        sending = RLock()

        def send(_: object = None) -> None:
            # Called by another thread, too, whenever a task of the other process has ended.
            with sending:
                for place in taken(left, most=1):
                    try:
                        sent[place] = self.pool.submit(recorded, of_kept, work, place)
                    except RuntimeError:  # The pool was closed, or its process ended: what was sent says so.
                        left.appendleft(place)
                        return
                    sent[place].add_done_callback(send)

        for _ in range(AHEAD):
            send()
        try:
            found = {place: work(held, place) for place in taken(left)}
            with sending:
                theirs = dict(sent)
            # Outside the lock: the thread that brings results would wait for it.
            return [found[place] if place in found else repeated(theirs[place]) for place in range(tasks)]
        except BaseException as error:
            # Before anything is tidied up here: the other process may still write into the same folder.
            left.clear()
            if isinstance(error, Exception):
                wait([future for future in sent.values() if not future.cancel()])
            else:
                end(self.pool)
            raise


def taken(left: deque[int], most: int | None = None) -> Iterator[int]:
    """Take places from the front until none is left, or at most so many; another thread may take some meanwhile."""
    for _ in count() if most is None else range(most):
        try:
            yield left.popleft()
        except IndexError:
            return


def cores(most: int) -> int:
    """Return how many cores this process may use, at most ``most``."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(most, allowed)


@contextmanager
def executor(processes: int, needs: str) -> Iterator[Executor]:
    """Yield this process alone (1), or with another (2) that ends with the block.

    Parameters
    ----------
    processes : 1 or 2.
    needs : module that both processes import; a copy of this one has what this one has.

    Raises
    ------
    SamplingError : the other process ended before its work.
    """
    if processes == 1:
        yield Serial()
        return
    keep_read_only()
    try:
        with ended_with_block(ProcessPoolExecutor(1, mp_context=other_process(needs), initializer=prepared)) as pool:
            with out_of_reach():
                pool.submit(import_module, needs)
            yield HelperProcess(pool)
    except BrokenProcessPool:
        raise SamplingError(died(1)) from None


def other_process(needs: str) -> BaseContext:
    """Return how the other process is made: as a copy that has imported what it needs, where that is safe.

    A copy has none of the threads of this process, and waits for ever on what one of them held; elsewhere than on Linux
    the system's own libraries have threads. Then it is a fresh process, which imports for itself: a second of CPU.
    """
    if sys.platform == "linux" and len([*Path("/proc/self/task").iterdir()]) == 1:
        import_module(needs)
        # What is imported is not searched for garbage again: its pages stay shared.
        gc.freeze()
        return get_context("fork")
    return get_context("spawn")


def prepared() -> None:
    """Make the other process ready: it ends when told to and with its parent; what it sends back stays read-only."""
    as_by_default()
    leave_with_parent()
    search_seldom()
    leave_at_exit()
    keep_read_only()


class Kept:
    """What the tasks of the other process share, sent once."""

    what: Any


def keep(what: object) -> None:
    """Keep what the tasks to come share."""
    Kept.what = what


def of_kept[T](work: Callable[[Any, int], T], place: int) -> T:
    """Do one task on what is kept."""
    return work(Kept.what, place)


def recorded[T](work: Callable[..., T], *given: object) -> Recorded[T]:
    """Return what a task returns, and the warnings it gave."""
    with warnings.catch_warnings(record=True) as given_warnings:
        warnings.simplefilter("always")
        found = work(*given)
    return found, [(str(one.message), one.category) for one in given_warnings]


def repeated[T](future: "Future[Recorded[T]]") -> T:
    """Wait for a task, give its warnings here, and return what it returned."""
    found, said = future.result()
    for message, category in said:
        warnings.warn(message, category, stacklevel=3)
    return found
