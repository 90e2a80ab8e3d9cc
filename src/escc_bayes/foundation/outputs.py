"""Output folders that are either complete or untouched: write beside, then take the place of the run before.

A folder belongs to the run that wrote it (``manifest``). It is exchanged as a whole where the file system can do that;
a mount point, or the folder that a shell stands in, keeps its place and gets its files one by one, and ``run.json``
says ``"complete": false`` until the last is there. docs/methods/outputs.md.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from escc_bayes.foundation.errors import OutputError, some_of
from escc_bayes.foundation.manifest import MANIFEST, list_files, read_manifest, strangers, write_json
from escc_bayes.foundation.replacing import exchange, replace_in_place
from escc_bayes.foundation.staging import PREFIX, prefix_of, remove, sweep, try_writing, working_folder

__all__ = ["check_folder", "staged", "write_json"]

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def staged(out: Path, verb: str = "") -> Iterator[Path]:
    """Yield a temporary folder; on success it becomes ``out``, on any error nothing of it is left.

    Files of an earlier run go when the new ones come. ``run.json`` lists what was written.

    Parameters
    ----------
    out : folder; absent, empty, or one that a run has written.
    verb : what writes; for ``run.json`` where the caller writes none.

    Raises
    ------
    OutputError : ``out`` cannot be written, or holds files that no run has listed.
    """
    with told(out):
        refuse_unusable(out)
        place = Path(os.path.realpath(out))
        created = first_missing(place.parent)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with working_folder(*where_to_work(place)) as working:
                new = working / "new"
                new.mkdir()
                yield new
                list_files(new, verb)
                refuse_strangers(out)
                take_place(new, place, working)
        except BaseException:
            remove_if_empty(created, place.parent)
            raise


def check_folder(out: Path) -> None:
    """Find out before long work whether its results can be written to ``out``; sweep what killed runs left there.

    Raises
    ------
    OutputError : they cannot; the message says why and what to do.
    """
    with told(out):
        refuse_unusable(out)
        place = Path(os.path.realpath(out))
        sweep(place.parent, prefix_of(place))
        sweep(place, PREFIX)
        created = first_missing(place.parent)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with working_folder(*where_to_work(place)) as working:
                try_writing(working)
        finally:
            remove_if_empty(created, place.parent)


@contextmanager
def told(out: Path) -> Iterator[None]:
    """Turn what the system says of a folder or disk into an ``OutputError``."""
    try:
        yield
    except (ConnectionError, ChildProcessError, TimeoutError):
        raise
    except OutputError as error:
        if isinstance(error.__cause__, OSError):  # of one file within, under the name that it has meanwhile
            raise OutputError(f"--out {shortened(out)}: {why(out, error.__cause__)}") from error
        raise
    except OSError as error:
        raise OutputError(f"--out {shortened(out)}: {why(out, error)}") from error


def why(out: Path, error: OSError) -> str:
    """Say why a folder cannot be written, and what to do."""
    if error.errno in FULL:
        return "the disk is full; nothing was written. Free some space, or name a folder on another disk"
    if error.errno == errno.ENAMETOOLONG:
        return "a name in it is too long for the file system; choose a shorter one"
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        blocking = next((p for p in (out, *out.parents) if p.exists() and not p.is_dir()), out)
        return f"cannot be written, since {shortened(blocking)} is a file; name another folder"
    return f"cannot be written ({error.strerror or error}); nothing was written. Name another folder"


def shortened(path: Path) -> str:
    """Return a path for a message, the middle of a very long one left out."""
    text = str(path)
    return text if len(text) <= 160 else f"{text[:70]}...{text[-70:]}"


def refuse_unusable(out: Path) -> None:
    """Raise if ``out`` is a file, a link to nothing, or a folder with files of others."""
    if "\x00" in str(out):
        raise OutputError("--out: a path cannot hold a zero character; name another folder")
    for link in (out, *out.parents):
        if link.is_symlink() and not link.exists():
            raise OutputError(
                f"--out {shortened(out)}: {shortened(link)} is a link to {link.readlink()}, which is not there; make "
                "that folder, or name another"
            )
    if out.exists() and not out.is_dir():
        raise OutputError(f"--out {shortened(out)}: is a file; name a folder")
    refuse_strangers(out)


def refuse_strangers(out: Path) -> None:
    """Raise if a folder holds files that no run has listed: they would be lost, or taken for results."""
    if not out.is_dir():
        return
    manifest = read_manifest(out)
    foreign = list(strangers(out, manifest))
    if not foreign:
        return
    if manifest is not None and not manifest.listed:
        raise OutputError(
            f"--out {shortened(out)}: holds a run of an earlier version, which did not list its files; remove that "
            "folder if it is no longer needed, or name another"
        )
    raise OutputError(
        f"--out {shortened(out)}: holds files that are not of an earlier run ({some_of(foreign, most=3)}); move them "
        "elsewhere, or name a new or empty folder"
    )


def first_missing(folder: Path) -> Path | None:
    """Return the outermost folder on the way to ``folder`` that does not exist yet."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    return missing[-1] if missing else None


def remove_if_empty(outermost: Path | None, innermost: Path) -> None:
    """Remove the empty folders from ``innermost`` up to ``outermost``, which this run had made."""
    if outermost is None:
        return
    for folder in (innermost, *innermost.parents):
        if not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()
        if folder == outermost:
            return


def where_to_work(place: Path) -> tuple[Path, str]:
    """Return in which folder a run into ``place`` works, and how its own folder there begins: beside, or inside."""
    if not place.exists() or can_be_exchanged(place):
        return place.parent, prefix_of(place)
    return place, PREFIX


def can_be_exchanged(place: Path) -> bool:
    """Whether a folder can give way to another as a whole: on the disk of its parent, and nobody stands in it."""
    if not os.access(place.parent, os.W_OK | os.X_OK) or os.path.ismount(place) or stands_in(place):
        return False
    try:
        # Only a rename tells: the same disk may be mounted twice.
        with working_folder(place.parent, prefix_of(place)) as probe:
            moved = place / probe.name
            probe.rename(moved)
            remove(moved)
    except OSError:
        return False
    return True


def stands_in(place: Path) -> bool:
    """Whether this process, and so most likely a shell, stands in a folder."""
    try:
        return Path.cwd().is_relative_to(place)
    except OSError:
        return False


def take_place(new: Path, place: Path, working: Path) -> None:
    """Put a finished folder into its place, and what was there aside."""
    if not place.exists():
        new.rename(place)
    elif working.parent == place:
        replace_in_place(new, place, working / "old", (working / MANIFEST))
    else:
        exchange(new, place, working / "old")
