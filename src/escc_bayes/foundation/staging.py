"""A folder in which a run writes until it is complete, and what is left of runs that were killed.

The folder of a run is locked while the run lives (flock(2), given up by the kernel however a process ends): whoever can
lock one knows that its owner is gone.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from escc_bayes.foundation.manifest import UNFINISHED

PREFIX = UNFINISHED[0]


def prefix_of(out: Path) -> str:
    """Return how the folders of runs into ``out`` begin; short, however long the name of ``out``."""
    return f"{PREFIX}{hashlib.sha256(os.fsencode(out.name)).hexdigest()[:8]}-"


@contextmanager
def working_folder(place: Path, prefix: str) -> Iterator[Path]:
    """Yield a new folder in ``place``, locked, and remove what is left of it at the end."""
    folder, lock = locked_folder(place, prefix)
    try:
        yield folder
    finally:
        remove(folder)
        if lock is not None:
            os.close(lock)


def locked_folder(place: Path, prefix: str) -> tuple[Path, int | None]:
    """Make a folder and lock it; make another if somebody swept it between the two."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        lock = lock_of(folder)
        if folder.is_dir():
            return folder, lock
        if lock is not None:
            os.close(lock)


def lock_of(folder: Path) -> int | None:
    """Return the lock of a folder as a file descriptor; None where another process has it or there are no locks."""
    try:
        import fcntl
    except ImportError:  # No such locks on this system: nothing is swept.
        return None
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened


def sweep(place: Path, prefix: str) -> None:
    """Remove folders in ``place`` of runs that were killed."""
    try:
        found = [entry for entry in place.iterdir() if entry.name.startswith(prefix) and not entry.is_symlink()]
    except OSError:
        return
    for folder in found:
        lock = lock_of(folder)
        if lock is not None:
            remove(folder)
            os.close(lock)


def remove(folder: Path) -> None:
    """Remove a folder and all below it; begun again where another process of this run still wrote into it."""
    for _ in range(10):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def try_writing(folder: Path) -> None:
    """Write and remove a small file: a full disk shows before hours of work.

    Raises
    ------
    OSError : it cannot be written.
    """
    probe = folder / "probe"
    with probe.open("wb") as stream:
        stream.write(bytes(4096))
        stream.flush()
        with suppress_unless_full():
            os.fsync(stream.fileno())
    probe.unlink()


@contextmanager
def suppress_unless_full() -> Iterator[None]:
    """Let pass that a file system cannot synchronise; not that it is full."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}:
            raise
