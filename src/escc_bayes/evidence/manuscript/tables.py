"""Which kind of table a printed table is, and what its rows say; what is of no known kind is told as not read."""

import re
from collections.abc import Iterator

from escc_bayes.evidence.manuscript.blocks import Grid
from escc_bayes.evidence.manuscript.count_tables import is_count_table, read_counts
from escc_bayes.evidence.manuscript.entry import Passage, Understood
from escc_bayes.evidence.manuscript.outcome_tables import is_outcome_table, read_outcomes
from escc_bayes.evidence.manuscript.ratio_tables import is_ratio_table, read_ratios
from escc_bayes.evidence.manuscript.risk_tables import is_risk_table, read_at_risk
from escc_bayes.evidence.manuscript.table_parts import parted

KINDS = (
    (is_risk_table, read_at_risk),
    (is_outcome_table, read_outcomes),
    (is_ratio_table, read_ratios),
    (is_count_table, read_counts),
)
"""Kinds of tables, the first that fits: what tells one, and what reads it."""


def read_table(grid: Grid) -> Iterator[Understood]:
    """Yield the rows of a table as understood.

    Examples
    --------
    >>> grid = Grid((("At risk", "0", "12"), ("RT (n = 40)", "40", "31")), "Table 3", "Numbers at risk, OS")
    >>> [entry.words for row in read_table(grid) for entry in row.entries]
    ['at risk of RT, OS: 40 at 0, 31 at 12 months']
    """
    table = parted(grid)
    if table is not None:
        for kind, read in KINDS:
            if kind(table):
                yield from read(table)
                return
    for row in grid.rows:
        numbers = tuple(cell for cell in row if re.search(r"\d", cell))
        if numbers:
            yield Understood(Passage(" | ".join(row), grid.where, grid.caption), (), numbers)
