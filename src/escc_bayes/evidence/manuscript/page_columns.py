"""Where a page is set in two columns: lines of both sides are parted at the gutter, the left column read first.

A gutter is a run of blanks that most lines with text on both sides share, and both sides are running text: five words
and more in the middle line. What crosses it (a title, a wide table) stands between two such bands.
"""

from statistics import median

NARROWEST, FEWEST_LINES, FEWEST_WORDS = 3, 6, 5
MOSTLY = 0.25
"""Least share of a page's lines that have text on both sides of a gutter; as many in a row as ``FEWEST_LINES``."""


def in_reading_order(lines: list[str]) -> list[str]:
    """Return the lines of a page in the order in which they are read.

    Examples
    --------
    >>> left, right = ["of all the patients that we saw"] * 6, ["some lived a little longer then"] * 6
    >>> page = [f"{one}    {other}" for one, other in zip(left, right)]
    >>> [line.strip() for line in in_reading_order(page)] == [*left, *right]
    True
    """
    gutter = gutter_of(lines)
    if gutter is None:
        return lines
    found: list[str] = []
    left: list[str] = []
    right: list[str] = []
    for line in lines:
        if crosses(line, gutter):
            found += [*left, *right, line]
            left, right = [], []
        else:
            left.append(line[:gutter].rstrip())
            right.append(line[gutter:].rstrip())
    return [*found, *left, *right]


def gutter_of(lines: list[str]) -> int | None:
    """Return the middle of the blanks between two columns; None where the page has one column."""
    filled = [line for line in lines if line.strip()]
    width = max((len(line) for line in filled), default=0)
    places = range(width // 4, 3 * width // 4)
    shared = {place: len(on_both_sides(filled, place)) for place in places if in_a_row(filled, place) >= FEWEST_LINES}
    most = max(shared.values(), default=0)
    if most < max(FEWEST_LINES, MOSTLY * len(filled)):
        return None
    best = [place for place, count in shared.items() if count >= 0.98 * most]
    gutter = best[len(best) // 2]
    return gutter if is_text(on_both_sides(filled, gutter), gutter) else None


def on_both_sides(lines: list[str], place: int) -> list[str]:
    """Return the lines with text on both sides of blanks at a place."""
    return [line for line in lines if not crosses(line, place) and line[:place].strip() and line[place:].strip()]


def in_a_row(lines: list[str], place: int) -> int:
    """Return the most lines one below the other with text on both sides of a place; one-sided ones do not count."""
    longest = now = 0
    for line in lines:
        if crosses(line, place):
            now = 0
        elif line[:place].strip() and line[place:].strip():
            now += 1
            longest = max(longest, now)
    return longest


def crosses(line: str, gutter: int) -> bool:
    """Whether a line has a letter in the blanks around the middle of a gutter."""
    return line[max(0, gutter - NARROWEST // 2) : gutter + NARROWEST - NARROWEST // 2].strip() != ""


def is_text(lines: list[str], gutter: int) -> bool:
    """Whether both sides of a gutter are running text and no cells of a table."""
    sides = ([line[:gutter] for line in lines], [line[gutter:] for line in lines])
    return all(median(len(side.split()) for side in one) >= FEWEST_WORDS for one in sides)
