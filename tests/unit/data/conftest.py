"""A cohort of six patients as CSV text, and ways to spoil it."""

from types import SimpleNamespace

import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from

SCHEMA = {
    "name": "small",
    "time_unit": "months",
    "id": "patient",
    "endpoints": {
        "os": {"time": "os_months", "event": "os_event"},
        "pfs": {"time": "pfs_months", "event": "pfs_event"},
    },
    "covariates": {
        "stage": {"kind": "ordered", "levels": ["II", "III", "IV"]},
        "age": {"kind": "continuous", "center": 65.0, "scale": 10.0},
    },
}
ROWS = """patient,os_months,os_event,pfs_months,pfs_event,stage,age
P1,22.5,0,3.25,1,II,66
P2,36.5,0,9.5,1,III,78
P3,24.25,1,21.25,1,II,69
P4,25.75,0,25.75,0,IV,57
P5,13,1,11.25,1,IV,69.5
P6,9.25,1,9.25,1,III,71
"""


def changed(schema, **changes):
    """Return a copy of a schema; ``covariates__stage={..}`` updates a table, a None removes a key."""
    copied = {k: {n: dict(b) for n, b in v.items()} if isinstance(v, dict) else v for k, v in schema.items()}
    for path, value in changes.items():
        *folders, key = path.split("__")
        target = copied
        for folder in folders:
            target = target.setdefault(folder, {})
        if value is None:
            target.pop(key)
        elif isinstance(value, dict) and key in target:
            target[key] = {k: v for k, v in {**target[key], **value}.items() if v is not None}
        else:
            target[key] = value
    return copied


@pytest.fixture
def small(tmp_path):
    """The text of the rows, and readers of CSV text or bytes and of data frames under a changed schema."""

    def read(content=ROWS, *, provenance=None, name="cohort.csv", **changes):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_cohort(path, schema_from(changed(SCHEMA, **changes), "small.toml"), provenance=provenance)

    def read_frame(frame, **changes):
        return read_cohort(frame, schema_from(changed(SCHEMA, **changes), "small.toml"))

    def frame():
        return pd.read_csv(tmp_path / "cohort.csv") if (tmp_path / "cohort.csv").exists() else None

    def replaced(old, new):
        assert ROWS.count(old) == 1
        return ROWS.replace(old, new)

    return SimpleNamespace(
        rows=ROWS,
        read=read,
        read_frame=read_frame,
        frame=frame,
        replaced=replaced,
        schema=SCHEMA,
        path=tmp_path / "cohort.csv",
    )
