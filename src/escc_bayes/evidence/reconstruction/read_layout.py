"""Read a layout file: closed vocabulary, names checked against each other, every error located."""

from collections.abc import Callable, Mapping
from pathlib import Path

from escc_bayes.evidence.reconstruction.layout import (
    CLOCKS,
    RULE_KINDS,
    SUBSETS,
    ArmLayout,
    Cell,
    Contrast,
    Correlated,
    Count,
    CovariateLayout,
    EndpointLayout,
    Joint,
    Layout,
    Measured,
    Outside,
    ReconstructionError,
    Rejected,
    Rule,
    TTest,
)
from escc_bayes.evidence.reconstruction.layout_columns import refuse_columns
from escc_bayes.foundation import checks
from escc_bayes.foundation.toml import read_toml

type Table = dict[str, object]

TOP = ("study", "n", "cohort", "cutoff", "endpoints", "covariates", "outside")
LISTS = ("arm", "joint", "correlated", "contrast", "rule", "t_test", "rejected")
MEASURES = ("mean", "median", "sd", "minimum", "maximum")
SIDES = ("above", "below")


def read_layout(path: str | Path) -> Layout:
    """Read a layout.

    Raises
    ------
    ReconstructionError, TomlError : with the file, the entry, what was given and what to do.
    """
    where = str(path)
    raw = read_toml(Path(path))
    checks.refuse_unknown_keys(raw, (*TOP, *LISTS), where)
    endpoints = tuple(
        endpoint_from(name, body, f"{where}, endpoints.{name}") for name, body in tables(raw, "endpoints", where)
    )
    covariates = tuple(
        covariate_from(name, body, f"{where}, covariates.{name}") for name, body in tables(raw, "covariates", where)
    )
    layout = Layout(
        where=where,
        study=checks.text(raw.get("study"), f"{where}, study"),
        n=count_from(raw.get("n"), f"{where}, n"),
        cohort=words_of(raw, "cohort", where),
        cutoff=words_of(raw, "cutoff", where),
        endpoints=endpoints,
        covariates=covariates,
        arms=listed(raw, "arm", where, arm_from),
        joints=listed(raw, "joint", where, joint_from),
        correlated=listed(raw, "correlated", where, correlated_from),
        contrasts=listed(raw, "contrast", where, contrast_from),
        rules=listed(raw, "rule", where, rule_from),
        t_tests=listed(raw, "t_test", where, t_test_from),
        rejected=listed(raw, "rejected", where, rejected_from),
        outside=outside_from(checks.table(raw["outside"], f"{where}, outside"), where) if "outside" in raw else None,
    )
    refuse_strangers(layout)
    refuse_columns(layout)
    return layout


def outside_from(raw: Table, where: str) -> Outside:
    """Build the patients without outcomes."""
    at = f"{where}, outside"
    checks.refuse_unknown_keys(raw, ("total", "write", "assumed"), at)
    written = checks.table(raw.get("write", {}), f"{at}, write")
    return Outside(
        total=count_from(raw.get("total"), f"{at}, total"),
        write=tuple((column, checks.text(word, f"{at}, write, {column}")) for column, word in written.items()),
        assumed=words_of(raw, "assumed", at),
    )


def tables(raw: Mapping[str, object], key: str, where: str) -> list[tuple[str, Table]]:
    """Return the named tables ``[key.NAME]``."""
    found = checks.table(raw.get(key, {}), f"{where}, {key}")
    return [
        (checks.identifier(name, f"{where}, {key}"), checks.table(body, f"{where}, {key}.{name}"))
        for name, body in found.items()
    ]


def listed[T](raw: Mapping[str, object], key: str, where: str, make: Callable[[Table, str], T]) -> tuple[T, ...]:
    """Return the records of ``[[key]]``."""
    found = raw.get(key, [])
    if not isinstance(found, list):
        raise ReconstructionError(f"{where}: '{key}' must be a list of tables; write [[{key}]]")
    return tuple(
        make(checks.table(body, f"{where}, {key} {i}"), f"{where}, {key} {i}") for i, body in enumerate(found, 1)
    )


