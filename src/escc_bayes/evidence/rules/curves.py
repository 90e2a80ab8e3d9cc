"""Which printed curves belong together, and how long patients were followed.

A curve belongs to an arm, an endpoint and a data cut-off. Endpoints are read by meaning, so that "progression-free
survival (IRC)" is PFS; locoregional control and its kin, which do not count deaths, keep their own names.
"""

import re

from escc_bayes.data.published import PublishedSurvival, Study
from escc_bayes.evidence.rules.number_names import words

NAMES = {
    "OS": r"(m?OS|overall survival)",
    "PFS": r"(m?PFS|progression[- ]free survival)",
    "DFS": r"(m?DFS|disease[- ]free survival)",
    "EFS": r"(m?EFS|event[- ]free survival)",
    "RFS": r"(m?RFS|(relapse|recurrence)[- ]free survival)",
}
ASSESSOR = (
    r"[\s,(\[]*(?:(?:by|per|assessed|blinded|independent|central|review|IRC|BICR|BIRC|investigators?|RECIST)[\s)\]]*)*"
)
INCLUDING_DEATH = ("PFS", "DFS", "EFS", "RFS")
FOLLOW_UP = r"\bminimum follow[- ]?up(?: time)?(?: was| of|:|,)? (?P<value>\d+(?:\.\d+)?) (?P<unit>months?|years?)\b"


def endpoint(text: str) -> str:
    """Return the short name of an endpoint; text that is none of those known stays as it is.

    Examples
    --------
    >>> endpoint("progression-free survival (IRC)"), endpoint("OS after failure")
    ('PFS', 'OS after failure')
    """
    for name, pattern in NAMES.items():
        if re.fullmatch(pattern + ASSESSOR, text.strip(), flags=re.IGNORECASE):
            return name
    return text.strip()


def one_group(one: PublishedSurvival, other: PublishedSurvival) -> bool:
    """Whether two curves are of the same patients at the same cut-off, as far as they say."""
    sizes = {size for size in (one.n, other.n) if size is not None}
    return (
        one.arm.casefold() == other.arm.casefold()
        and one.cutoff.casefold() == other.cutoff.casefold()
        and one.time_origin == other.time_origin
        and len(sizes) <= 1
    )


def least_follow_up(study: Study) -> float | None:
    """Return the printed minimum follow-up in months: a number called so, or words in a quote."""
    for number in study.numbers:
        named = words(number.name)
        if "followup" in "".join(named) and {"min", "minimum", "shortest"} & set(named):
            return float(number.value) * (12.0 if number.unit.startswith("year") else 1.0)
    quotes = [entry.quote for entry in study.survivals] + [entry.quote for entry in study.numbers]
    for quote in quotes:
        found = re.search(FOLLOW_UP, quote, flags=re.IGNORECASE)
        if found:
            return float(found["value"]) * (12.0 if found["unit"].startswith("year") else 1.0)
    return None
