"""Which of two groups a printed hazard ratio puts on top, read from the words of both and the effect's name.

An effect's name says what is done, left out or present (``rt_added``, ``rt_omitted``, ``alc_low``). A ratio is as named
(+1) if its first group is what the name says and the second is not; it is reversed (-1) if it is the other way round.
For a level, "recovered", "normal" and "no lymphopenia" are the opposite of low, and negation turns a word round, behind
it too ("lymphopenia: no"). Words that decide neither give 0: a study alone is then asked for, and several are pooled
only if their words are the same or exchanged.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from escc_bayes.evidence.pooling.published_effect import EvidenceError

type Sense = Literal["as_printed", "reversed"]
SENSES: tuple[Sense, ...] = ("as_printed", "reversed")
SIGNS: Mapping[Sense, int] = {"as_printed": 1, "reversed": -1}

TOKEN = re.compile(r"<=|>=|[<>≤≥]|[^\W_]+")
ASIDE = re.compile(r"\([^)]*\)")
FILLERS = frozenset({"alone", "only", "placebo", "arm", "group"})
NEGATIONS = frozenset(
    {"no", "not", "non", "without", "never", "free", "lack", "lacking", "absence", "absent"}
    | {"failed", "failure", "failing", "incomplete", "resolved", "resolution", "negative"}
)
LOW = frozenset(
    {"<=", "<", "≤", "low", "lower", "below", "under", "less", "fewer", "reduced", "decreased", "depleted"}
    | {"lymphopenia", "lymphopenic", "lymphocytopenia"}
)
HIGH = frozenset({">=", ">", "≥", "high", "higher", "above", "more", "greater", "elevated", "raised", "increased"})
BOUNDS = ((re.compile(r"\bat least\b"), ">="), (re.compile(r"\bat most\b"), "<="))
NORMAL = frozenset(
    {"recovered", "recovery", "preserved", "normal", "normalised", "normalized", "restored", "maintained"}
)
ABSENT = frozenset(
    [
        "observation",
        "observed",
        "surveillance",
        "watchful",
        "waiting",
        "control",
        "controls",
        "none",
        "nothing",
        "deferred",
    ]
) | {"best", "supportive", "care"}
OMITTED = frozenset({"omitted", "omission", "omit", "without", "no", "withheld", "stopped", "removed", "avoided"})


@dataclass(frozen=True, slots=True)
class Groups:
    """Whose hazard over whose, in the words of one study."""

    study: str
    hazard_of: str
    versus: str

    @property
    def stated(self) -> bool:
        """Whether the study says which group is which."""
        return all(side and not side.casefold().startswith("not stated") for side in (self.hazard_of, self.versus))

    @property
    def words(self) -> str:
        """Both groups in the study's words."""
        return f"{self.hazard_of} over {self.versus}"


def tokens(words: str) -> frozenset[str]:
    """Return the words that tell groups apart; asides in brackets and fillers are dropped.

    Examples
    --------
    >>> sorted(tokens("ICT + RT (>40 Gy primary)"))
    ['ict', 'rt']
    """
    return frozenset(TOKEN.findall(ASIDE.sub(" ", words.casefold()))) - FILLERS


def sense(groups: Groups, effect: str) -> int:
    """Return +1 if the ratio is as the effect's name says, -1 if reversed, 0 if its words do not tell.

    Examples
    --------
    >>> sense(Groups("a", "ICT + RT", "ICT"), "rt_added"), sense(Groups("b", "ALC > 625", "ALC <= 625"), "alc_low")
    (1, -1)
    """
    named = frozenset(effect.casefold().split("_"))
    if named & (LOW | HIGH):
        of_level = level(groups.hazard_of, named) - level(groups.versus, named)
        return (of_level > 0) - (of_level < 0)
    if differ_in_the_base(groups, effect):
        return 0
    return presence(groups) * (-1 if named & OMITTED else 1)


def differ_in_the_base(groups: Groups, effect: str) -> bool:
    """Return whether the groups differ in nothing but what the effect is added to: ``ici_added_to_chemo``.

    Examples
    --------
    >>> differ_in_the_base(Groups("a", "ICI + chemo", "ICI"), "ici_added_to_chemo")
    True
    """
    base = frozenset(effect.casefold().partition("_to_")[2].split("_"))
    differing = (tokens(groups.hazard_of) ^ tokens(groups.versus)) - NEGATIONS
    return bool(differing) and differing <= base


