"""Which printed curves belong together, and how long patients were followed.

A curve belongs to an arm, an endpoint, its assessor and a data cut-off (``evidence/endpoints.py``).
"""

import re

from escc_bayes.data.published import PublishedSurvival, Study
from escc_bayes.evidence.endpoints import assessor, endpoint, same_endpoint
from escc_bayes.evidence.rules.number_names import words

FOLLOW_UP = r"\bminimum follow[- ]?up(?: time)?(?: was| of|:|,)? (?P<value>\d+(?:\.\d+)?) (?P<unit>months?|years?)\b"


def one_group(one: PublishedSurvival, other: PublishedSurvival) -> bool:
    """Whether two curves are of the same patients at the same cut-off, as far as they say."""
    sizes = {size for size in (one.n, other.n) if size is not None}
    return (
        one.arm.casefold() == other.arm.casefold()
        and one.cutoff.casefold() == other.cutoff.casefold()
        and one.time_origin == other.time_origin
        and len(sizes) <= 1
    )


def one_curve(one: PublishedSurvival, other: PublishedSurvival) -> bool:
    """Whether two entries print one curve; those of unknown size may be of different patients."""
    named = same_endpoint(assessed(one), assessed(other))
    return one is other or (one_group(one, other) and one.n == other.n is not None and named)


def assessed(curve: PublishedSurvival) -> str:
    """Return endpoint and assessor in words; the assessor may stand in the quote or beside the data cut."""
    who = assessor(curve.endpoint) or assessor(f"{curve.cutoff} {curve.quote}")
    return f"{endpoint(curve.endpoint)} {who}".strip()


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
