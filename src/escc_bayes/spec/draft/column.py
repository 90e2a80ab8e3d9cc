"""One column of a file of which nothing is known: what its cells are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import numpy as np

from escc_bayes.data.dates import SERIALS, Order, order_of, read_date
from escc_bayes.data.event_meaning import codes_in
from escc_bayes.data.files.commas import with_commas
from escc_bayes.data.table import RawTable
from escc_bayes.data.words import as_number, word
from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.draft.cell_words import GONE
from escc_bayes.spec.draft.vocabulary import DATE_NAME, HIGH_CODES, TIME

# Share of cells that must be of a kind for the column to be of it, and how far a code of a missing value stands apart.
MOST, FAR = 0.75, 2.0
# Different whole numbers up to which a column holds codes.
MOST_CODES = 6


@dataclass(frozen=True)
class Column:
    """A column and what it seems to hold.

    Attributes
    ----------
    name : its header.
    label : what the file calls it in words; else its name.
    values : cells, None where empty.
    codes : what its codes mean, where the file says so.
    order : whether its dates have the day first.
    numbers : (n,) its numbers, NaN where a cell is none.
    by_header : whether its name, not the file, says what its codes mean: sex (1=male, 2=female).
    """

    name: str
    label: str
    values: list[object]
    codes: Mapping[str, str]
    order: Order
    numbers: FloatArray = field(repr=False)
    by_header: bool = False

    @property
    def words(self) -> str:
        """Name and label, by which the column is known."""
        return self.name if self.label == self.name else f"{self.name} {self.label}"

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word stands in it, words for missing values and empty cells aside."""
        found = (word(value) for value in self.values if not self.is_gone(value))
        return Counter(text for text in found if text is not None)

    @cached_property
    def missing(self) -> int:
        """How many cells are empty or hold a word for a missing value."""
        return len(self.values) - sum(self.counts.values())

    @cached_property
    def gone(self) -> tuple[str, ...]:
        """Words in its cells that stand for a missing value."""
        return tuple(sorted({str(word(value)) for value in self.values if value is not None and self.is_gone(value)}))

    def is_gone(self, value: object) -> bool:
        """Whether a cell is empty, or holds a word or a code for a missing value."""
        if value is None:
            return True
        text = str(word(value))
        if text == "-" and self.has_plus:
            return False
        meaning = self.codes.get(text, "")
        return text.casefold() in GONE or meaning.casefold() in GONE or as_number(text) in self.far_codes

    @cached_property
    def has_plus(self) -> bool:
        """Whether some cell is a plus, so that a minus is an answer and no missing value."""
        return any(word(value) == "+" for value in self.values)

    @cached_property
    def far_codes(self) -> frozenset[float]:
        """Codes of missing values among its numbers, such as 999 far above all others."""
        known = self.numbers[~np.isnan(self.numbers)]
        rest = known[~np.isin(known, list(HIGH_CODES))]
        if rest.size < 3 or known.size < MOST * len([value for value in self.values if value is not None]):
            return frozenset()
        low, high, top = float(rest.min()), float(np.quantile(rest, 0.75)), float(rest.max())
        few = np.unique(rest).size <= MOST_CODES
        return frozenset(
            code
            for code in np.unique(known[np.isin(known, list(HIGH_CODES))]).tolist()
            if (code < 0.0 <= low)
            or (code > max(FAR * max(high, 1.0), top) and (few or code >= 100.0 or code > FAR * top))
        )

    @cached_property
    def doubtful_codes(self) -> tuple[str, ...]:
        """Numbers that stand several times and may be codes of missing values, were there no larger ones: 999, 9999."""
        repeated = {text: count for text, count in self.counts.items() if count > 1 and as_number(text) in HIGH_CODES}
        if self.is_code or not repeated or not self.is_number:
            return ()
        return tuple(text for text in repeated if (as_number(text) or 0.0) > FAR * float(np.quantile(self.known, 0.75)))

    @property
    def missing_because(self) -> str:
        """Why numbers in its cells stand for a missing value."""
        named = all(self.codes.get(code, "").casefold() in GONE for code in self.missing_codes)
        return "the file says so" if named else "far from all other values"

    @cached_property
    def missing_codes(self) -> tuple[str, ...]:
        """Numbers in its cells that stand for a missing value: of this column alone."""
        return tuple(text for text in self.gone if as_number(text) is not None)

    @cached_property
    def known(self) -> FloatArray:
        """Its numbers, codes of missing values aside."""
        found = self.numbers[~np.isnan(self.numbers)]
        return found[~np.isin(found, list(self.far_codes))]

    @cached_property
    def is_number(self) -> bool:
        """Whether most of its cells are numbers."""
        return self.known.size > 0 and self.known.size >= MOST * max(sum(self.counts.values()), 1)

    @cached_property
    def no_numbers(self) -> tuple[str, ...]:
        """Words in a column of numbers that are none: <0.2, 12.3*."""
        pairs = zip(self.values, self.numbers, strict=True)
        return tuple(
            dict.fromkeys(str(value) for value, number in pairs if np.isnan(number) and not self.is_gone(value))
        )

    @cached_property
    def is_code(self) -> bool:
        """Whether it holds few different whole numbers."""
        return self.is_number and np.unique(self.known).size <= MOST_CODES and bool((self.known % 1 == 0).all())

    @cached_property
    def is_date(self) -> bool:
        """Whether most of its cells are dates and not numbers."""
        present = [value for value in self.values if not self.is_gone(value)]
        if not present or (self.is_number and not self.counts_days):
            return False
        return sum(is_day(value, self.order) for value in present) >= MOST * len(present)

    @cached_property
    def counts_days(self) -> bool:
        """Whether numbers are dates: 20190107, or the days of a workbook in a column that is called after one."""
        if all(19_000_101 <= number <= 21_001_231 for number in self.known):
            return True
        called = DATE_NAME.search(self.words) and not TIME.search(self.name)
        serial = (self.known % 1 == 0) & (self.known >= SERIALS[0]) & (self.known <= SERIALS[1])
        return bool(called) and bool(serial.all())

    @cached_property
    def unique(self) -> bool:
        """Whether no two cells are alike and none is empty."""
        return self.missing == 0 and len(self.counts) == len(self.values)


def is_day(value: object, order: Order) -> bool:
    """Whether a cell is a date, or would be one if the order of day and month were known."""
    if isinstance(value, date | datetime):
        return True
    found = read_date(value, order)
    return isinstance(found, date) or found.startswith(("may be", "has a year of two"))


def columns_of(table: RawTable) -> list[Column]:
    """Return the columns of a table, each once."""
    return [column_of(table, name) for name in table.columns if name not in table.aliases]


def column_of(table: RawTable, name: str) -> Column:
    """Return one column."""
    values = table.columns[name]
    parsed = with_commas(table, values) or [None if value is None else as_number(value) for value in values]
    numbers = np.array([np.nan if isinstance(v, bool) or v is None else v for v in parsed], dtype=np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    days = any(isinstance(value, date) for value in values)
    order = Order(None) if days else safe_order(table, name)
    codes, label = table.codes.get(name, {}), table.labels.get(name, name)
    said = {} if codes else codes_in(label) or codes_in(name)
    # Codes that a header names are those of the column where it holds no others.
    fits = bool(said) and {word(value) for value in values if value is not None} <= set(said)
    return Column(name, label, values, said if fits else codes, order, numbers, fits)


def safe_order(table: RawTable, name: str) -> Order:
    """Return the order of the dates of a column; none where they contradict each other."""
    try:
        return order_of(table, name)
    except CohortError:
        return Order(None)
