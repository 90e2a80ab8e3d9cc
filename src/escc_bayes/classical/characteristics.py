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
from escc_bayes.hazard.piecewise import FloatArray

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
    return [row for name, data in cohort.covariates.items() for row in rows_of(name, data)]


def rows_of(name: str, data: CovariateData) -> list[Row]:
    """Return the rows of one covariate; what is missing stands in the first. Of one that changes, as at time zero."""
    known = data.values[~np.isnan(data.values)]
    gone = str(int(np.isnan(data.values).sum()) or "")
    if data.changes is not None:
        changed = int((~np.isnan(data.changes.months)).any(axis=1).sum())
        held = rows_of(f"{name} (at time zero)", replace(data, changes=None)) if known.size else []
        return [*held, (f"{name} (changes later)", "", f"{changed} ({100 * changed / data.values.size:.0f} %)", "")]
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
    """Return a row for each endpoint: n, events, median follow-up (reverse Kaplan-Meier) and median survival."""
    rows = []
    for name, data in cohort.endpoints.items():
        there = data.present
        time, event, entry = data.time[there], data.event[there], data.entry[there]
        late = entry if entry.any() else None
        weight = cohort.weight[there] if cohort.sampled else None
        seen = follow_up(time, event, entry=late, weight=weight, level=level)
        alive = quantile(kaplan_meier(time, event, entry=late, weight=weight, level=level))
        rows.append((name, str(int(there.sum())), str(data.events), in_words(seen), in_words(alive)))
    return rows


def in_words(found: Quantile) -> str:
    """Return a median with its limits; what a curve does not come down to is not reached."""
    limits = " to ".join("not reached" if np.isnan(limit) else f"{limit:.1f}" for limit in (found.lower, found.upper))
    return f"{'not reached' if np.isnan(found.value) else f'{found.value:.1f}'} ({limits})"
