"""Which curves belong to the two groups of an estimate: by their names, else by sizes that tell them apart."""

from escc_bayes.data.published import PublishedEstimate, PublishedSurvival, Study
from escc_bayes.evidence.endpoints import assessor, endpoint


def curve_pairs(study: Study, estimate: PublishedEstimate) -> list[tuple[PublishedSurvival, PublishedSurvival]]:
    """Return the curves of ``hazard_of`` and of ``versus``, every pair of one endpoint and data cut-off."""
    beside = [curve for curve in study.survivals if same_question(curve, estimate)]
    first = [c for c in beside if of_group(c, estimate.hazard_of, estimate.n_hazard_of, estimate.n_versus)]
    second = [c for c in beside if of_group(c, estimate.versus, estimate.n_versus, estimate.n_hazard_of)]
    return [(one, other) for one in first for other in second if one is not other]


def same_question(curve: PublishedSurvival, estimate: PublishedEstimate) -> bool:
    """Whether a curve is of the endpoint, assessor and data cut-off of an estimate of all patients."""
    who = {a for text in (curve.endpoint, estimate.endpoint) if (a := assessor(text))}
    return (
        endpoint(curve.endpoint) == endpoint(estimate.endpoint)
        and len(who) <= 1
        and curve.cutoff.casefold() == estimate.cutoff.casefold()
        and not estimate.subgroup
    )


def of_group(curve: PublishedSurvival, label: str, n: int | None, other: int | None) -> bool:
    """Whether a curve is that of a group: called so, or of its size where the other group has another."""
    if label and curve.arm.casefold() == label.casefold():
        return None in (n, curve.n) or n == curve.n
    return not label and n is not None and n != other and curve.n == n
