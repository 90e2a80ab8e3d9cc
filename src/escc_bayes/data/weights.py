"""What a row stands for: so many patients alike (frequency weights), a share of a population (sampling weights).

Frequency weights become as many rows, so that a weight of 2 is the row twice everywhere. Sampling weights stay, with
robust errors and a pseudo-posterior; only their ratios count. docs/methods/weights.md.
"""

from collections.abc import Sequence

import numpy as np

from escc_bayes.data.covariates import finite_numbers
from escc_bayes.data.endpoints import need_column, significant
from escc_bayes.data.table import RawTable
from escc_bayes.data.words import words
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# Frequency weights are written out as rows; more than these take more memory than a fit is worth.
MOST_PATIENTS = 5_000_000
# Independent units below which robust errors do not exist.
FEWEST_CLUSTERS = 2
SAMPLING = "sampling weights"
UNDECLARED = ' (weight_kind is not declared, and whole numbers are taken as counts; write "sampling" if they are not)'
QUESTION = (
    'which kind are they? Write weight_kind = "sampling" in the schema where a row stands for a share of a population '
    "or of a comparison (survey weights, inverse probability of treatment): errors are then robust and the posterior "
    'is a pseudo-posterior; weight_kind = "frequency" only where a row stands for so many patients alike'
)


def read_weight(table: RawTable, column: str | None, kind: str | None) -> FloatArray:
    """Return weights, all above 0; 1 without a weight column.

    Raises
    ------
    CohortError : a weight is missing or not above 0; weights without a kind, or frequency weights, that are no whole
        numbers.
    """
    if column is None:
        return np.ones(len(table.rows))
    need_column(table, column)
    weight = finite_numbers(table, column)
    bad = np.flatnonzero(~(weight > 0.0)).tolist()
    if bad:
        raise CohortError(
            f"{table.source}, {table.place(bad)}, column '{column}': a case weight must be above 0; "
            "correct or remove these rows"
        )
    if kind != "sampling":
        refuse_fractions(table, column, weight, kind)
    return weight


def refuse_fractions(table: RawTable, column: str, weight: FloatArray, kind: str | None) -> None:
    """Raise unless weights that count patients are whole numbers, and not too many patients."""
    bad = np.flatnonzero(weight != np.floor(weight)).tolist()
    if bad:
        shown = some_of([table.columns[column][i] for i in bad], most=3)
        what = "frequency weights count patients" if kind == "frequency" else "the weights are no whole numbers"
        asked = f"correct them, or say which kind they are: {QUESTION}" if kind == "frequency" else QUESTION
        raise CohortError(
            f"{table.source}, {table.place(bad)}, column '{column}': {what}, and these rows hold {shown}; {asked}"
        )
    if weight.sum() > MOST_PATIENTS:
        raise CohortError(
            f"{table.source}, column '{column}': frequency weights sum to {weight.sum():,.0f} patients, and no more "
            f"than {MOST_PATIENTS:,} can be analysed; {QUESTION}"
        )


def read_clusters(table: RawTable, column: str | None) -> IntArray | None:
    """Return a code for each row, equal where rows share a cluster; None without a cluster column.

    Raises
    ------
    CohortError : a row has no cluster, or all have the same.
    """
    if column is None:
        return None
    need_column(table, column)
    given = words(table.columns[column])
    if None in given:
        gone = [i for i, found in enumerate(given) if found is None]
        raise CohortError(
            f"{table.source}, {table.place(gone)}, column '{column}': no cluster; fill it in (a patient alone is a "
            "cluster of one: write the patient's identifier)"
        )
    code = {found: place for place, found in enumerate(dict.fromkeys(given))}
    if len(code) < FEWEST_CLUSTERS:
        raise CohortError(
            f"{table.source}, column '{column}': every row is in the cluster '{given[0]}', and robust errors compare "
            "clusters; leave 'cluster' out of the schema"
        )
    return np.array([code[found] for found in given], dtype=np.int64)


def copy_names(names: Sequence[str], times: IntArray) -> tuple[str, ...]:
    """Return identifiers of rows that stand ``times`` (n,) times each, copies one after the other.

    Examples
    --------
    >>> copy_names(["17", "18"], np.array([2, 1]))
    ('17', '17 (2)', '18')
    """
    return tuple(
        name if copy == 1 else f"{name} ({copy})"
        for name, count in zip(names, times.tolist(), strict=True)
        for copy in range(1, count + 1)
    )


def of_mean_one(weight: FloatArray) -> FloatArray:
    """Return sampling weights (n,) scaled to sum to n, to 11 digits: their unit leaves no trace."""
    return significant(weight / weight.mean())


def sampling_words(weight: FloatArray) -> str:
    """Say what sampling weights (n,) as given sum to, and how many patients they are worth.

    Examples
    --------
    >>> sampling_words(np.array([1.0, 1.0, 2.0]))
    'sampling weights: sum 4, effective n 2.7 (Kish)'
    """
    return f"{SAMPLING}: sum {weight.sum():.6g}, effective n {effective_size(weight):.1f} (Kish)"


def effective_size(weight: FloatArray) -> float:
    """Return the size of an unweighted sample that knows as much of a mean: (sum w)^2 / sum w^2.

    Kish 1965, Survey Sampling, section 11.7.

    Examples
    --------
    >>> effective_size(np.array([1.0, 1.0, 2.0]))
    2.6666666666666665
    """
    return float(weight.sum() ** 2 / (weight**2).sum())
