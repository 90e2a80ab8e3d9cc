"""By how much a sentence says that a risk differs: "49 % lower", "reduced by 49 %", "1.5-fold", "twice the risk".

Each is an interval of ratios: 49 % lower is 0.505 to 0.515; "nearly" and "more than" widen it. Percentages that are no
change of a risk (rates, levels of intervals, absolute differences, changes of a size or a score) are not read.
"""

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from escc_bayes.data.rounding import Interval, interval

NOUN = (
    r"(?P<noun>risks?|hazards?|odds|chances?|likelihood|likely|incidence|mortality|deaths?|dying|progressions?"
    r"|recurrences?|relapses?|failures?)\b(?![- ](?:free|ratio))"
)
FEWER = r"(?:lower(?:ed|ing|s)?|reduc\w*|decreas\w*|less|fewer|smaller|declin\w*|cut(?:s|ting)?|fell|drop\w*)"
MORE = r"(?:higher|increas\w*|greater|more|elevat\w*|excess|rais\w*|rose)"
CHANGED = r"(?:reduc\w*|decreas\w*|lower(?:ed|ing|s)|declin\w*|cuts?|fell|drop\w*|increas\w*|elevat\w*|rais\w*|rose)"
ABOUT = (
    r"(?:(?P<about>about|approximately|roughly|around|some|nearly|almost|up to|more than|over|at least|less than|under"
    r"|~|>|<) ?)?"
)
FRACTION = r"\b(?P<many>an?|one|two|three|[123])[ -](?P<part>third|quarter|fifth)s?\b"
PERCENT = rf"(?:(?<![\d.])(?P<percent>\d{{1,5}}(?:\.\d+)?)(?: ?%|[ -]per ?cent\b)|{FRACTION})"
FOLD = r"(?<![\d.])(?P<fold>\d{1,3}(?:\.\d+)?)(?:[ -]?folds?\b|[ -]times\b(?! (?:a|per|each|daily|weekly|the upper)\b))"
TWICE = (
    r"\b(?P<word>twice\b(?! (?:a|per|daily|weekly|monthly)\b)|doubl(?:ed?|es|ing)\b(?!-)|twofold|tripl(?:ed?|es|ing)\b"
    r"|threefold|fourfold|fivefold|halv(?:ed|es|ing)\b|half (?=the|as|that)|(?:by|in) half\b)"
)
PARTS = {"third": 100.0 / 3.0, "quarter": 25.0, "fifth": 20.0}
MANY = {"two": 2, "three": 3, "2": 2, "3": 3}
TIMES = {"tw": 2.0, "do": 2.0, "tr": 3.0, "th": 3.0, "fo": 4.0, "fi": 5.0, "ha": 0.5, "by": 0.5, "in": 0.5}
WHAT = r"(?: (?!and\b|but\b)[a-z-]+){0,4}? "
GAP = r"(?P<gap>[^.;:()%]{0,80}?)"
ADVERB = r"(?:relative |relatively |significant(?:ly)? )?"
NAMED = (
    r"[ ,;:]*[(\[,;:] ?(?:the |an? )?(?:adjusted |stratified )?(?:[a-z]{0,3}HR|[ac]?OR|[ac]?RR|\w+ ratio|relative risk)"
)
BEHIND = (
    r"\b(?:HR|OR|RR|ratio|risk)[ =:,]*\d?\.\d+(?: ?\([^()]*\))?[ ,;(-]+(?:i\.e\.,? |that is,? |corresponding to "
    r"|meaning |equivalent to |an? |relative )*"
)
FOLLOWED = r"(?=[ ,;.]*(?:$|[(,;.]|(?:higher|lower|increas|decreas|reduc|greater|more|as|that|in|for|with|among|of)))"


