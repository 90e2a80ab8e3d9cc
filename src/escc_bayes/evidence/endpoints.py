"""Names of endpoints: one list of synonyms for the audit and for pools.

``progression-free survival (IRC)`` is PFS, assessed centrally. Locoregional control and its kin, which may or may not
count deaths, keep their own names.
"""

import re

NAMES = {
    "OS": r"(m?OS|overall[- ]survival"
    r"|all[- ]cause (?:mortality|death)|death from any cause|time to death(?: from any cause)?)",
    "PFS2": r"(PFS-?2|second progression[- ]free survival)",
    "PFS": r"(m?PFS|progression[- ]free survival|time to (?:disease )?progression or death)",
    "IDFS": r"(iDFS|invasive disease[- ]free survival)",
    "DFS": r"(m?DFS|disease[- ]free survival)",
    "EFS": r"(m?EFS|event[- ]free survival)",
    "RFS": r"(m?RFS|(relapse|recurrence)[- ]free survival)",
    "FFS": r"(m?FFS|(treatment[- ])?failure[- ]free survival)",
    "TTF": r"(m?TTF|TTTF|time to treatment failure)",
    "CSS": r"(CSS|DSS|((disease|cancer|cause|tumou?r)[- ])+specific survival)",
    "LRFS": r"(LRFS|LRRFS|(local|locoregional|loco-regional|regional)[- ](relapse|recurrence"
    "|failure)[- ]free survival)",
    "DMFS": r"(DMFS|(distant )?metastas[ie]s[- ]free survival)",
    "LRC": r"(LRC|LC|(local|locoregional|loco-regional) control)",
    "TTP": r"(TTP|time to progression)",
    "ORR": r"(ORR|(objective|overall) response( rate)?)",
    "CR": r"(CR|pCR|cCR|(pathologic(al)? |clinical )?complete response( rate)?)",
}
INCLUDING_DEATH = ("PFS", "PFS2", "DFS", "IDFS", "EFS", "RFS", "FFS", "TTF")
"""Endpoints that a death ends, so that none exceeds overall survival."""

SURVIVAL = ("OS", "CSS", "LRFS", "DMFS", "LRC", "TTP", *INCLUDING_DEATH)
"""Endpoints whose event is a bad one: a hazard ratio above 1 is worse."""

FAVOURABLE = ("ORR", "CR")
"""Endpoints whose event is a good one."""

ASSESSOR = (
    r"(?:by|per|as|assessed|according|to|blinded|independent|central|centrally|radiolog\w*|review|reviewed|committee|IRC|BICR|BIRC|"
    r"IRRC|investigators?|local|RECIST|v?1\.1|primary|rate|rates|time|in|the|months|"
    r"m?ITT|intention|intent|treat|population)"
)
CENTRAL = re.compile(r"\b(IRC|BICR|BIRC|IRRC|independent|central(?:ly)?|blinded)\b", re.IGNORECASE)
INVESTIGATOR = re.compile(r"\b(investigators?|site)\b", re.IGNORECASE)


def endpoint(text: str) -> str:
    """Return the short name of an endpoint; text that is none of those known stays as it is.

    Examples
    --------
    >>> endpoint("progression-free survival (IRC)"), endpoint("OS after failure"), endpoint("overall survival (OS)")
    ('PFS', 'OS after failure', 'OS')
    """
    plain = " ".join(text.split())
    for name, pattern in NAMES.items():
        rest = rf"(?:[\s,;:()\[\]/-]+(?:{pattern}|{ASSESSOR}))*[\s)\]]*"
        if re.fullmatch(rf"(?:{pattern}){rest}", plain, flags=re.IGNORECASE):
            return name
    return text.strip()


def assessor(text: str) -> str:
    """Return who assessed an endpoint, as far as its words say: ``central``, ``investigator`` or nobody.

    Examples
    --------
    >>> assessor("PFS by BICR"), assessor("investigator-assessed PFS"), assessor("PFS")
    ('central', 'investigator', '')
    """
    return "central" if CENTRAL.search(text) else "investigator" if INVESTIGATOR.search(text) else ""


def same_endpoint(one: str, other: str) -> bool:
    """Whether two texts name one endpoint, assessed by the same.

    Examples
    --------
    >>> same_endpoint("overall survival", "OS"), same_endpoint("PFS (IRC)", "PFS (investigator)")
    (True, False)
    """
    return endpoint(one).casefold() == endpoint(other).casefold() and assessor(one) == assessor(other)


def known(text: str) -> bool:
    """Whether a text names an endpoint of the list.

    Examples
    --------
    >>> known("failure-free survival"), known("OS after failure")
    (True, False)
    """
    return endpoint(text) in NAMES
