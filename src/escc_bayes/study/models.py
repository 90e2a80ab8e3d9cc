"""Models of a cohort of one's own to which no shipped model fits: the paper's factors known at time zero."""

from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.formula import model
from escc_bayes.spec.model import ModelSpec
from escc_bayes.study.roles import Role, find_endpoints, find_roles


def own_models(cohort: Cohort, roles: tuple[Role, ...]) -> tuple[ModelSpec, ...]:
    """Return a model of each endpoint that a cohort has, with every factor of the paper known at time zero.

    Raises
    ------
    SpecError : the cohort has neither overall nor progression-free survival.
    """
    endpoints = tuple(find_endpoints(cohort.schema).values())
    if not endpoints:
        raise SpecError(
            f"{cohort.source}: has neither overall nor progression-free survival under a name known (endpoints: "
            f"{', '.join(cohort.endpoints)}); name them os and pfs in the schema"
        )
    held = find_roles(cohort.schema, tuple(role for role in roles if not role.outcome)).values()
    early = [name for name in held if not cohort.covariates[name].known_later and varies(cohort, name)]
    return tuple(model(f"{name} ~ {' + '.join(early) or '1'}", cohort) for name in endpoints)


def varies(cohort: Cohort, name: str) -> bool:
    """Return whether every level of a covariate is there, or its numbers differ."""
    data = cohort.covariates[name]
    known = data.values[~data.missing]
    return len(set(known.tolist())) >= max(2, len(data.schema.levels)) and not data.missing.any()
