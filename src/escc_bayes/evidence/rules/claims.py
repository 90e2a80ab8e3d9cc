"""Claims of significance against the P value they stand with, at the 5 % level.

Nuijten et al. 2016, Behav Res Methods 48:1205: a decision inconsistency. A P that rounds across 0.05 decides nothing.
"""

import re
from collections.abc import Iterator

from escc_bayes.data.rounding import Interval
from escc_bayes.data.study import PublishedEstimate, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.estimate import OTHER_QUESTION, PrintedP, p_of
from escc_bayes.evidence.quotes.levels import HIGHEST, levels_named
from escc_bayes.evidence.quotes.text import plain
from escc_bayes.evidence.rules.number_names import words as words_of
from escc_bayes.evidence.rules.wald import is_hazard_ratio, p_from_z, z_from_limits

LEVEL = 0.05
NOT = re.compile(
    r"\b(no|not(?! only)|without|neither|nor|fail(?:ed|s|ing)? to|lack(?:ed|s|ing)?)\b[\s-]*(?:\w+\s+){0,3}?"
    r"(significan\w*|differen\w*)|\bnon-?\s?significan\w*|\binsignifican\w*|\bn\.s\.|\bcomparable\b"
    r"|\b(?:did|does|do) not (?:\w+ )?(?:differ|improve)\b(?:(?: (?!and\b|but\b)\w+){0,4}? significan\w*)?"
    r"|\bsimilar\b(?! (?:\w+ )?(?:results?|trends?|findings?|effects?|benefits?|patterns?)\b)",
    flags=re.IGNORECASE,
)
YES = re.compile(
    r"significan\w*|\bindependent(ly)? (prognostic|risk|predict)\w*|\badverse factors?\b", flags=re.IGNORECASE
)
UNDECIDED = re.compile(
    r"\b(borderline|marginal\w*|trend\w*|approach\w*|near\w*|almost|close to|tend\w*)\b"
    r"|clinical\w*[\s-]+(significan|meaningful)",
    flags=re.IGNORECASE,
)
"""Words beside which "significant" says neither yes nor no."""

OTHER_LEVEL = re.compile(
    r"pre-?specified|boundar(?:y|ies)|hierarch\w*|bonferroni|multiplicity|multiple (?:testing|comparison)|interim|"
    r"formally tested|not formally",
    flags=re.IGNORECASE,
)
"""Words beside which "significant" is judged at another level than 0.05: at the one named, or at none."""

OF_ELSE = re.compile(
    r"toxicit|adverse event|safety|pneumonitis|response rate|\bORR\b|quality of life|characteristics|baseline",
    flags=re.IGNORECASE,
)
"""What else a sentence may call significant."""

LEVEL_WORDS = re.compile(
    r"(?:boundary|level|threshold|alpha|criterion)s? (?:for|of) (?:statistical )?significance"
    r"|significance (?:level|boundary|threshold)"
    r"|(?:was|were) considered (?:statistically )?significant|P ?[<=]+ ?0?\.\d+ (?:was|were)"
    r" (?:considered )?(?:statistically )?significant",
    flags=re.IGNORECASE,
)
"""Words of a level, which claim nothing."""

ENDPOINTS = ("OS", "PFS", "DFS", "EFS", "RFS", "LRFS", "DMFS", "LRC")


def claims_against_p(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Report "no significant difference" beside a small P and "significant" beside a large one."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        said, printed = claim(estimate), p_of(estimate) or p_of_limits(estimate)
        if printed is None or said is None:
            continue
        named = levels_of_claim(study, estimate)
        if not named and OTHER_LEVEL.search(estimate.quote):
            book.leave(study.id, f"the claim on {estimate.endpoint}", "its level is not named", estimate.place)
            continue
        book.made()
        levels = named or (LEVEL / 2 if printed.one_sided and not said else LEVEL,)
        if not any(agrees(printed.values, level, said=said) for level in levels):
            yield denied(study, estimate, printed, levels[0], said=said)


def denied(study: Study, estimate: PublishedEstimate, printed: PrintedP, level: float, *, said: bool) -> Finding:
    """Report a claim that its P denies."""
    words = "significant" if said else "not significant"
    return Finding(
        study.id,
        "claims",
        "impossible",
        f"{estimate.effect}, {estimate.endpoint}: called {words} with {printed.words}"
        f"{beside(study, estimate, said=said)}.",
        f"{printed.words} is {'above' if said else 'below'} {level:g}: '{estimate.quote}'",
        estimate.place,
    )


def p_of_limits(estimate: PublishedEstimate) -> PrintedP | None:
    """Return the P that the limits of a ratio imply, widely rounded, where none is printed."""
    if estimate.p_text or OTHER_QUESTION.search(estimate.quote) or not is_hazard_ratio(estimate):
        return None
    z = z_from_limits(estimate, widen=0.5)
    if z is None:
        return None
    p = p_from_z(z)
    return PrintedP(p, "two", f"P = {sum(p) / 2:.2g} (by its limits)")


def levels_of_claim(study: Study, estimate: PublishedEstimate) -> tuple[float, ...]:
    """Return the levels that the quote of a claim names, else those that the paper names somewhere."""
    words = f"{estimate.quote}; {estimate.flag}; {estimate.coding_note}; {estimate.adjustment}"
    own = levels_named(plain(words), "" if estimate.p is None else f"{estimate.p:f}")
    if own:
        return own
    elsewhere = [n.value for n in study.numbers if {"alpha", "boundary", "threshold"} & set(words_of(n.name))]
    return tuple(float(value) for value in elsewhere if 0 < value <= HIGHEST) + ((LEVEL,) if elsewhere else ())


def claim(estimate: PublishedEstimate) -> bool | None:
    """Return whether the quote calls the result significant.

    None if it says nothing, or both, or speaks of other endpoints.
    """
    said = clause(estimate)
    if UNDECIDED.search(said) or (OF_ELSE.search(said) and not OF_ELSE.search(estimate.endpoint)):
        return None
    said = LEVEL_WORDS.sub(" ", said)
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
