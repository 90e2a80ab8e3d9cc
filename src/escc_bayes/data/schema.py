"""What the columns of a cohort mean: endpoints, covariates, units. Read from TOML, closed vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from escc_bayes.data.covariate_schema import CovariateSchema, covariate_from
from escc_bayes.data.endpoint_schema import EndpointSchema, endpoint_from, optional_text
from escc_bayes.data.files.options import FileOptions, file_options
from escc_bayes.data.shipped import find_schema
from escc_bayes.data.treatment_schema import TreatmentSchema, treatment_from
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.foundation.errors import SchemaError
from escc_bayes.foundation.toml import read_toml

# What a draft writes where a person must decide.
UNDECIDED = "CHECK"
# The name of a cohort whose schema gives none and which comes from no file.
UNNAMED = "cohort"
MONTHS_PER = MappingProxyType({"days": 1 / 30.4375, "weeks": 7 / 30.4375, "months": 1.0, "years": 12.0})

TOP_KEYS = (
    "name",
    "time_unit",
    "id",
    "weight",
    "weight_kind",
    "cluster",
    "strata",
    "file",
    "missing_values",
    "treatment",
    "endpoints",
    "covariates",
)
WEIGHT_KINDS = ("frequency", "sampling")


@careful_class
@dataclass(frozen=True, slots=True)
class CohortSchema:
    """What a table of patients means; see ``models/README.md`` for the file format.

    Attributes
    ----------
    id, weight, cluster : columns; each may be absent.
    weight_kind : frequency (a row stands for so many patients alike) | sampling (a row stands for a share of a
        population); None: not said, and weights must be whole numbers.
    treatment : what a report compares where nothing else is asked for; None: no treatment.
    """

    name: str
    time_unit: str
    endpoints: Mapping[str, EndpointSchema]
    covariates: Mapping[str, CovariateSchema]
    id: str | None = None
    weight: str | None = None
    weight_kind: str | None = None
    cluster: str | None = None
    strata: tuple[str, ...] = ()
    file: FileOptions = field(default_factory=FileOptions)
    treatment: TreatmentSchema | None = None

    @property
    def months_per_unit(self) -> float:
        """Months in one time unit of the table; 1 month = 30.4375 days."""
        return MONTHS_PER[self.time_unit]

    @property
    def start_stop(self) -> bool:
        """Whether a patient may have several rows."""
        return any(endpoint.start_stop for endpoint in self.endpoints.values())

    @property
    def changing(self) -> tuple[str, ...]:
        """The covariates whose values change during follow-up, from which the program makes several rows."""
        return tuple(name for name, covariate in self.covariates.items() if covariate.changes)

    @property
    def columns(self) -> frozenset[str]:
        """Every column of the table that the schema names."""
        found = [self.id, self.weight, self.cluster]
        for endpoint in self.endpoints.values():
            found += [endpoint.time, endpoint.event, endpoint.entry, endpoint.start_date, endpoint.left]
        for covariate in self.covariates.values():
            found += [*covariate.columns, *covariate.month_columns]
        return frozenset(name for name in found if name is not None)


@careful
def load_schema(path: str | Path) -> CohortSchema:
    """Read a cohort schema: a file, or a bundled one by name, as on the command line.

    Parameters
    ----------
    path : of a TOML file (``models/README.md`` has its words), or the name of a bundled schema.

    Returns
    -------
    CohortSchema : what each column means; times of the file in ``time_unit``, months inside.

    Raises
    ------
    TomlError, SchemaError, CutError : with the file, the key, what was given and what to do.

    Examples
    --------
    >>> schema = load_schema("escc")
    >>> list(schema.endpoints), schema.covariates["stage"].levels
    (['os', 'pfs'], ('II', 'III', 'IV'))
    """
    found = find_schema(path)
    schema = schema_from(read_toml(found), str(found))
    if schema.file.dictionary is None:
        return schema
    return replace(schema, file=replace(schema.file, dictionary=found_beside(found, schema.file.dictionary)))


def found_beside(schema: Path, named: str) -> str:
    """Return the path of a file that a schema names: beside the schema, or else from the folder one works in."""
    beside, here = schema.parent / Path(named).expanduser(), Path(named).expanduser()
    return str(here if here.is_file() and not beside.is_file() else beside)


def schema_from(raw: Mapping[str, object], where: str) -> CohortSchema:
    """Build a schema from a parsed table; ``where`` begins every message."""
    refuse_undecided(raw, where)
    checks.refuse_unknown_keys(raw, TOP_KEYS, where)
    endpoints = checks.table(raw.get("endpoints", {}), f"{where}, [endpoints]")
    if not endpoints:
        raise SchemaError(f"{where}: no endpoint is declared; add a table [endpoints.os] with time and event")
    covariates = checks.table(raw.get("covariates", {}), f"{where}, [covariates]")
    built = {name: endpoint_from(name, body, where) for name, body in endpoints.items()}
    for endpoint in built.values():
        if endpoint.not_after is not None and endpoint.not_after not in built:
            hint = checks.suggestion(endpoint.not_after, built)
            raise SchemaError(
                f"{where}, endpoints.{endpoint.name}: not_after = '{endpoint.not_after}' is no endpoint; {hint}"
            )
    read = {name: covariate_from(name, body, where) for name, body in covariates.items()}
    found = CohortSchema(
        name=checks.text(raw.get("name", UNNAMED), f"{where}, name"),
        time_unit=checks.one_of(raw.get("time_unit", "months"), tuple(MONTHS_PER), f"{where}, time_unit"),
        endpoints=MappingProxyType(built),
        covariates=MappingProxyType(read),
        id=optional_text(raw, "id", where),
        weight=optional_text(raw, "weight", where),
        weight_kind=weight_kind_from(raw, where),
        cluster=optional_text(raw, "cluster", where),
        strata=strata_from(raw.get("strata", []), covariates, f"{where}, strata"),
        file=file_of(raw, where),
        treatment=None
        if "treatment" not in raw
        else treatment_from(checks.table(raw["treatment"], f"{where}, [treatment]"), read, where),
    )
    refuse_beside_start_stop(found, where)
    refuse_beside_changes(found, where)
    refuse_beside_intervals(found, where)
    return found


def refuse_beside_changes(schema: CohortSchema, where: str) -> None:
    """Raise for what covariates that change during follow-up do not go with."""
    if not schema.changing:
        return
    name = schema.changing[0]
    key = "starts_at" if schema.covariates[name].starts_at is not None else "measured"
    if schema.start_stop:
        raise SchemaError(
            f"{where}, covariates.{name}, {key}: with start and stop the rows hold values as they change; remove "
            f"{key}, or give a table with one row for each patient"
        )
    if schema.weight is not None and schema.weight_kind == "sampling":
        raise SchemaError(
            f"{where}, covariates.{name}, {key}: values that change make several rows of a patient, and sampling "
            "weights of patients with several rows are not read; leave weight away"
        )
    held = [stratum for stratum in schema.strata if stratum in schema.changing]
    if held:
        raise SchemaError(f"{where}, strata: '{held[0]}' changes during follow-up and makes no strata; name another")


def refuse_beside_intervals(schema: CohortSchema, where: str) -> None:
    """Raise for what events between two months do not go with."""
    name = next((name for name, endpoint in schema.endpoints.items() if endpoint.left is not None), None)
    if name is None:
        return
    at = f"{where}, endpoints.{name}, left and right"
    if schema.changing:
        raise SchemaError(
            f"{at}: '{schema.changing[0]}' changes during follow-up, and its value at an event whose month is not "
            "known is not known either; hold it fixed (known_at and a landmark), or give time and event"
        )
    if schema.weight is not None and schema.weight_kind == "sampling":
        raise SchemaError(
            f"{at}: errors under sampling weights are not worked out for events between two months; leave weight away, "
            "or give time and event"
        )


def refuse_beside_start_stop(schema: CohortSchema, where: str) -> None:
    """Raise for what several rows of a patient do not go with, and where rows cannot be told to be one patient's."""
    if not schema.start_stop:
        return
    plain = [name for name, endpoint in schema.endpoints.items() if not endpoint.start_stop]
    known = [name for name, covariate in schema.covariates.items() if covariate.known_at is not None]
    if schema.id is None:
        raise SchemaError(f'{where}: start and stop make several rows of one patient; add id = "COLUMN", who each is')
    if plain:
        raise SchemaError(
            f"{where}, endpoints.{plain[0]}: rows with start and stop are at risk of every endpoint; give this one "
            "start and stop too, or read it from a table with one row for each patient"
        )
    if schema.weight is not None:
        raise SchemaError(
            f"{where}, weight: weights of patients with several rows are not read; write frequency weights out as "
            "patients, or leave weight away"
        )
    if known:
        raise SchemaError(
            f"{where}, covariates.{known[0]}, known_at: with start and stop a value is known from the start of its row "
            "on; remove known_at, and give the patient a row from the month at which the value is known"
        )


