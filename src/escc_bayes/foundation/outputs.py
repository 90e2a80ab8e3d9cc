"""Output folders that are either complete or untouched: write beside, then rename."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from escc_bayes.foundation.errors import OutputError


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Yield a temporary folder; on success move its files into ``out``, on any error remove it.

    Files that ``out`` already holds are replaced one by one only after everything was written.

    Raises
    ------
    OutputError : ``out`` is a file, or its parent cannot be written.
    """
    refuse_file(out)
    parent = out.absolute().parent
    created = first_missing(parent)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=parent))
    except OSError as error:
        raise OutputError(f"--out {out}: cannot be written ({error.strerror}); name another folder") from None
    try:
        yield staging
        staging.chmod(0o755)
        move_into(staging, out)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        remove_if_empty(created, parent)
        raise


def refuse_file(out: Path) -> None:
    """Raise ``OutputError`` if ``out`` is a file: long work should not end there."""
    if out.exists() and not out.is_dir():
        raise OutputError(f"--out {out}: is a file; name a folder")


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


def move_into(staging: Path, out: Path) -> None:
    """Move every file below ``staging`` to its place below ``out``; then remove ``staging``."""
    if not out.exists():
        staging.rename(out)
        return
    for source in sorted(p for p in staging.rglob("*") if p.is_file()):
        target = out / source.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    shutil.rmtree(staging)


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write ``content`` as indented JSON with a final newline."""
    path.write_text(json.dumps(content, indent=2, default=str, ensure_ascii=False) + "\n", encoding="utf-8")
