"""The Stanford heart transplants, from a CSV with one row for each patient, as R has them: late_treatment.R.

Through the command line and from Python: naive, landmark, current value, clones; curves by current value. The posterior
of the model that ``time-zero`` takes of its own stays beside Cox, though the hazard falls tenfold within months.
"""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.unit.cli.running import run

import escc_bayes as eb

R = json.loads((Path(__file__).parent / "late_treatment.json").read_text(encoding="utf-8"))
MONTH = 30.4375
SCHEMA = """
schema = 1
name = "jasa"
time_unit = "days"
id = "id"
[endpoints.os]
time = "days"
event = "death"
[covariates.transplant]
kind = "binary"
levels = ["no", "yes"]
column = "ever"
starts_at = "wait"
[covariates.age]
kind = "continuous"
[covariates.surgery]
kind = "binary"
levels = ["0", "1"]
"""
MODEL = """
schema = 1
name = "three"
[outcome]
endpoint = "os"
[baseline]
family = "piecewise_exponential"
pieces = 6
smoothing = "independent"
[priors]
baseline_log_rate = { normal = [-3.5, 3.0] }
[[effect]]
covariate = "transplant"
structure = "fixed"
prior = { normal = [0.0, 1.0] }
[[effect]]
covariate = "age"
structure = "linear"
prior = { normal = [0.0, 0.5] }
[[effect]]
covariate = "surgery"
structure = "fixed"
prior = { normal = [0.0, 1.0] }
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The patients as CSV, their schema, and a model with three covariates."""
    folder = tmp_path_factory.mktemp("jasa")
    table = pd.DataFrame(R["patients"])
    table["ever"] = np.where(table["wait"].isna(), "no", "yes")
    whole = ["id", "death", "surgery"]
    table[whole] = table[whole].astype(int)
    table.to_csv(folder / "jasa.csv", index=False)
    (folder / "jasa.toml").write_text(SCHEMA)
    (folder / "three.toml").write_text(MODEL)
    return folder


@pytest.fixture
def asked(files, tmp_path, monkeypatch, capsys):
    def go(verb, *words):
        known = ("--cohort", files / "jasa.csv", "--schema", files / "jasa.toml", "--endpoint", "os")
        code, _, told = run(monkeypatch, capsys, verb, *known, *words, "--out", tmp_path / "o")
        assert code == 0, told
        return tmp_path / "o"

    return go


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def by_cox(out):
    return {(row["analysis"], row["landmark"]): row for row in rows_of(out / "time_zero.csv") if row["method"] == "cox"}


def test_every_analysis_of_the_command_line_equals_r(asked):
    months = [day / MONTH for day in (37.0, 61.0)]
    marks = [word for month in months for word in ("--landmark", month)]
    out = asked("time-zero", "--covariate", "transplant", *marks, "--grace", 2)
    cox = by_cox(out)
    assert float(cox["naive", ""]["hr"]) == pytest.approx(R["naive"][0], rel=1e-8)
    assert float(cox["time_updated", ""]["hr"]) == pytest.approx(math.exp(R["alone"][0]), rel=1e-8)
    for month, expected in zip(months, R["landmarks"].values(), strict=True):
        row = cox["landmark", f"{month:.11g}"]
        found = [float(row[word]) for word in ("hr", "lower", "upper", "n", "events")]
        np.testing.assert_allclose(found, expected, rtol=1e-8)
        assert int(row["dropped"]) == 103 - expected[3]
    assert float(cox["clone_censor_weight", ""]["hr"]) == pytest.approx(R["plain"]["hr"][0], rel=1e-8)


@pytest.mark.parametrize("adjusted", [False, True])
def test_risks_restricted_means_and_events_of_strategies_equal_r(asked, files, adjusted):
    expected = R["adjusted" if adjusted else "plain"]
    words = ("--model", files / "three.toml") if adjusted else ()
    out = asked("time-zero", "--covariate", "transplant", "--grace", 2, *words)
    assert float(by_cox(out)["clone_censor_weight", ""]["hr"]) == pytest.approx(expected["hr"][0], rel=1e-7)
    rows = [row for row in rows_of(out / "clones.csv") if row["method"] == "cox"]
    for place, group in enumerate(("no throughout", "yes by 2 months")):
        for quantity in ("risk", "rmst"):
            own = [row for row in rows if (row["group"], row["quantity"]) == (group, quantity)]
            found = [float(row["value"]) for row in sorted(own, key=lambda row: float(row["time"]))]
            np.testing.assert_allclose(found, expected[quantity][3 * place : 3 * place + 3], rtol=1e-7)
            assert {int(row["events"]) for row in own} == {expected["events"][place]}


def test_cox_with_three_covariates_and_curves_by_current_value_equal_r(files):
    cohort = eb.read_cohort(files / "jasa.csv", files / "jasa.toml")
    found = eb.fit_classical(eb.load_spec(files / "three.toml"), cohort).cox
    np.testing.assert_allclose(found.coef, R["three"][:3], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), R["three"][3:], rtol=1e-8)
    rows = eb.baselines(cohort, "os", times=tuple(map(float, R["read"]))).tables["landmarks"]
    curves = [row["survival"] for row in rows if row["term"] == "transplant"]
    np.testing.assert_allclose(curves, R["curves"], rtol=1e-10)


def test_the_posterior_of_the_stated_model_lies_beside_cox(files):
    """Within a fifth of a standard error; with pieces cut at events alone it was a whole one below (0.84, not 1.13)."""
    cohort = eb.read_cohort(files / "jasa.csv", files / "jasa.toml")
    found = eb.time_zero(cohort, "os", "transplant", landmarks=[37.0 / MONTH])
    cox, bayes = ({a.analysis: a for a in found.answers if a.method == m} for m in ("cox", "bayes_laplace"))
    for analysis in ("naive", "landmark", "time_updated"):
        assert abs(bayes[analysis].log_hr - cox[analysis].log_hr) < 0.2 * cox[analysis].log_sd, analysis
        assert "standard errors" not in bayes[analysis].note


def test_a_model_whose_baseline_moves_the_ratio_says_so(files):
    """Three pieces of which the first holds a falling hazard and most starts."""
    cohort = eb.read_cohort(files / "jasa.csv", files / "jasa.toml")
    coarse = MODEL.replace("pieces = 6", "cuts = [6.0, 24.0]")
    (files / "coarse.toml").write_text(coarse.replace('name = "three"', 'name = "coarse"'))
    found = eb.time_zero(cohort, "os", "transplant", model=eb.load_spec(files / "coarse.toml"))
    note = next(a.note for a in found.answers if (a.analysis, a.method) == ("time_updated", "bayes_laplace"))
    assert "standard errors below Cox: moved by the baseline (more cuts, other smoothing)" in note
