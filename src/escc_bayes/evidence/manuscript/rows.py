"""A CSV of rows (what, value, where) as passages: each row is a sentence, and its place is told."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from escc_bayes.data.csv_file import read_csv
from escc_bayes.evidence.manuscript.entry import Entry, Passage, Understood
from escc_bayes.evidence.manuscript.sentence import understood
from escc_bayes.foundation.errors import InputError

COLUMNS = ("what", "value", "where")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+|n")


def rows_of(path: Path) -> Iterator[Understood]:
    """Yield each row as understood.

    Raises
    ------
    InputError : the file has no columns ``what`` and ``value``.
    """
    table = read_csv(path)
    header = [name.strip().casefold() for name in table.header]
    missing = [name for name in COLUMNS[:2] if name not in header]
    if missing:
        raise InputError(
            f"{path}, line 1: a file of prints needs the columns what, value and where; {' and '.join(missing)} "
            f"is missing among {', '.join(table.header)}"
        )
    columns = {name: table.columns[header.index(name)] for name in COLUMNS if name in header}
    for place, (line, what, value) in enumerate(zip(table.lines, columns["what"], columns["value"], strict=True)):
        where = columns["where"][place] if "where" in columns else ""
        yield row(what.strip(), value.strip(), where.strip() or f"line {line}")


def row(what: str, value: str, where: str) -> Understood:
    """Return one row: a number under the name given, or the sentence "what: value".

    Examples
    --------
    >>> row("male_n", "56", "Table 1").entries[0].body["name"], row("n", "79", "Methods").entries[0].kind
    ('male_n', 'n')
    >>> row("OS, RT over none", "HR 0.73 (95 % CI 0.59-0.89)", "Table 3").entries[0].body["endpoint"]
    'OS'
    """
    passage = Passage(f"{what}: {value}", where)
    number = printed(value)
    if number is None or NAME.fullmatch(what) is None:
        return understood(passage)
    span = ((len(what) + 2, len(passage.text)),)
    if what == "n" and number == int(number):
        return Understood(
            passage, (Entry("n", {"value": int(number), "quote": passage.text}, f"n = {value}", span),), ()
        )
    body = {"name": what, "value": number, **({"unit": "%"} if value.endswith("%") else {}), "quote": passage.text}
    return Understood(passage, (Entry("number", body, f"{what} = {value}", span),), ())


def printed(value: str) -> Decimal | None:
    """Return the number that a cell is, or None."""
    try:
        number = Decimal(value.rstrip(" %").replace("\N{MIDDLE DOT}", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
