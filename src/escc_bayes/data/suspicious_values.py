"""What looks wrong in a covariate: two units, codes of missing values, values that cannot be. Sentences with rows."""

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import finite_numbers, in_one_unit, prepared
from escc_bayes.data.table import RawTable
from escc_bayes.foundation.errors import some_of
from escc_bayes.hazard.piecewise import FloatArray

# Two clouds of values this many times apart, with this share of the patients on each side, are two units.
UNIT_GAP, UNIT_SHARE, FEWEST = 20.0, 0.05, 10
# Codes that programs and people write for a missing value; one is suspected where it lies this far above all others.
HIGH_CODES = (97.0, 98.0, 99.0, 888.0, 997.0, 998.0, 999.0, 8888.0, 9998.0, 9999.0, 99999.0)
MISSING_CODES = frozenset({*HIGH_CODES, -1.0, -9.0, -99.0, -999.0, -9999.0})
CODE_GAP = 2.0
# A few values so many times further from the median than all others are a slip: markers with long tails reach 20.
FAR = 100.0
# Runs of this many equal values in neighbouring rows, of a column with at least so many different ones.
LONGEST_RUN, VARIED = 6, 10
# Share of last digits 0 and 5 beyond which they are preferred, among this many whole numbers at least.
PREFERRED, ENOUGH, NEARLY_ALL = 0.6, 30, 0.95


def suspicious_values(table: RawTable, covariate: CovariateSchema) -> list[str]:
    """Return one sentence for each thing that looks wrong in the numbers of a covariate."""
    if covariate.categorical and not covariate.cuts:
        return []
    ready = prepared(table, covariate)
    values = in_one_unit(finite_numbers(ready, covariate.column), covariate)
    found = outside_range(table, covariate, values)
    codes = missing_codes(table, covariate, values)
    rest = np.where(np.isin(values, list(MISSING_CODES)), np.nan, values) if codes else values
    return [*found, *codes, *(sentence for look in LOOKS for sentence in look(table, covariate, rest))]


def spot(table: RawTable, covariate: CovariateSchema, rows: list[int] | None = None) -> str:
    """Return where something stands: file, rows if they are given, column."""
    place = f", {table.place(rows)}" if rows else ""
    return f"{table.source}{place}, column '{covariate.column}'"


def outside_range(table: RawTable, covariate: CovariateSchema, values: FloatArray) -> list[str]:
    """Say which values lie outside the declared range."""
    if covariate.range is None:
        return []
    least, largest = covariate.range
    rows = np.flatnonzero((values < least) | (values > largest)).tolist()
    if not rows:
        return []
    shown = some_of([f"{values[row]:g}" for row in rows], most=3)
    return [
        f"{spot(table, covariate, rows)}: {shown} lie(s) outside the range {least:g} to {largest:g} of "
        f"'{covariate.name}'; correct them, or leave the cells empty if they are missing"
    ]


def missing_codes(table: RawTable, covariate: CovariateSchema, values: FloatArray) -> list[str]:
    """Say which values look like the code of a missing one: 999 far above all others, or -9 below positive ones."""
    known = values[~np.isnan(values)]
    codes = np.isin(known, list(MISSING_CODES))
    rest = known[~codes]
    if not codes.any() or rest.size < FEWEST:
        return []
    low, high = float(rest.min()), float(rest.max())
    far = [code for code in np.unique(known[codes]).tolist() if code < 0.0 <= low or code > CODE_GAP * high > 0.0]
    if not far:
        return []
    rows = np.flatnonzero(np.isin(values, far)).tolist()
    words = ", ".join(f'"{code:g}"' for code in far)
    return [
        f"{spot(table, covariate, rows)}: {some_of([f'{code:g}' for code in far])} stand(s) far from all other values "
        f"({rest.min():g} to {rest.max():g}) and looks like the code of a missing one; if it is, declare "
        f"missing_values = [{words}] in covariates.{covariate.name}"
    ]


def two_units(table: RawTable, covariate: CovariateSchema, values: FloatArray) -> list[str]:
    """Say where the values fall into two clouds far apart, each with a twentieth of the patients at least."""
    split = unit_split(values)
    if split is None:
        return []
    below, above = split
    rows = np.flatnonzero(values >= above).tolist()
    remedy = f"multiply = {{ above = {(below * above) ** 0.5:.3g}, by = 0.001 }}"
    return [
        f"{spot(table, covariate, rows)}: {len(rows)} values lie at {above:g} and above, all others at {below:g} and "
        "below: two units in one column? If the larger are 1,000 times the others, say so in "
        f"covariates.{covariate.name}: {remedy}"
    ]


