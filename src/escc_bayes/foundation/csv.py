"""Tables as CSV files: full precision, an empty cell for what does not exist."""

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path


def write_csv(path: Path, rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> None:
    """Write rows with the columns of the first; ``columns`` names them for a table without rows."""
    names = list(rows[0]) if rows else list(columns)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            writer.writerow([cell(row[name]) for name in names])


def cell(value: object) -> object:
    """Return a value as CSV writes it; NaN and None are empty."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return repr(float(value)) if isinstance(value, float) else value
