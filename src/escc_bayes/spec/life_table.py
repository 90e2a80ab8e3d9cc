"""A life table of a population: deaths per person-year by year of age, sex and calendar year, from a file.

Columns ``age`` (completed years), ``sex``, ``year`` (calendar year; absent: one table for every year), and one of
``rate`` (deaths per person-year) and ``probability`` (of dying within the year of age; rate = -log(1 - probability)).
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from escc_bayes.data.table import RawTable, from_csv, numbers
from escc_bayes.foundation.errors import SpecError, some_of
from escc_bayes.foundation.record import digest
from escc_bayes.hazard.piecewise import FloatArray

RATE, PROBABILITY = "rate", "probability"
COLUMNS = (
    "columns age (completed years), sex, year (calendar year; may be absent) and rate (deaths per person-year) or "
    "probability (of dying within the year)"
)
# A rate of more than this per year is none of a population: percents, or rates per 1,000.
MOST_RATE = 3.0


@dataclass(frozen=True, slots=True)
class LifeTable:
    """Rates of every year of age, sex and calendar year.

    Attributes
    ----------
    file : name of the file.
    digest : of its rates.
    first_age, ages : the first year of age, and how many follow one another.
    sexes : words of the file.
    first_year, years : the first calendar year, and how many follow one another; 0 and 1 where it names none.
    rates : deaths per person-year, age by age, then sex by sex, then year by year.
    """

    file: str
    digest: str
    first_age: int
    ages: int
    sexes: tuple[str, ...]
    first_year: int
    years: int
    rates: tuple[float, ...]

    @property
    def cells(self) -> FloatArray:
        """The rates, (ages, sexes, years)."""
        return np.array(self.rates).reshape(self.ages, len(self.sexes), self.years)

    @property
    def by_year(self) -> bool:
        """Whether it has calendar years."""
        return self.first_year > 0

    def words(self) -> str:
        """Say the table."""
        years = f", {self.first_year} to {self.first_year + self.years - 1}" if self.by_year else ""
        return f"{self.file}: ages {self.first_age} to {self.first_age + self.ages - 1}, {', '.join(self.sexes)}{years}"


def read_life_table(path: Path) -> LifeTable:
    """Read a life table.

    Raises
    ------
    SpecError : a column is missing, a cell stands twice or nowhere, or a rate is none.
    """
    table = from_csv(path)
    value = rates_of(table)
    age = whole(table, "age", most=130)
    year = whole(table, "year", most=2200) if "year" in table.columns else np.zeros(age.size, dtype=np.int64)
    words = sexes_of(table)
    sexes = tuple(dict.fromkeys(words))
    sex = np.array([sexes.index(word) for word in words])
    cells = np.full((np.ptp(age) + 1, len(sexes), np.ptp(year) + 1), np.nan)
    refuse_twice(table, list(zip(age.tolist(), words, year.tolist(), strict=True)))
    cells[age - age.min(), sex, year - year.min()] = value
    refuse_gaps(table, cells, sexes, (int(age.min()), int(year.min())))
    held = tuple(cells.ravel().tolist())
    shape = (int(age.min()), cells.shape[0], sexes, int(year.min()), cells.shape[2])
    return LifeTable(path.name, digest({"shape": shape, "rates": held}), *shape, held)


def column_of(table: RawTable, name: str) -> list[object]:
    """Return a column; raise where there is none, or a cell is empty."""
    if name not in table.columns:
        raise SpecError(f"{table.source}: no column '{name}'; a life table has {COLUMNS}")
    empty = [i for i, value in enumerate(table.columns[name]) if value is None]
    if empty:
        raise SpecError(f"{table.source}, {table.place(empty)}: '{name}' is empty; a life table has no gaps")
    return table.columns[name]


def rates_of(table: RawTable) -> FloatArray:
    """Return the deaths per person-year of every line."""
    there = [name for name in (RATE, PROBABILITY) if name in table.columns]
    if len(there) != 1:
        raise SpecError(
            f"{table.source}: has {' and '.join(there) or 'neither rate nor probability'}; one of them, and one alone, "
            f"says how many die: {COLUMNS}"
        )
    column_of(table, there[0])
    value = numbers(table, there[0])
    most = MOST_RATE if there[0] == RATE else 1.0
    bad = np.flatnonzero((value < 0.0) | (value >= most)).tolist()
    if bad:
        raise SpecError(
            f"{table.source}, {table.place(bad)}: '{there[0]}' is {value[bad[0]]:g}, must lie from 0 to below "
            f"{most:g}; give deaths per person-year, not per 1,000 or in percent"
        )
    return value if there[0] == RATE else -np.log1p(-value)


def whole(table: RawTable, name: str, *, most: int) -> np.ndarray:
    """Return a column of whole numbers from 0 to ``most``."""
    column_of(table, name)
    value = numbers(table, name)
    bad = np.flatnonzero((value != np.floor(value)) | (value < 0.0) | (value > most)).tolist()
    if bad:
        raise SpecError(
            f"{table.source}, {table.place(bad)}: '{name}' is {value[bad[0]]:g}, must be a whole number from 0 to "
            f"{most}: each line is one year of age in one calendar year"
        )
    return value.astype(np.int64)


def sexes_of(table: RawTable) -> list[str]:
    """Return the words of the column ``sex``."""
    words = [str(value).strip() for value in column_of(table, "sex")]
    if len(set(words)) > 2:
        raise SpecError(f"{table.source}: 'sex' has {len(set(words))} words, {some_of(sorted(set(words)))}; give two")
    return words


def refuse_twice(table: RawTable, keys: list[tuple[int, str, int]]) -> None:
    """Raise if a cell stands twice."""
    twice = [key for key, times in Counter(keys).items() if times > 1]
    if twice:
        lines = [i for i, key in enumerate(keys) if key == twice[0]]
        raise SpecError(f"{table.source}, {table.place(lines)}: age {cell_words(*twice[0])} stands twice; keep one")


def refuse_gaps(table: RawTable, cells: FloatArray, sexes: tuple[str, ...], first: tuple[int, int]) -> None:
    """Raise if a cell between the first and the last stands nowhere."""
    gaps = np.argwhere(np.isnan(cells)).tolist()
    if gaps:
        age, sex, year = gaps[0]
        shown = cell_words(first[0] + age, sexes[sex], first[1] + year)
        raise SpecError(
            f"{table.source}: {len(gaps)} cell(s) are missing, such as age {shown}; give every year of age between the "
            "first and the last, for every sex and year"
        )


def cell_words(age: int, sex: str, year: int) -> str:
    """Name a cell."""
    return f"{age}, {sex}" + (f", {year}" if year else "")
