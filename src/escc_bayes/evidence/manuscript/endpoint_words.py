"""Which endpoint a number of a sentence is about: the one named last before it, else the next one of its clause."""

import re
from typing import NamedTuple

from escc_bayes.evidence.endpoints import NAMES, endpoint

NOT_STATED = "endpoint not stated"
DEATH = r"(?:death|dying|mortality)(?! or progression)"
MENTION = re.compile(
    rf"(?<![A-Za-z-])(?:(?P<name>{'|'.join(NAMES.values())})|(?P<death>{DEATH}))(?![A-Za-z-])(?! cohort)",
    re.IGNORECASE,
)
MIXED_CASE = frozenset({"cr", "or", "lc", "os"})
"""Short names that are words or units in small letters."""


class Mention(NamedTuple):
    """An endpoint that a sentence names, and where."""

    name: str
    start: int
    end: int


def mentions(text: str) -> tuple[Mention, ...]:
    """Return the endpoints that a plain sentence names, in its order; "overall survival (OS)" is one.

    Examples
    --------
    >>> [found.name for found in mentions("overall survival (OS) and PFS; the risk of death")]
    ['OS', 'PFS', 'OS']
    """
    found: list[Mention] = []
    for match in MENTION.finditer(text):
        if match[0] in MIXED_CASE:
            continue
        name = "OS" if match["death"] else endpoint(match[0])
        if found and found[-1].name == name and match.start() - found[-1].end <= 2:
            found[-1] = Mention(name, found[-1].start, match.end())
        else:
            found.append(Mention(name, *match.span()))
    return tuple(found)


def about(text: str, at: int, before: str = "") -> str:
    """Return the endpoint of what stands at a place of a plain sentence; ``before`` is that of the last sentence.

    Examples
    --------
    >>> about("OS (HR 0.7) and PFS (HR 0.6) were longer", 23), about("HR for death 0.7", 13), about("HR 0.7", 0)
    ('PFS', 'OS', 'endpoint not stated')
    """
    named = mentions(text)
    earlier = [mention for mention in named if mention.start <= at]
    if earlier:
        return earlier[-1].name
    later = [mention for mention in named if not re.search(r"[;.] ", text[at : mention.start])]
    return later[0].name if later else before or NOT_STATED
