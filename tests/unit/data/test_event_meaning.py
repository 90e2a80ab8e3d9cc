"""What a cohort says of its clock and events where a declaration may be wrong."""

import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, DataWarning

ROWS = pd.DataFrame({"t": [float(k) + 0.5 for k in range(1, 41)], "d": [k % 2 for k in range(40)]})


def read(rows, unit="months", **endpoint):
    raw = {"time_unit": unit, "endpoints": {"os": {"time": "t", "event": "d", **endpoint}}}
    return read_cohort(rows, schema_from(raw, "s"))


def test_deaths_that_are_no_event_of_progression_free_survival_are_said():
    rows = ROWS.assign(p=ROWS["t"], pe=0)
    raw = {"endpoints": {"os": {"time": "t", "event": "d"}, "pfs": {"time": "p", "event": "pe"}}}
    with pytest.warns(DataWarning, match=r"20 patient\(s\) died when follow-up for pfs ended"):
        read_cohort(rows, schema_from(raw, "s"))


def test_a_label_that_calls_1_alive_needs_a_declaration(tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    pyreadstat.write_sav(ROWS, str(tmp_path / "c.sav"), variable_value_labels={"d": {0: "Dead", 1: "Alive"}})
    with pytest.raises(CohortError, match="the file calls 1 'Alive'"):
        read(tmp_path / "c.sav")
    assert read(tmp_path / "c.sav", event_values=["0"]).endpoints["os"].events == 20
