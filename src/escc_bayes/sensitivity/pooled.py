"""One table of the tables of several reconstructions: numbers are averaged, words stand where all agree."""

import math
from collections.abc import Iterable, Sequence

from escc_bayes.sensitivity.part import Part, Row, Rows

MEMBERS = "members"
DIFFER = "differs between reconstructions"


def pooled_rows(part: Part, each: Sequence[Rows]) -> Rows:
    """Return the rows of a part over reconstructions, with a column ``members``: how many have the row."""
    if part.pool is not None:
        return part.pool(each)
    alike: dict[tuple[object, ...], list[Row]] = {}
    for rows in each:
        for row in rows:
            alike.setdefault(tuple(known(row[key]) for key in part.keys), []).append(row)
    return [
        {
            **{
                name: key[part.keys.index(name)] if name in part.keys else middle(row[name] for row in rows)
                for name in part.columns
            },
            MEMBERS: len(rows),
        }
        for key, rows in alike.items()
    ]


def known(value: object) -> object:
    """Return a cell of a key; of every NaN, which equals no other, and none that came from another process, one NaN.

    Examples
    --------
    >>> known(float("nan")) is known(float("nan")), known(0.5)
    (True, 0.5)
    """
    return math.nan if isinstance(value, float) and math.isnan(value) else value


def middle(values: Iterable[object]) -> object:
    """Return the mean of the numbers that exist, or the word that all share.

    Examples
    --------
    >>> middle([1.0, 3.0, float("nan")]), middle(["a", "a"]), middle([True, True])
    (2.0, 'a', True)
    """
    held = list(values)
    if all(value == held[0] for value in held):
        return held[0]
    numbers = [float(value) for value in held if isinstance(value, int | float) and not isinstance(value, bool)]
    if not numbers:
        return DIFFER
    existing = [value for value in numbers if not math.isnan(value)]
    return sum(existing) / len(existing) if existing else math.nan
