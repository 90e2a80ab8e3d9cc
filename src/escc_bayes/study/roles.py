"""Which covariate of a cohort is which factor of the paper, by its name, its column or its label."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.schema import CohortSchema


@dataclass(frozen=True, slots=True)
class Role:
    """A factor of the paper.

    Attributes
    ----------
    name : the usual name of its covariate, which serves before all else.
    words : what a reader calls it.
    known_by : a pattern of other names, columns and labels, in English and Chinese.
    outcome : whether it is what became of patients, and no factor.
    """

    name: str
    words: str
    known_by: str
    outcome: bool = False


def find_roles(schema: CohortSchema, roles: tuple[Role, ...]) -> dict[str, str]:
    """Return the covariate of each role that a schema has, each covariate once, exact names first.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> find_roles(example_cohort("larynx").schema, (Role("stage", "stage", "分期"), Role("sex", "sex", "性别")))
    {'stage': 'stage'}
    """
    found = {role.name: role.name for role in roles if role.name in schema.covariates}
    for role in roles:
        if role.name in found:
            continue
        left = {n: c for n, c in schema.covariates.items() if n not in found.values()}
        known = next((n for n, c in left.items() if any(re.search(role.known_by, w, re.I) for w in words_of(c))), None)
        if known is not None:
            found[role.name] = known
    return {role.name: found[role.name] for role in roles if role.name in found}


def words_of(covariate: CovariateSchema) -> tuple[str, ...]:
    """Return everything a covariate is called."""
    return (covariate.name, covariate.column, covariate.label)


ENDPOINTS: Mapping[str, str] = {
    "os": r"^os$|^os[_ ]|overall surv|总生存",
    "pfs": r"^pfs$|^pfs[_ ]|progression[- ]free|无进展",
}
ENDPOINT_WORDS: Mapping[str, str] = {"os": "overall survival", "pfs": "progression-free survival"}


def find_endpoints(schema: CohortSchema) -> dict[str, str]:
    """Return the names of the endpoints ``os`` and ``pfs`` of a schema, as far as it has them."""
    found: dict[str, str] = {}
    for key, pattern in ENDPOINTS.items():
        for name, endpoint in schema.endpoints.items():
            if any(re.search(pattern, word, re.I) for word in (name, endpoint.label)):
                found.setdefault(key, name)
    return found
