"""The audit of a drafted study: findings that say where the paper prints what they compare."""

import re
from collections.abc import Mapping
from dataclasses import replace

from escc_bayes.evidence.audit import AuditedStudy, audited
from escc_bayes.evidence.finding import Findings
from escc_bayes.evidence.manuscript.draft import Draft

PLACE = re.compile(r"\b(estimate|survival|number) (\d+)(?= \()")


def audited_draft(draft: Draft) -> AuditedStudy:
    """Audit a draft; every place of the file is told with its place in the paper."""
    done = audited(draft.study)
    return replace(
        done,
        findings=Findings(replace(found, where=in_paper(found.where, draft.places)) for found in done.findings),
        not_checked=tuple(replace(left, where=in_paper(left.where, draft.places)) for left in done.not_checked),
        quotes={in_paper(place, draft.places): quote for place, quote in done.quotes.items()},
    )


def in_paper(where: str, places: Mapping[str, str]) -> str:
    """Return places of a draft with those of the paper.

    Examples
    --------
    >>> in_paper("estimate 1 (HR 0.73, OS), number 2 (male_n)", {"estimate 1": "line 4", "number 2": "Table 1"})
    'estimate 1, line 4 (HR 0.73, OS), number 2, Table 1 (male_n)'
    """
    return PLACE.sub(lambda found: f"{found[0]}, {places[found[0]]}" if found[0] in places else found[0], where)
