"""Small files spoiled at random, and what reading them came to before columns were read as a whole.

``python -m tests.unit.data.bad_files`` writes bad_files.json anew. It was first written by the reader that looked at
one cell after the other; a difference since then is a change of what users are told, and is to be meant.
"""

import hashlib
import json
import random
import warnings
from pathlib import Path

import numpy as np

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import InputError

STORED = Path(__file__).with_name("bad_files.json")
CASES = 400
CELLS = (
    *(
        "",
        " ",
        "NA",
        "nan",
        ".",
        "None",
        "null",
        "-1",
        "0",
        "-0",
        "0.0",
        "1e400",
        "-inf",
        "inf",
        "1e-310",
        "1_0",
        "1,5",
    ),
    *(
        "2,5,1",
        "2",
        "2.0",
        "3",
        "true",
        "True",
        "FALSE",
        "dead",
        "Dead",
        "alive",
        "ii",
        "II ",
        " II",
        "V",
        "IV.",
        "I I",
    ),
    *("0x10", "１２", "½", "Ösophagus", "=1+1", "1 2", "12 months", "++1", "1e3", " 7.5 ", "7.", ".5", "999", "\t5"),
    *(
        '"7"',
        '"a""b"',
        '"x\ny"',
        '"',
        "a\rb",
        "\ufeff",
        "\u00a05",
        "1e",
        "e1",
        "infinity",
        "NaN",
        "n/a",
        "N/A",
        "1.0.0",
    ),
)
SCHEMAS = (
    {},
    {"endpoints": {"os": {"time": "t", "event": "d", "entry": "e"}}},
    {"endpoints": {"os": {"time": "t", "event": "d", "missing": "drop"}, "pfs": {"time": "u", "event": "d"}}},
    {"endpoints": {"os": {"time": "t", "event": "d", "event_values": ["1", "dead"]}}, "time_unit": "days"},
    {"endpoints": {"os": {"time": "t", "event": "d", "event_values": ["1"], "censored_values": ["0", "alive"]}}},
    {"id": None},
)


def schema_of(changes):
    """Return one of the schemas that the files are read by."""
    raw = {
        "name": "small",
        "id": "id",
        "endpoints": {"os": {"time": "t", "event": "d"}},
        "covariates": {
            "stage": {"kind": "ordered", "levels": ["II", "III", "IV"]},
            "grade": {"kind": "ordered", "levels": ["1", "2", "3"]},
            "age": {"kind": "continuous"},
            "alc": {
                "kind": "ordered",
                "levels": ["low", "high"],
                "column": "count",
                "cuts": [1.0],
                "classes": ["low", "high"],
            }
            | {"on_cut": ["above"]},
        },
    }
    return schema_from({k: v for k, v in (raw | changes).items() if v is not None}, "small.toml")


def sound(rng):
    """Return the header and rows of a file that is right."""
    rows = []
    for i in range(rng.choice((6, 12, 30))):
        t = round(rng.uniform(2.0, 60.0), rng.choice((0, 1, 2)))
        u, e = round(t * rng.random() + 0.01, 2), round(t * rng.random() * 0.5, 1)
        words = [
            rng.choice(("II", "III", "IV")),
            str(rng.randint(1, 3)),
            str(rng.randint(40, 80)),
            str(rng.random() * 2),
        ]
        rows.append([f"P{i}", str(t), str(rng.randint(0, 1)), str(u), str(e), *words])
    return [["id", "t", "d", "u", "e", "stage", "grade", "age", "count"], *rows]


def spoiled(rng, table):
    """Return the table with one thing changed."""
    place, column = rng.randrange(len(table)), rng.randrange(9)
    what = rng.choice((*["cell"] * 12, "short", "long", "again", "blank", "empty", "column", "column", "header"))
    row = table[place]
    if what == "cell" and len(row) > column:
        cell = rng.choice(CELLS)
        row[column] = f'"{cell}"' if "," in cell else cell
    elif what == "short":
        row.pop()
    elif what == "long":
        row.append(rng.choice(CELLS))
    elif what == "again":
        table.insert(place, list(row))
    elif what == "blank":
        table.insert(place, [rng.choice(("", " ", "\t"))])
    elif what == "empty":
        table.insert(place, [""] * 9)
    elif what == "column":
        cell = rng.choice(CELLS)
        for other in table[1:]:
            other[min(column, len(other) - 1)] = cell
    elif what == "header":
        table[0][min(column, len(table[0]) - 1)] = rng.choice(("t", "T", " stage", "provenance", "x", ""))
    return table


def content_of(rng, table):
    """Return the bytes of a table, written as one program or another writes them."""
    separator = rng.choice((*"," * 6, ";", "\t"))
    end = rng.choice(("\n", "\n", "\r\n", "\r"))
    text = end.join(separator.join(row) for row in table) + rng.choice((end, "", end + end))
    encoding = rng.choice((*["utf-8"] * 16, "utf-8-sig", "latin-1", "utf-16"))
    return text.encode(encoding, errors="replace")


def cases():
    """Return name -> (bytes, schema) of every case."""
    found = {}
    for number in range(CASES):
        rng = random.Random(number)
        table = sound(rng)
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            table = spoiled(rng, table)
        found[f"{number:03}"] = (content_of(rng, table), schema_of(rng.choice(SCHEMAS)))
    return found


def outcome(content, schema, folder):
    """Return what reading comes to: the message, or what was read and the notes."""
    path = folder / "c.csv"
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            cohort = read_cohort(path, schema)
        except InputError as error:
            return f"{type(error).__name__}: {error}".replace(str(path), "c.csv")
    values = [a for e in cohort.endpoints.values() for a in (e.time, e.event, e.entry)]
    values += [c.values for c in cohort.covariates.values()]
    told = hashlib.sha256(np.array(values).tobytes() + repr(cohort.ids).encode()).hexdigest()[:12]
    return " | ".join([repr(cohort), told, *cohort.notes]).replace(str(path), "c.csv")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        told = {name: outcome(*case, Path(folder)) for name, case in cases().items()}
    STORED.write_text(json.dumps(told, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
