"""A long run in chunks: computed by a scheduler, kept as they are finished, handed on in order.

A killed run that is asked for again goes on where it stopped: at most the chunks that were being computed, one for each
worker, are computed twice. Results are the same to the last bit, since chunks are added up in order.
"""

import os
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from escc_bayes.foundation.errors import OutputError
from escc_bayes.foundation.record import digest
from escc_bayes.foundation.scheduler import Arrays, Scheduler, Work

type Progress = Callable[[int, int], None]
REQUEST = "request"
# What numpy and zipfile raise of a damaged file: it counts as absent.
UNREADABLE = (
    *(OSError, ValueError, LookupError, EOFError, BadZipFile, zlib.error, struct.error, RuntimeError, TypeError),
    *(MemoryError, SyntaxError, ArithmeticError, AttributeError),
)


@dataclass(frozen=True, slots=True)
class Store:
    """Finished chunks of one request in a folder of its own below ``folder``.

    ``request`` is all that decides the result, as text. Another request has another folder; every file carries the
    request too, and one that does not match, or is damaged, counts as absent.
    """

    folder: Path
    request: str

    @property
    def place(self) -> Path:
        """The folder of this request."""
        return self.folder / digest({REQUEST: self.request})

    def read(self, chunk: int) -> Arrays | None:
        """Return a finished chunk; None where there is none."""
        try:
            # Opened here: numpy leaves a damaged file open.
            with self.path(chunk).open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays = dict(file.items())
        except UNREADABLE:
            return None
        return arrays if str(arrays.pop(REQUEST, "")) == self.request else None

    def write(self, chunk: int, arrays: Arrays) -> None:
        """Write a chunk: beside, then renamed, so that a kill leaves no half of a file.

        Raises
        ------
        OutputError : the folder cannot be written.
        """
        path = self.path(chunk)
        beside = path.with_suffix(f".{os.getpid()}.npz")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(beside, allow_pickle=False, **{REQUEST: np.array(self.request)}, **arrays)
            beside.replace(path)
        except OSError as error:
            raise OutputError(f"{self.folder}: cannot be written ({error.strerror}); name another folder") from None

    def path(self, chunk: int) -> Path:
        """Return the file of a chunk."""
        return self.place / f"{chunk:06d}.npz"

    def forget(self) -> None:
        """Remove this request's folder, and ``folder`` itself if nothing else is in it."""
        shutil.rmtree(self.place, ignore_errors=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()


def run_chunks(
    work: Work, count: int, *, scheduler: Scheduler, store: Store | None = None, progress: Progress | None = None
) -> Iterator[Arrays]:
    """Yield the arrays of chunks 0 to ``count`` - 1 in order.

    Parameters
    ----------
    work : turns the number of a chunk into named arrays (numbers or words); must be importable by other processes.
    count : number of chunks.
    scheduler : where they are computed.
    store : keeps finished chunks; None: a killed run starts anew.
    progress : called with the chunks done and to do.

    Examples
    --------
    >>> from escc_bayes.foundation.scheduler import Serial
    >>> [int(found["square"]) for found in run_chunks(lambda k: {"square": np.array(k * k)}, 3, scheduler=Serial())]
    [0, 1, 4]
    """
    tell = progress or no_progress
    held = {} if store is None else {chunk: kept for chunk in range(count) if (kept := store.read(chunk)) is not None}
    missing = [chunk for chunk in range(count) if chunk not in held]
    done, following = len(held), 0
    if done:
        tell(done, count)
    for chunk, arrays in scheduler.finished(work, missing):
        if store is not None:
            store.write(chunk, arrays)
        held[chunk] = arrays
        done += 1
        tell(done, count)
        while following in held:
            yield held.pop(following)
            following += 1
    while following in held:
        yield held.pop(following)
        following += 1


def no_progress(done: int, total: int) -> None:
    """Report nothing."""
