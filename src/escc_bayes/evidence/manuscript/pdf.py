"""A paper as PDF: its pages as lines on a grid of letters, columns one after the other, as blocks.

pypdf places every letter where the page does; what is a column, a table, a broken word is told by the blanks.
"""

import logging
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.evidence.manuscript.blocks import Block
from escc_bayes.evidence.manuscript.page_blocks import blocks_of
from escc_bayes.evidence.manuscript.page_columns import in_reading_order
from escc_bayes.foundation.errors import InputError

if TYPE_CHECKING:
    from pypdf import PageObject

LARGEST, MOST_PAGES = 50_000_000, 200
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
FEWEST_LETTERS = 200
FINENESS = 2.0
"""Of the grid: at pypdf's own 1.25 the small letters of a table run into the next column."""

EDGE = 2
"""Lines at the head and the foot of a page among which running titles stand."""

AS_TEXT = "save its text instead (`pdftotext -layout paper.pdf`)"


def pdf_blocks(path: Path) -> list[Block]:
    """Return the blocks of a PDF.

    Raises
    ------
    InputError : pypdf is not installed, the file cannot be read, or it holds pictures of text alone.
    """
    pages = without_running_titles(pages_of(path))
    if sum(len(line.strip()) for page in pages for line in page) < FEWEST_LETTERS:
        raise InputError(f"{path}: holds no text, only pictures of it; have its letters recognised first, or type it")
    return blocks_of([(number, in_reading_order(page)) for number, page in enumerate(pages, start=1)])


def pages_of(path: Path) -> list[list[str]]:
    """Return the lines of every page.

    Raises
    ------
    InputError : as ``pdf_blocks``.
    """
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        raise InputError(f"{path}: a PDF needs pypdf; pip install escc-bayes[files], or {AS_TEXT}") from None
    if not path.is_file():
        raise InputError(f"{path}: no such file; name the file of the paper")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path}: is larger than {LARGEST // 10**6} MB, which no paper is; name another file")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{path}: is locked by a password; unlock it, or {AS_TEXT}")
        if len(reader.pages) > MOST_PAGES:
            raise InputError(f"{path}: has {len(reader.pages)} pages, no paper has; cut out those of the paper")
        return [lines_of(text_of_page(page)) for page in reader.pages]
    except InputError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError):
        # A damaged file ends in any of these, wherever it is damaged.
        raise InputError(f"{path}: is no PDF that can be read; {AS_TEXT}") from None


def text_of_page(page: "PageObject") -> str:
    """Return the text of a page on a grid."""
    return page.extract_text(extraction_mode="layout", layout_mode_scale_weight=FINENESS)


def lines_of(text: str) -> list[str]:
    """Return the lines of a page: ligatures as letters, soft hyphens at line ends as hyphens, else gone.

    Examples
    --------
    >>> lines_of("e\\ufb03cacy  of radio\\xadtherapy was con\\xad\\nfirmed")
    ['efficacy  of radiotherapy was con-', 'firmed']
    """
    plain = text.translate(LIGATURES).replace("\N{NO-BREAK SPACE}", " ").expandtabs(4)
    return [re.sub("\N{SOFT HYPHEN}$", "-", line.rstrip()).replace("\N{SOFT HYPHEN}", "") for line in plain.split("\n")]


def without_running_titles(pages: list[list[str]]) -> list[list[str]]:
    """Return pages without their numbers, and without lines at head or foot that three pages share."""
    edges = Counter(bare(line) for page in pages for line in set(edge(page)))
    running = {line for line, pages_with in edges.items() if pages_with >= 3}

    def stays(page: list[str], line: str) -> bool:
        return line not in edge(page) or (bare(line) not in running and not re.fullmatch(r" *\d{1,4} *", line))

    return [[line for line in page if stays(page, line)] for page in pages]


def edge(page: list[str]) -> list[str]:
    """Return the first and last lines of a page that are not empty."""
    filled = [line for line in page if line.strip()]
    return [*filled[:EDGE], *filled[-EDGE:]]


def bare(line: str) -> str:
    """Return a line without numbers and blanks, for comparing running titles."""
    return re.sub(r"[\d\s]+", "", line)
