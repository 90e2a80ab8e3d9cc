"""A second process that works beside this one: it starts a long task, or takes its part of a list.

Every task decides its own random streams, so results are the same bits with one process or two. Warnings of the other
process are given here.
"""

import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.reduction import ForkingPickler
from types import MappingProxyType
from typing import Any, Protocol

from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.scheduler import AHEAD, died, leave_with_parent

type Recorded[T] = tuple[T, list[tuple[str, type[Warning]]]]


class Hands(Protocol):
    """Who does the work: this process, or this one and another."""

    @property
    def apart(self) -> bool:
        """Whether a started task runs elsewhere, out of sight of progress bars."""
        ...

    def start[T](self, work: Callable[..., T], *given: object) -> Callable[[], T]:
        """Begin ``work(*given)``; the function returned waits for its result."""
        ...

    def shared[A, T](self, work: Callable[[A, int], T], held: A, count: int) -> list[T]:
        """Return ``work(held, place)`` for every place below ``count``, in order."""
        ...


class Alone:
    """This process does everything, in order."""

    apart = False

    def start[T](self, work: Callable[..., T], *given: object) -> Callable[[], T]:
        """Do the work now."""
        found = work(*given)
        return lambda: found

    def shared[A, T](self, work: Callable[[A, int], T], held: A, count: int) -> list[T]:
        """Do one after the other."""
        return [work(held, place) for place in range(count)]


class Two:
    """This process and a fresh one; functions given to it must be importable, and what they are given picklable."""

    apart = True

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self.pool = pool

    def start[T](self, work: Callable[..., T], *given: object) -> Callable[[], T]:
        """Begin in the other process."""
        future = self.pool.submit(recorded, work, *given)
        return lambda: repeated(future)

    def shared[A, T](self, work: Callable[[A, int], T], held: A, count: int) -> list[T]:
        """Take from the front while the other process takes from the back."""
        self.pool.submit(keep, held)
        left, found = list(range(count)), dict[int, T]()
        running: dict[int, Future[Recorded[T]]] = {}
        while left or running:
            for place in [place for place, future in running.items() if future.done() or not left]:
                found[place] = repeated(running.pop(place))
            while left and len(running) < AHEAD:
                place = left.pop()
                running[place] = self.pool.submit(recorded, of_kept, work, place)
            if left:
                place = left.pop(0)
                found[place] = work(held, place)
        return [found[place] for place in range(count)]


def cores(most: int) -> int:
    """Return how many cores this process may use, at most ``most``."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(most, allowed)


@contextmanager
def hands(processes: int, needs: str) -> Iterator[Hands]:
    """Yield this process alone (1), or with another (2) that ends with the block.

    Parameters
    ----------
    processes : 1 or 2.
    needs : module that the other process imports at once, while this one has other things to do.

    Raises
    ------
    SamplingError : the other process ended before its work.
    """
    if processes == 1:
        yield Alone()
        return
    keep_read_only()
    # A fresh process: threads of this one (progress bars) do not survive a fork.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=prepared) as pool:
        try:
            pool.submit(import_module, needs)
            yield Two(pool)
        except BrokenProcessPool:
            raise SamplingError(died(1)) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def prepared() -> None:
    """Make the other process ready: it ends with its parent, and what it sends back stays read-only."""
    leave_with_parent()
    keep_read_only()


def keep_read_only() -> None:
    """Let read-only mappings be sent, and stay so; pickle knows none by itself."""
    ForkingPickler.register(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))


def read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """Return a mapping that cannot be changed."""
    return MappingProxyType(mapping)


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
