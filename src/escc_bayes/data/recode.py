"""Coarser cohorts: numbers cut into classes, levels merged, and only what is asked for, complete."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.schema import CohortSchema
from escc_bayes.foundation.checks import increasing
from escc_bayes.foundation.errors import CohortError


def in_classes(cohort: Cohort, name: str, cuts: Sequence[float], *, new: str) -> Cohort:
    """Return the cohort with a continuous covariate replaced by classes; a value on a cut falls above it.

    Parameters
    ----------
    name : continuous covariate.
    cuts : increasing, in its unit; each class must hold someone.
    new : name of the classes, such as ``age_class``.

    Raises
    ------
    CohortError : the covariate has levels, the cuts do not increase, or a class holds nobody.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> in_classes(example_cohort("larynx"), "age", [65.0], new="age_class").covariate("age_class").schema.levels
    ('under_65', 'from_65')
    """
    data = unchanging(cohort, name)
    if data.schema.categorical:
        raise CohortError(f"{cohort.source}: covariate '{name}' has levels already; only numbers can be cut")
    edges = np.array(increasing(list(cuts), f"{cohort.source}, cuts of '{name}'", error=CohortError))
    codes = np.where(data.missing, np.nan, np.searchsorted(edges, data.values, side="right").astype(np.float64))
    words = (f"under_{edges[0]:g}", *(f"from_{edge:g}" for edge in edges))
    held = np.bincount(codes[~data.missing].astype(np.int64), minlength=len(words))
    empty = [word for word, patients in zip(words, held, strict=True) if patients == 0]
    if empty:
        raise CohortError(
            f"{cohort.source}: cuts {', '.join(f'{cut:g}' for cut in cuts)} of '{name}' leave a class without patients "
            f"({', '.join(empty)}); its values run from {np.nanmin(data.values):g} to {np.nanmax(data.values):g}"
        )
    kind = "binary" if len(words) == 2 else "ordered"
    label = f"{data.schema.label or name} in classes"
    schema = CovariateSchema(new, new, kind, levels=words, unit=data.schema.unit, label=label)
    return with_covariate(
        cohort, name, CovariateData(replace(schema, known_at=data.schema.known_at), codes, data.known_at)
    )


def cut_anew(cohort: Cohort, name: str, cuts: Sequence[float]) -> Cohort:
    """Return the cohort with a covariate that was cut into classes cut elsewhere; a value on a cut falls above it.

    The end of the scale that the reference stood at stays the reference.

    Parameters
    ----------
    name : covariate with the numbers behind its classes, or a continuous one.
    cuts : increasing, in its unit; each class must hold someone.

    Raises
    ------
    CohortError : no numbers stand behind the levels, the cuts do not increase, or a class holds nobody.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> cut_anew(example_cohort("escc79"), "alc_mid", [0.8]).covariate("alc_mid").schema.levels
    ('from_0.8', 'under_0.8')
    """
    data, numbers = unchanging(cohort, name), as_numbers(cohort, name)
    known, plain = data.schema, f"{name}_numbers"
    new = in_classes(
        with_covariate(cohort, name, replace(numbers, schema=replace(numbers.schema, name=plain))),
        plain,
        cuts,
        new=name,
    ).covariate(name)
    if known.classes and known.levels[0] == known.classes[-1]:
        last = len(new.schema.levels) - 1
        new = replace(new, values=last - new.values, schema=replace(new.schema, levels=new.schema.levels[::-1]))
    schema = replace(new.schema, label=known.label)
    return with_covariate(cohort, name, replace(new, schema=schema, measured=numbers.values))


def as_numbers(cohort: Cohort, name: str) -> CovariateData:
    """Return a covariate as the numbers that it was before they were cut; a continuous one as it is.

    Raises
    ------
    CohortError : no numbers stand behind the levels.
    """
    data = unchanging(cohort, name)
    if not data.schema.categorical:
        return data
    if data.measured is None:
        raise CohortError(f"{cohort.source}: no numbers stand behind the levels of '{name}'; only numbers can be cut")
    known = data.measured[~np.isnan(data.measured)]
    schema = replace(
        data.schema,
        kind="continuous",
        levels=(),
        cuts=(),
        classes=(),
        on_cut=(),
        center=float(known.mean()),
        scale=float(known.std()) or 1.0,
        guarantee=None,
    )
    return CovariateData(schema, data.measured, data.known_at)


def merged(cohort: Cohort, name: str, groups: Mapping[str, Sequence[str]]) -> Cohort:
    """Return the cohort with levels of a covariate merged; the first group is the reference.

    Parameters
    ----------
    groups : new level -> old levels; every old level once.

    Raises
    ------
    CohortError : an old level is missing, unknown or stands twice.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> two = merged(example_cohort("larynx"), "stage", {"early": ["I", "II"], "late": ["III", "IV"]})
    >>> [int((two.covariate("stage").values == code).sum()) for code in (0, 1)]
    [50, 40]
    """
    data = unchanging(cohort, name)
    old = [level for members in groups.values() for level in members]
    if sorted(old) != sorted(data.schema.levels):
        raise CohortError(
            f"{cohort.source}: the groups of '{name}' must hold each of {', '.join(data.schema.levels)} once; "
            f"was given {', '.join(old)}"
        )
    place = {level: code for code, members in enumerate(groups.values()) for level in members}
    table = np.array([place[level] for level in data.schema.levels], dtype=np.float64)
    codes = np.full(data.values.shape, np.nan)
    codes[~data.missing] = table[data.values[~data.missing].astype(np.int64)]
    kind = "binary" if len(groups) == 2 else data.schema.kind
    same = {new: data.schema.read_as(new) for new, members in groups.items() if list(members) == [new]}
    labels = MappingProxyType({level: label for level, label in same.items() if label != level})
    schema = replace(
        data.schema,
        kind=kind,
        levels=tuple(groups),
        labels=labels,
        codes=MappingProxyType({}),
        cuts=(),
        classes=(),
        on_cut=(),
        guarantee=None,
    )
    return with_covariate(cohort, name, CovariateData(schema, codes, data.known_at))


def unchanging(cohort: Cohort, name: str) -> CovariateData:
    """Return a covariate whose values stay as they are; raise ``CohortError`` for one that changes."""
    data = cohort.covariate(name)
    if data.schema.changes:
        raise CohortError(f"{cohort.source}: '{name}' changes during follow-up; its levels cannot be made anew here")
    return data


def complete_cases(cohort: Cohort, *, endpoints: Sequence[str], covariates: Sequence[str]) -> Cohort:
    """Return the patients who have every endpoint and covariate asked for, and nothing else of the cohort.

    Raises
    ------
    CohortError : an endpoint or covariate that the cohort lacks, or nobody is left.
    """
    kept_endpoints = {name: cohort.endpoint(name) for name in endpoints}
    kept_covariates = {name: cohort.covariate(name) for name in covariates}
    schema = schema_of(cohort, endpoints, covariates)
    keep = np.ones(cohort.rows, dtype=bool)
    for endpoint in kept_endpoints.values():
        keep &= endpoint.present
    for covariate in kept_covariates.values():
        keep &= ~covariate.missing
    if not keep.any():
        raise CohortError(
            f"{cohort.source}: no patient has all of {', '.join([*endpoints, *covariates])}; ask for fewer"
        )
    narrow = replace(
        cohort,
        schema=schema,
        endpoints=MappingProxyType(kept_endpoints),
        covariates=MappingProxyType(kept_covariates),
    )
    return narrow.subset(keep)


def schema_of(cohort: Cohort, endpoints: Sequence[str], covariates: Sequence[str]) -> CohortSchema:
    """Return the schema with some of its endpoints and covariates."""
    own = cohort.schema
    for name in endpoints:
        later = own.endpoints[name].not_after
        if later is not None and later not in endpoints:
            raise CohortError(f"{cohort.source}: '{name}' never outlasts '{later}'; ask for both")
    return replace(
        own,
        endpoints=MappingProxyType({name: own.endpoints[name] for name in endpoints}),
        covariates=MappingProxyType({name: own.covariates[name] for name in covariates}),
    )


def with_covariate(cohort: Cohort, name: str, data: CovariateData) -> Cohort:
    """Return the cohort with the covariate ``name`` replaced, in its place."""
    known = {(data.schema.name if n == name else n): (data if n == name else c) for n, c in cohort.covariates.items()}
    if len(known) < len(cohort.covariates):
        raise CohortError(f"{cohort.source}: there is a covariate '{data.schema.name}' already; choose another name")
    schema = replace(cohort.schema, covariates=MappingProxyType({n: c.schema for n, c in known.items()}))
    return replace(cohort, schema=schema, covariates=MappingProxyType(known))
