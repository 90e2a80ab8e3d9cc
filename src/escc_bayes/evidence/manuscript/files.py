"""Which files hold a paper's prints, and the draft of each."""

import re
from pathlib import Path

from escc_bayes.evidence.manuscript.draft import Draft, draft_of
from escc_bayes.evidence.manuscript.rows import rows_of

ROWS = (".csv", ".tsv")


def is_manuscript(name: str) -> bool:
    """Whether a name is that of a file whose prints are drafted into a study first.

    Examples
    --------
    >>> is_manuscript("prints.csv"), is_manuscript("orient15"), is_manuscript("orient15.toml")
    (True, False, False)
    """
    return Path(name).suffix.casefold() in ROWS


def drafted_file(path: Path) -> Draft:
    """Return the draft of a file.

    Raises
    ------
    InputError : it cannot be read.
    """
    return draft_of(study_name(path), rows_of(path))


def study_name(path: Path) -> str:
    """Return the id of a study that a file gives."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", path.stem).strip("_") or "paper"
