"""The chapter of the paper on bundled reconstructions, made once; a cohort with Chinese columns."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.bundled import example_cohort, example_ensemble
from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.study.part import Part, StudyChapter, StudyTable
from escc_bayes.study.run import PAPERS, retold, subject_of
from escc_bayes.study.subject import Subject

STUDY = "seed1_scirep2025"
COLUMNS = {
    "stage": {"column": "分期", "kind": "ordered", "levels": ["II期", "III期", "IV期"]},
    "field": {"column": "照射范围", "kind": "binary", "levels": ["全部病灶", "部分病灶"]},
    "years": {"column": "年龄", "kind": "continuous", "center": 65.0, "scale": 10.0},
    "best": {"column": "疗效", "kind": "ordered", "levels": ["CR", "PR", "SD", "PD"], "known_at": 3.0},
    "rp": {"column": "放射性肺炎", "kind": "ordered", "levels": ["0", "1", "2", "3"], "known_at": 3.0},
}


@pytest.fixture(scope="session")
def subject() -> Subject:
    return subject_of(STUDY, example_cohort("escc79"), example_ensemble("escc79"), seed=1, level=0.95)


@pytest.fixture(scope="session")
def chapter(subject: Subject) -> StudyChapter:
    """The chapter on four reconstructions: all give back the print, and twenty take five times as long."""
    few = replace(subject, members=subject.members[:4])
    parts = tuple(make(few) for make in PAPERS[STUDY].parts)
    methods = PAPERS[STUDY].methods
    return StudyChapter(STUDY, few.study.citation, few.whose, few.first.provenance, parts, methods)


def chinese_frame(n: int = 60) -> pd.DataFrame:
    """Return patients with Chinese columns, without PFS and without lymphocyte counts."""
    rng = np.random.default_rng(3)
    frame = {c["column"]: rng.choice(c["levels"], n) for c in COLUMNS.values() if "levels" in c}
    frame |= {"年龄": rng.integers(45, 80, n), "总生存时间": 4 + rng.exponential(25.0, n).round(2)}
    frame["死亡"] = (rng.random(n) < 0.5).astype(int)
    return pd.DataFrame(frame)


def chinese_schema() -> dict[str, object]:
    """Return the schema of the Chinese columns."""
    endpoints = {"death": {"time": "总生存时间", "event": "死亡", "label": "总生存"}}
    return {"endpoints": endpoints, "covariates": {name: dict(value) for name, value in COLUMNS.items()}}


@pytest.fixture(scope="session")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    path = Path(tmp_path_factory.mktemp("chinese")) / "病例.csv"
    chinese_frame().to_csv(path, index=False)
    return read_cohort(path, schema_from(chinese_schema(), "chinese"))


@pytest.fixture(scope="session")
def own(chinese: Cohort) -> StudyChapter:
    return retold(STUDY, chinese, None, seed=1, level=0.95)


def part_of(chapter: StudyChapter, title: str) -> Part:
    """Return the part of a title."""
    return next(part for part in chapter.parts if part.title == title)


def table_named(chapter: StudyChapter, name: str) -> StudyTable:
    """Return the table of a name."""
    return next(table for table in chapter.tables if table.name == name)
