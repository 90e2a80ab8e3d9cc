"""An ensemble: several cohorts reconstructed from one print. One reconstruction is one guess; together they say how
much was never printed. docs/methods/ensembles.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.schema import CohortSchema, load_schema
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.record import digest

PROVENANCE = "reconstructed"


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Cohorts of one schema and one number of patients, all reconstructed.

    Attributes
    ----------
    name : for outputs.
    members : at least one, in the order read.
    """

    name: str
    members: tuple[Cohort, ...]

    def __post_init__(self) -> None:
        if not self.members:
            raise CohortError(f"ensemble '{self.name}' has no members; give at least one reconstructed cohort")
        first = self.members[0]
        for member in self.members:
            if member.provenance != PROVENANCE:
                raise CohortError(
                    f"{member.source}: provenance is {member.provenance}; an ensemble holds {PROVENANCE} cohorts only"
                )
            if member.schema != first.schema:
                raise CohortError(f"{member.source}: has another schema than {first.source}; read both with one schema")
            if len(member) != len(first):
                raise CohortError(
                    f"{member.source}: has {len(member)} patients, {first.source} has {len(first)}; "
                    "an ensemble is made of reconstructions of one study"
                )

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[Cohort]:
        return iter(self.members)

    @property
    def digest(self) -> str:
        """Digest of the members, whatever their order; 12 hexadecimal digits."""
        return digest({"members": sorted(member.digest for member in self.members)})

    def __repr__(self) -> str:
        lines = [f"{PROVENANCE.upper()} ensemble {self.name}: {len(self)} cohorts of {len(self.members[0])} patients"]
        for name in self.members[0].endpoints:
            lines.append(f"{name}: {span([member.endpoints[name].events for member in self.members])} events")
        return "\n  ".join(lines)


def span(counts: list[int]) -> str:
    """Return a count, or the least and the largest of several.

    Examples
    --------
    >>> span([34, 34]), span([33, 36])
    ('34', '33 to 36')
    """
    return f"{min(counts)} to {max(counts)}" if min(counts) < max(counts) else str(counts[0])


def read_ensemble(folder: str | Path, schema: str | Path | CohortSchema, *, name: str | None = None) -> Ensemble:
    """Read every CSV file of a folder, in the order of their names, as one member each.

    Parameters
    ----------
    folder : of CSV files; a column ``provenance``, if there, must say reconstructed.
    schema : path of a schema file, or a schema: the same for all.
    name : for outputs; absent: that of the folder.

    Raises
    ------
    CohortError, SchemaError, TomlError : with file, row, column, what was given and what to do.

    Warns
    -----
    DataWarning : implausible follow-up or outlying times; equal rows are expected here.
    """
    where = Path(folder)
    paths = sorted(where.glob("*.csv"))
    if not paths:
        raise CohortError(f"{where}: holds no .csv file; give a folder with one reconstructed cohort in each file")
    known = schema if isinstance(schema, CohortSchema) else load_schema(Path(schema))
    members = tuple(read_cohort(path, known, provenance=PROVENANCE, name=path.stem) for path in paths)
    return Ensemble(name or where.name, members)