def level(words: str, named: frozenset[str]) -> int:
    """Return +1 if a group is at the level that an effect names, -1 if at the other, 0 if its words do not tell.

    Examples
    --------
    >>> [level(words, frozenset({"alc", "low"})) for words in ("no G4 lymphopenia", "not recovered", "lymphopenia: no")]
    [-1, 1, -1]
    """
    wanted, other = (LOW, HIGH) if named & LOW else (HIGH, LOW)
    plain = ASIDE.sub(" ", words.casefold())
    for bound, sign in BOUNDS:
        plain = bound.sub(sign, plain)
    found: list[int] = []
    turn = 1
    for word in TOKEN.findall(plain):
        if word in NEGATIONS:
            turn = -1
        elif word in wanted | other | NORMAL:
            found.append(turn * (1 if word in wanted else -1))
    if turn < 0 and all(word not in wanted | other | NORMAL for word in behind_denial(plain)):
        found = [-value for value in found]
    return (sum(found) > 0) - (sum(found) < 0)


def behind_denial(plain: str) -> list[str]:
    """Return the words behind the first negation; none without one."""
    words = TOKEN.findall(plain)
    return words[next((k for k, word in enumerate(words) if word in NEGATIONS), len(words)) :]


def presence(groups: Groups) -> int:
    """Return +1 if the first group has what the second lacks, -1 if the second has, 0 if the words do not tell."""
    first, second = tokens(groups.hazard_of), tokens(groups.versus)
    denied = lacks(groups.versus, first) - lacks(groups.hazard_of, second)
    if denied or (first | second) & NEGATIONS:
        return denied
    absent = (second <= ABSENT) - (first <= ABSENT)
    if absent:
        return absent
    return (first > second) - (second > first)


def lacks(words: str, other: frozenset[str]) -> bool:
    """Return whether a group is the other one without something: "chemo without RT", but not "ICI without chemo".

    Examples
    --------
    >>> lacks("chemo without RT", frozenset({"chemo", "rt"})), lacks("ICI without chemo", frozenset({"chemo"}))
    (True, False)
    """
    said = [word for word in TOKEN.findall(ASIDE.sub(" ", words.casefold())) if word not in FILLERS]
    place = next((k for k, word in enumerate(said) if word in NEGATIONS), None)
    return place is not None and frozenset(said[:place]) <= other


def signs(studies: Sequence[Groups], effect: str, stated: Mapping[str, Sense]) -> tuple[int, ...]:
    """Return +1 for each study whose ratio stays as printed and -1 for each that must be turned round.

    Parameters
    ----------
    studies : in the order of the pool.
    effect : its name.
    stated : what the user says of a study, whatever its words.

    Raises
    ------
    EvidenceError : the words of two studies do not tell whether their ratios have one direction, or those of a study
        alone whether its ratio is what the effect's name says.
    """
    found = [SIGNS[stated[g.study]] if g.study in stated else sense(g, effect) for g in studies]
    if found == [0]:
        raise unsaid(studies[0], effect)
    if any(found) and 0 in found:
        raise unclear(studies[found.index(0)], next(g for g, sign in zip(studies, found, strict=True) if sign))
    return tuple(found) if any(found) else tuple(like_first(g, studies[0]) for g in studies)


def like_first(groups: Groups, first: Groups) -> int:
    """Return +1 if both name the same groups in the same order, -1 if in the other; else refuse."""
    mine, theirs = (tokens(groups.hazard_of), tokens(groups.versus)), (tokens(first.hazard_of), tokens(first.versus))
    if mine == theirs:
        return 1
    if mine == theirs[::-1]:
        return -1
    raise unclear(groups, first)


def unclear(groups: Groups, other: Groups) -> EvidenceError:
    """Return the error that names both studies and the remedy."""
    return EvidenceError(
        f"{groups.study} prints the hazard of {groups.words}, {other.study} that of {other.words}: their words do not "
        f"tell whether this is one direction; say so with --direction {groups.study}=as_printed or "
        f"--direction {groups.study}=reversed"
    )


def unsaid(groups: Groups, effect: str) -> EvidenceError:
    """Return the error of a study alone whose words do not tell, with the question."""
    return EvidenceError(
        f"{groups.study} prints the hazard of {groups.words}: its words do not tell whether this is '{effect}' or its "
        f"reverse. Which is it? Say --direction {groups.study}=as_printed or --direction {groups.study}=reversed"
    )
