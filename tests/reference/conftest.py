"""Patient data for the reference tests: read from a folder beside the repository, skipped where it is absent."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

HERE = Path(__file__).parent
DATA = HERE.parents[1].parent / "shared" / "data"
MONTH = 30.4375
STAGES = ("I", "II", "III", "IV")

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Patients:
    """One data set as survival.R prepares it: covariates, outcome, groups and the terms of the columns."""

    X: Column
    time: Column
    event: NDArray[np.bool_]
    group: NDArray[np.int64]
    terms: tuple[tuple[str, tuple[int, ...]], ...]
    entry: Column | None = None
    weight: Column | None = None


def read(name: str) -> dict[str, list[str]]:
    """Read one CSV of the data folder by column; skip the test without it."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not there: the patient data are not part of this repository")
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {column: [row[column] for row in rows] for column in rows[0]}


def numbers(table: dict[str, list[str]], column: str) -> Column:
    return np.array([float(text) if text else np.nan for text in table[column]])


def larynx() -> Patients:
    # lifelines ships these data (KMsurv, Kardaun 1983), so these tests always run.
    from importlib.resources import files

    text = files("lifelines").joinpath("datasets/larynx.csv").read_text()
    table = list(csv.DictReader(text.splitlines()))
    column = {name: np.array([float(row[name]) for row in table]) for name in table[0]}
    dummies = [column[f"Stage_{stage}"] for stage in STAGES[1:]]
    return Patients(
        X=np.column_stack((*dummies, column["age"])),
        time=column["time"],
        event=column["death"] == 1,
        group=(1 + np.column_stack(dummies) @ [1, 2, 3]).astype(np.int64),
        terms=(("stage", (0, 1, 2)), ("age", (3,))),
    )


def lung(*, weighted: bool) -> Patients:
    table = read("survival_cancer.csv")
    ecog = numbers(table, "ph.ecog")
    keep = ecog < 3
    ecog = ecog[keep]
    count = np.arange(1, ecog.size + 1)
    return Patients(
        X=np.column_stack((ecog == 1, ecog == 2, numbers(table, "age")[keep], numbers(table, "sex")[keep])),
        time=numbers(table, "time")[keep],
        event=numbers(table, "status")[keep] == 2,
        group=ecog.astype(np.int64),
        terms=(("ecog", (0, 1)), ("age", (2,)), ("sex", (3,))),
        weight=1 + (count % 3) / 2 if weighted else None,
    )


def ovarian() -> Patients:
    table = read("survival_ovarian.csv")
    columns = [numbers(table, name) for name in ("age", "rx", "ecog.ps")]
    return Patients(
        X=np.column_stack(columns),
        time=numbers(table, "futime"),
        event=numbers(table, "fustat") == 1,
        group=columns[1].astype(np.int64),
        terms=(("age", (0,)), ("rx", (1,)), ("ecog", (2,))),
    )


def kidney() -> Patients:
    table = read("survival_kidney.csv")
    female, disease = numbers(table, "sex") == 2, np.array(table["disease"])
    return Patients(
        X=np.column_stack((numbers(table, "age"), female, *(disease == d for d in ("GN", "AN", "PKD")))),
        time=numbers(table, "time"),
        event=numbers(table, "status") == 1,
        group=female.astype(np.int64),
        terms=(("age", (0,)), ("sex", (1,)), ("disease", (2, 3, 4))),
    )


def heart() -> Patients:
    table = read("survival_heart.csv")
    names = ("age", "year", "surgery", "transplant")
    columns = [numbers(table, name) for name in names]
    return Patients(
        X=np.column_stack(columns),
        time=numbers(table, "stop"),
        event=numbers(table, "event") == 1,
        group=columns[3].astype(np.int64),
        terms=tuple((name, (j,)) for j, name in enumerate(names)),
        entry=numbers(table, "start"),
    )


def escc(endpoint: str) -> Patients:
    table = read("tcga_escc_clinical.csv")
    time = numbers(table, f"{endpoint}.time")
    stage = np.array([STAGES.index(s) + 1 if s in STAGES else 0 for s in table["stage_group"]])
    keep = (stage > 0) & (time > 0)
    stage, male = stage[keep], np.array(table["gender"])[keep] == "MALE"
    return Patients(
        X=np.column_stack((numbers(table, "age_at_initial_pathologic_diagnosis")[keep], male, stage >= 3)),
        time=time[keep] / MONTH,
        event=numbers(table, endpoint)[keep] == 1,
        group=stage.astype(np.int64),
        terms=(("age", (0,)), ("male", (1,)), ("high", (2,))),
    )


READERS = {
    "larynx": larynx,
    "lung": lambda: lung(weighted=False),
    "lung_weighted": lambda: lung(weighted=True),
    "ovarian": ovarian,
    "kidney": kidney,
    "heart": heart,
    "tcga_os": lambda: escc("OS"),
    "tcga_pfi": lambda: escc("PFI"),
}


@pytest.fixture(scope="session")
def reference():
    """What R printed: survival.json, made by survival.R."""
    return json.loads((HERE / "survival.json").read_text())


@pytest.fixture
def patients():
    """A reader of one data set by name."""
    return lambda name: READERS[name]()