def words_of(raw: Mapping[str, object], key: str, where: str) -> str:
    """Return text, empty where the key is absent."""
    return checks.text(raw[key], f"{where}, {key}") if key in raw else ""


def count_from(value: object, where: str) -> Count:
    """Return a whole number, or the name of a printed number."""
    return value if isinstance(value, str) and value else checks.whole_number(value, where, least=0)


def number_from(value: object, where: str) -> float | str:
    """Return a number, or the name of a printed number."""
    return value if isinstance(value, str) and value else checks.number(value, where)


def endpoint_from(name: str, raw: Table, where: str) -> EndpointLayout:
    """Build one endpoint."""
    keys = ("endpoint", "time", "event", "within", "failures", "shortest", "longest")
    checks.refuse_unknown_keys(raw, keys, where)
    shortest = checks.number(raw.get("shortest", 0.1), f"{where}, shortest", above=0.0)
    longest = checks.number(raw["longest"], f"{where}, longest", above=shortest) if "longest" in raw else None
    return EndpointLayout(
        name=name,
        word=checks.text(raw.get("endpoint"), f"{where}, endpoint"),
        time=checks.text(raw.get("time", f"{name}_months"), f"{where}, time"),
        event=checks.text(raw.get("event", f"{name}_event"), f"{where}, event"),
        within=words_of(raw, "within", where),
        failures=count_from(raw["failures"], f"{where}, failures") if "failures" in raw else "",
        shortest=shortest,
        longest=longest,
    )


def covariate_from(name: str, raw: Table, where: str) -> CovariateLayout:
    """Build one covariate: levels with counts, or a measurement."""
    assumed = words_of(raw, "assumed", where)
    if "levels" not in raw:
        return CovariateLayout(name, classes_of(raw, where), (), measured_from(raw, where), (), assumed)
    checks.refuse_unknown_keys(raw, ("levels", "counts", "write", "assumed"), where)
    levels = checks.words(raw["levels"], f"{where}, levels")
    counts = raw.get("counts")
    if not isinstance(counts, list) or len(counts) != len(levels):
        raise ReconstructionError(f"{where}, counts: expected one count for each of the {len(levels)} levels")
    found = tuple(count_from(c, f"{where}, counts") for c in counts)
    return CovariateLayout(name, levels, found, None, write_from(raw, levels, where), assumed)


