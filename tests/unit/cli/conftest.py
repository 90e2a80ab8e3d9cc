"""A small cohort with its schema and model, as files."""

import pytest

SCHEMA = """
schema = 1
time_unit = "months"
id = "id"
[endpoints.os]
time = "t"
event = "d"
[covariates.arm]
kind = "binary"
levels = ["a", "b"]
"""
MODEL = """
schema = 1
name = "m"
[outcome]
endpoint = "os"
[baseline]
family = "weibull"
reference_time = 12.0
[priors]
baseline_survival = { at = 12.0, median = 0.7, lower = 0.3 }
log_shape = { normal = [0.0, 0.5] }
[[effect]]
covariate = "arm"
structure = "fixed"
prior = { normal = [0.0, 1.0] }
"""
GOOD = ["id,t,d,arm", *(f"P{i},{3 + i},{i % 2},{'ab'[i % 3 == 0]}" for i in range(1, 13))]


@pytest.fixture
def files(tmp_path):
    """A cohort, a schema and a model that are right; tests spoil one of them."""
    (tmp_path / "c.csv").write_text("\n".join(GOOD) + "\n")
    (tmp_path / "s.toml").write_text(SCHEMA)
    (tmp_path / "m.toml").write_text(MODEL)
    return tmp_path


@pytest.fixture
def fit_words(files):
    """The words of a fit of these files."""
    return (
        *("fit", "--cohort", files / "c.csv", "--schema", files / "s.toml"),
        *("--model", files / "m.toml", "--out", files / "out" / "fit"),
    )
