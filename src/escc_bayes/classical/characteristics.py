"""Characteristics of a cohort: counts and shares of levels, medians and ranges, what is missing; follow-up."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from escc_bayes.classical.balance import standardised_difference
from escc_bayes.classical.km import Quantile, follow_up, kaplan_meier, quantile
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import CovariateData
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import FloatArray, IntArray

type Row = tuple[str, str, str, str]


def characteristics(cohort: Cohort) -> list[Row]:
    """Return a row for each level, or for each covariate that is a number.

    Returns
    -------
    rows of covariate, level, n (%) of those with a value or median (range), and patients without a value.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> characteristics(example_cohort("larynx"))[0]
    ('stage', 'I', '33 (37 %)', '')
    """
    later = changed_in_rows(cohort)
    found: list[Row] = []
    for name, data in first_rows(cohort).covariates.items():
        if name in later:
            found += [*rows_of(f"{name} (first row)", data), changed_row(name, later[name], data)]
        else:
            found += rows_of(name, data)
    return found


def first_rows(cohort: Cohort) -> Cohort:
    """Return the cohort with the first row of each patient alone; as it is where each has one."""
    if cohort.patient is None:
        return cohort
    entry = next(iter(cohort.endpoints.values())).entry
    return cohort.subset(one_of_each(cohort.patient, entry))


def one_of_each(patient: IntArray, rank: FloatArray) -> NDArray[np.int64]:
    """Return the row of the lowest rank of each patient.

    Examples
    --------
    >>> one_of_each(np.array([0, 1, 0, 1]), np.array([3.0, 0.0, 1.0, 2.0])).tolist()
    [2, 1]
    """
    order = np.lexsort((rank, patient))
    return order[np.unique(patient[order], return_index=True)[1]]


def changed_in_rows(cohort: Cohort) -> dict[str, int]:
    """Return how many patients have several values of a covariate in their rows; of covariates in which some have."""
    patient = cohort.patient
    if patient is None:
        return {}
    found: dict[str, int] = {}
    for name, data in cohort.covariates.items():
        held = ~np.isnan(data.values)
        pairs = np.unique(np.column_stack([patient[held], data.values[held]]), axis=0)
        several = int((np.unique(pairs[:, 0], return_counts=True)[1] > 1).sum())
        found |= {name: several} if several else {}
    return found


def changed_row(name: str, changed: int, data: CovariateData) -> Row:
    """Return the row that says in how many patients a covariate changes."""
    return (f"{name} (changes later)", "", f"{changed} ({100 * changed / data.values.size:.0f} %)", "")


def rows_of(name: str, data: CovariateData) -> list[Row]:
    """Return the rows of one covariate; what is missing stands in the first. Of one that changes, as at time zero."""
    known = data.values[~np.isnan(data.values)]
    gone = str(int(np.isnan(data.values).sum()) or "")
    if data.changes is not None:
        changed = int((~np.isnan(data.changes.months)).any(axis=1).sum())
        held = rows_of(f"{name} (at time zero)", replace(data, changes=None)) if known.size else []
        return [*held, changed_row(name, changed, data)]
    if not data.schema.categorical:
        unit = f", {data.schema.unit}" if data.schema.unit else ""
        words = f"{np.median(known):g} ({known.min():g} to {known.max():g}{unit})"
        return [(name, "", words, gone)]
    return [
        (name if place == 0 else "", data.schema.read_as(level), share, gone if place == 0 else "")
        for place, (level, share) in enumerate(zip(data.schema.levels, shares(data, known), strict=True))
    ]


def shares(data: CovariateData, known: FloatArray) -> list[str]:
    """Return count and share of each level among known values."""
    counts = [int((known == code).sum()) for code in range(len(data.schema.levels))]
    return [f"{count} ({100 * count / max(known.size, 1):.0f} %)" for count in counts]


def group_of(cohort: Cohort, by: str) -> NDArray[np.int64]:
    """Return the level of each patient in a categorical covariate, -1 where it is not known, (n,).

    Raises
    ------
    CohortError : no such covariate, or a number.
    """
    words = [name for name, data in cohort.covariates.items() if data.schema.categorical]
    if by not in words:
        raise CohortError(f"grouping '{by}' is no covariate with levels; {suggestion(by, words)}")
    data = cohort.covariates[by]
    return np.where(data.missing, -1, data.values).astype(np.int64)


def by_group(cohort: Cohort, by: str) -> list[tuple[str, ...]]:
    """Return the rows of ``characteristics`` in groups: covariate, level, all, each group, standardised difference.

    Raises
    ------
    CohortError : no such covariate, or a number.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> by_group(example_cohort("larynx"), "stage")[0][:2]
    ('age', '')
    """
    cohort = first_rows(cohort)
    group = group_of(cohort, by)
    places = range(len(cohort.covariates[by].schema.levels))
    found: list[tuple[str, ...]] = []
    for name, data in cohort.covariates.items():
        if name == by:
            continue
        columns = [summary(data, ~data.missing), *(summary(data, ~data.missing & (group == k)) for k in places)]
        apart = standardised_difference(data, group)
        said = "" if np.isnan(apart) else "no overlap" if np.isinf(apart) else f"{apart:.2f}"
        gone = str(int(data.missing.sum()) or "")
        levels = tuple(map(data.schema.read_as, data.schema.levels)) or ("",)
        for place, level in enumerate(levels):
            first = place == 0
            cells = (column[place] for column in columns)
            found.append((name if first else "", level, *cells, said if first else "", gone if first else ""))
    return found


def summary(data: CovariateData, inside: NDArray[np.bool_]) -> list[str]:
    """Return a cell for each level, or one for a number, of the patients in a mask."""
    known = data.values[inside]
    if data.schema.categorical:
        return shares(data, known)
    return [f"{np.median(known):g} ({known.min():g} to {known.max():g})" if known.size else ""]


def followed(cohort: Cohort, *, level: float = 0.95) -> list[tuple[str, str, str, str, str]]:
    """Return a row for each endpoint: n, events, median follow-up (reverse Kaplan-Meier) and median survival.

    Of patients with several rows follow-up lasts from the first start to the last stop.
    """
    rows = []
    for name, data in cohort.endpoints.items():
        there = data.present
        patient = np.arange(cohort.rows) if cohort.patient is None else cohort.patient
        time, event, entry, whose = data.time[there], data.event[there], data.entry[there], patient[there]
        first, last = one_of_each(whose, entry), one_of_each(whose, -time)
        late = entry if entry.any() else None
        weight = cohort.weight[there] if cohort.sampled else None
        start, scale = (entry[first] if entry[first].any() else None), None if weight is None else weight[first]
        seen = follow_up(time[last], event[last], entry=start, weight=scale, level=level)
        alive = quantile(kaplan_meier(time, event, entry=late, weight=weight, level=level))
        rows.append((name, str(first.size), str(data.events), in_words(seen), in_words(alive)))
    return rows


def in_words(found: Quantile) -> str:
    """Return a median with its limits; what a curve does not come down to is not reached."""
    limits = " to ".join("not reached" if np.isnan(limit) else f"{limit:.1f}" for limit in (found.lower, found.upper))
    return f"{'not reached' if np.isnan(found.value) else f'{found.value:.1f}'} ({limits})"