def write_from(raw: Table, levels: tuple[str, ...], where: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return the columns that each level stands for; empty where the covariate is its own column."""
    if "write" not in raw:
        return ()
    found = raw["write"]
    if not isinstance(found, list) or len(found) != len(levels):
        raise ReconstructionError(f"{where}, write: expected one table {{ column = word }} for each level")
    return tuple(
        tuple((key, checks.text(word, f"{where}, write")) for key, word in checks.table(t, where).items())
        for t in found
    )


def classes_of(raw: Table, where: str) -> tuple[str, ...]:
    """Return the class names of a measurement, ascending; none without cuts."""
    return checks.words(raw["classes"], f"{where}, classes") if "classes" in raw else ()


def measured_from(raw: Table, where: str) -> Measured:
    """Build a measurement."""
    checks.refuse_unknown_keys(raw, (*MEASURES, "decimals", "cuts", "classes", "on_cut", "assumed"), where)
    if ("mean" in raw) == ("median" in raw):
        raise ReconstructionError(f"{where}: give either 'mean' or 'median' (or 'levels' with 'counts')")
    for key in ("sd", "minimum", "maximum"):
        if key not in raw:
            raise ReconstructionError(f"{where}: the key '{key}' is missing; add it, and say what is assumed")
    found = {key: number_from(raw[key], f"{where}, {key}") for key in MEASURES if key in raw}
    cuts = checks.increasing(raw["cuts"], f"{where}, cuts") if "cuts" in raw else ()
    if len(classes_of(raw, where)) != (len(cuts) + 1 if cuts else 0):
        raise ReconstructionError(f"{where}: {len(cuts)} cuts need {len(cuts) + 1} classes, in ascending order")
    sides = raw.get("on_cut", ["above"] * len(cuts))
    if not isinstance(sides, list) or len(sides) != len(cuts):
        raise ReconstructionError(f"{where}, on_cut: expected 'above' or 'below' for each of the {len(cuts)} cuts")
    on_cut = tuple(checks.one_of(side, SIDES, f"{where}, on_cut") for side in sides)
    decimals = checks.whole_number(raw.get("decimals", 2), f"{where}, decimals", least=0)
    return Measured(
        minimum=found["minimum"],
        maximum=found["maximum"],
        sd=found["sd"],
        mean=found.get("mean"),
        median=found.get("median"),
        decimals=decimals,
        cuts=cuts,
        on_cut=on_cut,
    )


def arm_from(raw: Table, where: str) -> ArmLayout:
    """Build one arm."""
    checks.refuse_unknown_keys(raw, ("name", "endpoint", "of", "covariate", "levels", "subset", "clock"), where)
    return ArmLayout(
        name=checks.text(raw.get("name"), f"{where}, name"),
        endpoint=words_of(raw, "endpoint", where),
        of=words_of(raw, "of", where),
        covariate=words_of(raw, "covariate", where),
        levels=checks.words(raw["levels"], f"{where}, levels") if "levels" in raw else (),
        subset=checks.one_of(raw.get("subset", "everyone"), SUBSETS, f"{where}, subset"),
        clock=checks.one_of(raw.get("clock", "start"), CLOCKS, f"{where}, clock"),
    )


def joint_from(raw: Table, where: str) -> Joint:
    """Build one cross-table."""
    checks.refuse_unknown_keys(raw, ("covariates", "cells"), where)
    names = checks.words(raw.get("covariates"), f"{where}, covariates")
    cells = raw.get("cells", [])
    if not isinstance(cells, list):
        raise ReconstructionError(f"{where}, cells: expected a list of tables {{ {names[0]} = .., n = .. }}")
    return Joint(
        names, tuple(cell_from(checks.table(c, where), names, f"{where}, cell {i}") for i, c in enumerate(cells, 1))
    )


def cell_from(raw: Table, names: tuple[str, ...], where: str) -> Cell:
    """Build one cell of a cross-table."""
    checks.refuse_unknown_keys(raw, (*names, "n"), where)
    levels = tuple((name, str(raw[name])) for name in names if name in raw)
    return Cell(levels, count_from(raw.get("n"), f"{where}, n"))


def correlated_from(raw: Table, where: str) -> Correlated:
    """Build one statement on correlations."""
    checks.refuse_unknown_keys(raw, ("covariates", "low", "high", "assumed"), where)
    low = checks.number(raw.get("low"), f"{where}, low", above=-1.0, below=1.0)
    high = checks.number(raw.get("high"), f"{where}, high", above=low, below=1.0)
    return Correlated(checks.words(raw.get("covariates"), f"{where}, covariates"), low, high)


def contrast_from(raw: Table, where: str) -> Contrast:
    """Build one contrast."""
    checks.refuse_unknown_keys(raw, ("effect", "covariate", "groups", "hazard_ratio", "assumed"), where)
    groups = raw.get("groups")
    if not isinstance(groups, list) or len(groups) < 2:
        raise ReconstructionError(f"{where}, groups: expected at least two lists of levels, reference first")
    hazard_ratio = raw.get("hazard_ratio", False)
    if not isinstance(hazard_ratio, bool):
        raise ReconstructionError(f"{where}, hazard_ratio: expected true or false, was given {hazard_ratio!r}")
    return Contrast(
        effect=checks.text(raw.get("effect"), f"{where}, effect"),
        covariate=checks.text(raw.get("covariate"), f"{where}, covariate"),
        groups=tuple(checks.words(group, f"{where}, groups") for group in groups),
        hazard_ratio=hazard_ratio,
        assumed=words_of(raw, "assumed", where),
    )


def rule_from(raw: Table, where: str) -> Rule:
    """Build one rule."""
    checks.refuse_unknown_keys(raw, ("covariate", "endpoint", "kind", "months", "months_each"), where)
    kind = checks.one_of(raw.get("kind"), RULE_KINDS, f"{where}, kind")
    if ("months" in raw) == ("months_each" in raw):
        raise ReconstructionError(f"{where}: give either 'months' by level or 'months_each' unit of a measurement")
    months = checks.table(raw.get("months", {}), f"{where}, months")
    each = checks.number(raw["months_each"], f"{where}, months_each", above=0.0) if "months_each" in raw else 0.0
    return Rule(
        covariate=checks.text(raw.get("covariate"), f"{where}, covariate"),
        endpoint=checks.text(raw.get("endpoint"), f"{where}, endpoint"),
        kind=next(k for k in RULE_KINDS if k == kind),
        months=tuple((level, checks.number(m, f"{where}, months", above=0.0)) for level, m in months.items()),
        months_each=each,
    )


def t_test_from(raw: Table, where: str) -> TTest:
    """Build one t test."""
    checks.refuse_unknown_keys(raw, ("number", "first", "second"), where)
    return TTest(*(checks.text(raw.get(key), f"{where}, {key}") for key in ("number", "first", "second")))


def rejected_from(raw: Table, where: str) -> Rejected:
    """Build one printed count that is not followed."""
    keys = ("number", "covariate", "level", "why")
    checks.refuse_unknown_keys(raw, keys, where)
    return Rejected(*(checks.text(raw.get(key), f"{where}, {key}") for key in keys))


def refuse_strangers(layout: Layout) -> None:
    """Raise at the first name of an endpoint, covariate or level that the layout does not have."""
    endpoints = [e.name for e in layout.endpoints]
    if not endpoints:
        raise ReconstructionError(f"{layout.where}: no endpoint; add a table such as [endpoints.os]")
    asked = [("endpoints", e.within) for e in layout.endpoints] + [("arm", a.of) for a in layout.arms]
    asked += [("rule", r.endpoint) for r in layout.rules]
    for entry, name in asked:
        if name and name not in endpoints:
            raise ReconstructionError(
                f"{layout.where}, {entry}: no endpoint '{name}'; {checks.suggestion(name, endpoints)}"
            )
    for entry, name, levels in named_levels(layout):
        refuse_unknown_levels(layout, entry, name, levels)


def named_levels(layout: Layout) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return every covariate named in the lists of a layout, with the levels named beside it."""
    found = [("contrast", c.covariate, tuple(level for group in c.groups for level in group)) for c in layout.contrasts]
    found += [("arm", a.covariate, a.levels) for a in layout.arms if a.covariate]
    found += [("rule", r.covariate, tuple(level for level, _ in r.months)) for r in layout.rules]
    found += [("rejected", r.covariate, (r.level,)) for r in layout.rejected]
    found += [("t_test", name, ()) for t in layout.t_tests for name in (t.first, t.second)]
    found += [("joint", name, ()) for j in layout.joints for name in j.covariates]
    found += [("correlated", name, ()) for c in layout.correlated for name in c.covariates]
    found += [("joint", name, (level,)) for j in layout.joints for cell in j.cells for name, level in cell.levels]
    return found


def refuse_unknown_levels(layout: Layout, entry: str, name: str, levels: tuple[str, ...]) -> None:
    """Raise if a covariate, or a level of it, is not in the layout."""
    known = {c.name: c.levels for c in layout.covariates}
    if name not in known:
        raise ReconstructionError(f"{layout.where}, {entry}: no covariate '{name}'; {checks.suggestion(name, known)}")
    for level in levels:
        if level not in known[name]:
            hint = checks.suggestion(level, known[name])
            raise ReconstructionError(f"{layout.where}, {entry}: covariate '{name}' has no level '{level}'; {hint}")
