"""A document as blocks (headings, paragraphs, tables, figures), and its Markdown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

# What begins markup in Markdown: tags, links and pictures, code, emphasis, an escape. CommonMark 0.31.
MARKUP = re.compile(r"<(?=[A-Za-z/!?])|\[|`|\*(?=\S)|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)|\\(?=[!-/:-@\[-`{-~])|&(?=#?\w+;)")


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1 is the title."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list without numbers."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; cells are text, rows as long as ``head``, or one cell: a heading over rows below."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure by its file ``name`` in ``figures/``, without ending; ``folder`` is where that lies, with its slash."""

    name: str
    caption: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """Files beside the document: each by its path from there, and what it holds."""

    files: tuple[tuple[str, str], ...]


type Block = Heading | Paragraph | Items | Table | Picture | Links


def markdown(blocks: Iterable[Block]) -> str:
    """Return the document as Markdown."""
    return "\n\n".join(markdown_of(block) for block in blocks) + "\n"


def markdown_of(block: Block) -> str:
    """Return one block as Markdown.

    Examples
    --------
    >>> print(markdown_of(Table("Sizes.", ("arm", "n"), (("RT", "50"),))))
    Sizes.
    <BLANKLINE>
    | arm | n |
    |---|---|
    | RT | 50 |
    """
    match block:
        case Heading(text, level):
            return f"{'#' * level} {plain(text)}"
        case Paragraph(text):
            return plain(text)
        case Items(texts):
            return "\n".join(f"- {plain(text)}" for text in texts)
        case Picture(name, caption, folder):
            return f"![{plain(caption)}]({folder}figures/{name}.png)"
        case Links(files):
            return "\n".join(f"- [{plain(path)}]({quote(path)}): {plain(words)}" for path, words in files)
        case Table(caption, head, rows):
            body = (line(padded(row, head)) for row in rows)
            return "\n".join([plain(caption), "", line(head), f"|{'---|' * len(head)}", *body])


def padded(row: Sequence[str], head: Sequence[str]) -> tuple[str, ...]:
    """Return a row as long as the head."""
    return (*row, *[""] * (len(head) - len(row)))


def line(cells: Sequence[str]) -> str:
    """Return one row of a Markdown table; a bar in a cell does not end it."""
    return f"| {' | '.join(plain(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def plain(text: str) -> str:
    r"""Return text in which no name can begin markup: a tag, a link, code, emphasis. Comparisons stay as they are.

    Examples
    --------
    >>> print(plain("P(HR < 1 | data) of <b>RT</b>, [x](y), rt_consolidation"))
    P(HR < 1 | data) of \<b>RT\</b>, \[x](y), rt_consolidation
    """
    return MARKUP.sub(r"\\\g<0>", text)
