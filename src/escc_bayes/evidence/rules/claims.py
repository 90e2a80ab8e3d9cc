"""Claims of significance against the P value they stand with, at the 5 % level.

Nuijten et al. 2016, Behav Res Methods 48:1205: a decision inconsistency. A P that rounds across 0.05 decides nothing.
"""

import re
from collections.abc import Iterator

from escc_bayes.data.rounding import Interval
from escc_bayes.data.study import PublishedEstimate, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.rules.wald import printed_p

LEVEL = 0.05
NOT = re.compile(
    r"\b(no|not(?! only)|without|non|never|neither)\b[\s-]*(?:\w+\s+){0,3}?(significan\w*|differen\w*)"
    r"|insignifican\w*|\bcomparable\b",
    flags=re.IGNORECASE,
)
YES = re.compile(
    r"significan\w*|\bindependent(ly)? (prognostic|risk|predict)\w*|\badverse factors?\b", flags=re.IGNORECASE
)
ENDPOINTS = ("OS", "PFS", "DFS", "LRFS", "DMFS")


def claims_against_p(study: Study) -> Iterator[Finding]:
    """Report "no significant difference" beside a small P and "significant" beside a large one."""
    for estimate in study.estimates:
        printed = printed_p(estimate)
        said = claim(estimate)
        if printed is None or said is None or agrees(printed[0], said=said):
            continue
        words = "significant" if said else "not significant"
        p = estimate.p if estimate.p is not None else estimate.p_text
        yield Finding(
            study.id,
            "claims",
            "contradiction",
            f"{estimate.effect}, {estimate.endpoint}: called {words} with P = {p}{beside(study, estimate, said=said)}.",
            f"P = {p} is {'above' if said else 'below'} {LEVEL}: '{estimate.quote}'",
            estimate.place,
        )


def claim(estimate: PublishedEstimate) -> bool | None:
    """Return whether the quote calls the result significant.

    None if it says nothing, or both, or speaks of other endpoints.
    """
    said = clause(estimate)
    denied = NOT.search(said) is not None
    asserted = YES.search(NOT.sub(" ", said)) is not None
    words = said.split("(")[0]
    named = [endpoint for endpoint in ENDPOINTS if re.search(rf"\b{endpoint}\b", words)]
    if denied == asserted or (named and estimate.endpoint not in named):
        return None
    return asserted


def clause(estimate: PublishedEstimate) -> str:
    """Return the part of the quote that holds the P value, between words of contrast."""
    parts = re.split(r"\b(?:but|whereas|while|however|although)\b(?! also)", estimate.quote)
    holding = [part for part in parts if estimate.p is not None and str(estimate.p).lstrip("0") in part]
    return holding[0] if len(holding) == 1 else estimate.quote


def agrees(p: Interval, *, said: bool) -> bool:
    """Whether some value behind the printed P bears the claim out."""
    return p.low <= LEVEL if said else p.high >= LEVEL


def beside(study: Study, estimate: PublishedEstimate, *, said: bool) -> str:
    """Return the comparison of one family that is judged the other way with a P on the same side, if any."""
    family = re.match(r"(.+?)_(g\d|\w+_vs_)", estimate.effect)
    if family is None or said or estimate.p is None:
        return ""
    for other in study.estimates:
        related = other.effect.startswith(family[1] + "_") and other.endpoint == estimate.endpoint
        if related and other.p is not None and estimate.p < other.p < LEVEL and claim(other) is not False:
            return f", while {other.effect} with the larger P = {other.p} is not called so"
    return ""
