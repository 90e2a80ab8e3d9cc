"""CSV files that almost are right: cells, rows, headers, quotes, separators, line ends, encodings and bytes changed."""

import random
from pathlib import Path

from tests.fuzz.tomls import COHORT, MODEL, SCHEMA

CELLS = (
    *(
        "",
        " ",
        "NA",
        "nan",
        ".",
        "-1",
        "0",
        "-0.0",
        "1e400",
        "inf",
        "-inf",
        "1e-310",
        "1_0",
        '"1,5"',
        "1e308",
        "9" * 400,
    ),
    *(
        "2",
        "2.0",
        "true",
        "FALSE",
        "dead",
        "c",
        "A ",
        " a",
        "0x10",
        "１２",
        "½",
        "Ösophagus",
        "=1+1",
        "@x",
        "++1",
        "1 2",
    ),
    *(
        '"7"',
        '"a""b"',
        '"x\ny"',
        '"',
        "a\rb",
        "\ufeff",
        "\u00a05",
        "\u202e",
        "\x00",
        "\x07",
        "\x1b[31m",
        "<b>",
        "x" * 3000,
    ),
    *(
        "7.5",
        "1000000",
        "0.001",
        "12 months",
        "2024-02-30",
        "1.0.0",
        "N/A",
        "None",
        "'1'",
        "$a_1$",
        "{x}",
        "%s",
        "\\",
        "/",
    ),
)
HEADERS = ("t", "T", " d", "Provenance", "member", "MEMBER", "", "id ", "weight", "age\n", '"arm"', "x" * 300, "=t")
CHANGES = ("cell", "cell", "cell", "cell", "column", "short", "long", "again", "swap", "blank", "header", "drop", "few")


def rows_changed(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Return the rows, the header first, with one thing changed."""
    place, column = chance.randrange(len(rows)), chance.randrange(max(1, len(rows[0])))
    row, what = rows[place], chance.choice(CHANGES)
    if what == "cell" and column < len(row):
        row[column] = chance.choice(CELLS)
    elif what == "column":
        cell = chance.choice(CELLS)
        for other in rows[1:]:
            other[column : column + 1] = [cell]
    elif what in ("short", "long"):
        row[:] = row[:-1] if what == "short" else [*row, chance.choice(CELLS)]
    elif what in ("again", "blank"):
        rows.insert(place, list(row) if what == "again" else [chance.choice(("", " ", ",,,,"))])
    elif what == "swap":
        rows[place], rows[-1] = rows[-1], rows[place]
    elif what == "header" and column < len(rows[0]):
        rows[0][column] = chance.choice(HEADERS)
    elif what == "drop":
        for other in rows:
            other[column : column + 1] = []
    elif what == "few":
        del rows[chance.randrange(1, 6) :]
    return rows


def bytes_of(rows: list[list[str]], chance: random.Random) -> bytes:
    """Return the rows as a program might write them, and sometimes what a disk might make of that."""
    separator, end = chance.choice(",,,,,,,,,,,;;\t|"), chance.choice(("\n", "\n", "\n", "\r\n", "\r"))
    text = end.join(separator.join(row) for row in rows) + chance.choice((end, "", end * 2))
    coding = chance.choice((*["utf-8"] * 30, "utf-8-sig", "latin-1", "utf-16", "gbk"))
    found = bytearray(text.encode(coding, errors="replace"))
    if chance.random() < 0.1 and found:
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found[: chance.randrange(len(found) + 1)]) if chance.random() < 0.05 else bytes(found)


def command(number: int, seed: int, folder: Path) -> list[str]:
    """Write changed file ``number`` into ``folder`` and return a command that reads it."""
    chance = random.Random(f"csv/{seed}/{number}")
    rows = [line.split(",") for line in COHORT.splitlines()]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        rows = rows_changed(rows, chance) if rows else rows
    cohort, schema, model = folder / "c.csv", folder / "s.toml", folder / "m.toml"
    cohort.write_bytes(bytes_of(rows, chance))
    schema.write_text(SCHEMA, encoding="utf-8")
    model.write_text(MODEL, encoding="utf-8")
    told = ["--cohort", str(cohort), "--schema", str(schema), "--out", str(folder / "work" / "out")]
    if number % 2:
        return ["baselines", *told, "--endpoint", "os"]
    return ["fit", *told, "--model", str(model), "--engine", "laplace", "--draws", "100", "--quiet"]
