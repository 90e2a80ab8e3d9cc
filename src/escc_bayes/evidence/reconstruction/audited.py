"""The audit runs before any search: what no cohort can have is refused, what else contradicts itself is said."""

from escc_bayes.data.published import Study
from escc_bayes.evidence.audit import audit
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.reconstruction.layout import ReconstructionError

# More events, or cases, than patients: every search would run to its end for nothing.
NO_COHORT = ("group sizes",)


def audited(study: Study) -> tuple[Finding, ...]:
    """Return the contradictions of a study; a search sets aside what they concern.

    Raises
    ------
    ReconstructionError : a group has more events than patients; with the finding and its place.
    """
    found = [finding for finding in audit(study) if finding.severity == "impossible"]
    for finding in found:
        if finding.rule in NO_COHORT:
            raise ReconstructionError(
                f"{study.id}, {finding.where}: {finding.statement} ({finding.arithmetic}) No cohort has that, so "
                "none is searched; correct the number against the paper, or leave it out"
            )
    return tuple(found)


def audit_sentence(study: Study, found: tuple[Finding, ...]) -> str:
    """Say how many prints contradict themselves; empty without any."""
    if not found:
        return ""
    return (
        f"The audit of {study.id} finds {len(found)} contradiction{'s' if len(found) > 1 else ''} (`escc-bayes audit` "
        "names them); no cohort can have all that is printed."
    )
