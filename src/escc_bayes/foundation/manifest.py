"""Which files of a folder belong to a run: ``run.json`` lists them, so that the next run can take its place.

A folder is ours where ``run.json`` says so. Everything else in it is somebody's, and nothing of it is touched.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from escc_bayes.foundation.record import versions

MANIFEST, PROGRAM = "run.json", "escc-bayes"
# Folders of ours that hold what is not finished; they begin with one of these.
UNFINISHED = (".escc-bayes-", ".plan_unfinished")
# What file managers and file systems put into any folder; left where it is.
NOBODYS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "lost+found"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``run.json`` of a folder says.

    Attributes
    ----------
    verb : what wrote the folder.
    files : paths relative to the folder, ``run.json`` among them.
    complete : False where a run was ended while it moved its files in.
    listed : False where an older version wrote ``run.json`` without a list of files.
    """

    verb: str
    files: tuple[str, ...]
    complete: bool = True
    listed: bool = True


def read_manifest(folder: Path) -> Manifest | None:
    """Return what ``run.json`` says of the files beside it; None where there is none of this program."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    verb = str(content.get("verb", ""))
    if content.get("program") != PROGRAM:
        return Manifest(verb, (), listed=False) if {"verb", "versions"} <= set(content) else None
    files = content.get("files")
    if not isinstance(files, list) or not all(isinstance(name, str) and is_inside(name) for name in files):
        return None
    return Manifest(verb, tuple(files), complete=content.get("complete", True) is True)


def is_inside(name: str) -> bool:
    """Whether a path of a manifest leads to a file below its folder."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def files_below(folder: Path) -> Iterator[str]:
    """Yield every file and link below a folder, relative to it; what is not finished and what is nobody's left out."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(UNFINISHED) or entry.name in NOBODYS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from (f"{entry.name}/{below}" for below in files_below(entry))
        else:
            yield entry.name


def strangers(folder: Path, manifest: Manifest | None) -> Iterator[str]:
    """Yield the files of a folder that no run has listed."""
    own = set(manifest.files) if manifest is not None else set()
    return (name for name in files_below(folder) if name not in own)


def list_files(folder: Path, verb: str) -> None:
    """Write into ``run.json`` of a finished folder which program wrote it, and every file of it."""
    try:
        content: Mapping[str, object] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        content = {"verb": verb, "versions": dict(versions())}
    write_json(folder / MANIFEST, {**content, "program": PROGRAM, "files": sorted({*files_below(folder), MANIFEST})})


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write ``content`` as indented JSON with a final newline."""
    path.write_text(json.dumps(content, indent=2, default=str, ensure_ascii=False) + "\n", encoding="utf-8")
