"""One way to write a sentence: numbers as digits with a point, dashes as hyphens, spaces as spaces.

"Forty-one of 292 (14·0 %)" becomes "41 of 292 (14.0 %)"; "0,62 (0,45\N{EN DASH}0,85)" becomes "0.62 (0.45-0.85)".
"""

import re

UNITS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
UNIT, TEN = "|".join(UNITS), "|".join(TENS)
BELOW_100 = rf"(?:(?:{TEN})(?:[- ](?:{'|'.join(list(UNITS)[1:10])}))?|{UNIT})"
SPELLED = re.compile(
    rf"\b(?:(?P<hundreds>{'|'.join(list(UNITS)[1:10])}|a) hundred(?:(?: and)? (?P<rest>{BELOW_100}))?"
    rf"|(?P<low>{BELOW_100}))\b",
    re.IGNORECASE,
)
DASHES = re.compile("[\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}]")
SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f]+")
PER_CENT = re.compile(r"(?<=\d) ?per ?cent\b", re.IGNORECASE)
POINTS = re.compile(r"(?<=\d)[\u00b7\u2219\u22c5\u2027\u0387](?=\d)")
THOUSANDS = re.compile(r"(?<![\d.,])([1-9]\d{0,2}(?:,\d{3})+)(?![\d.]*\d)")
COMMAS = re.compile(r"(?<![\d.,])(0,\d+|\d+,\d{1,2})(?![\d,])")


def plain(sentence: str) -> str:
    """Return a sentence in one way of writing.

    Examples
    --------
    >>> plain("Forty-one of 1,292 patients (14\N{MIDDLE DOT}0%), twenty two"), plain("HR 0,62 (0,45-0,85)")
    ('41 of 1292 patients (14.0%), 22', 'HR 0.62 (0.45-0.85)')
    """
    text = POINTS.sub(".", DASHES.sub("-", SPACES.sub(" ", sentence)))
    text = text.replace("\N{LESS-THAN OR EQUAL TO}", "<=").replace("\N{GREATER-THAN OR EQUAL TO}", ">=")
    text = PER_CENT.sub(" %", text)
    text = THOUSANDS.sub(lambda found: found[1].replace(",", ""), text)
    if re.search(r"\d\.\d", text) is None:
        text = COMMAS.sub(lambda found: found[1].replace(",", "."), text)
    return SPELLED.sub(lambda found: str(spelled(found)), text)


def spelled(found: re.Match[str]) -> int:
    """Return the number that words spell."""
    if found["hundreds"]:
        hundreds = UNITS.get(found["hundreds"].casefold(), 1)
        return 100 * hundreds + (below_100(found["rest"]) if found["rest"] else 0)
    return below_100(found["low"])


def below_100(words: str) -> int:
    """Return the number below 100 that words spell."""
    return sum(UNITS.get(word, TENS.get(word, 0)) for word in re.split(r"[- ]", words.casefold()))
