"""What a figure gives: a Kaplan-Meier curve read point by point, and the numbers at risk printed under it.

Readings carry noise: points before time zero, small rises, percentages. What is harmless is put right and said;
what could be another mistake is refused with its place. See docs/methods/guyot.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import isotonic_regression

from escc_bayes.data.endpoints import need_column
from escc_bayes.data.table import RawTable, numbers, read_table
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# A reading may lie this far (as a share of the axis) outside the axes, or above an earlier reading.
READING_ERROR = 0.05
RISK_PREFIX = "nrisk"
ONLY_ARM = "all"


@dataclass(frozen=True, slots=True)
class DigitisedCurve:
    """A cleaned curve: starts at (0, 1), times increase, survival never rises.

    Attributes
    ----------
    arm : label.
    time, survival : (k,) months and fractions; a step function, each value holds until the next time.
    notes : what was put right, a sentence each.
    """

    arm: str
    time: FloatArray
    survival: FloatArray
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NumbersAtRisk:
    """Patients at risk (``count``) just before each month of ``time``; the first month is 0."""

    time: FloatArray
    count: IntArray


def digitised_curve(months: Sequence[float], survival: Sequence[float], *, arm: str = ONLY_ARM) -> DigitisedCurve:
    """Clean the points of one curve.

    Parameters
    ----------
    months, survival : (k,) readings in any order; survival as fractions, or all in percent (converted, and said).
    arm : label.

    Raises
    ------
    CohortError : a point outside the axes, or a rise beyond reading error; names the points.

    Examples
    --------
    >>> curve = digitised_curve([2.0, 5.0, -0.1], [0.9, 0.6, 0.99], arm="control")
    >>> curve.time, curve.survival
    (array([0., 2., 5.]), array([1. , 0.9, 0.6]))
    """
    columns: dict[str, list[object]] = {"months": list(months), "survival": list(survival)}
    table = RawTable(f"digitised curve of '{arm}'", "point", tuple(range(1, len(months) + 1)), columns)
    return clean(table, "survival", arm)


def printed_at_risk(months: Sequence[float], count: Sequence[float], *, arm: str = ONLY_ARM) -> NumbersAtRisk:
    """Check the numbers printed under a curve.

    Raises
    ------
    CohortError : no number at month 0, no whole number, or one that rises; names the entries.

    Examples
    --------
    >>> printed_at_risk([0.0, 12.0], [60, 41]).count
    array([60, 41])
    """
    columns: dict[str, list[object]] = {"months": list(months), RISK_PREFIX: list(count)}
    table = RawTable(f"numbers at risk of '{arm}'", "entry", tuple(range(1, len(months) + 1)), columns)
    return checked_numbers(table, RISK_PREFIX)


@careful
def read_digitised_curves(path: str | Path) -> dict[str, DigitisedCurve]:
    """Read the curves of a CSV file, by arm, in the order of the file.

    Parameters
    ----------
    path : of a CSV file with the columns ``months``; ``survival`` (fractions) or ``survival_percent``; ``arm`` where
        there are several.

    Returns
    -------
    DigitisedCurve by arm (``all`` without arms): ``time`` in months, ``survival`` between 0 and 1, both (n,).

    Raises
    ------
    CohortError : with file, lines, column, what was given and what to do.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "curve.csv")
    ...     _ = file.write_text("months,survival_percent\\n0,100\\n6,80\\n12,50\\n")
    ...     read_digitised_curves(file)["all"].survival
    array([1. , 0.8, 0.5])
    """
    table = read_table(path)
    need_column(table, "months")
    heights = "survival_percent" if "survival_percent" in table.columns else "survival"
    need_column(table, heights)
    if "arm" not in table.columns:
        return {ONLY_ARM: clean(table, heights, ONLY_ARM)}
    nameless = [i for i, arm in enumerate(table.columns["arm"]) if arm is None]
    if nameless:
        raise CohortError(f"{table.source}, {table.place(nameless)}, column 'arm': is empty; name the arm")
    return {arm: clean(table.where("arm", arm), heights, arm) for arm in dict.fromkeys(map(str, table.columns["arm"]))}


@careful
def read_numbers_at_risk(path: str | Path) -> dict[str, NumbersAtRisk]:
    """Read the numbers at risk of a CSV file, by arm.

    Parameters
    ----------
    path : of a CSV file with the columns ``months``, and ``nrisk_ARM`` for each arm (``nrisk`` where there is one). A
        cell may be empty where the figure prints no number, but not at month 0.

    Returns
    -------
    NumbersAtRisk by arm (``all`` without arms): ``time`` in months, ``count`` of patients, both (k,).

    Raises
    ------
    CohortError : with file, lines, column, what was given and what to do.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "at_risk.csv")
    ...     _ = file.write_text("months,nrisk\\n0,40\\n6,30\\n12,18\\n")
    ...     read_numbers_at_risk(file)["all"].count
    array([40, 30, 18])
    """
    table = read_table(path)
    need_column(table, "months")
    found = [name for name in table.columns if name == RISK_PREFIX or name.startswith(f"{RISK_PREFIX}_")]
    if not found:
        raise CohortError(
            f"{table.source}: no column 'nrisk_ARM' (the header has {', '.join(table.columns)}); "
            "name the numbers at risk of arm 'control' nrisk_control"
        )
    return {
        name.removeprefix(f"{RISK_PREFIX}_").replace(RISK_PREFIX, ONLY_ARM): checked_numbers(printed(table, name), name)
        for name in found
    }


def printed(table: RawTable, column: str) -> RawTable:
    """Return the rows in which a column holds something, and the first whatever it holds."""
    kept = [i for i, value in enumerate(table.columns[column]) if value is not None or i == 0]
    columns = {name: [values[i] for i in kept] for name, values in table.columns.items()}
    return RawTable(table.source, table.row_word, tuple(table.rows[i] for i in kept), columns)


def clean(table: RawTable, heights: str, arm: str) -> DigitisedCurve:
    """Return the curve of a table whose column ``heights`` holds survival."""
    time, survival = (complete(table, column) for column in ("months", heights))
    survival, notes = as_fractions(table, heights, survival)
    refuse_outside(table, heights, time, survival)
    early = time <= 0.0
    misread = int((early & (survival < 1.0)).sum())
    if misread:
        notes.append(f"points at or before month 0 left out ({misread}): every curve starts at (0, 1)")
    if early.all():
        raise CohortError(f"{table.source}: arm '{arm}' has no point after month 0; read the curve again")
    order = np.flatnonzero(~early)[np.lexsort((-survival[~early], time[~early]))]
    refuse_rises(table, heights, order, survival)
    times, last = np.unique(time[order][::-1], return_index=True)
    lowest = np.clip(survival[order][::-1][last], 0.0, 1.0)
    smooth = np.asarray(isotonic_regression(lowest, increasing=False).x)
    moved = float(np.abs(smooth - lowest).max())
    if moved > 0.0:
        notes.append(f"readings that rose were averaged with their neighbours (by at most {moved:.4f})")
    curve_time, curve_survival = np.concatenate(([0.0], times)), np.concatenate(([1.0], smooth))
    for array in (curve_time, curve_survival):
        array.setflags(write=False)
    return DigitisedCurve(arm, curve_time, curve_survival, tuple(notes))


def complete(table: RawTable, column: str) -> FloatArray:
    """Return a column of finite numbers."""
    values = numbers(table, column)
    bad = np.flatnonzero(~np.isfinite(values)).tolist()
    if bad:
        raise CohortError(f"{table.source}, {table.place(bad)}, column '{column}': no finite number; read it again")
    return values


def as_fractions(table: RawTable, column: str, survival: FloatArray) -> tuple[FloatArray, list[str]]:
    """Return survival as fractions, with a note where percentages were found in a column of fractions."""
    highest = float(survival.max())
    if column == "survival_percent":
        if highest <= 1.0 + READING_ERROR:
            raise CohortError(
                f"{table.source}, column '{column}': no value is above {highest:g}, so they look like fractions; "
                "name the column 'survival'"
            )
        return survival / 100.0, []
    if highest <= 1.0 + READING_ERROR:
        return survival, []
    return survival / 100.0, [f"survival reaches {highest:g}: read as percent and divided by 100"]


def refuse_outside(table: RawTable, column: str, time: FloatArray, survival: FloatArray) -> None:
    """Raise for points beyond reading error outside the axes."""
    slack = READING_ERROR * float(np.abs(time).max())
    for name, values, outside in (
        ("months", time, time < -slack),
        (column, survival, (survival < -READING_ERROR) | (survival > 1.0 + READING_ERROR)),
    ):
        bad = np.flatnonzero(outside).tolist()
        if bad:
            given = some_of([f"{values[i]:g}" for i in bad], most=3)
            allowed = "below month 0" if name == "months" else "outside 0 to 1 (after any division by 100)"
            raise CohortError(
                f"{table.source}, {table.place(bad)}, column '{name}': {given} lies {allowed} by more than reading "
                "error; correct or remove these points"
            )


def refuse_rises(table: RawTable, column: str, order: IntArray, survival: FloatArray) -> None:
    """Raise where a curve rises beyond reading error: two arms in one, or a slip."""
    lowest = np.minimum.accumulate(survival[order])
    rise = survival[order] - lowest
    bad = order[rise > READING_ERROR].tolist()
    if bad:
        raise CohortError(
            f"{table.source}, {table.place(sorted(bad))}, column '{column}': survival rises by {rise.max():.3f} over "
            "an earlier point, which no survival curve does; remove them, or name the arms if two curves are mixed"
        )


def checked_numbers(table: RawTable, column: str) -> NumbersAtRisk:
    """Return the numbers at risk of a column; months must increase from 0, numbers may not rise."""
    time, count = complete(table, "months"), complete(table, column)
    if time[0] != 0.0:
        raise CohortError(
            f"{table.source}, {table.place([0])}, column 'months': the first number at risk must be that of month 0 "
            f"(all patients), was given month {time[0]:g}; add it"
        )
    for name, bad, rule in (
        ("months", np.diff(time, prepend=-1.0) <= 0.0, "months must increase"),
        (column, (count < 0) | (count != np.rint(count)), "numbers at risk are whole and not negative"),
        (column, np.diff(count, prepend=np.inf) > 0, "the number at risk cannot rise"),
        (column, (count == 0) & (np.arange(count.size) == 0), "nobody is at risk at month 0"),
    ):
        which = np.flatnonzero(bad).tolist()
        if which:
            given = some_of([table.columns[name][i] for i in which], most=3)
            raise CohortError(
                f"{table.source}, {table.place(which)}, column '{name}': {rule}, was given {given}; read it again"
            )
    whole = count.astype(np.int64)
    for array in (time, whole):
        array.setflags(write=False)
    return NumbersAtRisk(time, whole)
