"""A start that nobody wrote down: time-updated and landmark ratios of Cox are those of R's coxph on split rows."""

import math

import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import load_schema
from escc_bayes.matching.assumed_start import COLUMN, AssumedStart, assumed_start_rows, starting
from tests.unit.study.treatment.patients import SCHEMA, frame

# split <- function(L, t, e) { s <- ifelse(d$rt == 1, ifelse(t > L, L, t / 2), NA)
#   a <- data.frame(a = 0, b = ifelse(d$rt == 1, s, t), e = ifelse(d$rt == 1, 0, e), x = 0)
#   rbind(a, data.frame(a = s, b = t, e = e, x = 1)[d$rt == 1, ]) }
# coxph(Surv(a, b, e) ~ x, split(6, d$os, d$d)); coxph(Surv(os, d) ~ rt, d[d$os > 6, ])   # R 4, survival 3.5-3
UPDATED, LANDMARK = (-0.2919429540, 0.2383305568), (-0.5577032456, 0.2373773197)


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    path = tmp_path_factory.mktemp("h") / "s.toml"
    path.write_text(SCHEMA.format(start=""), encoding="utf-8")
    return read_cohort(frame(), load_schema(path), provenance="simulated")


def test_ratios_are_those_of_r(hospital):
    rows = assumed_start_rows([hospital], AssumedStart("os", "放疗", (), 0.95, 1, (6.0,)))
    cox = {row["analysis"]: row for row in rows if row["method"] == "cox"}
    for analysis, (log_hr, se) in (("time_updated", UPDATED), ("landmark", LANDMARK)):
        assert math.log(cox[analysis]["hr"]) == pytest.approx(log_hr, rel=1e-6)
        assert math.log(cox[analysis]["upper"] / cox[analysis]["lower"]) / 2 / 1.959963985 == pytest.approx(
            se, rel=1e-6
        )
    assert {row[COLUMN] for row in rows} == {6.0}


def test_who_is_followed_for_less_began_half_way(hospital):
    asked = AssumedStart("os", "放疗", (), 0.95, 1)
    data = starting(hospital, asked, 30.0).covariate("放疗")
    time, treated = hospital.endpoint("os").time, hospital.covariate("放疗").values == 1.0
    months = data.changes.months[:, 0]
    assert (months[treated] < time[treated]).all()
    assert (months[treated & (time > 30.0)] == 30.0).all()
    assert (data.values[treated] == 0.0).all()
