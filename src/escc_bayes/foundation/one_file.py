"""One file, complete or absent: written beside under another name, then renamed.

``Written`` stands between a library in C and the disk: it hides a full disk from code that would end the process, and
gives the error when the file is closed.
"""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from escc_bayes.foundation.errors import OutputError


class Written(io.RawIOBase):
    """A binary file whose first error is kept in ``fault`` instead of being raised; nothing is written after it."""

    def __init__(self, raw: io.FileIO) -> None:
        self.raw = raw
        self.fault: OSError | None = None

    def write(self, data: object, /) -> int:
        """Write all of ``data``, or keep the error."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        done = 0
        try:
            while self.fault is None and done < len(view):
                done += self.raw.write(view[done:])
        except OSError as error:
            self.fault = error
        return len(view)

    def readinto(self, buffer: object, /) -> int:
        """Read; past the end of a file that could not be written come zeros."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        found = self.raw.readinto(view) or 0
        view[found:] = bytes(len(view) - found)
        return len(view)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place."""
        return self.raw.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self.raw.tell()

    def truncate(self, size: int | None = None, /) -> int:
        """Set the length, or keep the error."""
        try:
            return self.raw.truncate(size)
        except OSError as error:
            self.fault = self.fault or error
            return size or 0

    def readable(self) -> bool:
        """It can be read, too."""
        return True

    def writable(self) -> bool:
        """It can be written."""
        return True

    def seekable(self) -> bool:
        """It has places."""
        return True


@contextmanager
def written(path: Path) -> Iterator[Written]:
    """Yield a binary file that becomes ``path`` once it is complete.

    Raises
    ------
    OutputError : it cannot be written; nothing is left of it, and what ``path`` held before is as it was.
    """
    beside = None
    try:
        number, name = tempfile.mkstemp(prefix=".escc-bayes-", dir=path.parent)
        beside = Path(name)
        with io.FileIO(number, "r+") as raw:
            file = Written(raw)
            try:
                yield file
            except Exception:
                if file.fault is None:
                    raise
            if file.fault is not None:
                raise file.fault
        beside.chmod(0o666 & ~umask())
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); free some space, or name another") from error
    finally:
        if beside is not None:
            with suppress(OSError):
                beside.unlink()


def umask() -> int:
    """Return the permissions that new files do not get."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
