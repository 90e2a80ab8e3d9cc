"""A cohort: checked follow-up and covariates of n patients, with provenance said first."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.changing import change_notes, read_values
from escc_bayes.data.covariates import CovariateData, read_stratum
from escc_bayes.data.endpoints import EndpointData, read_endpoint, refuse_order
from escc_bayes.data.episodes import refuse_episodes
from escc_bayes.data.identifiers import read_ids
from escc_bayes.data.interval_censored import read_interval_censored
from escc_bayes.data.intervals import patients_of, refuse_intervals
from escc_bayes.data.known import refuse_known_after_follow_up, start_notes
from escc_bayes.data.labels import in_words
from escc_bayes.data.origin import read_provenance, refuse_members
from escc_bayes.data.plausibility import suspicions
from escc_bayes.data.schema import UNNAMED, CohortSchema, load_schema
from escc_bayes.data.table import RawTable, read_table
from escc_bayes.data.weights import UNDECLARED, copy_names, of_mean_one, read_clusters, read_weight, sampling_words
from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError, DataWarning
from escc_bayes.foundation.notebook import shown
from escc_bayes.foundation.record import digest
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray, IntArray

if TYPE_CHECKING:
    import pandas as pd


@careful_class
@dataclass(frozen=True)
class Cohort:
    """Patients whose data passed every check. Build with ``read_cohort`` or ``example_cohort``.

    Not slotted: the digest is computed once and kept.

    Attributes
    ----------
    name : the schema's name or the bundled cohort's.
    provenance : observed | reconstructed | simulated.
    source : where the rows came from.
    schema : what the columns mean.
    ids : (n,) identifiers, as text; the row labels where no identifier is declared. Of start-stop rows, whose each is.
    endpoints, covariates : by name.
    weight : (n,) sampling weights as given; 1 without them, since frequency weights are written out as rows.
    notes : what looked wrong on reading, a sentence each.
    cluster : (n,) codes, equal where patients share a cluster; None without a cluster column.
    weighting : how many rows frequency weights stand for, in words; empty without them.
    strata : by name, what the schema says to compare within: covariates, or columns whose words are the levels.
    """

    name: str
    provenance: str
    source: str
    schema: CohortSchema
    ids: tuple[str, ...]
    endpoints: Mapping[str, EndpointData]
    covariates: Mapping[str, CovariateData]
    weight: FloatArray
    notes: tuple[str, ...] = ()
    cluster: IntArray | None = None
    weighting: str = ""
    strata: Mapping[str, CovariateData] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for array in self.arrays().values():
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(set(self.ids)) if self.schema.start_stop else len(self.ids)

    @property
    def rows(self) -> int:
        """Number of rows: of patients, unless rows have start and stop."""
        return len(self.ids)

    @property
    def patient(self) -> IntArray | None:
        """Whose row each is, (rows,); None where every patient has one."""
        return patients_of(self.ids) if self.schema.start_stop and self.rows > len(self) else None

    def __repr__(self) -> str:
        parts = [
            f"{self.provenance.upper()} cohort {self.name}: {len(self)} patients{self.row_words}",
            *([self.weighting] if self.weighting else []),
            *([sampling_words(self.weight)] if self.sampled else []),
            *(self.count_sentence(name) for name in self.endpoints),
        ]
        for name, covariate in self.covariates.items():
            gone = int(covariate.missing.sum())
            if gone:
                parts.append(f"{name}: {gone} missing")
        return "\n  ".join(parts)

    def _repr_html_(self) -> str:
        first, *lines = repr(self).split("\n  ")
        return shown([first, *lines], [covariate_row(name, held) for name, held in self.covariates.items()])

    def followed(self, endpoint: str) -> int:
        """Return how many patients have follow-up for an endpoint."""
        present, patient = self.endpoints[endpoint].present, self.patient
        return int(present.sum()) if patient is None else np.unique(patient[present]).size

    @careful
    def count_sentence(self, endpoint: str) -> str:
        """Say events and share censored, so that a reversed coding shows."""
        data, n = self.endpoint(endpoint), self.followed(endpoint)
        gone = len(self) - n
        missing = f"; {gone} without follow-up" if gone else ""
        apart = 0 if data.left is None else int((data.left < data.time).sum())
        between = f", {apart} of them between two months" if apart else ""
        censored = f"{100 * (1 - data.events / n):.0f} % censored"
        return f"{endpoint}: {counted(data.events, 'event')}{between} in {counted(n, 'patient')}, {censored}{missing}"

    def refuse_several_rows(self, what: str) -> None:
        """Raise where patients have several rows, of a file or made of what changes: ``what`` takes one for each."""
        if self.schema.changing:
            raise CohortError(
                f"{self.source}: {what} takes covariates that stay as they are, and '{self.schema.changing[0]}' "
                "changes during follow-up; give a schema in which it does not (without starts_at or measured)"
            )
        self.refuse_start_stop(what)

    def refuse_start_stop(self, what: str) -> None:
        """Raise where a file has several rows for each patient: ``what`` takes one for each."""
        if self.schema.start_stop:
            raise CohortError(
                f"{self.source}: {what} takes one row for each patient, and rows with start and stop are several; "
                "give a table with one row for each patient"
            )

    def refuse_interval_censored(self, endpoint: str, what: str) -> None:
        """Raise where events of an endpoint lie between two months: ``what`` takes the month of each."""
        if self.endpoint(endpoint).left is not None:
            raise CohortError(
                f"{self.source}: {what} takes the month of each event, and those of '{endpoint}' lie between left and "
                f"right; give time and event in endpoints.{endpoint}: fit, compare, report and refits take intervals"
            )

    @property
    def row_words(self) -> str:
        """Say how many rows patients have; nothing where each has one."""
        return "" if self.patient is None else f" in {self.rows} rows"

    @property
    def sampled(self) -> bool:
        """Whether the weights are sampling weights."""
        return self.schema.weight is not None and self.schema.weight_kind == "sampling"

    @careful
    def counted(self, ids: tuple[str, ...], weighting: str) -> "Cohort":
        """Return the cohort with a row for each patient, each of weight 1, named and said so."""
        return replace(self, ids=ids, weight=np.ones(self.rows), weighting=weighting)

    def arrays(self) -> dict[str, FloatArray | IntArray]:
        """Return every array by a name, for digests and for freezing."""
        found: dict[str, FloatArray | IntArray] = {"weight": self.weight}
        if self.cluster is not None:
            found["cluster"] = self.cluster
        for name, data in self.endpoints.items():
            found |= {f"{name}.time": data.time, f"{name}.event": data.event, f"{name}.entry": data.entry}
            found |= {f"{name}.left": data.left} if data.left is not None else {}
        for name, covariate in self.covariates.items():
            found |= {f"covariate.{name}": covariate.values, f"known.{name}": covariate.known_at}
            if covariate.changes is not None:
                changes = covariate.changes
                found |= {f"months.{name}": changes.months, f"changes.{name}": changes.values}
            # A value that repeats the last one is no change, and a measurement all the same.
            found |= {f"series.{name}.{k}": values for k, values in enumerate(covariate.series)}
        for name, stratum in self.strata.items():
            found[f"stratum.{name}"] = stratum.values
        return found

    @cached_property
    def digest(self) -> str:
        """Digest of the data and of their coding, 12 hexadecimal digits.

        Row labels that stand in for identifiers do not count: CSV and data frame have the same digest. Nor does the
        unit of sampling weights.
        """
        held = {**self.strata, **self.covariates}
        coding = {n: (c.schema.levels, c.schema.center, c.schema.scale) for n, c in held.items()}
        ids = self.ids if self.schema.id is not None else ()
        kind = {"weight": of_mean_one(self.weight), "weight_kind": "sampling"} if self.sampled else {}
        return digest({**self.arrays(), "ids": ids, "coding": coding, **kind})

    @careful
    def endpoint(self, name: str) -> EndpointData:
        """Return an endpoint; raise ``CohortError`` with the known names if there is none."""
        if name not in self.endpoints:
            raise CohortError(f"{self.source}: no endpoint '{name}'; {suggestion(name, self.endpoints)}")
        return self.endpoints[name]

    @careful
    def covariate(self, name: str) -> CovariateData:
        """Return a covariate, or a stratum; raise ``CohortError`` with the known names if there is none."""
        held = {**self.strata, **self.covariates}
        if name not in held:
            raise CohortError(f"{self.source}: no covariate '{name}'; {suggestion(name, held)}")
        return held[name]

    @careful
    def subset(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> "Cohort":
        """Return the cohort of the rows that ``keep`` selects (a mask, or positions, repeats allowed)."""
        wrong = keep.size != self.rows if keep.dtype == bool else not ((keep >= 0) & (keep < self.rows)).all()
        if wrong or keep.ndim != 1:
            raise CohortError(f"subset: keep is no mask of {self.rows} rows and no list of their positions")
        where = np.flatnonzero(keep) if keep.dtype == bool else keep
        endpoints = {n: d.at(where) for n, d in self.endpoints.items()}
        covariates, strata = ({n: c.at(where) for n, c in held.items()} for held in (self.covariates, self.strata))
        return replace(
            self,
            ids=tuple(self.ids[i] for i in where),
            endpoints=MappingProxyType(endpoints),
            covariates=MappingProxyType(covariates),
            strata=MappingProxyType(strata),
            weight=self.weight[where],
            cluster=None if self.cluster is None else self.cluster[where],
        )


@careful
def read_cohort(
    source: "str | Path | pd.DataFrame",
    schema: str | Path | CohortSchema,
    *,
    provenance: str | None = None,
    name: str | None = None,
) -> Cohort:
    """Read a cohort from a file or a data frame.

    Parameters
    ----------
    source : path of a CSV, Excel, OpenDocument, SPSS, Stata, SAS or Parquet file, or a data frame (pandas, Polars,
        Arrow); ``models/README.md`` says what is understood of each.
    schema : path of a schema file, the name of a bundled one, or a schema.
    provenance : observed | reconstructed | simulated. A column ``provenance`` in the data says it too
        and must agree; with neither, the data are taken as observed.
    name : a name for outputs; absent: the schema's, or the file's where the schema has none.

    Returns
    -------
    Cohort with times in months.

    Raises
    ------
    CohortError, SchemaError, TomlError : with file, row, column, what was given and what to do.

    Warns
    -----
    DataWarning : duplicate rows of observed patients, implausible follow-up, outlying times.

    Examples
    --------
    >>> import pandas as pd
    >>> from escc_bayes.data.schema import schema_from
    >>> schema = schema_from({"endpoints": {"os": {"time": "t", "event": "d"}}}, "example")
    >>> read_cohort(pd.DataFrame({"t": [5.0, 9.0], "d": [1, 0]}), schema)
    OBSERVED cohort cohort: 2 patients
      os: 1 event in 2 patients, 50 % censored
    """
    known = schema if isinstance(schema, CohortSchema) else load_schema(schema)
    of_file = Path(source).stem if isinstance(source, str | Path) and known.name == UNNAMED else None
    return cohort_of(read_table(source, known.file, known.columns), known, provenance=provenance, name=name or of_file)


def cohort_of(table: RawTable, known: CohortSchema, *, provenance: str | None, name: str | None) -> Cohort:
    """Return the cohort of the rows of a table; see ``read_cohort``."""
    said, known = read_provenance(table, provenance), in_words(known, table.labels, table.codes)
    refuse_members(table, known)
    endpoints = {
        n: read_endpoint(table, e, known) if e.left is None else read_interval_censored(table, e, known)
        for n, e in known.endpoints.items()
    }
    ids = read_ids(table, known.id, several=known.start_stop)
    if known.start_stop:
        refuse_intervals(table, known, endpoints, ids)
    refuse_episodes(table, known, endpoints)
    refuse_order(table, known, endpoints)
    covariates = {n: read_values(table, c, known) for n, c in known.covariates.items()}
    refuse_known_after_follow_up(table, covariates, endpoints)
    notes = [
        *suspicions(table, known, endpoints, provenance=said),
        *start_notes(table, covariates),
        *change_notes(table, covariates, endpoints),
    ]
    for note in notes:
        warnings.warn(note, DataWarning, stacklevel=4)
    found = Cohort(
        name=name or known.name,
        provenance=said,
        source=table.source,
        schema=known,
        ids=ids,
        endpoints=MappingProxyType(endpoints),
        covariates=MappingProxyType(covariates),
        weight=read_weight(table, known.weight, known.weight_kind),
        notes=tuple(notes),
        cluster=read_clusters(table, known.cluster),
        strata=MappingProxyType({n: covariates.get(n) or read_stratum(table, n, known) for n in known.strata}),
    )
    return found if found.sampled else written_out(found)


def written_out(cohort: Cohort) -> Cohort:
    """Return a cohort with one row for each patient whom its frequency weights count, copies below each other.

    Copies of a row are called ``17``, ``17 (2)``, ``17 (3)``; the same cohort where every weight is 1.
    """
    if (cohort.weight == 1.0).all():
        return cohort
    times = cohort.weight.astype(np.int64)
    found = cohort.subset(np.repeat(np.arange(cohort.rows), times))
    return found.counted(
        copy_names(cohort.ids, times),
        f"frequency weights{UNDECLARED if cohort.schema.weight_kind is None else ''}: {len(cohort)} rows stand for "
        f"{len(found)} patients",
    )


def covariate_row(name: str, held: CovariateData) -> dict[str, object]:
    """Return what a notebook shows of a covariate: its kind, its levels, and patients without a value."""
    levels = ", ".join(held.schema.levels)
    return {"covariate": name, "kind": held.schema.kind, "levels": levels, "missing": int(held.missing.sum())}
