"""What the columns of a cohort mean: endpoints, covariates, units. Read from TOML, closed vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from escc_bayes.data.words import MISSING_WORDS, word
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import CutError, SchemaError, TomlError
from escc_bayes.foundation.toml import read_toml

# The name of a cohort whose schema gives none and which comes from no file.
UNNAMED = "cohort"
MONTHS_PER = MappingProxyType({"days": 1 / 30.4375, "weeks": 7 / 30.4375, "months": 1.0, "years": 12.0})
KINDS = ("ordered", "nominal", "binary", "continuous")
MISSING_TIMES = ("refuse", "drop")

TOP_KEYS = ("name", "time_unit", "id", "weight", "weight_kind", "cluster", "strata", "endpoints", "covariates")
WEIGHT_KINDS = ("frequency", "sampling")
ENDPOINT_KEYS = ("time", "event", "event_values", "censored_values", "entry", "not_after", "missing", "label")
COVARIATE_KEYS = (
    "column",
    "kind",
    "levels",
    "cuts",
    "classes",
    "on_cut",
    "known_at",
    "center",
    "scale",
    "unit",
    "label",
)


@dataclass(frozen=True, slots=True)
class EndpointSchema:
    """Where one endpoint stands in the table.

    Attributes
    ----------
    name : the endpoint's word, such as ``os``.
    time, event, entry : column names; ``entry`` (delayed entry) may be absent.
    event_values : values that count as an event; empty: the column is 0/1 or true/false.
    censored_values : if given, any value outside both lists is an error.
    not_after : an endpoint that this one can never outlast (``os`` for ``pfs``).
    missing : what to do with patients without a time: refuse | drop (and count).
    label : words for tables and figures.
    from_zero : whether a follow-up of 0 is a patient (who entered on the day of the cut); not a key of schema files.
    """

    name: str
    time: str
    event: str
    event_values: tuple[str, ...] = ()
    censored_values: tuple[str, ...] = ()
    entry: str | None = None
    not_after: str | None = None
    missing: str = "refuse"
    label: str = ""
    from_zero: bool = False


@dataclass(frozen=True, slots=True)
class CovariateSchema:
    """What one covariate is.

    Attributes
    ----------
    name, column : the covariate's word and its column.
    kind : ordered | nominal | binary | continuous.
    levels : the words, first = reference; empty for continuous.
    cuts, classes, on_cut : a count cut into classes: increasing cut points, the class names in
        ascending order of the count, and for each cut whether a value exactly on it falls
        ``above`` or ``below``.
    known_at : months after time zero (a number), or the name of a column that holds it; None: time zero.
    center, scale : a continuous covariate enters as (value - center) / scale, and its hazard ratio is per ``scale``.
    unit, label : words for tables and figures.
    """

    name: str
    column: str
    kind: str
    levels: tuple[str, ...] = ()
    cuts: tuple[float, ...] = ()
    classes: tuple[str, ...] = ()
    on_cut: tuple[str, ...] = ()
    known_at: float | str | None = None
    center: float = 0.0
    scale: float = 1.0
    unit: str = ""
    label: str = ""

    @property
    def categorical(self) -> bool:
        """Whether the covariate has levels."""
        return self.kind != "continuous"


@dataclass(frozen=True, slots=True)
class CohortSchema:
    """What a table of patients means; see ``models/README.md`` for the file format.

    Attributes
    ----------
    id, weight, cluster : columns; each may be absent.
    weight_kind : frequency (a row stands for so many patients alike) | sampling (a row stands for a share of a
        population); None: not said, and weights must be whole numbers.
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

    @property
    def months_per_unit(self) -> float:
        """Months in one time unit of the table; 1 month = 30.4375 days."""
        return MONTHS_PER[self.time_unit]

    @property
    def columns(self) -> frozenset[str]:
        """Every column of the table that the schema names."""
        found = [self.id, self.weight, self.cluster]
        for endpoint in self.endpoints.values():
            found += [endpoint.time, endpoint.event, endpoint.entry]
        for covariate in self.covariates.values():
            found += [covariate.column, covariate.known_at if isinstance(covariate.known_at, str) else None]
        return frozenset(name for name in found if name is not None)


