"""The identifiers of patients: one a patient, or one for several rows where the schema says so."""

from escc_bayes.data.endpoints import need_column
from escc_bayes.data.table import RawTable
from escc_bayes.foundation.errors import CohortError


def read_ids(table: RawTable, column: str | None, *, several: bool = False) -> tuple[str, ...]:
    """Return identifiers, each once unless patients may have ``several`` rows; without a column the row labels."""
    if column is None:
        return tuple(map(str, table.rows))
    need_column(table, column)
    values = table.columns[column]
    if None in values:
        gone = [i for i, v in enumerate(values) if v is None]
        raise CohortError(f"{table.source}, {table.place(gone)}, column '{column}': no identifier; fill it in")
    ids = tuple(map(str, values))
    if not several and len(set(ids)) < len(ids):
        refuse_twice(table, column, ids)
    return ids


def refuse_twice(table: RawTable, column: str, ids: tuple[str, ...]) -> None:
    """Raise for the first patient who stands in two rows."""
    first: dict[str, int] = {}
    for i, identifier in enumerate(ids):
        if identifier in first:
            both = table.place([first[identifier], i])
            raise CohortError(
                f"{table.source}, {both}, column '{column}': patient '{identifier}' stands twice; keep one row for "
                "each patient: rows of one patient counted as several would make intervals too narrow; where they are "
                "at risk one after the other, declare start and stop of the endpoint"
            )
        first[identifier] = i
