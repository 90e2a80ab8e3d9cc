"""One part of what a paper gives: what the page says of it and which files it wrote, or why it was skipped."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.foundation.errors import InputError
from escc_bayes.report.document.document import Block


@dataclass(frozen=True, slots=True)
class Part:
    """One part.

    Attributes
    ----------
    name : of its folder.
    title : of its section; data that are not observed say so first.
    short : what came of it, in one sentence.
    blocks : of its section.
    files : path from the page, and what it holds.
    skipped : the reason, in words; empty where the part was run.
    command : of a part that this page never runs, what runs it.
    """

    name: str
    title: str
    short: str = ""
    blocks: tuple[Block, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    skipped: str = ""
    command: str = ""


def or_skipped[T](name: str, title: str, folder: Path, run: Callable[[], tuple[Part, T]]) -> tuple[Part, T | None]:
    """Return a part and what it found; where the paper does not serve, the reason, and nothing of its files."""
    try:
        return run()
    except InputError as error:
        shutil.rmtree(folder / name, ignore_errors=True)
        return Part(name, title, skipped=str(error)), None
