"""The words that a published study and its layout share: names of counts and effects, and how TOML writes them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.schema import CohortSchema
from escc_bayes.foundation.errors import CohortError

FAILURES = "failures_n"

type Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Factor:
    """A covariate in words: ``codes`` (n,) of its ``levels``, first = reference."""

    name: str
    levels: tuple[str, ...]
    codes: np.ndarray

    def count_name(self, level: str) -> str:
        """Return the name of the printed number of patients: ``stage_II_n``."""
        return f"{self.name}_{slug(level)}_n"

    def pair_name(self, level: str, versus: str) -> str:
        """Return the effect of one level against another: ``stage_III_vs_I``; of two levels, the covariate."""
        return self.name if len(self.levels) == 2 else f"{self.name}_{slug(level)}_vs_{slug(versus)}"


def factor_of(name: str, data: CovariateData) -> Factor:
    """Return a covariate with the levels that occur; two must, and their names must differ."""
    codes = data.values.astype(np.int64)
    held = np.unique(codes)
    levels = tuple(data.schema.levels[code] for code in held)
    words = {slug(level) for level in levels}
    if len(levels) < 2 or len(words) < len(levels):
        raise CohortError(
            f"covariate '{name}' has the levels {', '.join(levels)}; two or more are needed whose names differ in "
            "letters or digits: merge or rename them"
        )
    return Factor(name, levels, np.searchsorted(held, codes))


def slug(level: str) -> str:
    """Return a word of letters, digits and underscores.

    Examples
    --------
    >>> slug("T3-4 (any N)")
    'T3_4_any_N'
    """
    return re.sub(r"\W+", "_", level).strip("_")


def table(kind: str, pairs: Pairs) -> str:
    """Return one entry ``[[kind]]``."""
    return "\n".join([f"[[{kind}]]", *(f"{key} = {value}" for key, value in pairs)])


def said(text: str) -> str:
    """Return text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def listed(words: Sequence[str]) -> str:
    """Return a TOML list of words."""
    return f"[{', '.join(said(word) for word in words)}]"


def cell_name(one: Factor, first: str, other: Factor, second: str) -> str:
    """Return the name of a cell of a cross-table: ``stage_II_coverage_RAL_n``."""
    return f"{one.name}_{slug(first)}_{other.name}_{slug(second)}_n"


def within(schema: CohortSchema) -> dict[str, str]:
    """Return the endpoint that each endpoint never outlasts; PFS never outlasts OS."""
    found = {name: own.not_after for name, own in schema.endpoints.items() if own.not_after is not None}
    if "pfs" in schema.endpoints and "os" in schema.endpoints:
        found.setdefault("pfs", "os")
    return found


def failures_name(endpoint: str) -> str:
    """Return the name of the printed number of patients who progressed."""
    return FAILURES if endpoint == "pfs" else f"{endpoint}_{FAILURES}"