@careful
def load_schema(path: str | Path) -> CohortSchema:
    """Read a cohort schema.

    Raises
    ------
    TomlError, SchemaError, CutError : with the file, the key, what was given and what to do.
    """
    return schema_from(read_toml(Path(path)), str(path))


def schema_from(raw: Mapping[str, object], where: str) -> CohortSchema:
    """Build a schema from a parsed table; ``where`` begins every message."""
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
    return CohortSchema(
        name=checks.text(raw.get("name", UNNAMED), f"{where}, name"),
        time_unit=checks.one_of(raw.get("time_unit", "months"), tuple(MONTHS_PER), f"{where}, time_unit"),
        endpoints=MappingProxyType(built),
        covariates=MappingProxyType({n: covariate_from(n, b, where) for n, b in covariates.items()}),
        id=optional_text(raw, "id", where),
        weight=optional_text(raw, "weight", where),
        weight_kind=weight_kind_from(raw, where),
        cluster=optional_text(raw, "cluster", where),
        strata=strata_from(raw.get("strata", []), covariates, f"{where}, strata"),
    )


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


def optional_text(raw: Mapping[str, object], key: str, where: str) -> str | None:
    """Return the text under ``key``, or None if the key is absent."""
    return checks.text(raw[key], f"{where}, {key}") if key in raw else None


def needed_text(raw: Mapping[str, object], key: str, where: str) -> str:
    """Return the text under ``key``; raise ``SchemaError`` if the key is absent."""
    if key not in raw:
        raise SchemaError(f"{where}: the key '{key}' is missing; name the column that holds it")
    return checks.text(raw[key], f"{where}, {key}")


def endpoint_from(name: str, body: object, where: str) -> EndpointSchema:
    """Build one endpoint; ``pfs`` may not outlast ``os`` unless the schema says otherwise."""
    at = f"{where}, endpoints.{name}"
    raw = checks.table(body, at)
    checks.refuse_unknown_keys(raw, ENDPOINT_KEYS, at)
    happened, censored = event_words(raw, at)
    return EndpointSchema(
        name=checks.identifier(name, at),
        time=needed_text(raw, "time", at),
        event=needed_text(raw, "event", at),
        event_values=happened,
        censored_values=censored,
        entry=optional_text(raw, "entry", at),
        not_after=optional_text(raw, "not_after", at),
        missing=checks.one_of(raw.get("missing", "refuse"), MISSING_TIMES, f"{at}, missing"),
        label=checks.text(raw.get("label", name.upper()), f"{at}, label"),
    )


