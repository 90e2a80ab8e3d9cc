"""The matched or weighted patients as a cohort, which models are fitted to and files are written of."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.matching.design import Design
from escc_bayes.matching.patients import Patients

PAIR, WEIGHT = "matched_set", "design_weight"


def matched_cohort(patients: Patients, treatment: str, design: Design, *, sampling: bool) -> Cohort:
    """Return those who stay, the treatment of two levels, with weights and matched sets.

    Parameters
    ----------
    sampling : whether weights are sampling weights even where all are 1: errors are then robust, draws of a posterior
        rescaled, over matched sets where there are pairs.
    """
    kept = np.flatnonzero(design.weight > 0.0)
    own = patients.cohort.subset(kept)
    weight = design.weight[kept]
    weighed = sampling or bool((np.abs(weight - 1.0) > 1e-12).any())
    paired = design.pairs is not None
    schema = replace(
        own.schema,
        weight=WEIGHT if weighed else None,
        weight_kind="sampling" if weighed else None,
        cluster=PAIR if paired else own.schema.cluster,
    )
    cluster = design.clusters if paired else own.cluster
    found = replace(own, schema=schema, weight=weight if weighed else np.ones(kept.size), cluster=cluster, weighting="")
    return with_data(found, treatment, two_valued(patients, treatment, kept))


def two_valued(patients: Patients, treatment: str, kept: IntArray) -> CovariateData:
    """Return the treatment as yes or no, control first."""
    known = patients.cohort.covariate(treatment)
    schema = CovariateSchema(
        treatment,
        known.schema.column,
        "binary",
        levels=patients.levels,
        label=known.schema.label,
        known_at=known.schema.known_at,
        labels=labels_of(known.schema, patients.levels),
    )
    return CovariateData(schema, patients.treated[kept].astype(np.float64), known.known_at[kept])


def labels_of(schema: CovariateSchema, levels: tuple[str, ...]) -> Mapping[str, str]:
    """Return what people read for the levels that are kept."""
    return MappingProxyType({level: schema.labels[level] for level in levels if level in schema.labels})


def with_data(cohort: Cohort, name: str, data: CovariateData) -> Cohort:
    """Return the cohort with a covariate put in, in its place where it is there already."""
    covariates = {**cohort.covariates, name: data}
    schema = replace(cohort.schema, covariates=MappingProxyType({n: c.schema for n, c in covariates.items()}))
    return replace(cohort, schema=schema, covariates=MappingProxyType(covariates))


def with_levels_met(cohort: Cohort, name: str) -> Cohort:
    """Return the cohort without the levels of a covariate that none of its patients is in; as it is if it changes."""
    data = cohort.covariate(name)
    met = np.unique(data.values[~np.isnan(data.values)]).astype(np.int64)
    if met.size == len(data.schema.levels) or data.changes is not None:
        return cohort
    kept = tuple(data.schema.levels[code] for code in met)
    labels = labels_of(data.schema, kept)
    schema = CovariateSchema(name, data.schema.column, "nominal", levels=kept, label=data.schema.label, labels=labels)
    values = np.where(np.isnan(data.values), np.nan, np.searchsorted(met, data.values).astype(np.float64))
    return with_data(cohort, name, CovariateData(schema, values, data.known_at))


def with_sets(cohort: Cohort, group: IntArray) -> Cohort:
    """Return the cohort with the matched set of each patient as a covariate of levels."""
    codes = np.unique(group, return_inverse=True)[1]
    levels = tuple(f"{code + 1}" for code in range(int(codes.max()) + 1))
    values: FloatArray = codes.astype(np.float64)
    schema = CovariateSchema(PAIR, PAIR, "nominal", levels=levels, label="matched set")
    return with_data(cohort, PAIR, CovariateData(schema, values, np.zeros(codes.size)))