def refuse_undecided(raw: object, at: str) -> None:
    """Raise at a value that a draft left open."""
    items = raw.items() if isinstance(raw, Mapping) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in items:
        if value == UNDECIDED:
            raise SchemaError(
                f"{at}, {key}: is still marked {UNDECIDED}; decide it (the remark beside says what is in doubt)"
            )
        refuse_undecided(value, f"{at}, {key}")


def file_of(raw: Mapping[str, object], where: str) -> FileOptions:
    """Return what is said of the file; ``missing_values`` may stand beside the table ``[file]`` too."""
    found = file_options(raw.get("file", {}), f"{where}, [file]")
    if "missing_values" not in raw:
        return found
    if found.missing_values:
        raise SchemaError(f"{where}: missing_values stands twice, alone and in [file]; keep one")
    return replace(found, missing_values=checks.words(raw["missing_values"], f"{where}, missing_values"))


def weight_kind_from(raw: Mapping[str, object], where: str) -> str | None:
    """Return what kind of weights there are, or None if it is not said; a kind needs weights."""
    if "weight_kind" not in raw:
        return None
    kind = checks.one_of(raw["weight_kind"], WEIGHT_KINDS, f"{where}, weight_kind")
    if "weight" not in raw:
        raise SchemaError(f'{where}: weight_kind = "{kind}" stands without weight; add weight = "COLUMN" or remove it')
    return kind


def strata_from(value: object, covariates: Mapping[str, object], at: str) -> tuple[str, ...]:
    """Return the columns, or covariates, within which tests and Cox models compare; one word serves for a list."""
    names = () if value == [] else checks.words([value] if isinstance(value, str) else value, at)
    numbers = [n for n in names if n in covariates and checks.table(covariates[n], at).get("kind") == "continuous"]
    if numbers:
        raise SchemaError(f"{at}: '{numbers[0]}' is a number and makes no strata; cut it into classes, or name another")
    return names