def event_words(raw: Mapping[str, object], at: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the declared values of events and of censored times; a value is one or the other."""
    happened, censored = (
        table_words(raw[key], f"{at}, {key}") if key in raw else () for key in ("event_values", "censored_values")
    )
    if censored and not happened:
        raise SchemaError(f"{at}: censored_values stands without event_values; declare what counts as an event too")
    both = {word(value) for value in happened} & {word(value) for value in censored}
    if both:
        raise SchemaError(f"{at}: '{both.pop()}' stands in event_values and in censored_values; keep it in one")
    return happened, censored


def table_words(value: object, at: str) -> tuple[str, ...]:
    """Return words that a table can hold: none means missing, and no two are one value."""
    found = checks.words(value, at)
    meant: dict[str | None, str] = {}
    for given in found:
        if given.strip() in MISSING_WORDS:
            raise SchemaError(f"{at}: '{given}' means a missing value in a table; rename it in the data and here")
        if word(given) in meant:
            raise SchemaError(f"{at}: '{meant[word(given)]}' and '{given}' are one value in a table; keep one")
        meant[word(given)] = given
    return found


def covariate_from(name: str, body: object, where: str) -> CovariateSchema:
    """Build one covariate and check that its keys fit its kind."""
    at = f"{where}, covariates.{name}"
    raw = checks.table(body, at)
    checks.refuse_unknown_keys(raw, COVARIATE_KEYS, at)
    if "kind" not in raw:
        raise SchemaError(f"{at}: the key 'kind' is missing; one of {', '.join(KINDS)}")
    kind = checks.one_of(raw["kind"], KINDS, f"{at}, kind")
    refuse_keys_of_other_kind(raw, kind, at)
    levels = () if kind == "continuous" else levels_from(raw, kind, at)
    cuts, classes, on_cut = classes_from(raw, levels, at)
    return CovariateSchema(
        name=checks.identifier(name, at),
        column=checks.text(raw.get("column", name), f"{at}, column"),
        kind=kind,
        levels=levels,
        cuts=cuts,
        classes=classes,
        on_cut=on_cut,
        known_at=known_at_from(raw.get("known_at"), f"{at}, known_at"),
        center=checks.number(raw.get("center", 0.0), f"{at}, center"),
        scale=checks.number(raw.get("scale", 1.0), f"{at}, scale", above=0.0),
        unit=str(raw.get("unit", "")),
        label=checks.text(raw.get("label", name.replace("_", " ")), f"{at}, label"),
    )


def refuse_keys_of_other_kind(raw: Mapping[str, object], kind: str, at: str) -> None:
    """Raise if a continuous covariate has levels, or one with levels has a center or scale."""
    wrong = ("levels", "cuts", "classes", "on_cut") if kind == "continuous" else ("center", "scale")
    for key in wrong:
        if key in raw:
            raise SchemaError(f"{at}: '{key}' does not belong to a {kind} covariate; remove it or change kind")


def levels_from(raw: Mapping[str, object], kind: str, at: str) -> tuple[str, ...]:
    """Return the levels, first = reference, with their number checked."""
    if "levels" not in raw:
        raise SchemaError(f"{at}: a {kind} covariate needs levels = [..], the first is the reference")
    levels = table_words(raw["levels"], f"{at}, levels")
    if len(levels) < 2:
        raise SchemaError(f"{at}: levels has one word only; a covariate needs at least two")
    if kind == "binary" and len(levels) != 2:
        raise SchemaError(f"{at}: a binary covariate has two levels, was given {len(levels)}; use nominal")
    return levels


def known_at_from(value: object, at: str) -> float | str | None:
    """Return months after time zero, or a column name, or None."""
    if value is None or isinstance(value, str):
        return value
    months = checks.number(value, at)
    if months < 0:
        raise TomlError(f"{at}: months after time zero cannot be negative, was given {months:g}")
    return months


def classes_from(
    raw: Mapping[str, object], levels: tuple[str, ...], at: str
) -> tuple[tuple[float, ...], tuple[str, ...], tuple[str, ...]]:
    """Return cuts, classes in ascending order and sides, or three empty tuples."""
    if "cuts" not in raw:
        for key in ("classes", "on_cut"):
            if key in raw:
                raise SchemaError(f"{at}: '{key}' stands without cuts; add cuts = [..] or remove it")
        return (), (), ()
    cuts = checks.increasing(raw["cuts"], f"{at}, cuts", error=CutError)
    if "classes" not in raw or "on_cut" not in raw:
        raise SchemaError(
            f"{at}: cuts need classes = [lowest, .., highest] and on_cut, which says for each cut whether "
            "a value exactly on it falls 'above' or 'below'"
        )
    classes = checks.words(raw["classes"], f"{at}, classes")
    if len(classes) != len(cuts) + 1 or set(classes) != set(levels):
        raise SchemaError(
            f"{at}: {len(cuts)} cuts make {len(cuts) + 1} classes, and classes must be the levels in "
            f"ascending order of the count; was given {list(classes)} for levels {list(levels)}"
        )
    return cuts, classes, sides_from(raw["on_cut"], len(cuts), f"{at}, on_cut")


def sides_from(value: object, cuts: int, at: str) -> tuple[str, ...]:
    """Return one side for each cut: a single word serves for all."""
    given = [value] * cuts if isinstance(value, str) else value
    if not isinstance(given, list) or len(given) != cuts:
        raise SchemaError(f"{at}: expected one of 'above', 'below' for each of {cuts} cuts, was given {value!r}")
    return tuple(checks.one_of(side, ("above", "below"), at) for side in given)
