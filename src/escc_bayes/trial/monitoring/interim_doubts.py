"""What is possible in interim data and yet looks mistyped: said with patients and remedy, never refused.

One or a few dates far beyond all others would move the look, the pace of accrual and the forecast without a word.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from escc_bayes.foundation.errors import some_of
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.truth.accrual import Accrual

# Months by which the first patient's own entry may miss 0.
FIRST = 0.5
# Of so many patients at most one says that they stand apart; apart by so many months, and so many usual gaps.
MOST_APART, APART, GAPS = 3, 2.0, 12.0
# Times so many times as long as planned are days, or weeks.
LONG = 10.0


class Watched(Protocol):
    """A design of any kind, as far as reading the data of its trial needs it."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def accrual(self) -> Accrual:
        """Who enters when."""
        ...

    @property
    def expected_end(self) -> float:
        """Calendar month of the last look under the stated effect; infinite where it never comes."""
        ...


def doubts(
    ids: Sequence[str], design: Watched, entry: FloatArray, known: FloatArray, *, asof: float | None
) -> Iterator[str]:
    """Yield what looks mistyped, a sentence each.

    Parameters
    ----------
    ids : (n,) of the patients.
    design : what it plans.
    entry, known : (n,) calendar month of entry, and to which each is known.
    asof : month of the look where it is stated.
    """
    first = float(entry.min())
    if first > FIRST:
        yield (
            f"the first patient enters in month {first:.1f}; entry counts from the first patient's own, so subtract "
            f"{first:.1f} from every entry, or say whom the data lack: accrual now looks slower than it is"
        )
    planned = design.accrual.duration
    if float(np.median(entry)) > LONG * planned:
        yield (
            f"the last patient enters in month {float(entry.max()):,.0f}, {design.name} plans month {planned:.0f}; are "
            "entries in days? They are read in the schema's time unit"
        )
        return
    late = apart(entry)
    if late.size:
        yield (
            f"patients {named(ids, late)} enter in month {float(entry[late].min()):.1f} or later, "
            f"{gap_before(entry, late):.1f} months after all others; is a date mistyped?"
        )
    far = np.setdiff1d(apart(known), late)
    if far.size and asof is None:
        others = float(np.delete(known, far).max())
        yield (
            f"patients {named(ids, far)} are known to month {float(known[far].min()):.1f} or later, "
            f"{gap_before(known, far):.1f} months after all others; is a date or a follow-up mistyped? The look is "
            f"taken at the latest month; --asof {others:.1f} would take it when the others end"
        )
    reach = float(np.median(known))
    if reach > LONG * max(design.expected_end, planned):
        yield f"follow-up runs to month {float(known.max()):,.0f}; are times in days? They are in the schema's unit"


def apart(months: FloatArray) -> np.typing.NDArray[np.int64]:
    """Return the places of the few months that lie far beyond all others, none where no gap is wide.

    A gap is wide if it is longer than two months and than twelve usual ones, of which the others have one each.
    """
    order = np.argsort(months, kind="stable")
    ordered = months[order]
    for count in range(MOST_APART, 0, -1):
        if ordered.size < 10 * count:
            continue
        rest = ordered[:-count]
        gap = float(ordered[-count] - rest[-1])
        usual = float(rest[-1] - rest[0]) / (rest.size - 1)
        if gap > max(APART, GAPS * usual):
            return np.sort(order[-count:])
    return np.zeros(0, dtype=np.int64)


def gap_before(months: FloatArray, late: np.typing.NDArray[np.int64]) -> float:
    """Return how long after all others the ``late`` ones begin."""
    return float(months[late].min() - np.delete(months, late).max())


def named(ids: Sequence[str], places: np.typing.NDArray[np.int64]) -> str:
    """Return some patients by their names."""
    return some_of([ids[place] for place in places.tolist()])
