"""Levels of significance that a sentence names: "the boundary at this interim was P < 0.0063", "at the 10 % level"."""

import re

WORD = (
    r"(?:boundar(?:y|ies)|levels?|alpha|\N{GREEK SMALL LETTER ALPHA}|thresholds?|cut-?off|criteri(?:on|a)"
    r"|screen(?:ed|ing)|significance|efficacy bound)"
)
DECIMAL = r"(?P<level>0?\.\d+)(?!\d)"
PER_CENT = r"(?P<percent>\d{1,2}(?:\.\d+)?) ?%"
BEFORE = r"(?:P(?:[- ]values?)? ?(?:<=?|of|=|below|under)|<=?|of|was|is|=|:|at|to|than)"
AFTER = (
    rf"(?:(?:one|two|1|2)-sided )?(?:{WORD}\b|at (?:this|the) (?:\w+ )?(?:interim|analysis|look)"
    rf"|(?:was|were) (?:considered|regarded|taken|"
    r"deemed|entered|included|used|required|prespecified)|(?:for|to) (?:entry|inclusion|enter|declare|be significant))"
)
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{WORD}(?![\w-])[^;.]{{0,80}}?{BEFORE} ?{DECIMAL}",
        rf"\b{WORD}(?![\w-]), ?{DECIMAL}",
        rf"{DECIMAL}[^;.\d]{{0,40}}?{AFTER}",
        rf"\b{WORD}(?![\w-])[^;.%\d]{{0,60}}?{BEFORE} ?{PER_CENT}(?! ?(?:CI|confidence))",
        rf"{PER_CENT} (?:two-sided |one-sided )?(?:significance )?{WORD}",
    )
)
HIGHEST = 0.2
"""No level of significance is higher; a power or a rate may be."""


def levels_named(text: str, own: str = "") -> tuple[float, ...]:
    """Return the levels that a plain sentence names; ``own`` are the digits of its P, which is no level.

    Examples
    --------
    >>> levels_named("P = 0.0325; the boundary for significance at this interim was P < 0.0063", "0.0325")
    (0.0063,)
    >>> levels_named("variables with P < 0.10 were entered"), levels_named("significant at the 10% level")
    ((0.1,), (0.1,))
    """
    found = []
    for form in FORMS:
        for match in form.finditer(text):
            named = match.groupdict()
            if named.get("level") and named["level"].lstrip("0") == own.lstrip("0") and own:
                continue
            level = float(named["level"]) if named.get("level") else float(named["percent"]) / 100.0
            if 0.0 < level <= HIGHEST:
                found.append(level)
    return tuple(dict.fromkeys(found))
