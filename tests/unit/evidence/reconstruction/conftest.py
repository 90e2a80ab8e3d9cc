"""A small SIMULATED cohort, printed, and three cohorts reconstructed from the print alone."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.data.study import read_study
from escc_bayes.evidence.publish import publish
from escc_bayes.evidence.reconstruction.read_layout import read_layout
from escc_bayes.evidence.reconstruction.reconstruct import reconstruct

STEPS = 150_000


@pytest.fixture(scope="session")
def simulated():
    """50 patients; OS and PFS; two covariates with hazard ratios 2 and 1.5."""
    rng = np.random.default_rng(8)
    a, b = rng.integers(0, 2, 50), rng.integers(0, 2, 50)
    rate = 0.03 * 2.0**a * 1.5**b
    os, pfs = rng.exponential(1.0 / rate), rng.exponential(1.0 / rate)
    end = rng.uniform(20.0, 60.0, 50)
    death, first = np.minimum(os, end), np.minimum(np.minimum(os, pfs), end)
    frame = pd.DataFrame(
        {
            "os_months": death.round(2),
            "os_event": (os <= end).astype(int),
            "pfs_months": first.round(2),
            "pfs_event": (np.minimum(os, pfs) <= end).astype(int),
            "arm": np.where(a == 1, "late", "early"),
            "grade": np.where(b == 1, "high", "low"),
        }
    )
    schema = {
        "name": "small",
        "endpoints": {
            "os": {"time": "os_months", "event": "os_event"},
            "pfs": {"time": "pfs_months", "event": "pfs_event", "not_after": "os"},
        },
        "covariates": {
            "arm": {"kind": "binary", "levels": ["early", "late"]},
            "grade": {"kind": "binary", "levels": ["low", "high"]},
        },
    }
    return read_cohort(frame, schema_from(schema, "small"), provenance="simulated")


@pytest.fixture(scope="session")
def printed(simulated, tmp_path_factory):
    """Study and layout of the print."""
    folder = tmp_path_factory.mktemp("printed")
    texts = publish(simulated, study="small_print")
    (folder / "study.toml").write_text(texts.study, encoding="utf-8")
    (folder / "layout.toml").write_text(texts.layout, encoding="utf-8")
    return read_study(folder / "study.toml"), read_layout(folder / "layout.toml"), folder


@pytest.fixture(scope="session")
def reconstructed(printed):
    """Three cohorts."""
    study, layout, _ = printed
    return reconstruct(study, layout, seed=3, replicates=3, steps=STEPS, workers=2)


@pytest.fixture(scope="module")
def patients():
    """60 patients without ties in the order of time: ticks, events, three groups, two columns."""
    rng = np.random.default_rng(4)
    ticks = np.sort(rng.choice(np.arange(100, 5000), 60, replace=False))
    events = (rng.random(60) < 0.6).astype(np.int64)
    group = rng.integers(0, 3, 60)
    return ticks, events, group, rng.integers(0, 2, (60, 2)).astype(np.float64)
