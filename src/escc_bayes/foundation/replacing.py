"""A new run takes the place of the one before: folders exchanged at once, or file by file with a word meanwhile."""

import ctypes
import os
import shutil
from contextlib import suppress
from pathlib import Path

from escc_bayes.foundation.manifest import MANIFEST, NOBODYS, PROGRAM, files_below, read_manifest, write_json

# renameat2(2): paths relative to the working directory; exchange the two.
AT_FDCWD, RENAME_EXCHANGE = -100, 2


def exchange(new: Path, place: Path, aside: Path) -> None:
    """Let ``new`` become ``place``, with its permissions; what was there ends below the folder of ``new``."""
    new.chmod(place.stat().st_mode & 0o7777)
    if exchanged_at_once(new, place):
        old = new
    else:
        old = aside
        place.rename(old)
        try:
            new.rename(place)
        except BaseException:
            old.rename(place)
            raise
    for name in NOBODYS:
        with suppress(OSError):
            (old / name).rename(place / name)


def exchanged_at_once(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    failed: int = rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    return failed == 0


def replace_in_place(new: Path, place: Path, aside: Path, note: Path) -> None:
    """Move the files of the run before aside and the new ones in; on any error all goes back.

    Parameters
    ----------
    new : the finished folder, on the same disk as ``place``.
    place : the folder that stays.
    aside : where old files go meanwhile.
    note : path of a file beside ``new``, for the ``run.json`` that stands there while files move.
    """
    manifest = read_manifest(place)
    old = [name for name in (manifest.files if manifest is not None else ()) if (place / name).is_file()]
    coming = list(files_below(new))
    moves = [(place / name, aside / name) for name in old if name != MANIFEST]
    moves += [(new / name, place / name) for name in coming if name != MANIFEST]
    before = aside / MANIFEST
    if MANIFEST in old:
        aside.mkdir(exist_ok=True)
        shutil.copy2(place / MANIFEST, before)
    words = {"program": PROGRAM, "verb": "", "complete": False, "files": sorted({*old, *coming})}
    write_json(note, words)
    done: list[tuple[Path, Path]] = []
    try:
        note.replace(place / MANIFEST)
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            done.append((source, target))
        (new / MANIFEST).replace(place / MANIFEST)
    except BaseException:
        for source, target in reversed(done):
            target.replace(source)
        if before.exists():
            before.replace(place / MANIFEST)
        else:
            (place / MANIFEST).unlink(missing_ok=True)
        remove_empty(place, coming)
        raise
    remove_empty(place, old)


def remove_empty(place: Path, names: list[str]) -> None:
    """Remove the folders below ``place`` in which files of these names stood, where nothing is left in them."""
    for name in names:
        for folder in (place / name).parents:
            if folder == place:
                break
            with suppress(OSError):
                folder.rmdir()
