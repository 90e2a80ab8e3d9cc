"""One small cohort that every file of these tests holds, and its schema."""

import pytest

from escc_bayes.data.schema import schema_from

HEADER = ["patient", "os_months", "dead", "stage", "alc"]
ROWS = [
    ["P1", 12.5, 1, "II", 1.2],
    ["P2", 30.25, 0, "III", 0.75],
    ["P3", 7.0, 1, "IV", 0.5],
    ["P4", 18.75, 0, "II", None],
    ["P5", 22.0, 1, "III", 1.75],
    ["P6", 9.5, 0, "IV", 0.25],
]


def schema(**more):
    """Return the schema of these rows, with further tables."""
    raw = {
        "id": "patient",
        "endpoints": {"os": {"time": "os_months", "event": "dead"}},
        "covariates": {
            "stage": {"kind": "ordered", "levels": ["II", "III", "IV"]},
            "alc": {"kind": "continuous"},
        },
    }
    return schema_from({**raw, **more}, "small.toml")


def as_text(separator=",", decimal=".", above=(), below=(), end="\n"):
    """Return the rows as a text file, with lines above and below."""
    cells = [HEADER, *(["" if cell is None else str(cell).replace(".", decimal) for cell in row] for row in ROWS)]
    return end.join([*above, *(separator.join(row) for row in cells), *below]) + end


@pytest.fixture
def plain(tmp_path):
    """The cohort of a plain CSV file."""
    from escc_bayes.data.cohort import read_cohort

    path = tmp_path / "plain.csv"
    path.write_text(as_text(), encoding="utf-8")
    return read_cohort(path, schema())
