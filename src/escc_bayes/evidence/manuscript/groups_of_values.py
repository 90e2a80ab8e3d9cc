"""Whose the values of a sentence are: the groups named behind them, before them, or in the paper."""

import re
from collections.abc import Sequence

from escc_bayes.evidence.manuscript.arms import Arm, named_in
from escc_bayes.evidence.manuscript.survival_heads import Head
from escc_bayes.evidence.manuscript.survival_values import Value

VERSUS = re.compile(r"\b(?:vs|versus|v|compared with|compared to|against)\b", re.I)
GROUP = re.compile(
    r"[ ,)\]]*(?:months? )?(?:in|with|for|among) (?:the )?(?P<label>[A-Za-z][\w+/-]*(?: [\w+/-]+){0,4}?) "
    r"(?:groups?|arms?)\b",
    re.IGNORECASE,
)
"""What stands behind a value of a group that the paper has not named before."""


WITH = r"(?:who (?:had|received|were)|with|receiving|given|treated with|on|in)"
IN_WORDS = re.compile(
    rf"\b(?:patients|those|participants|women|men|cases) {WITH} (?P<first>[^,;()]{{2,70}}?) "
    r"(?:had|have|showed|experienced|achieved|lived|survived|did)\b[^;()]*?\bthan "
    rf"(?:in |for )?(?:the )?(?:(?:those|patients|participants) )?(?:{WITH} )?"
    r"(?P<second>[^,;()]{2,70}?)(?= ?[(,;:]|$)",
    re.IGNORECASE,
)
"""Two groups that a sentence compares: "patients with a low ALC had shorter OS than those with a high ALC"."""


def compared_in(text: str) -> list[Arm]:
    """Return the two groups that a plain sentence compares, in its order; none where it does not.

    Examples
    --------
    >>> [arm.label for arm in compared_in("Patients with ALC <=625 had shorter OS than those with ALC >625 (6 vs. 12)")]
    ['ALC <=625', 'ALC >625']
    """
    found = list(IN_WORDS.finditer(text))
    return [Arm(found[0][side].strip()) for side in ("first", "second")] if len(found) == 1 else []


def grouped(text: str, found: list[Value], each: int) -> list[list[Value]]:
    """Return the values of each group: "a % vs b % at 1 year" by time, "a and b in A, c and d in B" by group."""
    if len(found) == each:
        return [found]
    if each > 1 and VERSUS.search(text, found[0].end, found[1].start):
        return [found[::2], found[1::2]]
    return [found[:each], found[each:]]


def whose(
    text: str, head: Head, groups: list[list[Value]], last: int, arms: Sequence[Arm]
) -> list[tuple[Arm | None, str]]:
    """Return whose the values of each group are, and how that was told."""
    end = len(text) if last >= len(text) else last
    behind = [
        named_in(text[one[-1].end : (groups[i + 1][0].start if i + 1 < len(groups) else end)], arms)
        for i, one in enumerate(groups)
    ]
    if len(groups) == 1:
        told = behind[0][:1] or named_in(text[: groups[0][0].start], arms)[-1:] or named_in(text, arms)
        return [(told[0], "") if len(told) == 1 else (None, "")]
    if all(len(told) == 1 for told in behind) and behind[0][0] != behind[1][0]:
        return [(told[0], "") for told in behind]
    for piece in (text[groups[-1][-1].end : end], text[head.end : groups[0][0].start], text[: head.start], text):
        both = named_in(piece, arms)
        if len(both) == 2:
            return [(arm, ", in the order that the sentence names the groups") for arm in both]
    if compared := compared_in(text[: groups[0][0].start]):
        return [(arm, ", in the order that the sentence compares the groups") for arm in compared]
    labels = [
        GROUP.match(text, one[-1].end, groups[i + 1][0].start if i + 1 < len(groups) else end)
        for i, one in enumerate(groups)
    ]
    if not arms and all(labels):
        return [(Arm(label["label"]), "") for label in labels if label]
    if len(arms) == 2:
        return [(arm, ", in the order in which the paper names its groups") for arm in arms]
    return [(Arm(f"{word} group named"), ", the sentence names none") for word in ("first", "second")]