def unit_split(values: FloatArray) -> tuple[float, float] | None:
    """Return the largest value of the lower cloud and the smallest of the upper, or None where there is one cloud.

    Examples
    --------
    >>> unit_split(np.array([1.2, 0.8, 950.0, 1.1, 0.6, 2.0, 1.4, 1250.0, 0.9, 1.0]))
    (2.0, 950.0)
    """
    ordered = np.sort(values[~np.isnan(values) & (values > 0.0)])
    # A measure that can be negative has values of any size near zero.
    if ordered.size < FEWEST or (values < 0.0).any():
        return None
    ratio = ordered[1:] / ordered[:-1]
    place = int(np.argmax(ratio))
    share = min(place + 1, ordered.size - place - 1) / ordered.size
    if ratio[place] < UNIT_GAP or share < UNIT_SHARE:
        return None
    return float(ordered[place]), float(ordered[place + 1])


def far_values(table: RawTable, covariate: CovariateSchema, values: FloatArray) -> list[str]:
    """Say which few values lie a large factor further from the median than all others do."""
    held = np.flatnonzero(np.isfinite(values))
    if held.size < FEWEST:
        return []
    away = np.abs(values[held] - np.median(values[held]))
    order = np.argsort(away, kind="stable")
    tail = max(1, int(UNIT_SHARE * held.size))
    inner, outer = away[order][-tail - 1 : -1], away[order][-tail:]
    jump = np.flatnonzero((inner > 0.0) & (outer > FAR * inner))
    if not jump.size:
        return []
    rows = sorted(held[order[held.size - tail + int(jump[0]) :]].tolist())
    rest = np.delete(values[held], np.searchsorted(held, rows))
    shown = some_of([f"{values[row]:g}" for row in rows], most=3)
    return [
        f"{spot(table, covariate, rows)}: {shown} lie(s) far from all other values ({rest.min():g} to {rest.max():g}); "
        "a slip of the pen, or another unit?"
    ]


def long_run(table: RawTable, covariate: CovariateSchema, values: FloatArray) -> list[str]:
    """Say where many neighbouring rows have one value in a column that otherwise varies: a cell filled down."""
    if np.unique(values[~np.isnan(values)]).size < VARIED:
        return []
    starts = np.flatnonzero(np.append(True, np.diff(values) != 0.0))
    lengths = np.diff(np.append(starts, values.size))
    longest = int(np.argmax(lengths))
    if lengths[longest] < LONGEST_RUN or np.isnan(values[starts[longest]]):
        return []
    rows = list(range(int(starts[longest]), int(starts[longest] + lengths[longest])))
    return [
        f"{spot(table, covariate, rows)}: {values[rows[0]]:g} stands in {len(rows)} neighbouring rows; was a cell "
        "filled down?"
    ]


def heaped(table: RawTable, covariate: CovariateSchema, values: FloatArray) -> list[str]:
    """Say where most numbers end in 0 or 5, as rounded or guessed ones do."""
    known = values[~np.isnan(values)]
    digits = last_digits(known)
    different = np.unique(known).size
    if unit_split(values) is not None:
        return []
    if known.size < ENOUGH or different < VARIED or digits is None:
        return []
    share = float(np.isin(digits, (0, 5)).mean())
    if share < PREFERRED:
        return []
    return [
        f"{spot(table, covariate)}: the last digit is 0 or 5 in {100 * share:.0f} % of {known.size} values (20 % by "
        "chance); numbers that were rounded or guessed?"
    ]


def last_digits(values: FloatArray) -> FloatArray | None:
    """Return the last digit of each value in which any two differ: of 950 and 1,200 it is that of the tens.

    None where nearly all were not rounded, to four decimals at most: they have no last digit. A few with more decimals
    are left aside: they are slips.
    """
    rounded = (values == np.round(values, places) for places in range(5))
    found = next(((places, same) for places, same in enumerate(rounded) if same.mean() >= NEARLY_ALL), None)
    if found is None:
        return None
    places, same = found
    whole = np.rint(values[same] * 10.0**places)
    while whole.any() and not (whole % 10).any():
        whole = whole / 10
    digits: FloatArray = whole % 10
    return digits


LOOKS = (two_units, far_values, long_run, heaped)
