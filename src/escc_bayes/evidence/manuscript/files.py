"""Which files hold a paper's prints, and the draft of each."""

import re
from pathlib import Path

from escc_bayes.evidence.manuscript.blocks import grids, passages
from escc_bayes.evidence.manuscript.draft import Draft, draft_of, read_in_order
from escc_bayes.evidence.manuscript.markup import READERS
from escc_bayes.evidence.manuscript.rows import rows_of
from escc_bayes.evidence.manuscript.tables import read_table
from escc_bayes.foundation.errors import InputError

ROWS = (".csv", ".tsv")


def is_manuscript(name: str) -> bool:
    """Whether a name is that of a file whose prints are drafted into a study first.

    Examples
    --------
    >>> is_manuscript("prints.csv"), is_manuscript("orient15"), is_manuscript("orient15.toml")
    (True, False, False)
    """
    return Path(name).suffix.casefold() in (*ROWS, *READERS, ".doc")


def drafted_file(path: Path) -> Draft:
    """Return the draft of a file.

    Raises
    ------
    InputError : it cannot be read.
    """
    ending = path.suffix.casefold()
    if ending in ROWS:
        return draft_of(study_name(path), rows_of(path))
    if ending not in READERS:
        raise InputError(f"{path}: a {ending[1:]} file is not read; save the paper as .docx, PDF, HTML or text")
    blocks = READERS[ending](path)
    said = read_in_order(list(passages(blocks)))
    tables = [row for grid in grids(blocks) for row in read_table(grid)]
    return draft_of(study_name(path), [*said, *tables])


def study_name(path: Path) -> str:
    """Return the id of a study that a file gives."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", path.stem).strip("_") or "paper"
