"""Papers as files: Markdown, text, HTML and Word as blocks."""

import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

from escc_bayes.data.files.encoding import decode
from escc_bayes.evidence.manuscript.blocks import Block, Grid, Heading, Text
from escc_bayes.evidence.manuscript.pdf import pdf_blocks
from escc_bayes.foundation.errors import InputError

SKIPPED = frozenset({"script", "style", "nav", "head", "template"})
PARAGRAPHS = frozenset({"p", "li", "div", "section", "figcaption", "caption", "blockquote", "dd", "dt", "br"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BAR = re.compile(r"^\s*\|.*\|\s*$")
RULE = re.compile(r"^[\s|:+-]+$")
LARGEST = 20_000_000


def markdown_blocks(path: Path) -> list[Block]:
    """Return the blocks of Markdown or plain text: headings, paragraphs between blank lines, tables of bars or tabs."""
    return list(of_lines(text_of(path)))


def text_of(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    InputError : it cannot be read, or holds nothing.
    """
    if path.is_file() and path.stat().st_size > LARGEST:
        raise InputError(f"{path}: is larger than {LARGEST // 10**6} MB, which no paper is; name another file")
    content = decode(path, None)[0]
    if not content.strip():
        raise InputError(f"{path}: holds no text; name the file of the paper")
    return content


def of_lines(content: str) -> Iterator[Block]:
    """Yield the blocks of a text.

    Examples
    --------
    >>> blocks = of_lines("# Results\\n\\nA sentence.\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |")
    >>> [type(block).__name__ for block in blocks]
    ['Heading', 'Text', 'Grid']
    """
    kept: list[str] = []
    begun, kind = 1, ""
    for number, line in enumerate([*content.splitlines(), ""], start=1):
        now = "table" if BAR.match(line) or line.count("\t") > 1 else "text" if line.strip() else ""
        if now != kind or line.startswith("#"):
            yield from block_of(kept, kind, f"line {begun}")
            kept, begun, kind = [], number, now
        if line.startswith("#"):
            yield Heading(line.strip("# \t"))
            kind = ""
        elif now:
            kept.append(line)
    yield from block_of(kept, kind, f"line {begun}")


def block_of(lines: list[str], kind: str, where: str) -> Iterator[Block]:
    """Yield the block that lines of one kind are."""
    if not lines:
        return
    if kind == "table":
        rows = [line for line in lines if not RULE.match(line)]
        yield Grid(tuple(cells(line) for line in rows), where)
    else:
        yield Text(re.sub(r"(\*\*|__|`)", "", " ".join(line.strip() for line in lines)), where)


def cells(line: str) -> tuple[str, ...]:
    """Return the cells of a line with bars or tabs."""
    parts = line.split("\t") if "\t" in line else re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return tuple(re.sub(r"\*\*|\\(?=\|)", "", part).strip() for part in parts)


class PaperParser(HTMLParser):
    """Collects headings, paragraphs and tables of an HTML page; scripts and navigation are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.rows: list[list[str]] | None = None
        self.caption, self.text, self.skipped = "", "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a row or a cell."""
        if tag in SKIPPED:
            self.skipped += 1
        elif tag == "table":
            self.close()
            self.rows, self.caption = [], ""
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th", "caption") and self.rows is not None:
            self.text = ""
            spans = int(dict(attrs).get("colspan") or 1) if (dict(attrs).get("colspan") or "1").isdigit() else 1
            self.span = min(spans, 30)
        elif tag in PARAGRAPHS | HEADINGS and self.rows is None:
            self.close()

    def handle_endtag(self, tag: str) -> None:
        """End a block, a cell or a table."""
        if tag in SKIPPED:
            self.skipped = max(0, self.skipped - 1)
        elif self.rows is not None:
            self.end_in_table(tag)
        elif tag in HEADINGS:
            self.blocks.append(Heading(" ".join(self.text.split())))
            self.text = ""
        elif tag in PARAGRAPHS:
            self.close()

    def end_in_table(self, tag: str) -> None:
        """End a cell, the caption or the table."""
        text = " ".join(self.text.split())
        if tag in ("td", "th") and self.rows:
            self.rows[-1] += [text] * self.span
            self.text = ""
        elif tag == "caption":
            self.caption, self.text = text, ""
        elif tag == "table":
            table = tuple(tuple(row) for row in self.rows or [] if row)
            if table:
                self.blocks.append(Grid(table, f"line {self.getpos()[0]}", self.caption))
            self.rows, self.text = None, ""

    def handle_data(self, data: str) -> None:
        """Keep text."""
        if not self.skipped:
            self.text += data

    def close(self) -> None:
        """End a paragraph."""
        if self.rows is None and self.text.strip():
            self.blocks.append(Text(" ".join(self.text.split()), f"line {self.getpos()[0]}"))
        self.text = "" if self.rows is None else self.text


def html_blocks(path: Path) -> list[Block]:
    """Return the blocks of an HTML page."""
    parser = PaperParser()
    parser.feed(text_of(path))
    parser.close()
    return parser.blocks


def docx_blocks(path: Path) -> list[Block]:
    """Return the blocks of a Word file."""
    import zipfile

    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    if not path.is_file():
        raise InputError(f"{path}: no such file; name the file of the paper")
    try:
        document = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile):
        raise InputError(f"{path}: is no Word file that can be opened; save it as .docx, or as text") from None
    found: list[Block] = []
    for number, item in enumerate(document.iter_inner_content(), start=1):
        if isinstance(item, Table):
            rows = tuple(tuple(" ".join(cell.text.split()) for cell in row.cells) for row in item.rows)
            found.append(Grid(rows, f"paragraph {number}"))
        elif ((item.style and item.style.name) or "").startswith(("Heading", "Title")):
            found.append(Heading(item.text))
        elif item.text.strip():
            found.append(Text(item.text, f"paragraph {number}"))
    return found


READERS: Mapping[str, Callable[[Path], list[Block]]] = {
    **dict.fromkeys((".md", ".markdown", ".txt", ".text"), markdown_blocks),
    **dict.fromkeys((".html", ".htm", ".xhtml"), html_blocks),
    ".docx": docx_blocks,
    ".pdf": pdf_blocks,
}
