"""Pool published log hazard ratios of one effect on one endpoint, say what was done, and make a prior of it.

The exact Bayesian pool and REML stand side by side on the same adjusted estimates (docs/methods/pooling.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from escc_bayes.evidence.pooling.bias import (
    AdjustedEffect,
    BiasTerm,
    bias_statements,
    refuse_unknown_terms,
    without_bias,
)
from escc_bayes.evidence.pooling.exact import ExactPool, MeanPrior, pool_exact
from escc_bayes.evidence.pooling.map_prior import fit_mixture
from escc_bayes.evidence.pooling.published_effect import (
    BiasWord,
    EvidenceError,
    PublishedEffect,
    refuse_shared_patients,
)
from escc_bayes.evidence.pooling.reml import RemlPool, pool_reml
from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.foundation.errors import some_of
from escc_bayes.spec.evidence_prior import EvidencePrior, robustified
from escc_bayes.spec.mixture import components_of
from escc_bayes.spec.prior import HalfNormal


class NothingToPoolError(EvidenceError):
    """No published hazard ratio comes with a standard error."""


@careful_class
@dataclass(frozen=True, slots=True)
class PoolRequest:
    """What to pool, and under which assumptions; none has a default but the absence of bias terms.

    Attributes
    ----------
    effect, endpoint : names that the result carries.
    tau_prior : half-normal on the between-study standard deviation of the log hazard ratio.
    mean_prior : normal on the mean log hazard ratio, or the word "flat".
    level : of every interval.
    hazard_of, versus : whose hazard over whose, in words; empty where nobody said.
    bias_terms : from bias words to their normals.
    disjoint : from independence groups to the reason why their studies share no patient.
    """

    effect: str
    endpoint: str
    tau_prior: HalfNormal
    mean_prior: MeanPrior
    level: float
    hazard_of: str = ""
    versus: str = ""
    bias_terms: Mapping[BiasWord, BiasTerm] = field(default_factory=lambda: MappingProxyType({}))
    disjoint: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class EvidencePool:
    """The pooled evidence: request, studies as they entered, exact and REML pools, and what must be said."""

    request: PoolRequest
    studies: tuple[AdjustedEffect, ...]
    exact: ExactPool
    reml: RemlPool
    statements: tuple[str, ...]


@careful
def pool_evidence(effects: Sequence[PublishedEffect], request: PoolRequest) -> EvidencePool:
    """Pool log hazard ratios that carry a standard error; name what does not (docs/methods/pooling.md).

    Parameters
    ----------
    effects : hazard ratios as they are published, each with its study, endpoint and direction.
    request : which effect and endpoint; priors of the mean and of the SD between studies; terms of bias; the level;
        why studies that could share patients do not.

    Returns
    -------
    EvidencePool : the exact posterior and REML beside it, the studies as they entered, and what must be said.

    Raises
    ------
    EvidenceError : nothing can be pooled, a study stands twice, or two studies may share patients.
    """
    if not 0.0 < request.level < 1.0:
        raise EvidenceError(f"level {request.level:g} must lie between 0 and 1; write 0.95 for 95 %")
    refuse_unknown_terms(request.bias_terms)
    usable = [effect for effect in effects if effect.se is not None]
    refuse_nothing(effects, usable, request)
    refuse_shared_patients(usable, tuple(request.disjoint))
    adjusted = tuple(without_bias(e, e.se, request.bias_terms) for e in usable if e.se is not None)
    estimates, ses = np.array([a.log_hr for a in adjusted]), np.array([a.se for a in adjusted])
    return EvidencePool(
        request=request,
        studies=adjusted,
        exact=pool_exact(
            estimates, ses, tau_prior=request.tau_prior, mean_prior=request.mean_prior, level=request.level
        ),
        reml=pool_reml(estimates, ses, level=request.level),
        statements=statements(effects, adjusted, request),
    )


def refuse_nothing(effects: Sequence[PublishedEffect], usable: Sequence[PublishedEffect], request: PoolRequest) -> None:
    """Raise ``NothingToPoolError`` if no study has a standard error: a prior is stated, never invented."""
    if usable:
        return
    named = f" ({len(effects)} without one: {some_of([e.study for e in effects])})" if effects else ""
    raise NothingToPoolError(
        f"effect '{request.effect}' on {request.endpoint}: no published hazard ratio has an interval or an exact "
        f"P value{named}, so there is nothing to pool; if a weak prior serves, ask for one and state its sd (--weak-sd)"
    )


def statements(
    effects: Sequence[PublishedEffect], adjusted: Sequence[AdjustedEffect], request: PoolRequest
) -> tuple[str, ...]:
    """Say the assumptions, the bias terms, and what was left out."""
    mean = request.mean_prior
    centre = "flat" if isinstance(mean, str) else f"N({mean.mean:g}, {mean.sd:g})"
    said = [
        f"{counted(len(adjusted))} of {request.effect} on {request.endpoint}; prior on the mean log HR {centre}, "
        f"on tau {request.tau_prior.words()}."
    ]
    said.extend(bias_statements(adjusted, request.bias_terms))
    groups = {effect.independence_group for effect in effects}
    for group, reason in request.disjoint.items():
        if group in groups:
            said.append(f"Studies of independence group {group} pooled as sharing no patient: {reason}.")
    left_out = [effect.study for effect in effects if effect.se is None]
    if left_out:
        said.append(f"Left out for want of an interval or an exact P value: {', '.join(left_out)}.")
    if len(adjusted) < 3:
        said.append(f"With {counted(len(adjusted))} tau rests on its prior; REML and Hartung-Knapp say little.")
    return tuple(said)


def counted(studies: int) -> str:
    """Return ``1 study`` or ``3 studies``."""
    return "1 study" if studies == 1 else f"{studies} studies"


def evidence_prior(
    pool: EvidencePool, *, components: int, robust_weight: float, robust_mean: float = 0.0
) -> EvidencePrior:
    """Return the meta-analytic-predictive prior of a pool, with a robust component at ``robust_mean`` (HR 1)."""
    if components < 1 or not 0.0 <= robust_weight < 1.0:
        raise EvidenceError(
            f"prior with {components} components and robust weight {robust_weight:g}: "
            "at least one component, and a weight from 0 to below 1"
        )
    fit = fit_mixture(pool.exact.new_study, components=components)
    fitted = (
        f"{fit.mixture.weights.size} normals stand for the exact predictive density: distribution functions differ by "
        f"at most {fit.cdf_error:.2g}, densities by at most {fit.density_error:.2g} of the highest."
    )
    return EvidencePrior(
        effect=pool.request.effect,
        endpoint=pool.request.endpoint,
        components=robustified(components_of(fit.mixture), robust_weight, robust_mean),
        robust_weight=robust_weight,
        hazard_of=pool.request.hazard_of,
        versus=pool.request.versus,
        studies=tuple(study.study for study in pool.studies),
        statements=(*pool.statements, fitted),
    )
