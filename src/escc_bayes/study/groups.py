"""A factor in groups of patients: counts of its levels, or median and range of a number, over all reconstructions."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.covariates import CovariateData
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.study.members import count_words
from escc_bayes.study.subject import Subject

ALL = "all patients"


@dataclass(frozen=True, slots=True)
class Cell:
    """Patients of one level and group, or a number among those of a group; each entry is of one member.

    Attributes
    ----------
    group : whose.
    n : (members,) patients.
    of : (members,) patients of the group with a value.
    middle, low, high : (members,) median and range; empty of a level.
    """

    group: str
    n: tuple[float, ...]
    of: tuple[float, ...]
    middle: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    @property
    def words(self) -> str:
        """Return the cell as printed."""
        if not self.middle:
            share = 100.0 * float(np.sum(self.n)) / max(float(np.sum(self.of)), 1.0)
            return f"{count_words(self.n)} ({share:.1f} %)"
        found = [float(np.mean(values)) for values in (self.middle, self.low, self.high)]
        return "{:.3g} ({:.3g} to {:.3g})".format(*found) if not np.isnan(found[0]) else ""

    def row(self) -> dict[str, object]:
        """Return the numbers, averages over members."""
        count, of = float(np.mean(self.n)), float(np.mean(self.of))
        level = not self.middle
        middle, low, high = (float(np.mean(v)) if v else np.nan for v in (self.middle, self.low, self.high))
        percent = 100.0 * count / of if level and of else np.nan
        return {
            "group": self.group,
            "n": count,
            "group_n": of,
            "percent": percent,
            "median": middle,
            "minimum": low,
            "maximum": high,
        }


def cells_of(subject: Subject, name: str, by: str) -> list[list[Cell]]:
    """Return, for each level of a factor (one of a number), the cell of all patients, then of each group of ``by``."""
    data = subject.columns(name)
    everyone = [np.ones(d.values.size, dtype=bool) for d in data]
    masks = [(ALL, everyone)]
    if by:
        group = subject.groups(by)
        masks += [(level, [g == place for g in group]) for place, level in enumerate(subject.column(by).schema.levels)]
    columns = [column_of(group, data, inside) for group, inside in masks]
    return [list(cells) for cells in zip(*columns, strict=True)]


def column_of(group: str, data: list[CovariateData], inside: list[NDArray[np.bool_]]) -> list[Cell]:
    """Return the cells of one group, level by level."""
    known = [d.values[mask & ~d.missing] for d, mask in zip(data, inside, strict=True)]
    of = tuple(float(values.size) for values in known)
    if not data[0].schema.categorical:
        return [Cell(group, of, of, *(each(known, part) for part in (np.median, np.min, np.max)))]
    levels = range(len(data[0].schema.levels))
    return [Cell(group, tuple(float((values == level).sum()) for values in known), of) for level in levels]


def each(known: list[FloatArray], part: Callable[[FloatArray], np.floating]) -> tuple[float, ...]:
    """Return a summary of each member's numbers; NaN of none."""
    return tuple(float(part(values)) if values.size else np.nan for values in known)
