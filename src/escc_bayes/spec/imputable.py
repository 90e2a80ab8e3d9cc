"""Whose missing covariates may be imputed, and whose may not: what was never measured because the patient died first.

Missing at random, given the other covariates and the outcome, is an assumption about values that exist. A count due at
month 0.75 of a patient who died or progressed before has no such value. docs/methods/missing.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.foundation.errors import CohortError, LandmarkError, SpecError
from escc_bayes.spec.missing import Missing
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.selection import measured_words, select_rows

WAYS_OUT = (
    "a landmark after that month ([outcome] landmark = {month}), its value counted from its month on (in the schema "
    "measured = {measured}, docs/methods/time_updated.md), or a joint model of its course and the hazard"
)


@dataclass(frozen=True, slots=True)
class Imputable:
    """The missing values of one covariate.

    Attributes
    ----------
    name : of the covariate.
    where : (i,) positions in the cohort of patients whose value is imputed.
    observed : patients analysed whose value is known.
    never : patients otherwise analysed whose value was never measured, because follow-up or a course without events
        ended first; they are left out.
    month : at which it is measured; 0 at time zero.
    """

    name: str
    where: NDArray[np.int64]
    observed: int
    never: int = 0
    month: float = 0.0

    @property
    def sentence(self) -> str:
        """Say how many values are imputed, and who is not."""
        n = self.where.size
        share = f" ({100 * n / (n + self.observed):.0f} %)" if n else ""
        said = f"{self.name}: {n} of {n + self.observed} values imputed{share}"
        if not self.never:
            return said
        return (
            f"{said}; {self.never} more patients have none because they died, had another event or were lost by month "
            f"{self.month:g}, when it is measured: not missing at random, left out"
        )


def imputable(spec: ModelSpec, cohort: Cohort) -> tuple[Imputable, ...]:
    """Return the covariates of a model whose missing values are imputed.

    Raises
    ------
    SpecError : the model has several transitions, or names a covariate that cannot be imputed.
    CohortError : rows with start and stop, sampling weights, nothing is missing, or a covariate has no variation.
    LandmarkError : a covariate known later is treated as known at time zero.
    """
    assert spec.missing is not None
    refuse_design(spec, cohort)
    names = asked_names(spec, spec.missing, cohort)
    others = tuple(name for name in spec.asked_of_patients if name not in names)
    outcome = spec.outcome
    rows = select_rows(
        cohort, outcome.endpoint, others, landmark=outcome.landmark, naive=outcome.naive, strata=spec.strata
    )
    inside = np.zeros(cohort.rows, dtype=bool)
    inside[rows.positions] = True
    found, never = [], np.zeros(cohort.rows, dtype=bool)
    for name in names:
        never |= never_measured(cohort, cohort.covariate(name)) & inside
    for name in names:
        data = cohort.covariate(name)
        refuse_known_later(spec, data)
        gone = data.missing & inside
        own = never_measured(cohort, data) & inside
        month = float(data.schema.known_at) if isinstance(data.schema.known_at, float) else 0.0
        observed = int((~data.missing & inside & ~never).sum())
        refuse_constant(data, inside & ~never, name, cohort)
        found.append(Imputable(name, np.flatnonzero(gone & ~never), observed, int(own.sum()), month))
    if not any(one.where.size for one in found):
        raise CohortError(
            f"{cohort.source}: model '{spec.name}' imputes, and no value that can be imputed is missing "
            f"({'; '.join(one.sentence for one in found) or 'its covariates are complete'}); leave [missing] out"
        )
    return tuple(sorted((one for one in found if one.where.size or one.never), key=lambda one: one.where.size))


def refuse_design(spec: ModelSpec, cohort: Cohort) -> None:
    """Raise where a model or a cohort is of a kind that is not imputed."""
    if spec.outcome.states is not None:
        raise SpecError(
            f"model '{spec.name}', [missing]: covariates are imputed for models of one endpoint, and this one has "
            "several transitions; model an endpoint, or leave [missing] out (complete cases)"
        )
    for word, there in (("background", spec.background is not None), ("cure", spec.cure is not None)):
        if there:
            raise SpecError(
                f"model '{spec.name}', [missing]: covariates are imputed compatibly with the hazard of everybody, and "
                f"[{word}] makes it another; leave one of the two out"
            )
    if spec.external or spec.outcome.visits is not None or cohort.endpoint(spec.outcome.endpoint).left is not None:
        raise SpecError(
            f"model '{spec.name}', [missing]: covariates are imputed where each event has its month and no counts of "
            "other sources stand beside; leave out visits, left, right and [[external]], or [missing] (complete cases)"
        )
    if cohort.schema.start_stop:
        raise CohortError(
            f"{cohort.source}: covariates of rows with start and stop are not imputed, since a patient's values hang "
            "together; give one row for each patient, or leave [missing] out (complete cases)"
        )
    if cohort.sampled:
        raise CohortError(
            f"{cohort.source}: with sampling weights imputation would need the weights in its models, and has none; "
            "leave [missing] out (complete cases)"
        )


def asked_names(spec: ModelSpec, missing: Missing, cohort: Cohort) -> tuple[str, ...]:
    """Return the covariates to impute: those named, or all of the effects that have missing values and can be."""
    if missing.covariates:
        for name in missing.covariates:
            why = unfit(spec, cohort.covariate(name))
            if why:
                raise SpecError(f"model '{spec.name}', [missing], covariates: '{name}' {why}")
        return missing.covariates
    held = {name: cohort.covariate(name) for name in spec.covariates}
    return tuple(name for name, data in held.items() if data.missing.any() and not unfit(spec, data))


def unfit(spec: ModelSpec, data: CovariateData) -> str:
    """Say why a covariate is never imputed; nothing where it can be."""
    name = data.schema.name
    if data.changes is not None:
        return "changes during follow-up: until it has a value the patient is not yet at risk, and nothing is missing"
    if name in spec.intercepts:
        return "has a random intercept: a centre is on record; look it up, or leave these patients out"
    if isinstance(data.schema.known_at, str):
        return (
            f"is known from the month in column '{data.schema.known_at}' on, which a patient without the value does "
            f"not have; write measured = {measured_words(data.schema)} in the schema, and its value counts from then"
        )
    return ""


def never_measured(cohort: Cohort, data: CovariateData) -> NDArray[np.bool_]:
    """Return who lacks a value that was due after an event, or after the last day seen, (n,)."""
    month = data.schema.known_at
    if not isinstance(month, float) or month == 0.0:
        return np.zeros(cohort.rows, dtype=bool)
    ended = np.zeros(cohort.rows, dtype=bool)
    longest = np.full(cohort.rows, -np.inf)
    for endpoint in cohort.endpoints.values():
        ended |= endpoint.present & (endpoint.event == 1.0) & (endpoint.time <= month)
        longest = np.fmax(longest, endpoint.time)
    return data.missing & (ended | (longest <= month))


def refuse_known_later(spec: ModelSpec, data: CovariateData) -> None:
    """Raise where a covariate known later is treated as known at time zero: who never had it died first."""
    month = data.schema.known_at
    if spec.outcome.naive and isinstance(month, float) and month > 0.0:
        ways = WAYS_OUT.format(month=f"{month:g}", measured=measured_words(data.schema))
        raise LandmarkError(
            f"model '{spec.name}', [missing]: '{data.schema.name}' is measured at month {month:g}, and "
            'time_zero = "naive" counts from time zero: patients who died or progressed before have no value that '
            f"could be imputed. Three ways out: {ways}"
        )


def refuse_constant(data: CovariateData, inside: NDArray[np.bool_], name: str, cohort: Cohort) -> None:
    """Raise where the patients who have a value all have the same."""
    known = data.values[inside & ~data.missing]
    if known.size == 0 or (known == known[0]).all():
        raise CohortError(
            f"{cohort.source}: '{name}' has one value, or none, among the patients analysed, and says nothing of the "
            "others; leave it out of the model"
        )
