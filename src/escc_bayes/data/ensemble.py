"""An ensemble: several cohorts reconstructed from one print, or completed where values are missing.

One reconstruction is one guess; together they say how much was never printed, or never written down.
docs/methods/ensembles.md, docs/methods/missing.md.
"""

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.cohort import Cohort, cohort_of, read_cohort
from escc_bayes.data.csv_file import header_of
from escc_bayes.data.endpoints import need_column
from escc_bayes.data.files.kind import kind_of
from escc_bayes.data.origin import MEMBER, member_column
from escc_bayes.data.schema import CohortSchema, load_schema
from escc_bayes.data.table import RawTable, read_table
from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.foundation.errors import CohortError, DataWarning, some_of
from escc_bayes.foundation.manifest import MANIFEST, read_manifest
from escc_bayes.foundation.record import digest

PROVENANCE = "reconstructed"
# What the members are, in words: the kinds of ensemble.
RECONSTRUCTIONS, COMPLETED = "reconstructions", "completed cohorts"
COHORTS = "cohorts"


@careful_class
@dataclass(frozen=True, slots=True)
class Ensemble:
    """Cohorts of one schema and one number of patients: all reconstructed, or one cohort completed several times.

    Attributes
    ----------
    name : for outputs.
    members : at least one, in the order read.
    notes : what a reader must know of the reconstruction, or which values are imputed, a sentence each.
    kind : ``reconstructions`` or ``completed cohorts``.
    model : digest of the model under which cohorts were completed.
    """

    name: str
    members: tuple[Cohort, ...]
    notes: tuple[str, ...] = ()
    kind: str = RECONSTRUCTIONS
    model: str = ""

    def __post_init__(self) -> None:
        if not self.members:
            raise CohortError(f"ensemble '{self.name}' has no members; give at least one reconstructed cohort")
        first = self.members[0]
        for member in self.members:
            if self.kind == RECONSTRUCTIONS and member.provenance != PROVENANCE:
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
        first = self.members[0]
        made = f"{len(self)} {'cohorts' if self.kind == RECONSTRUCTIONS else self.kind}"
        lines = [f"{first.provenance.upper()} ensemble {self.name}: {made} of {len(first)} patients"]
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


@careful
def read_ensemble(
    source: str | Path, schema: str | Path | CohortSchema, *, name: str | None = None, notes: tuple[str, ...] = ()
) -> Ensemble:
    """Read the members of an ensemble: the CSV files of a folder, or the rows of one file by its column ``member``.

    Parameters
    ----------
    source : folder that ``reconstruct`` wrote, or its ``cohorts``: the files that its ``run.json`` lists; a folder of
        one's own with one cohort in each CSV file, in the order of their names; or a CSV file whose column
        ``member`` says which cohort a row belongs to, in the order in which they first appear. A column
        ``provenance``, if there, must say reconstructed.
    schema : path of a schema file, the name of a bundled one, or a schema: the same for all.
    name : for outputs; absent: that of the folder or file.
    notes : what a reader must know of the reconstruction, a sentence each.

    Raises
    ------
    CohortError, SchemaError, TomlError : with file, row, column, what was given and what to do.

    Warns
    -----
    DataWarning : implausible follow-up or outlying times; equal rows are expected here.
    """
    where = Path(source)
    known = schema if isinstance(schema, CohortSchema) else load_schema(schema)
    label = name or where.stem
    if where.is_file():
        members = members_of(read_table(where, known.file, known.columns), known, label)
    else:
        members = tuple(read_cohort(path, known, provenance=PROVENANCE, name=path.stem) for path in files_of(where))
    for member in members:
        if member.schema.start_stop:
            member.refuse_several_rows("an ensemble of reconstructed cohorts")
    return Ensemble(label, members, notes)


def holds_ensemble(path: Path, schema: CohortSchema) -> bool:
    """Return whether a path is a folder, or a table with a column ``member`` that is not the schema's own."""
    if not path.is_file():
        return path.is_dir()
    text = kind_of(path) == "text"
    names = header_of(path, schema.file) if text else list(read_table(path, schema.file, schema.columns).columns)
    return member_column(names, schema) is not None


def files_of(folder: Path) -> list[Path]:
    """Return the cohorts of a folder by name: those that its run lists, or every CSV file of a folder of one's own.

    Warns
    -----
    DataWarning : a CSV file lies beside them that the run did not write; it is left out.
    """
    listed = cohorts_of_run(folder)
    paths = sorted(folder.glob("*.csv")) if listed is None else listed
    if not paths:
        raise CohortError(f"{folder}: holds no .csv file; give a folder with one reconstructed cohort in each file")
    beside = sorted(set(paths[0].parent.glob("*.csv")) - set(paths))
    if beside:
        names = some_of([path.name for path in beside], most=3)
        warnings.warn(
            f"{paths[0].parent}: {names} is not of the run that wrote the other cohorts and is left out; reconstruct "
            "into a folder of its own, or copy the cohorts meant into a new folder",
            DataWarning,
            stacklevel=4,
        )
    return paths


def cohorts_of_run(folder: Path) -> list[Path] | None:
    """Return the cohorts that ``run.json`` lists, in a folder or the one above it; None without a run.

    Raises
    ------
    CohortError : the run was ended while it wrote, lists a file that is gone, or is of an older version and as many
        files as it had replicates are not there.
    """
    folder = folder.absolute()
    for place in (folder, folder.parent):
        manifest = read_manifest(place)
        if manifest is None or not (place == folder or folder.name == COHORTS):
            continue
        at = str(place / MANIFEST)
        if not manifest.complete:
            raise CohortError(f"{at}: the run that wrote this folder was ended before its end; run it again")
        if not manifest.listed:
            refuse_other_number(place, sorted(place.glob(f"{COHORTS}/*.csv")))
            return None if place != folder else sorted(place.glob(f"{COHORTS}/*.csv"))
        files = [place / name for name in manifest.files if name.startswith(f"{COHORTS}/") and name.endswith(".csv")]
        gone = [path.name for path in files if not path.is_file()]
        if gone:
            raise CohortError(f"{at}: lists {some_of(gone, most=3)}, which is gone; run `reconstruct` again")
        return sorted(files)
    return None


def refuse_other_number(place: Path, found: list[Path]) -> None:
    """Raise if a run of an older version, which listed no files, had another number of cohorts than lie there."""
    try:
        (fitted,) = json.loads((place / MANIFEST).read_text(encoding="utf-8"))["fits"]
        made = int(fitted["settings"]["replicates"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    if made != len(found):
        raise CohortError(
            f"{place}: its run made {made} cohorts, {len(found)} lie there: some are of an earlier run; reconstruct "
            "again into a new folder"
        )


def members_of(table: RawTable, schema: CohortSchema, name: str) -> tuple[Cohort, ...]:
    """Return the cohorts of one table, named ``NAME_MEMBER``."""
    column = member_column(list(table.columns), schema) or MEMBER
    need_column(table, column)
    numbers = table.columns[column]
    nameless = [i for i, number in enumerate(numbers) if number is None]
    if nameless:
        raise CohortError(f"{table.source}, {table.place(nameless)}, column '{column}': is empty; number the cohorts")
    return tuple(
        cohort_of(table.where(column, number), schema, provenance=PROVENANCE, name=f"{name}_{number}")
        for number in dict.fromkeys(numbers)
    )
