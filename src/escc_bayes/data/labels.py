"""Levels declared as codes, where the file says what its codes mean: printed by their labels."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.words import as_number, word


def in_words(schema: CohortSchema, labels: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]) -> CohortSchema:
    """Return a schema with the labels that a file gives its columns and codes (SPSS, Stata, a data dictionary).

    What the schema calls a covariate, and reads for its levels, stands. A covariate keeps its levels where the schema
    says what codes mean, and where the file labels some of them alone or several alike.
    """
    if not labels and not codes:
        return schema
    covariates = {}
    for name, own in schema.covariates.items():
        called = own if own.label not in ("", name) else replace(own, label=labels.get(own.column, own.label))
        covariates[name] = labelled(called, codes.get(own.column, {}))
    return replace(schema, covariates=MappingProxyType(covariates))


def labelled(covariate: CovariateSchema, meant: Mapping[str, str]) -> CovariateSchema:
    """Return a covariate with the labels of its levels in place of their codes; beside codes that are words."""
    words = [str(word(level)) for level in covariate.levels]
    labels = tuple(meant.get(code, "") for code in words)
    stated = covariate.cuts or covariate.codes or covariate.labels or covariate.starts_at
    known = covariate.categorical and not stated
    if not known or not all(labels) or len(set(labels)) < len(labels):
        return covariate
    if are_words(words):
        return replace(covariate, labels=MappingProxyType(dict(zip(covariate.levels, labels, strict=True))))
    return replace(covariate, levels=labels, codes=MappingProxyType(dict(zip(words, labels, strict=True))))


def are_words(codes: Iterable[str]) -> bool:
    """Whether codes are words, which stay the levels of their column.

    Examples
    --------
    >>> are_words(["ici_after_crt", "concurrent"]), are_words(["1", "2"])
    (True, False)
    """
    return all(as_number(code) is None for code in codes)
