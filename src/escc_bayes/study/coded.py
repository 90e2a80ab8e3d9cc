"""A factor as a paper's tests and models take it: groups, reference first, and one number for each patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Coded:
    """A factor in groups.

    Attributes
    ----------
    effect : as the study file names it.
    role : the factor.
    label : for readers.
    groups : reference first; of more than two the hazard ratio is per step away from it.
    values : of each member (n,) the group of each patient, counted from 0; NaN where it is not known.
    known_at : month from which it is known of everybody.
    ordered : whether more than two groups are steps; otherwise each has a hazard ratio over the reference.
    labels : what people read for groups that the schema labels; files have the groups.
    """

    effect: str
    role: str
    label: str
    groups: tuple[str, ...]
    values: tuple[FloatArray, ...]
    known_at: float
    ordered: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The kind of the covariate that it becomes."""
        if len(self.groups) == 2:
            return "binary"
        return "continuous" if self.ordered else "nominal"

    @property
    def contrast(self) -> str:
        """Whose hazard over whose."""
        return f"{self.groups[1]} vs {self.groups[0]}" if len(self.groups) == 2 else "per class downwards"

    @property
    def read(self) -> tuple[str, ...]:
        """The groups as people read them."""
        return tuple(self.labels.get(group, group) for group in self.groups)

    def as_read(self, contrast: str) -> str:
        """Return a contrast of groups as people read it."""
        return " vs ".join(self.labels.get(group, group) for group in contrast.split(" vs "))

    @property
    def contrast_read(self) -> str:
        """The contrast as people read it."""
        return self.as_read(self.contrast)

    @property
    def words(self) -> str:
        """Label and contrast, for readers."""
        return f"{self.label}: {self.contrast_read}"

    @property
    def complete(self) -> bool:
        """Whether every member has patients in every group."""
        return all(set(range(len(self.groups))) <= set(values[~np.isnan(values)].tolist()) for values in self.values)


def coded_cohort(member: Cohort, place: int, factors: Sequence[Coded]) -> Cohort:
    """Return a member with these factors as its covariates, each under the name of its effect.

    Parameters
    ----------
    place : of the member among all.
    """
    covariates = {factor.effect: covariate(factor, place) for factor in factors}
    named = MappingProxyType({name: data.schema for name, data in covariates.items()})
    return replace(
        member, covariates=MappingProxyType(covariates), schema=replace(member.schema, covariates=named, strata=())
    )


def covariate(factor: Coded, place: int) -> CovariateData:
    """Return a factor as a covariate: with levels, or of ordered groups, more than two, as a number of steps."""
    values = factor.values[place]
    schema = CovariateSchema(
        factor.effect,
        factor.effect,
        factor.kind,
        levels=() if factor.kind == "continuous" else factor.groups,
        known_at=factor.known_at or None,
        label=factor.label,
    )
    return CovariateData(schema, values, np.full(values.size, factor.known_at))
