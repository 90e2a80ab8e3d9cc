"""Letters that cannot be part of a name, a label or a sentence: control characters. XML 1.0 knows most of them not."""

import re

# C0 without tab and line breaks, DEL, C1; line and paragraph separators; letters of another's direction of writing,
# which make a label read as another; halves of letters; and what Unicode calls no letter at all.
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
LINES = re.compile(r"[\t\n\r]")


def control_character(text: str, *, lines: bool = True) -> str:
    r"""Return the first control character of text as it is written in a program, or nothing.

    Parameters
    ----------
    lines : whether tabs and line breaks are allowed.

    Examples
    --------
    >>> control_character("no RT"), control_character("no\x01RT"), control_character("no\nRT", lines=False)
    ('', '\\x01', '\\n')
    """
    found = CONTROL.search(text) or (None if lines else LINES.search(text))
    return found.group().encode("unicode_escape").decode() if found else ""
