"""Where a sentence means a level of a covariate: by the word itself, by a name before it, or by other levels beside it.

A word that is a word of English (``no``, ``a``), or no word at all (``1``, ``<65``), means a level only where nothing
else can be meant; elsewhere a sentence keeps it. Better a level read as it is written than a number that is none.
"""

import re
from collections.abc import Iterable
from functools import cache

# A level in these is no word of English, and so means itself wherever it stands.
IDENTIFIER = re.compile(r"_|[^\W\d_a-zA-Z]|[A-Za-z]\d|\d[A-Za-z]")
# What stands for something beside another level, and what does so in a list or alone (``a`` is an article).
LETTER, WORD = re.compile(r"[^\W\d_]"), re.compile(r"[A-Za-z]{2}|[B-Z]")
# Letters beside which a word is part of a longer one, of a number, of a path or of a file's name.
BEFORE, AFTER = r"(?<![\w/.\-'\"`])", r"(?![\w/-]|\.\w|\s?%)"
# What stands between two levels of one covariate: of a contrast, and of a list.
VERSUS = r"(?: by [\d.]+ months?)?(?: vs | minus | over )"
LISTED = r" v | and | than |(?: \d+)?, "
# Behind a level that stands alone, where no word follows that it could belong to.
CLOSED = r"(?=$|[;:)\]\n]|\.(?:\s|$)| \()"
# Names that statistics use themselves: n = 1, p = 0.
SYMBOL = 2
# Nouns that numbers count.
COUNTED = r"(?! (?:events?|deaths?|patients?|months?|days?|years?|rows?|of|to|in)\b)"


def identifies(level: str) -> bool:
    """Whether a level means itself wherever it stands.

    Examples
    --------
    >>> identifies("ici_after_crt"), identifies("cT3"), identifies("no"), identifies("0-1"), identifies("follow-up")
    (True, True, False, False, False)
    """
    return IDENTIFIER.search(level) is not None


def is_word(level: str) -> bool:
    """Whether a level is a word or a stage: not ``1``, ``<65`` or ``a``."""
    return WORD.search(level) is not None or identifies(level)


def words_in(levels: tuple[str, ...]) -> str:
    """Return the levels that are words as a choice."""
    return choice([level for level in levels if is_word(level)])


@cache
def named(names: tuple[str, ...], levels: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return where levels stand behind the name of their covariate.

    A contrast may stand behind any mark; a list behind a colon or a space, of levels that are words or with a count
    behind each; a level alone where the sentence ends with it or sets it off. ``(n = 1)`` is a count.
    """
    one, words = choice(levels), words_in(levels)
    name = f"{BEFORE}{choice(names)}"
    long = f"{BEFORE}{choice([each for each in names if len(each) > SYMBOL])}"
    return tuple(
        re.compile(pattern)
        for pattern in (
            f"(?P<kept>{name}(?: = |: | ?\\n|, | |\\[))(?P<run>{one}(?:{VERSUS}{one})+){AFTER}{COUNTED}",
            f"(?P<kept>{name}(?:: | ?\\n| |\\[))(?P<run>{words}(?:(?:{VERSUS}|{LISTED}){words})+){AFTER}{COUNTED}",
            f"(?P<kept>{name}: )(?P<run>{one}(?: \\d+, {one})*)(?= \\d+(?:[,;.)]|$))",
            f"(?P<kept>{name}(?:: | ?\\n| |\\[))(?P<run>{words})(?:{CLOSED}|(?=,)){AFTER}",
            f"(?P<kept>(?:^|(?<=[;(]) ?){name}(?:: | ?\\n|\\[))(?P<run>{one}){CLOSED}",
            f"(?P<kept>{name}(?: | = ))(?P<run>{one})(?=:)",
            f"(?P<kept>{long} = )(?P<run>{one}){AFTER}{COUNTED}",
        )
    )


@cache
def beside(levels: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return where levels of one covariate stand side by side: in letters anywhere, numbers where a sentence begins."""
    one, words = choice(levels), words_in(levels)
    letters = choice([level for level in levels if LETTER.search(level)])
    return tuple(
        re.compile(pattern)
        for pattern in (
            f"(?P<kept>{BEFORE})(?P<run>{words}(?:(?:{VERSUS}|{LISTED}){words})+){AFTER}",
            f"(?P<kept>{BEFORE})(?P<run>{letters}(?:{VERSUS}{letters})+){AFTER}",
            f"(?P<kept>^|(?<=; ))(?P<run>{one}(?:{VERSUS}{one})+){AFTER}{COUNTED}",
        )
    )


@cache
def contrasted(levels: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return where levels stand in a text that contrasts them."""
    one, words = choice(levels), words_in(levels)
    listed, more = f"(?:{one}(?:{LISTED}))*", f"(?:(?:{VERSUS}|{LISTED}){one})*"
    return (
        re.compile(f"(?P<kept>{BEFORE})(?P<run>{listed}{one}{VERSUS}{one}{more}){AFTER}"),
        re.compile(f"(?P<kept>{BEFORE})(?P<run>{words}(?:(?:{LISTED}){words})+){AFTER}"),
    )


@cache
def told(levels: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return where the events or the follow-up of a level are told."""
    one, words = choice(levels), words_in(levels)
    return (
        re.compile(rf"(?P<kept>{BEFORE})(?P<run>{words})(?=: \d+ events?\b)"),
        re.compile(rf"(?P<kept>^|(?<=[;(,]) ?)(?P<run>{one})(?=: \d+ events?\b)"),
        re.compile(rf"(?P<kept>last follow-up of )(?P<run>{one})(?=, \d)"),
    )


@cache
def whole(levels: tuple[str, ...]) -> re.Pattern[str]:
    """Return where any of these words stands, whole."""
    return re.compile(f"(?P<kept>{BEFORE})(?P<run>{choice(levels)}){AFTER}")


@cache
def in_run(levels: tuple[str, ...]) -> re.Pattern[str]:
    """Return a level of a run, and what stands between it and the next."""
    return re.compile(f"(?P<level>{choice(levels)})(?P<between>{VERSUS}|{LISTED}|$)")


def choice(words: Iterable[str]) -> str:
    """Return words as a choice, the longest first; of none: what is found nowhere."""
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True))) or '(?!)'})"
