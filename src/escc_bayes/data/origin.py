"""Where rows come from: the column ``provenance``, and a column ``member`` that makes a table several cohorts.

Both columns are known by their names whatever the case: a program that capitalises its headers changes no meaning.
"""

from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.table import RawTable
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.record import PROVENANCES

PROVENANCE_COLUMN = "provenance"
MEMBER = "member"


def read_provenance(table: RawTable, stated: str | None) -> str:
    """Return what the caller and the column ``provenance`` say; they must agree."""
    if stated is not None and stated not in PROVENANCES:
        raise CohortError(f"provenance '{stated}' is not possible; one of {', '.join(PROVENANCES)}")
    column = only_column(table, PROVENANCE_COLUMN)
    if column is None:
        return stated or "observed"
    written = table.columns[column]
    said = {value: str(value).strip().casefold() for value in set(written)}
    found = said[written[0]]
    if set(said.values()) != {found} or found not in PROVENANCES:
        bad = [i for i, v in enumerate(written) if said[v] not in PROVENANCES or said[v] != found]
        raise CohortError(
            f"{table.source}, {table.place(bad)}, column '{column}': was given {written[bad[0]] or 'an empty cell'}; "
            f"write the same one of {', '.join(PROVENANCES)} in every row"
        )
    if stated is not None and stated != found:
        raise CohortError(f"{table.source}: the column '{column}' says {found}, the call says {stated}; correct one")
    return found


def only_column(table: RawTable, name: str) -> str | None:
    """Return the column of this name, whatever its case; None without one; two of them are refused."""
    found = table.named(name)
    if len(found) > 1:
        raise CohortError(
            f"{table.source}: the columns {' and '.join(map(repr, found))} are both read as '{name}'; keep one"
        )
    return found[0] if found else None


def member_column(names: list[str], schema: CohortSchema) -> str | None:
    """Return the column ``member`` of a header, whatever its case; one that the schema names for itself is no such."""
    found = [name for name in names if name.strip().casefold() == MEMBER and name not in schema.columns]
    return found[0] if found else None


def refuse_members(table: RawTable, schema: CohortSchema) -> None:
    """Raise if the rows are those of several reconstructions of one print: they are not patients of one cohort."""
    column = member_column(list(table.columns), schema)
    if column is None:
        return
    members = len(set(table.columns[column]))
    if members > 1:
        raise CohortError(
            f"{table.source}, column '{column}': holds {members} members, so that these {len(table.rows)} rows are "
            f"{members} cohorts reconstructed from one print and not one cohort; the verbs fit and report pool them "
            "(read_ensemble and fit_ensemble in Python), others read a file with the rows of one member; "
            "if the column means something else, rename it"
        )