def forms(change: str) -> tuple[re.Pattern[str], ...]:
    """Return the sentences that join a percentage with words of a change and a risk."""
    verb = rf"(?=\b{CHANGED}\b)\b{change}\b"
    texts = (
        rf"{ABOUT}{PERCENT} {ADVERB}{change}\b{WHAT}{NOUN}",
        rf"\b{change}\b{WHAT}{NOUN}(?: (?:of|for|from|in) [^.;:()%\d]{{1,60}}?)?? by {ABOUT}{PERCENT}",
        rf"{verb}{WHAT}{NOUN}(?: (?:of|for|from|in) [^.;:()%\d]{{1,60}}?)?? of {ABOUT}{PERCENT}",
        rf"{verb} (?:by |of )?{ABOUT}{PERCENT}{WHAT}{NOUN}",
        rf"\b{NOUN}{GAP}{verb}(?: by| of)? {ABOUT}{PERCENT}",
        rf"\b{NOUN}{GAP} {ABOUT}{PERCENT} {ADVERB}{change}\b",
        rf"(?P<gap>[^.;:()%]{{0,60}}){ABOUT}{PERCENT} {ADVERB}{change}\b(?={NAMED})",
        rf"(?P<gap>[^.;:()%]{{0,60}}){verb} (?:by |of ){ABOUT}{PERCENT}(?={NAMED})",
        rf"(?P<gap>{BEHIND}){ABOUT}{PERCENT} {ADVERB}{change}\b(?= ?[).;,]| ?$)",
        rf"(?P<gap>{BEHIND}){verb} (?:by |of ){ABOUT}{PERCENT}(?= ?[).;,]| ?$)",
    )
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)


PERCENTS = ((-1, forms(FEWER)), (1, forms(MORE)))
FOLDS = tuple(
    re.compile(text, re.IGNORECASE)
    for many in (FOLD, TWICE)
    for text in (
        rf"{ABOUT}{many}{WHAT}{NOUN}",
        rf"\b{NOUN}{GAP} ?{ABOUT}{many}{FOLLOWED}",
        rf"(?P<gap>[^.;:()%]{{0,60}}){ABOUT}{many}(?: {ADVERB}(?:{FEWER}|{MORE})\b)?(?={NAMED})",
    )
)
OTHER_QUANTITY = re.compile(
    r"\b(?:rates?|respon\w+|surviv\w+|volumes?|sizes?|doses?|levels?|scores?|costs?|toxicit\w+|counts?|expression"
    r"|weight|times?|median|length|duration|power|sample|patients|use)\b",
    re.IGNORECASE,
)
JOINED = re.compile(r"\b(?:and|but|while|whereas)\b", re.IGNORECASE)
ABSOLUTE = re.compile(r"absolute|percentage[- ]points?|\bpoints?\b|difference|\bARR\b|\bfrom \d", re.IGNORECASE)
NOT_FOUND = re.compile(
    r"\b(?:power(?:ed)?|to detect|detectable|designed|assum(?:ed|es|ing|ption)|expected|hypothes\w+|anticipated|planned"
    r"|target effect|exclud\w+|ruled? out|(?:upper|lower|confidence) limits?|at most|as much as|compatible with"
    r"|consistent with|inferiority margin|clinically relevant|clinically meaningful)\b",
    re.IGNORECASE,
)
"""Words of a change that a trial was planned for, or that its interval allows: it need not be the ratio found."""

RATES = re.compile(
    r"^[^.;()]{0,40}?\b(?:v|vs|versus|compared with|against|to|and|or)\.? ?\d+(?:\.\d+)? ?%", re.IGNORECASE
)
RANGE = re.compile(r"\d ?%? ?(?:to|-|and|or|v|vs|versus)\.? ?$", re.IGNORECASE)
ENLARGED, REDUCED = ("more than", "over", "at least", ">"), ("less than", "under", "up to", "<")
NEAR_PERCENT, NEAR_FOLD = 5.0, 0.15
"""What "about" and "nearly" may leave: percentage points; a share of a multiple."""

NEAR_PART = 6.0
"""Percentage points that "by a third" may leave."""


class Change(NamedTuple):
    """A change of a risk in words: the ratios that it can mean, the words, the risk's noun, and where they stand."""

    ratios: tuple[Interval, ...]
    words: str
    noun: str
    start: int
    end: int


