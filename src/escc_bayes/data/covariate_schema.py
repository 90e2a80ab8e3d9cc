"""What one covariate of a cohort is: its keys in a schema file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from escc_bayes.data.guarantee import GuaranteeRules, guarantee_from
from escc_bayes.data.words import MISSING_WORDS, word
from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import CutError, SchemaError, TomlError

KINDS = ("ordered", "nominal", "binary", "continuous")
COVARIATE_KEYS = (
    "column",
    "kind",
    "levels",
    "cuts",
    "classes",
    "on_cut",
    "known_at",
    "starts_at",
    "measured",
    "center",
    "scale",
    "unit",
    "label",
    "labels",
    "codes",
    "missing_values",
    "range",
    "multiply",
    "guarantee",
)


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
    starts_at : of a binary one, the column of the month at which it becomes its second level; None: it stays as it is.
    measured : columns of its values in order of time, each with its month (a number, or the name of a column).
    center, scale : a continuous covariate enters as (value - center) / scale, and its hazard ratio is per ``scale``.
    unit, label : words for tables and figures.
    labels : level -> what people read for it; files of numbers keep the level.
    codes : word of a cell -> the level that it means.
    missing_values : words of a cell that mean a missing value here, beside those of the file.
    range : least and largest value that can be right; what lies outside is said, not changed.
    multiply : what values are multiplied by on reading; with ``above``, only those above it, which are in another unit.
    guarantee : cycles that patients had to receive to be included, in all or by level; None: no such rule.
    """

    name: str
    column: str
    kind: str
    levels: tuple[str, ...] = ()
    cuts: tuple[float, ...] = ()
    classes: tuple[str, ...] = ()
    on_cut: tuple[str, ...] = ()
    known_at: float | str | None = None
    starts_at: str | None = None
    measured: tuple[tuple[str, float | str], ...] = ()
    center: float = 0.0
    scale: float = 1.0
    unit: str = ""
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    missing_values: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    multiply: "Multiply | None" = None
    guarantee: GuaranteeRules | None = None

    @property
    def categorical(self) -> bool:
        """Whether the covariate has levels."""
        return self.kind != "continuous"

    @property
    def changes(self) -> bool:
        """Whether its values change during follow-up."""
        return self.starts_at is not None or bool(self.measured)

    def read_as(self, level: str) -> str:
        """Return what people read for a level."""
        return self.labels.get(level, level)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its values."""
        return tuple(column for column, _ in self.measured) or (self.column,)

    @property
    def month_columns(self) -> tuple[str, ...]:
        """The columns that hold the months of its values."""
        named = (self.known_at, self.starts_at, *(month for _, month in self.measured))
        return tuple(month for month in named if isinstance(month, str))


@dataclass(frozen=True, slots=True)
class Multiply:
    """A change of unit: values are multiplied by ``by``; those up to ``above``, if given, stay."""

    by: float
    above: float | None = None


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
    refuse_two_times(raw, kind, at)
    measured = measured_from(raw["measured"], f"{at}, measured") if "measured" in raw else ()
    return CovariateSchema(
        name=checks.covariate_name(name, at),
        column=measured[0][0] if measured else checks.text(raw.get("column", name), f"{at}, column"),
        kind=kind,
        levels=levels,
        cuts=cuts,
        classes=classes,
        on_cut=on_cut,
        known_at=known_at_from(raw.get("known_at"), f"{at}, known_at"),
        starts_at=checks.text(raw["starts_at"], f"{at}, starts_at") if "starts_at" in raw else None,
        measured=measured,
        center=checks.number(raw.get("center", 0.0), f"{at}, center"),
        scale=checks.number(raw.get("scale", 1.0), f"{at}, scale", above=0.0),
        unit=str(raw.get("unit", "")),
        label=checks.text(raw.get("label", name.replace("_", " ")), f"{at}, label"),
        labels=labels_from(raw.get("labels", {}), levels, f"{at}, labels"),
        codes=codes_from(raw.get("codes", {}), levels, f"{at}, codes"),
        missing_values=checks.words(raw["missing_values"], f"{at}, missing_values") if "missing_values" in raw else (),
        range=range_from(raw["range"], f"{at}, range") if "range" in raw else None,
        multiply=multiply_from(raw["multiply"], f"{at}, multiply") if "multiply" in raw else None,
        guarantee=guarantee_from(raw["guarantee"], levels, f"{at}, guarantee") if "guarantee" in raw else None,
    )


def codes_from(value: object, levels: tuple[str, ...], at: str) -> Mapping[str, str]:
    """Return what each code of the column means; every meaning is a level."""
    found: dict[str, str] = {}
    for code, meant in checks.table(value, at).items():
        level = checks.text(str(meant) if isinstance(meant, int) else meant, f"{at}, {code}")
        if level not in levels:
            raise SchemaError(
                f"{at}: {code} = '{level}', but the levels are {', '.join(levels)}; {suggested(level, levels)}"
            )
        found[str(word(code))] = level
    return MappingProxyType(found)


def labels_from(value: object, levels: tuple[str, ...], at: str) -> Mapping[str, str]:
    """Return what people read for each level; no two levels read alike."""
    found: dict[str, str] = {}
    for level, said in checks.table(value, at).items():
        if level not in levels:
            raise SchemaError(f"{at}: '{level}' is no level ({', '.join(levels)}); {checks.suggestion(level, levels)}")
        found[level] = " ".join(checks.text(said, f"{at}, {level}").split())
    shown = [found.get(level, level) for level in levels]
    twice = next((word for word in shown if shown.count(word) > 1), None)
    if twice is not None:
        raise SchemaError(f"{at}: two levels would both be read as '{twice}'; give each a label of its own")
    return MappingProxyType(found)


def suggested(level: str, levels: tuple[str, ...]) -> str:
    """Say what to do about a code that means no level."""
    near = checks.suggestion(level, levels)
    return near if near.startswith("did") else "add it to levels, or to missing_values if it means a missing value"


def range_from(value: object, at: str) -> tuple[float, float]:
    """Return the least and the largest value that can be right."""
    if not isinstance(value, list) or len(value) != 2:
        raise SchemaError(f"{at}: expected [least, largest], was given {checks.shown(value)}")
    least, largest = checks.increasing(value, at)
    return least, largest


def multiply_from(value: object, at: str) -> Multiply:
    """Return a change of unit: a number, or a number for the values above a limit."""
    if not isinstance(value, dict):
        return Multiply(checks.number(value, at, above=0.0))
    checks.refuse_unknown_keys(value, ("above", "by"), at)
    if set(value) != {"above", "by"}:
        raise SchemaError(
            f"{at}: expected a number, or {{ above = LIMIT, by = NUMBER }}, was given {checks.shown(value)}"
        )
    return Multiply(checks.number(value["by"], f"{at}, by", above=0.0), checks.number(value["above"], f"{at}, above"))


def refuse_keys_of_other_kind(raw: Mapping[str, object], kind: str, at: str) -> None:
    """Raise if a continuous covariate has levels, or one with levels has a center or scale."""
    numeric = ("center", "scale") if "cuts" in raw else ("center", "scale", "range", "multiply")
    wrong = ("levels", "labels", "cuts", "classes", "on_cut", "codes") if kind == "continuous" else numeric
    for key in wrong:
        if key in raw:
            raise SchemaError(f"{at}: '{key}' does not belong to a {kind} covariate; remove it or change kind")


def levels_from(raw: Mapping[str, object], kind: str, at: str) -> tuple[str, ...]:
    """Return the levels, first = reference, with their number checked."""
    if "levels" not in raw and raw.get("codes"):
        return table_words(list(dict.fromkeys(map(str, checks.table(raw["codes"], at).values()))), f"{at}, codes")
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


def refuse_two_times(raw: Mapping[str, object], kind: str, at: str) -> None:
    """Raise where a covariate has two rules of when it is known, or starts without being yes or no."""
    rules = [key for key in ("known_at", "starts_at", "measured") if key in raw]
    if len(rules) > 1:
        raise SchemaError(f"{at}: {rules[0]} and {rules[1]} both say when its values are known; keep one")
    if "starts_at" in raw and kind != "binary":
        raise SchemaError(
            f"{at}: starts_at belongs to a binary covariate, which becomes its second level at that month; this one is "
            f"{kind}: use measured = [[column, month], ..] for values that change more than once"
        )
    if "measured" in raw and "column" in raw:
        raise SchemaError(f"{at}: column and measured both name the column of its values; remove column")


def measured_from(value: object, at: str) -> tuple[tuple[str, float | str], ...]:
    """Return columns with their months: a number of months after time zero, or the name of a column that holds it."""
    given = value if isinstance(value, list) else []
    if not given or any(not isinstance(pair, list) or len(pair) != 2 for pair in given):
        raise SchemaError(
            f"{at}: expected a list of [column, month], such as [["
            f'"alc_baseline", 0.0], ["alc_mid", 0.75]], was given {checks.shown(value)}'
        )
    found: list[tuple[str, float | str]] = []
    for place, (column, month) in enumerate(given):
        known = known_at_from(month, f"{at}, {place + 1}")
        found.append((checks.text(column, f"{at}, {place + 1}"), 0.0 if known is None else known))
    fixed = [month for _, month in found if isinstance(month, float)]
    if any(later <= earlier for earlier, later in pairwise(fixed)):
        raise SchemaError(f"{at}: months must increase, was given {', '.join(f'{month:g}' for month in fixed)}")
    if len({column for column, _ in found}) < len(found):
        raise SchemaError(f"{at}: a column stands twice; each measurement has a column of its own")
    return tuple(found)


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
