"""A column ``provenance`` is read whatever its case; a table of several members is never one cohort."""

import pandas as pd
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.ensemble import holds_ensemble, read_ensemble
from escc_bayes.data.schema import load_schema, schema_from
from escc_bayes.data.shipped import find_schema, models_folder
from escc_bayes.foundation.errors import CohortError


def with_column(small, name, value):
    """Return the rows with one column more, which holds one value."""
    head, *rows = small.rows.splitlines()
    return "\n".join([f"{head},{name}", *(f"{row},{value}" for row in rows)])


@pytest.mark.parametrize("name", ["Provenance", "PROVENANCE", "  provenance ", "pRovenance"])
@pytest.mark.parametrize("value", ["simulated", "Simulated", " SIMULATED "])
def test_provenance_is_read_whatever_the_case(small, name, value):
    assert small.read(with_column(small, name, value)).provenance == "simulated"
    frame = pd.read_csv(small.path, skipinitialspace=False)
    assert frame.columns[-1] == name
    assert small.read_frame(frame).provenance == "simulated"


def test_messages_name_the_column_as_the_file_does(small):
    with pytest.raises(CohortError, match="column 'Provenance': was given real; write the same one of observed"):
        small.read(with_column(small, "Provenance", "real"))
    with pytest.raises(CohortError, match="'PROVENANCE' says simulated, the call says observed"):
        small.read(with_column(small, "PROVENANCE", "simulated"), provenance="observed")


def test_two_columns_that_are_read_as_provenance_are_refused(small):
    rows = with_column(small, "provenance", "simulated").splitlines()
    both = "\n".join([rows[0] + ",Provenance", *(row + ",observed" for row in rows[1:])])
    with pytest.raises(CohortError, match="'provenance' and 'Provenance' are both read as 'provenance'; keep one"):
        small.read(both)


def members(small, name="member", count=2):
    head, *rows = small.rows.splitlines()
    return "\n".join([f"{head},{name}", *(f"{row},{m}" for m in range(count) for row in rows)]) + "\n"


@pytest.mark.parametrize("name", ["member", "Member", " MEMBER "])
@pytest.mark.parametrize("identifier", ["patient", None])
def test_several_members_are_never_read_as_one_cohort(small, name, identifier):
    with pytest.raises(CohortError, match="holds 2 members, so that these 12 rows are 2 cohorts reconstructed"):
        small.read(members(small, name), id=identifier)
    frame = pd.read_csv(small.path)
    with pytest.raises(CohortError, match="data frame, column .*holds 2 members"):
        small.read_frame(frame, id=identifier)


@pytest.mark.parametrize("name", ["member", "Member"])
def test_several_members_are_read_as_an_ensemble(small, name):
    small.read(small.rows)
    small.path.write_text(members(small, name))
    known = schema_from(small.schema, "small.toml")
    assert holds_ensemble(small.path, known)
    ensemble = read_ensemble(small.path, known)
    assert [len(member) for member in ensemble] == [6, 6]


def test_one_member_is_one_cohort(small):
    assert len(small.read(members(small, count=1))) == 6


def test_a_column_that_the_schema_names_is_what_the_schema_says(small):
    """The member number of an insurance is an identifier, not a reconstruction."""
    renamed = small.rows.replace("patient", "Member")
    assert len(small.read(renamed, id="Member")) == 6
    assert not holds_ensemble(small.path, small.read(renamed, id="Member").schema)


def test_the_rows_of_a_bundled_ensemble_are_refused_as_one_cohort():
    """1,580 rows are 20 cohorts of 79."""
    known = load_schema(find_schema("escc"))
    with pytest.raises(CohortError, match="holds 20 members, so that these 1580 rows are 20 cohorts"):
        read_cohort(models_folder() / "ensembles" / "seed1_scirep2025" / "cohorts.csv", known)


def test_the_study_of_an_ensemble_is_no_single_cohort():
    with pytest.raises(CohortError, match="'seed1_scirep2025' is an ensemble.*first cohort alone is 'escc79'"):
        example_cohort("seed1_scirep2025")


def test_a_folder_is_refused_where_one_cohort_is_read(tmp_path, small):
    with pytest.raises(CohortError, match="is a folder.*fit and report, and read_ensemble, pool"):
        read_cohort(tmp_path, schema_from(small.schema, "small.toml"))


def test_nobody_is_told_to_leave_the_identifier_out(small):
    with pytest.raises(CohortError, match="'P2' stands twice; keep one row for each patient") as caught:
        small.read(small.replaced("P4,", "P2,"))
    assert "leave 'id'" not in str(caught.value)