def changes(text: str) -> tuple[Change, ...]:
    """Return the changes of a risk that a plain sentence says, in its order.

    Examples
    --------
    >>> [c.ratios for c in changes("the risk of death was 49 % lower with the drug")]
    [(Interval(low=0.505, high=0.515),)]
    >>> [c.ratios for c in changes("a 1.5-fold risk (HR 1.52)")], changes("3-year mortality was lower, 49 % v 71 %")
    ([(Interval(low=1.45, high=1.55),)], ())
    """
    taken: list[tuple[int, int]] = []
    found: list[Change] = []
    for one in sorted((*percentages(text), *folds(text)), key=lambda one: (not one.noun, one.end - one.start)):
        if not any(one.start < end and begin < one.end for begin, end in taken):
            taken.append((one.start, one.end))
            found.append(one)
    return tuple(sorted(found, key=lambda change: change.start))


def percentages(text: str) -> Iterator[Change]:
    """Yield changes in per cent."""
    for sign, patterns in PERCENTS:
        for pattern in patterns:
            for found in pattern.finditer(text):
                size = "percent" if found["percent"] else "part"
                at, after = found.start(size), text[found.end(size) :]
                if RATES.match(after) or RANGE.search(text[:at]) or not of_a_risk(found, text):
                    continue
                low, high = per_cent(found)
                if found["about"]:
                    low, high = about(found["about"], low, high, NEAR_PERCENT)
                ends = [1.0 + sign * percent / 100.0 for percent in (low, high)]
                yield change(found, (Interval(min(ends), max(ends)),))


def per_cent(found: re.Match[str]) -> Interval:
    """Return the percentages that a print or a fraction in words stands for."""
    if found["percent"]:
        return interval(Decimal(found["percent"]), whole="rounded")
    middle = PARTS[found["part"].casefold()] * MANY.get(found["many"].casefold(), 1)
    return Interval(middle - NEAR_PART, middle + NEAR_PART)


def folds(text: str) -> Iterator[Change]:
    """Yield changes as multiples; "2.5 times higher" may mean 2.5 or 3.5 times as high."""
    for pattern in FOLDS:
        for found in pattern.finditer(text):
            if not of_a_risk(found, text):
                continue
            named = found.groupdict()
            times = TIMES[named["word"][:2].casefold()] if named.get("word") else None
            low, high = interval(Decimal(str(times or named["fold"])), whole="rounded")
            if times:
                low, high = (times - 0.5, times + 0.5) if times > 1 else (1 / 2.5, 1 / 1.5)
            if found["about"]:
                low, high = about(found["about"], low, high, NEAR_FOLD * high)
            more = (Interval(low + 1.0, high + 1.0),) if re.search(rf"\b{MORE}\b", found[0], re.IGNORECASE) else ()
            yield change(found, (Interval(low, high), *more))


def about(word: str, low: float, high: float, near: float) -> tuple[float, float]:
    """Return a size of a change that a word widens."""
    if word.casefold() in ENLARGED:
        return low, math.inf
    return (0.0, high) if word.casefold() in REDUCED else (low - near, high + near)


def of_a_risk(found: re.Match[str], text: str) -> bool:
    """Whether a match is a relative change of a risk that was found: none planned, no absolute one, of nothing else."""
    named = found.groupdict()
    near = text[max(0, found.start() - 25) : found.end() + 25]
    if NOT_FOUND.search(text[max(0, found.start() - 70) : found.end() + 40]):
        return False
    gap = named.get("gap") or ""
    joined = JOINED.search(gap) is not None or named.get("noun") is None
    return not ABSOLUTE.search(near) and not (joined and OTHER_QUANTITY.search(gap))


def change(found: re.Match[str], ratios: tuple[Interval, ...]) -> Change:
    """Return one change."""
    named = found.groupdict()
    noun = named.get("noun") or ""
    gap = named.get("gap") or ""
    start = found.start() if noun else found.start() + len(gap)
    return Change(ratios, found[0][start - found.start() :].strip(), noun.casefold(), start, found.end())
