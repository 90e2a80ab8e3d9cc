"""A table of words and figures in aligned columns, its cautions numbered below it."""

import unicodedata
from collections.abc import Mapping, Sequence

type Row = Mapping[str, object]
type Cells = tuple[str, ...]

# Letters of a column of words; longer ones are cut, the CSV has them whole.
WIDEST = 60


class Notes:
    """Cautions of the rows of one table, each said once below it."""

    def __init__(self) -> None:
        self.said: dict[str, int] = {}

    def mark(self, *rows: Row) -> str:
        """Return the numbers of what must be said of rows."""
        words = [part.strip() for row in rows for part in note_parts(row)]
        return "".join(f"[{self.said.setdefault(word, len(self.said) + 1)}]" for word in dict.fromkeys(words))

    def lines(self) -> list[str]:
        """Return what is said, by number."""
        return [f"  [{number}] {word}" for word, number in self.said.items()]


def note_parts(row: Row) -> list[str]:
    """Return the cautions of a row: not fit for use, what else a verdict says, and its note."""
    verdict = str(row.get("verdict") or "ok")
    note = str(row.get("note") or "")
    return [*([verdict] if verdict != "ok" else []), *([note] if note else [])]


def aligned(title: str, head: Cells, body: Sequence[Cells], notes: Notes) -> str:
    """Return a table with words to the left and numbers to the right; columns without content are left out."""
    kept = [k for k in range(len(head)) if any(row[k] not in ("", "-") for row in body)]
    table = [tuple(shortened(row[k]) for k in kept) for row in (head, *body)]
    widths = [max(width(cell) for cell in column) for column in zip(*table, strict=True)]
    right = [all(is_figure(row[k]) for row in body) for k in kept]
    lines = [
        "  ".join(
            pad(cell, wide, right=numeric) for cell, wide, numeric in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in table
    ]
    rule = "-" * max(width(line) for line in lines)
    return "\n".join([title, lines[0], rule, *lines[1:], *notes.lines()])


def plain_table(title: str, head: Cells, body: Sequence[Cells]) -> str:
    """Return a table without notes; columns without content are left out."""
    return aligned(title, head, body, Notes())


def is_figure(cell: str) -> bool:
    """Whether a cell holds figures rather than words."""
    return cell in ("", "-") or cell[0] in "0123456789<>-"


def pad(cell: str, wide: int, *, right: bool) -> str:
    """Return a cell filled up with spaces."""
    spaces = " " * (wide - width(cell))
    return spaces + cell if right else cell + spaces


def width(text: str) -> int:
    """Return how many places a console needs; letters of East Asia take two, marks none."""
    wide = sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)
    return wide - sum(unicodedata.combining(letter) != 0 for letter in text)


def shortened(text: str) -> str:
    """Return a cell of at most ``WIDEST`` letters."""
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
