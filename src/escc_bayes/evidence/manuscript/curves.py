"""Medians and rates of survival in a sentence, with endpoint, time, limits and group, as curves of a study file.

"median OS was 16.7 months with A versus 12.5 months with B"; "the 1- and 2-year OS rates were 86.7 % and 66.9 %".
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from escc_bayes.evidence.endpoints import NAMES, SURVIVAL, endpoint
from escc_bayes.evidence.manuscript.arms import Arm, named_in
from escc_bayes.evidence.manuscript.entry import Entry
from escc_bayes.evidence.manuscript.estimates import ratios_of
from escc_bayes.evidence.quotes.quote import Quote

NUMBER = r"\d+(?:\.\d+)?"
OF_SURVIVAL = "|".join(rf"(?:{NAMES[name]})" for name in SURVIVAL)
ALSO = rf"(?:[ (,]+(?:{OF_SURVIVAL})\)?)?"
WHAT = rf"(?P<what>{OF_SURVIVAL}|(?<!free )(?<!specific )survival(?! of)(?![- ](?:free|benefit)))"
FIRST = rf"(?:(?P<first>{OF_SURVIVAL}){ALSO}(?: rates?)? and (?:{NUMBER}[- ](?:year|month) )?)?"
MEDIAN = re.compile(
    rf"(?<![A-Za-z])(?:median (?:estimated |observed |actuarial |kaplan-meier )?{WHAT}"
    rf"|(?P<short>m(?:OS|PFS|DFS|EFS|RFS))){ALSO}(?![A-Za-z])",
    re.I,
)
UNIT = r"(?:months?|mo|m|years?|yrs?|yr|y)"
TIME = rf"(?:{NUMBER}|one|two|three|five)(?:[- ]?{UNIT}\b)?-?"
TIMES = rf"(?P<times>{TIME}(?:(?:, ?(?:and )?| and |/| ?or ){TIME}){{0,4}})"
RATES = (
    re.compile(rf"(?<![\d.]){TIMES}[ -](?:[a-z]+ ){{0,2}}?{FIRST}{WHAT}{ALSO}(?: rates?| probabilit(?:y|ies))?", re.I),
    re.compile(rf"(?<![A-Za-z]){FIRST}{WHAT}{ALSO}(?: rates?| probabilit(?:y|ies))? (?:was |were )?at {TIMES}", re.I),
    re.compile(rf"(?<![A-Za-z])at {TIMES},? (?:the )?{FIRST}{WHAT}{ALSO}(?: rates?)?", re.I),
)
IN_BRACKETS = re.compile(
    rf"(?<![A-Za-z]){WHAT}{ALSO} ?\((?:median[ ,:]+)?(?={NUMBER} ?(?:months?|mo\b|m\b|vs?\b|versus))", re.I
)
MEDIAN_IN_BRACKETS = re.compile(rf"\((?:median[ ,:]+)(?={NUMBER} ?(?:months?|mo\b|m\b|vs?\b|versus))", re.I)
CORRESPONDING = re.compile(rf"(?:corresponding|respective) {WHAT}{ALSO}(?: rates?)?", re.I)
LEVEL = r"(?P<level>\d\d(?:\.\d+)?) ?% ?-?(?:CI|confidence interval)[:,=]? ?"
LIMITS = (
    rf"(?:,? ?(?:[(\[] ?(?:{LEVEL})?|{LEVEL.replace('level', 'level2')})(?P<low>{NUMBER}) ?%? ?"
    rf"(?:-|to|,|~) ?(?P<high>{NUMBER}|not reached|NR|NE)\b ?%?)"
)
AT_TIME = re.compile(
    rf"(?<![\d.])(?P<one>{NUMBER}) ?%(?: (?:vs?|versus|and)\.? (?P<other>{NUMBER}) ?%)?,? at (?P<times>{TIME})", re.I
)
MONTHS_VALUE = re.compile(
    rf"(?P<value>(?<![\d.-]){NUMBER}|not (?:yet )?(?:been )?reached|(?<![A-Za-z])NR(?![A-Za-z]))"
    rf"(?! ?%)(?!-?(?:year|month))(?: ?(?P<unit>{UNIT})\b)?{LIMITS}?",
    re.I,
)
PERCENT_VALUE = re.compile(rf"(?<![\d.])(?P<value>{NUMBER}) ?%(?! ?-?(?:CI|confidence)){LIMITS}?", re.I)
LISTED = re.compile(rf"(?<![\d.])(?P<value>{NUMBER})(?= ?%?(?:,| and| or| vs| versus)[^.;]*?%)", re.I)
VERSUS = re.compile(r"\b(?:vs|versus|v|compared with|compared to|against)\b", re.I)
GROUP = re.compile(
    r"[ ,)\]]*(?:months? )?(?:in|with|for|among) (?:the )?(?P<label>[A-Za-z][\w+/-]*(?: [\w+/-]+){0,4}?) "
    r"(?:groups?|arms?)\b",
    re.IGNORECASE,
)
"""What stands behind a value of a group that the paper has not named before."""

JOINED = re.compile(r"(?:[ ,]|\b(?:and|the|rates?)\b)*")
STOP = re.compile(r"; |\b(?:HR|hazard ratio|p ?[=<>])", re.I)
YEAR = Decimal(12)
SPELLED = {"one": "1", "two": "2", "three": "3", "five": "5"}


class Value(NamedTuple):
    """A printed value with its limits and where it stands; ``text`` is empty where a median was not reached."""

    text: str
    low: str
    high: str
    start: int
    end: int
    years: bool = False


class Head(NamedTuple):
    """What values are of: an endpoint, at which months (none: medians), where the words end; ``first`` before it."""

    endpoint: str
    months: tuple[Decimal, ...]
    start: int
    end: int
    first: str = ""


def curves(quote: Quote, sentence: str, arms: Sequence[Arm]) -> Iterator[Entry]:
    """Yield the medians and rates of a sentence by group."""
    heads = heads_of(quote.text)
    empty: list[Head] = []
    for place, head in enumerate(heads):
        last = heads[place + 1].start if place + 1 < len(heads) else len(quote.text)
        last = reach(quote, head.end, last)
        found = values(quote, head, last)
        if not found:
            empty = [*empty, head] if JOINED.fullmatch(quote.text[head.end : last]) else []
            continue
        before = [*empty, head._replace(first="")] if empty else several(head)
        if len(before) > 1:
            yield from one_each(before, found, sentence)
        else:
            yield from by_group(quote.text, head, found, last, sentence, arms)
        empty = []
    if not heads:
        yield from before_times(quote.text, sentence, arms)


def several(head: Head) -> list[Head]:
    """Return a head as two where it names two endpoints: "OS and PFS rates at 12 months"."""
    return [head._replace(endpoint=head.first), head] if head.first else [head]


def one_each(heads: list[Head], found: list[Value], sentence: str) -> Iterator[Entry]:
    """Yield a curve for each of several heads whose values stand in one list behind the last; else nothing."""
    each = max(len(heads[-1].months), 1)
    if len(found) == each * len(heads) and all(max(len(head.months), 1) == each for head in heads):
        for place, head in enumerate(heads):
            yield curve(head, found[place * each : (place + 1) * each], None, "", sentence)


def before_times(text: str, sentence: str, arms: Sequence[Arm]) -> Iterator[Entry]:
    """Yield rates whose time stands behind them: "OS was 60.6 % v 46.1 % at 12 months"."""
    for found in AT_TIME.finditer(text):
        named = list(re.finditer(WHAT, text[: found.start()], re.I))
        if not named:
            continue
        head = Head(name_of(named[-1]["what"]), times_of(found["times"]), *found.span())
        both = [Value(found[key], "", "", *found.span(key)) for key in ("one", "other") if found[key]]
        yield from by_group(text, head, both, found.end(), sentence, arms)


def heads_of(text: str) -> list[Head]:
    """Return what a sentence gives medians or rates of, in its order."""
    found = [Head(name_of(match["what"] or match["short"][1:]), (), *match.span()) for match in MEDIAN.finditer(text)]
    for match in IN_BRACKETS.finditer(text):
        if not any(head.start < match.end() and match.start() < head.end for head in found):
            found.append(Head(name_of(match["what"]), (), *match.span()))
    for form in RATES:
        for match in form.finditer(text):
            months = times_of(match["times"])
            if months and not any(head.start < match.end() and match.start() < head.end for head in found):
                first = name_of(match["first"]) if match["first"] else ""
                found.append(Head(name_of(match["what"]), months, *match.span(), first=first))
    return sorted([*found, *more_heads(text, found)], key=lambda head: head.start)


def more_heads(text: str, found: Sequence[Head]) -> Iterator[Head]:
    """Yield heads that rest on what stands before: "OS was longer (median, 13 v 11 months", "the corresponding PFS"."""
    for match in MEDIAN_IN_BRACKETS.finditer(text):
        named = list(re.finditer(rf"(?<![A-Za-z]){WHAT}", text[: match.start()], re.I))
        if named and not any(head.start < match.end() and match.start() < head.end for head in found):
            yield Head(name_of(named[-1]["what"]), (), *match.span())
    for match in CORRESPONDING.finditer(text):
        before = [head for head in found if head.end <= match.start() and head.months]
        if before:
            yield Head(name_of(match["what"]), before[-1].months, *match.span())


def name_of(words: str) -> str:
    """Return the endpoint that words name; "survival" alone is overall survival."""
    return "OS" if words.casefold() == "survival" else endpoint(words)


def times_of(text: str) -> tuple[Decimal, ...]:
    """Return the months that a list of times names, by the unit that stands last.

    Examples
    --------
    >>> times_of("1- and 2-year"), times_of("12 months")
    ((Decimal('12'), Decimal('24')), (Decimal('12'),))
    """
    units = re.findall(rf"(?:(?<=\d)|(?<=\W)|(?<=one|two)){UNIT}\b", re.sub(r"\band\b|\bor\b", ",", text), re.I)
    if not units:
        return ()
    scale = YEAR if units[-1].casefold().startswith("y") else Decimal(1)
    words = re.findall(rf"{NUMBER}|one|two|three|five", text, re.I)
    return tuple(scale * Decimal(SPELLED.get(word.casefold(), word)) for word in words)


def reach(quote: Quote, start: int, last: int) -> int:
    """Return where the values behind a head end: at a ratio, a P, a semicolon or another endpoint."""
    ends = [ratio.start for ratio in ratios_of(quote)] + [p.start for p in quote.ps]
    ends += [found.start() for found in re.compile(rf"(?<![A-Za-z]){WHAT}", re.I).finditer(quote.text, start, last)]
    ends += [found.start() for found in STOP.finditer(quote.text, start, last)]
    return min([last, *(end for end in ends if start < end < last)])


def values(quote: Quote, head: Head, last: int) -> list[Value]:
    """Return the values behind a head, as many as belong together."""
    text = quote.text
    if not head.months:
        found = [of_match(match) for match in MONTHS_VALUE.finditer(text, head.end, last)]
        united = re.search(rf"(?<=[\d )]){UNIT}\b", text[head.end : last], re.I)
        return found[:4] if united or any(not one.text for one in found) else []
    found = [of_match(match) for match in PERCENT_VALUE.finditer(text, head.end, last)]
    taken = [(one.start, one.end) for one in found]
    bare = [of_match(match) for match in LISTED.finditer(text, head.end, last)]
    extra = [one for one in bare if not any(start <= one.start < end for start, end in taken)]
    return sorted([*found, *extra], key=lambda one: one.start)


def of_match(match: re.Match[str]) -> Value:
    """Return one value."""
    named = match.groupdict()
    reached = named["value"][:1].isdigit()
    low, high = named.get("low") or "", named.get("high") or ""
    unit = (named.get("unit") or "").casefold()
    return Value(named["value"] if reached else "", low, high, *match.span(), years=unit.startswith("y"))


def by_group(
    text: str, head: Head, found: list[Value], last: int, sentence: str, arms: Sequence[Arm]
) -> Iterator[Entry]:
    """Yield one curve for each group: as many values as times are one group, twice as many two."""
    each = max(len(head.months), 1)
    if len(found) not in (each, 2 * each):
        return
    groups = grouped(text, found, each)
    for values_of_one, (arm, how) in zip(groups, whose(text, head, groups, last, arms), strict=True):
        yield curve(head, values_of_one, arm, how, sentence)


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
    labels = [
        GROUP.match(text, one[-1].end, groups[i + 1][0].start if i + 1 < len(groups) else end)
        for i, one in enumerate(groups)
    ]
    if not arms and all(labels):
        return [(Arm(label["label"]), "") for label in labels if label]
    if len(arms) == 2:
        return [(arm, ", in the order in which the paper names its groups") for arm in arms]
    return [(Arm(f"{word} group named"), ", the sentence names none") for word in ("first", "second")]


def curve(head: Head, found: list[Value], arm: Arm | None, how: str, sentence: str) -> Entry:
    """Return the values of one group as a curve."""
    label = arm.label if arm else "all patients"
    size = {"n": arm.n} if arm and arm.n else {}
    spans = ((head.start, head.end), *((one.start, one.end) for one in found))
    body: dict[str, object] = {"arm": label, "endpoint": head.endpoint, **size}
    if not head.months:
        body |= median(found[0])
        words = f"median {head.endpoint} of {label}: {found[0].text or 'not reached'}"
    else:
        pairs = list(zip(head.months, found, strict=True))
        body["landmarks"] = [mark(t, one) for t, one in pairs]
        told = ", ".join(f"{one.text} % at {t:f} months" for t, one in pairs)
        words = f"{head.endpoint} of {label}: {told}"
    return Entry("survival", {**body, "quote": sentence}, words + how, spans)


def median(one: Value) -> dict[str, object]:
    """Return the keys of a median, in months."""
    if not one.text:
        return {"median_reached": False}
    scale = YEAR if one.years else Decimal(1)
    keys = {"median": one.text, "median_ci_low": one.low, "median_ci_high": one.high if one.high[:1].isdigit() else ""}
    return {key: scale * Decimal(text) for key, text in keys.items() if text} | {"median_reached": True}


def mark(months: Decimal, one: Value) -> dict[str, object]:
    """Return one landmark, as a fraction."""
    keys = {"s": one.text, "lo": one.low, "hi": one.high if one.high[:1].isdigit() else ""}
    return {"t": months, **{key: Decimal(text).scaleb(-2) for key, text in keys.items() if text}}
