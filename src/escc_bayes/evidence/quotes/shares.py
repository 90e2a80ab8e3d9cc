"""Counts, denominators and percentages that one sentence joins: "31/88 (35.2%)", "35.2 % of the patients (31/88)".

A number that stands as a denominator ("of 292 patients (14.0 %)") is never read as a numerator.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

WHO = (
    r"(?: (?:[a-z][a-z-]+ ){0,2}?(?:cases?|patients?|participants?|subjects?|persons?|deaths?|events?|men|women|males|"
    r"females|responders|controls|children|adults|pairs))?"
)
COUNT = rf"(?P<count>\d+){WHO}"
PERCENT = r"(?P<percent>\d{1,3}(?:\.\d+)?) ?(?:%|per ?cent\b)"
OF = rf"(?:\s?/\s?| (?:out )?of (?:the |all |a total of )?)(?P<of>\d+){WHO}"
OPEN, CLOSE = r" ?[(\[]", r"[)\]]"
NOT_A_COUNT = r"(?<![\d./])(?<!\d,)(?<!-)"
FORMS = tuple(
    re.compile(rf"{NOT_A_COUNT}{form}", re.IGNORECASE)
    for form in (
        # 31/88 (35.2%), 31 of 88 patients (35.2%), 31 of the 88 evaluable patients [35.2 %], 31/88, 35.2%
        rf"{COUNT}{OF}(?:{OPEN}|[,;:=]? ?(?:or |i\.e\.,? )?){PERCENT}",
        # of 88 patients, 31 (35.2%)
        rf"(?<=of )(?P<of>\d+){WHO},? (?P<count>\d+){WHO}{OPEN}{PERCENT}{CLOSE}",
        # 35.2% (31/88), 35.2 % of the patients (31/88), 35.2%, 31/88, 35.2% (31 of 88), 35.2% (31 patients), 35.2% [31]
        rf"{PERCENT}(?: of (?:the |all )?(?:[a-z][a-z-]+ ){{0,2}}?(?:patients|cases|participants|women|men))?"
        rf"(?:{OPEN}|[,;:] ?)(?:n ?= ?)?(?P<count>\d+){WHO}{OF}{CLOSE}?",
        rf"{PERCENT}(?: of (?:the |all )?(?:[a-z][a-z-]+ ){{0,2}}?(?:patients|cases|participants|women|men))?"
        rf"{OPEN}(?:n ?= ?)?(?P<count>\d+){WHO}{CLOSE}",
        # (n = 31, 35.2%), (31; 35.2 %)
        rf"n ?= ?(?P<count>\d+)(?:{OF})?[,;] ?{PERCENT}",
        rf"(?<=\()(?P<count>\d+){WHO}(?:{OF})?[,;] ?{PERCENT}\)",
        # 31 (35.2%) of 88; 31 patients (35.2%)
        rf"{COUNT}{OPEN}{PERCENT}{CLOSE} (?:out )?of (?:the |all |a total of )?(?P<of>\d+)\b",
        rf"{COUNT}{OPEN}{PERCENT}",
    )
)
DENOMINATOR = re.compile(r"(?<!total )(?<!cohort )\b(?:of|among) (?:the |all )?$", re.IGNORECASE)


class Share(NamedTuple):
    """A count, the percentage beside it, a printed denominator if any, and where they stand in the sentence."""

    patients: int
    percent: str
    of: int | None
    start: int
    end: int


def shares(text: str) -> tuple[Share, ...]:
    """Return what a plain sentence joins, in its order.

    Examples
    --------
    >>> [share[:3] for share in shares("41 of 292 patients (14.0%), 50% (10 of 20) v 80 % of the patients (16/20)")]
    [(41, '14.0', 292), (10, '50', 20), (16, '80', 20)]
    """
    return tuple(sorted(counted_shares(text), key=lambda share: share.start))


def counted_shares(text: str) -> Iterator[Share]:
    """Yield each place that joins a count with a percentage, by the form that reads most of it."""
    taken: list[tuple[int, int]] = []
    for form in FORMS:
        for found in form.finditer(text):
            named = found.groupdict()
            if any(found.start() < end and begin < found.end() for begin, end in taken):
                continue
            if named.get("of") is None and DENOMINATOR.search(text[: found.start("count")]):
                continue
            taken.append(found.span())
            of = int(named["of"]) if named.get("of") else None
            yield Share(int(named["count"]), named["percent"], of, *found.span())
