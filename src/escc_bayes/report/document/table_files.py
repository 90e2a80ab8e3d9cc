"""Tables of text as LaTeX and as one CSV file for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from escc_bayes.foundation.csv import Lines, harmless

# What LaTeX would take for a command. The backslash goes first, and its own braces are put in last.
SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "†": r"\dag{}",
        "–": "--",
    }
)


class TextTable(Protocol):
    """A table of text; a row of one cell is a heading over the rows below it."""

    @property
    def caption(self) -> str:
        """What it shows."""
        ...

    @property
    def head(self) -> tuple[str, ...]:
        """Words over the columns."""
        ...

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Cells."""
        ...

    @property
    def note(self) -> str:
        """Under the table."""
        ...


def write_latex(path: Path, tables: Iterable[TextTable]) -> None:
    """Write tables as LaTeX environments that need ``booktabs`` and ``longtable``."""
    path.write_text("\n".join(latex_of(table) for table in tables), encoding="utf-8")


def latex_of(table: TextTable) -> str:
    """Return one table as LaTeX."""
    columns = len(table.head)
    lines = [
        rf"\begin{{longtable}}{{@{{}}{'l' * columns}@{{}}}}",
        rf"\caption{{{latex(table.caption)}}}\\",
        r"\toprule",
        f"{row_of_latex(table.head)}",
        r"\midrule",
        r"\endhead",
    ]
    over = rf"\multicolumn{{{columns}}}{{@{{}}"
    for row in table.rows:
        heading = rf"{over}l}}{{\textbf{{{latex(row[0])}}}}}\\"
        lines.append(heading if len(row) == 1 else row_of_latex(row))
    foot = [rf"{over}p{{\linewidth}}}}{{\footnotesize {latex(table.note)}}}\\"] if table.note else []
    return "\n".join([*lines, r"\bottomrule", *foot, r"\end{longtable}", ""])


def row_of_latex(cells: Sequence[str]) -> str:
    """Return one row; a cell that begins with a bracket is no option of the line break before it."""
    return " & ".join(latex(cell) for cell in cells) + r" \\"


def latex(text: str) -> str:
    r"""Return text that LaTeX prints as it is.

    Examples
    --------
    >>> print(latex("P(HR > 1), 95 % & rt_added"))
    P(HR \textgreater{} 1), 95 \% \& rt\_added
    """
    return text.translate(SPECIAL)


def write_table_csv(path: Path, tables: Iterable[TextTable]) -> None:
    """Write tables below each other, as printed, for a spreadsheet: UTF-8 with the mark that Excel wants."""
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(Lines(stream))
        for place, table in enumerate(tables):
            if place:
                writer.writerow([])
            for row in ((table.caption,), table.head, *table.rows, *([(table.note,)] if table.note else [])):
                writer.writerow([harmless(cell) for cell in row])
