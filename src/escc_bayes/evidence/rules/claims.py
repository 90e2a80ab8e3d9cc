"""Claims of significance against the P value they stand with, at the 5 % level.

Nuijten et al. 2016, Behav Res Methods 48:1205: a decision inconsistency. A P that rounds across 0.05 decides nothing.
"""

import re
from collections.abc import Iterator

from escc_bayes.data.rounding import Interval
from escc_bayes.data.study import PublishedEstimate, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.rules.wald import RATIOS, p_from_z, printed_p, z_from_limits

LEVEL = 0.05
NOT = re.compile(
    r"\b(no|not(?! only)|without|neither|nor|fail(?:ed|s|ing)? to|lack(?:ed|s|ing)?)\b[\s-]*(?:\w+\s+){0,3}?"
    r"(significan\w*|differen\w*)|\bnon-?\s?significan\w*|\binsignifican\w*|\bn\.s\.|\bcomparable\b"
    r"|\bdid not (?:\w+ )?(?:differ|improve)\b",
    flags=re.IGNORECASE,
)
YES = re.compile(
    r"significan\w*|\bindependent(ly)? (prognostic|risk|predict)\w*|\badverse factors?\b", flags=re.IGNORECASE
)
UNDECIDED = re.compile(
    r"\b(borderline|marginal\w*|trend\w*|approach\w*|near\w*|almost|close to|tend\w*)\b"
    r"|clinical\w*[\s-]+(significan|meaningful)|pre-?specified|boundary|hierarch\w*"
    r"|bonferroni|multiplicity|multiple (?:testing|comparison)",
    flags=re.IGNORECASE,
)
"""Words beside which "significant" says neither yes nor no at 0.05."""

OF_ELSE = re.compile(
    r"toxicit|adverse event|safety|pneumonitis|response rate|\bORR\b|quality of life|characteristics|baseline",
    flags=re.IGNORECASE,
)
"""What else a sentence may call significant."""

OWN_LEVEL = re.compile(
    r"(?:level|alpha|\N{GREEK SMALL LETTER ALPHA}|threshold|significance)\b[^.;\d]{0,25}?(0?\.\d+)",
    flags=re.IGNORECASE,
)
ENDPOINTS = ("OS", "PFS", "DFS", "EFS", "RFS", "LRFS", "DMFS", "LRC")


def claims_against_p(study: Study) -> Iterator[Finding]:
    """Report "no significant difference" beside a small P and "significant" beside a large one."""
    for estimate in study.estimates:
        printed = printed_p(estimate) or p_of_limits(estimate)
        said = claim(estimate)
        if printed is None or said is None:
            continue
        level = level_of_claim(estimate, one_sided=printed[1], said=said)
        if agrees(printed[0], level, said=said):
            continue
        words = "significant" if said else "not significant"
        p = estimate.p if estimate.p is not None else estimate.p_text or f"{sum(printed[0]) / 2:.2g} (by its limits)"
        yield Finding(
            study.id,
            "claims",
            "contradiction",
            f"{estimate.effect}, {estimate.endpoint}: called {words} with P = {p}{beside(study, estimate, said=said)}.",
            f"P = {p} is {'above' if said else 'below'} {level:g}: '{estimate.quote}'",
            estimate.place,
        )


def p_of_limits(estimate: PublishedEstimate) -> tuple[Interval, bool] | None:
    """Return the P that the limits of a ratio imply, widely rounded, where none is printed."""
    z = None if estimate.p_text or estimate.measure not in RATIOS else z_from_limits(estimate, widen=0.5)
    return None if z is None else (p_from_z(z), False)


def level_of_claim(estimate: PublishedEstimate, *, one_sided: bool, said: bool) -> float:
    """Return the level of the claim: its own, if the quote names one; a one-sided denial is judged at half of 0.05."""
    own = OWN_LEVEL.search(estimate.quote)
    if own and str(estimate.p).lstrip("0") != own[1].lstrip("0"):
        return float(own[1])
    return LEVEL / 2 if one_sided and not said else LEVEL


def claim(estimate: PublishedEstimate) -> bool | None:
    """Return whether the quote calls the result significant.

    None if it says nothing, or both, or speaks of other endpoints.
    """
    said = clause(estimate)
    if UNDECIDED.search(said) or (OF_ELSE.search(said) and not OF_ELSE.search(estimate.endpoint)):
        return None
    denied = NOT.search(said) is not None
    asserted = YES.search(NOT.sub(" ", said)) is not None
    words = said.split("(")[0]
    named = [endpoint for endpoint in ENDPOINTS if re.search(rf"\b{endpoint}\b", words)]
    if denied == asserted or (named and estimate.endpoint not in named):
        return None
    return asserted


def clause(estimate: PublishedEstimate) -> str:
    """Return the part of the quote that holds the P value or, without one, the limit; between words of contrast."""
    parts = re.split(r"\b(?:but|whereas|while|however|although)\b(?! also)|;(?![^(]*\))|\.\s+(?=[A-Z])", estimate.quote)
    printed = estimate.p if estimate.p is not None else None if estimate.p_text else estimate.ci_low
    holding = [part for part in parts if printed is not None and str(printed).lstrip("0") in part]
    return holding[0] if len(holding) == 1 else estimate.quote


def agrees(p: Interval, level: float, *, said: bool) -> bool:
    """Whether some value behind the printed P bears the claim out."""
    return p.low <= level if said else p.high >= level


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
