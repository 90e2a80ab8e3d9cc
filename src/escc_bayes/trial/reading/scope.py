"""What a design file may ask for that ``plan`` does not do: more than two arms, one endpoint, a fixed allocation.

Such a file is refused in those words; a key that is only misspelt is refused later, with the nearest right one.
"""

import re
from collections.abc import Mapping

from escc_bayes.trial.errors import DesignError

SCOPE = "plan does two arms, one endpoint, fixed allocation"
# Words of keys, between underscores or capitals, and what they ask for.
ASKED: tuple[tuple[str, str, str], ...] = (
    (
        r"co_?primary|endpoints?|primary|secondary|outcomes?|hierarch\w*|gatekeep\w*|graphical|multiplicity|pfs|os|orr",
        "more than one endpoint, or one named",
        'a design is about one time to event; kind = "pfs_os" plans progression-free and overall survival; '
        "other endpoints have a file each, with their share of alpha",
    ),
    (
        r"adapt\w*|response_adaptive|rar|bandit|burn_?in|re_?estimat\w*|ssr|promising\w*|enrich\w*|reallocat\w*",
        "an adaptation",
        "allocation and size are fixed; looks may stop the trial for success or futility",
    ),
    (
        r"mams|platform|seamless|arm_?drop\w*|drop_?arms?|drop_?losers?|basket|umbrella|factorial",
        "more than two arms",
        "write a file for each comparison of two arms, each with its share of alpha",
    ),
    (
        r"clusters?|icc|sites?|centres?|centers?",
        "clusters of patients",
        "patients are randomised one by one; [[stratum]] states groups with hazards of their own",
    ),
)
# Where these words name something else.
KNOWN = ("design_prior", "analysis_prior", "borrowing")
ENDPOINTS = r"\b(?:PFS|OS|DFS|EFS|RFS|MFS|LRFS|ORR|pCR|QoL|endpoints?)\b"
ARMS = ("control", "treatment", "allocation")


def refuse_outside(raw: Mapping[str, object], where: str) -> None:
    """Raise ``DesignError`` for what is outside, in the words of its scope.

    Raises
    ------
    DesignError : with the key, what it asks for, the scope and what to do instead.
    """
    refuse_more_arms(raw, where)
    for place, key in keys_of(raw, where):
        for pattern, asks, remedy in ASKED:
            if re.search(rf"(?:^|_)(?:{pattern})(?:_|$)", key, re.IGNORECASE):
                raise DesignError(f"{place}, '{key}' asks for {asks}: {SCOPE}; {remedy}")


def refuse_endpoints(text: str, where: str) -> None:
    """Raise for a criterion that names an endpoint."""
    named = re.search(ENDPOINTS, text)
    if named:
        raise DesignError(f"{where}: '{text}' names an endpoint, '{named[0]}': {SCOPE}; {ASKED[0][2]}")


def refuse_more_arms(raw: Mapping[str, object], where: str) -> None:
    """Raise for a third arm, however it is written, and for an allocation that is not two numbers."""
    arms, remedy = raw.get("arms"), "write a file for each comparison of two arms, each with its share of alpha"
    for key in ("arm", "treatment", "treatments", "control_arm", "effects"):
        if key in raw:
            raise DesignError(f"{where}: '{key}' asks for other arms than [arms]: {SCOPE}; {remedy}")
    if isinstance(arms, list) and len(arms) > 2:
        raise DesignError(f"{where}, [arms]: {len(arms)} arms: {SCOPE}; {remedy}")
    if not isinstance(arms, dict):
        return
    if isinstance(arms.get("allocation"), str | dict):
        raise DesignError(
            f"{where}, [arms], allocation: {arms['allocation']!r} is no fixed allocation: {SCOPE}; write [1, 1] or "
            "[1, 2], control first"
        )
    parts, names = arms.get("allocation"), arms.get("treatment")
    listed = [
        len(value) for value in (parts, names, arms.get("treatments"), arms.get("names")) if isinstance(value, list)
    ]
    if isinstance(parts, list) and len(parts) > 2:
        raise DesignError(
            f"{where}, [arms], allocation: {parts!r} is of more than two arms, expected [control, treatment]: {SCOPE}; "
            f"{remedy}"
        )
    if max(listed, default=0) > 2 or isinstance(names, list):
        raise DesignError(f"{where}, [arms]: more than two arms: {SCOPE}; {remedy}")
    more = [key for key in arms if key not in ARMS and re.match(r"(treat|arm|control|experiment|dose|third)", key)]
    if more and all(key in arms for key in ARMS[:2]):
        raise DesignError(f"{where}, [arms]: '{more[0]}' is a third arm: {SCOPE}; {remedy}")


def keys_of(raw: Mapping[str, object], where: str) -> list[tuple[str, str]]:
    """Return every key with its place, at the top and in tables and lists of tables."""
    found = [(where, key) for key in raw]
    for section, body in raw.items():
        if section in KNOWN:
            continue
        for table in body if isinstance(body, list) else [body]:
            if isinstance(table, dict):
                found += [(f"{where}, [{section}]", key) for key in table]
    return found
