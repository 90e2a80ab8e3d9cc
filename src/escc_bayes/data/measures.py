"""What kind of ratio a measure is, by its words: a hazard ratio, an odds ratio, a risk ratio, or none of them.

``HR``, ``aHR``, ``NMA HR`` and ``hazard ratio`` are one kind; a pool, a network or a matched indirect comparison is of
that kind too, but not of the study's own patients.
"""

import re
from typing import Literal

type Family = Literal["HR", "OR", "RR"]

HAZARD = re.compile(
    r"(?<![A-Za-z])(?:[a-z]{0,3}|sd|cs)HRs?(?![A-Za-z])|hazards?[- ]ratio|relative hazard", re.IGNORECASE
)
ODDS = re.compile(r"(?<![A-Za-z])[acu]?ORs?(?![A-Za-z])|odds[- ]ratio|\bPOR\b")
RISK = re.compile(r"(?<![A-Za-z])[acu]?I?RRs?(?![A-Za-z])|(?:risk|rate)[- ]ratio|relative risk")
OF_OTHERS = re.compile(r"pooled|\bNMA\b|network|meta|indirect|MAIC|\bITC\b|bucher", re.IGNORECASE)
TESTS = re.compile(r"log-?rank|test|wilcoxon|chi|gray|fisher|\bP\b|interaction", re.IGNORECASE)


def family(measure: str) -> Family | None:
    """Return the kind of ratio that a measure names.

    Examples
    --------
    >>> [family(measure) for measure in ("NMA HR", "aOR", "relative risk", "logrank")]
    ['HR', 'OR', 'RR', None]
    """
    kinds: tuple[tuple[Family, re.Pattern[str]], ...] = (("HR", HAZARD), ("OR", ODDS), ("RR", RISK))
    return next((kind for kind, pattern in kinds if pattern.search(measure)), None)


def of_own_patients(measure: str) -> bool:
    """Whether a ratio is of the study's own patients: no pool of studies, no network.

    Examples
    --------
    >>> of_own_patients("HR"), of_own_patients("NMA HR")
    (True, False)
    """
    return OF_OTHERS.search(measure) is None


def known(measure: str) -> bool:
    """Whether the rules know the measure: a ratio, or a test."""
    return family(measure) is not None or TESTS.search(measure) is not None
