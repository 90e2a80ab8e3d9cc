"""From studies to a prior in one step: choose effects, pool them, make the prior; or a weak prior, if asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from escc_bayes.data.published import Study
from escc_bayes.evidence.pooling.pool import (
    EvidencePool,
    NothingToPoolError,
    PoolRequest,
    evidence_prior,
    pool_evidence,
)
from escc_bayes.evidence.pooling.prior_file import weak_prior
from escc_bayes.evidence.pooling.published_effect import EvidenceError
from escc_bayes.evidence.pooling.study_effects import Question, meant_for_pools, study_effects
from escc_bayes.spec.evidence_prior import EvidencePrior


@dataclass(frozen=True, slots=True)
class PriorRequest:
    """How a pool becomes a prior.

    Attributes
    ----------
    components : normals of the mixture.
    robust_weight : of the vague component; 0 for none.
    weak_sd : sd of N(0, sd) on the log hazard ratio, used only where nothing can be pooled; None: refuse then.
    """

    components: int
    robust_weight: float
    weak_sd: float | None = None


@dataclass(frozen=True, slots=True)
class Synthesis:
    """The prior, the pool behind it (None for a weak prior), and all that must be said."""

    pool: EvidencePool | None
    prior: EvidencePrior
    statements: tuple[str, ...]


def answer(
    studies: Sequence[Study],
    question: Question,
    request: PoolRequest,
    wanted: PriorRequest,
    *,
    named: bool = True,
) -> Synthesis:
    """Return the prior that studies give to one question.

    Parameters
    ----------
    studies : read from their files.
    question : effect and endpoint; subgroups and directions where the files leave them open.
    request : assumptions of the pool; its ``hazard_of`` and ``versus`` are filled in from the studies.
    wanted : components, robust weight, and whether a weak prior may stand in.
    named : the user named these studies; otherwise only those meant for pools are asked.

    Raises
    ------
    EvidenceError : nothing can be pooled and no weak prior was asked for; or what ``study_effects`` and
        ``pool_evidence`` refuse.
    """
    asked, not_asked = (tuple(studies), ()) if named else meant_for_pools(studies, question)
    if not asked:
        asked, not_asked = tuple(studies), ()
    found = study_effects(asked, question)
    left_out = (*found.left_out, *not_asked)
    try:
        pool = pool_evidence(found.effects, replace(request, hazard_of=found.hazard_of, versus=found.versus))
    except NothingToPoolError as error:
        if wanted.weak_sd is None:
            raise EvidenceError(" ".join((f"{error}.", *left_out))) from None
        return weak_synthesis(question, wanted.weak_sd, left_out)
    said = (*pool.statements, *found.choices, *(f"Left out: {words}" for words in left_out))
    pool = replace(pool, statements=said)
    prior = evidence_prior(pool, components=wanted.components, robust_weight=wanted.robust_weight)
    return Synthesis(pool, prior, prior.statements)


def weak_synthesis(question: Question, sd: float, left_out: Sequence[str]) -> Synthesis:
    """Return the weak prior that was asked for, and why nothing could be pooled."""
    prior = weak_prior(question.effect, question.endpoint, sd=sd)
    said = (*prior.statements, *(f"Left out: {words}" for words in left_out))
    return Synthesis(None, replace(prior, statements=said), said)
