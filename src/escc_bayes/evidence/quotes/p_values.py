"""P values in a sentence: sign, digits, sides; "P = NS"."""

import re
from typing import Literal, NamedTuple

type Sides = Literal["one", "two"]

NUMBER = r"(?:0?\.\d+|[01]\.\d+|[01](?![\d.]))(?: ?(?:x|\N{MULTIPLICATION SIGN}) ?10 ?\^? ?-\d+|e-?\d+)?"
P = re.compile(
    r"(?<![A-Za-z-])P(?:[- _]?values?)?(?: ?\((?P<inner>[^)]*)\))?(?:[ ,]*(?:of|was|were|is|for [a-z ]{1,30}?))?"
    rf" ?(?P<sign>[=<>:]=?)? ?(?:(?P<value>{NUMBER})|(?P<ns>n\.?s\b\.?|not significant|non-?significant))",
    re.IGNORECASE,
)
MORE = re.compile(rf"(?:, ?| and |, and )(?P<sign>[<>]=?)? ?(?P<value>{NUMBER})(?! ?(?:%|-|to\b))")
SIDED = r"\b(?P<sides>one|two|1|2)[- ]?(?:sided|tailed)"
OF_A_LEVEL = (
    r"(?! (?:(?:type|significance|overall|family|nominal)\b[^.;]{0,30})?(?:alpha|level"
    r"|boundary|threshold|error|\N{GREEK SMALL LETTER ALPHA}))"
)
ONE_OR_TWO = re.compile(SIDED + OF_A_LEVEL, re.IGNORECASE)


class PValue(NamedTuple):
    """A P value as printed: its sign (empty for an equality), digits ("NS" without any), and its sides if said."""

    sign: str
    digits: str
    sides: Sides | None
    start: int
    end: int

    @property
    def words(self) -> str:
        """The print: "P = 0.03", "P < 0.001", "P = NS"."""
        return f"P {self.sign or '='} {self.digits}"


def p_values(text: str) -> tuple[PValue, ...]:
    """Return the P values of a plain sentence, in its order.

    Examples
    --------
    >>> [p[:3] for p in p_values("HR 0.50, one-sided P = 0.02; PFS P < .001; ORR, P = NS")]
    [('', '0.02', 'one'), ('<', '.001', 'one'), ('', 'NS', 'one')]
    """
    found: list[tuple[str, str, int, int]] = []
    for match in P.finditer(text):
        if match["value"] is None and match["ns"] is None:
            continue
        sign = (match["sign"] or "").replace("=", "").replace(":", "")
        found.append((sign, match["value"] or "NS", match.start(), match.end()))
        end = match.end()
        while match["value"] and (more := MORE.match(text, end)):
            found.append(((more["sign"] or "").replace("=", ""), more["value"], more.start(), more.end()))
            end = more.end()
    sides = sides_said(text)
    return tuple(PValue(sign, digits, nearest(sides, start, end), start, end) for sign, digits, start, end in found)


def sides_said(text: str) -> list[tuple[int, Sides]]:
    """Return where a sentence says one-sided or two-sided of a P, not of a level."""
    return [
        (found.start(), "one" if found["sides"].casefold() in ("one", "1") else "two")
        for found in ONE_OR_TWO.finditer(text)
    ]


def nearest(said: list[tuple[int, Sides]], start: int, end: int) -> Sides | None:
    """Return the sides said nearest to a P value."""
    if not said:
        return None
    return min(said, key=lambda one: start - one[0] if one[0] < start else one[0] - end)[1]
