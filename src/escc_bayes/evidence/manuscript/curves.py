"""Medians and rates of survival in a sentence, with endpoint, time, limits and group, as curves of a study file.

"median OS was 16.7 months with A versus 12.5 months with B"; "the 1- and 2-year OS rates were 86.7 % and 66.9 %".
"""

import re
from collections.abc import Iterator, Sequence

from escc_bayes.evidence.manuscript.arms import Arm
from escc_bayes.evidence.manuscript.entry import Entry
from escc_bayes.evidence.manuscript.groups_of_values import grouped, whose
from escc_bayes.evidence.manuscript.survival_heads import NUMBER, TIME, WHAT, Head, heads_of, name_of, times_of
from escc_bayes.evidence.manuscript.survival_values import Value, mark, median, reach, values
from escc_bayes.evidence.quotes.quote import Quote

AT_TIME = re.compile(
    rf"(?<![\d.])(?P<one>{NUMBER}) ?%(?: (?:vs?|versus|and)\.? (?P<other>{NUMBER}) ?%)?,? at (?P<times>{TIME})", re.I
)
JOINED = re.compile(r"(?:[ ,]|\b(?:and|the|rates?)\b)*")


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
