"""What must hold of anything that a verb says or writes: numbers or reasons, n and events, one clean sentence."""

import csv
import math
import re
from pathlib import Path

# Words of Python that no reader should meet.
FOREIGN = re.compile(r"\b(nan|NaN|None|inf|True|False|array\(|float64|Traceback|dtype)\b")
# Tables whose rows are of patients, and count them.
COUNTED = ("hazard_ratios", "survival", "cure", "frailty", "comparison", "time_varying", "spline", "drift")


def rows_of(file: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def refuses_cleanly(error: Exception, words: str) -> None:
    """Hold a refusal to one paragraph that names what is at fault, says what to do, and has the words of the table."""
    said = str(error)
    assert words in said, said
    assert "\n" not in said
    assert not FOREIGN.search(said), said
    assert re.search(r"; |, or ", said), f"says not what to do: {said}"


def estimates_are_whole(estimates) -> None:
    """Hold answers to a number or a reason each, limits on either side, and whom they are of."""
    assert estimates
    for e in estimates:
        assert not math.isnan(e.value) or e.note, e
        assert e.n, e
        assert e.events is not None, e
        if e.method.startswith("bayes") and not math.isnan(e.value):
            assert e.lower <= e.value <= e.upper, e


def tables_are_whole(folder: Path) -> None:
    """Hold every cell to no word of Python, and rows of patients to n and events."""
    for file in folder.glob("*.csv"):
        rows = rows_of(file)
        for row in rows:
            assert not any(value in ("nan", "None", "[]") for value in row.values()), (file.name, row)
            if file.stem in COUNTED:
                assert row["n"], (file.name, row)
                assert row["events"], (file.name, row)


def reads_well(text: str) -> None:
    """Hold what is printed to words of readers: no Python, no plural of one."""
    found = FOREIGN.search(text)
    assert not found, text[max(found.start() - 80, 0) : found.end() + 80]
    many = r"(?<![\d.,-])1 (?:months|events|patients|posteriors|cohorts|divergences|reconstructions|rows)\b"
    assert not re.findall(many, text)
