"""How a process ends before its time: a signal becomes an exception, and nothing that it started outlives it.

``Ended`` passes through every ``finally``, so that temporary folders go; other processes are ended, threads left alone.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread, current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor

# Of a shell: Ctrl-C, kill, and a closed terminal.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
# Seconds in which a second signal does not disturb the tidying up after the first.
PATIENCE = 5.0


class Ended(BaseException):
    """The process was told to end; ``number`` is that of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """What a shell reports of a process that the signal ended: 130 for Ctrl-C, 143 for kill."""
        return 128 + self.number


@contextmanager
def ended_by_signals() -> Iterator[list[int]]:
    """Raise ``Ended`` in the block when a signal asks this process to end; those that are ignored stay so.

    Yields the signals that have come: an error that follows one is of the ending.
    """
    asked: list[int] = []
    if current_thread() is not main_thread():
        yield asked
        return
    told = [-PATIENCE]

    def end(number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        if now - told[0] >= PATIENCE:
            told[0] = now
            asked.append(number)
            if again:
                # Python drops an exception that falls into a destructor or a callback: it comes again then.
                signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)
            raise Ended(number)

    def repeat(_: int, __: FrameType | None) -> None:
        raise Ended(asked[0])

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, end)
    again = hasattr(signal, "setitimer") and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    if again:
        signal.signal(signal.SIGALRM, repeat)
    try:
        yield asked
    finally:
        if again:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


@contextmanager
def out_of_reach() -> Iterator[None]:
    """Let processes that start in the block never see Ctrl-C: a terminal sends it to them as well; we end them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def as_by_default() -> None:
    """Let signals end this process as they end any other: a copy of a process has the answers of that one."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def ended_with_block[Pool: Executor](pool: Pool) -> Iterator[Pool]:
    """Yield a pool; on an error its processes are ended at once, and its threads are not waited for."""
    try:
        yield pool
    except BaseException:
        end(pool)
        raise
    else:
        pool.shutdown(cancel_futures=True)


def end(pool: "Executor") -> None:
    """End a pool of threads or of processes without waiting for what it computes."""
    # What starts processes is not imported for a verb that needs none. The mapping is lost as the pool shuts down.
    processes = list((getattr(pool, "_processes", None) or {}).values())
    manager: Thread | None = getattr(pool, "_executor_manager_thread", None)
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    # The thread that brings results ends once it has seen that nobody works any more.
    for worker in (*processes, manager):
        if worker is not None:
            worker.join(PATIENCE)
