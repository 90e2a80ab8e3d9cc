"""Columns of one covariate times those of a second, its modifier: a hazard ratio that differs with another covariate.

Column c is base_j x f: base_j an indicator of a level of the covariate, or its number; f is 1, an indicator of one
level of the modifier, or the modifier's number. docs/methods/subgroup.md, docs/methods/interaction.md.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import factor_levels, level_columns, linear_column, number_column
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Crossing

# Ratios between levels of a modifier stand in tables for up to so many levels; of more, as of centres, they are asked.
MOST_COMPARED = 6


@dataclass(frozen=True, slots=True)
class Crossed:
    """A covariate as columns, and its modifier's levels that occur (none: it is a number, with center and scale)."""

    base: Columns
    crossing: Crossing

    @property
    def width(self) -> int:
        """Number of columns of the covariate itself."""
        return self.base.coding.width

    def plain(self) -> tuple[tuple[int, None], ...]:
        """Return a column for each of the covariate's that nothing multiplies."""
        return tuple((j, None) for j in range(self.width))

    def within(self, *, first: int) -> tuple[tuple[int, int], ...]:
        """Return a column for each of the covariate's within each level of the modifier from ``first`` on."""
        places = range(first, len(self.crossing.levels)) if self.crossing.levels else range(1)
        return tuple((j, k) for k in places for j in range(self.width))


def crossed(rows: AnalysisRows, name: str, modifier: str) -> Crossed:
    """Return a covariate and its modifier in the rows analysed; what has no contrast is refused."""
    covariate, other = rows.covariates[name], rows.covariates[modifier]
    if name == modifier:
        raise SpecError(f"effect '{name}': its hazard ratio cannot differ with '{name}' itself; name another covariate")
    base = level_columns(rows, name) if covariate.schema.categorical else number_column(rows, name)
    if not other.schema.categorical:
        linear_column(other, rows)  # Refuses a constant.
        return Crossed(base, Crossing(modifier, (), (), (), other.schema.center, other.schema.scale))
    levels, codes = factor_levels(other, rows, needs_reference=False)
    return Crossed(base, Crossing(modifier, levels, codes, ()))


def crossed_columns(
    found: Crossed,
    parts: tuple[tuple[int, int | None], ...],
    rows: AnalysisRows,
    name: str,
    *,
    common: bool = False,
    alone: bool = False,
) -> Columns:
    """Return the columns ``parts`` of a crossed effect, labelled ``coverage[rpl], stage[IV]``."""
    crossing, coding = replace(found.crossing, parts=parts, common=common, alone=alone), found.base.coding
    labels = tuple(label_of(coding.labels[j], crossing, level) for j, level in parts)
    values = crossing.columns(found.base.values, rows.covariates[crossing.modifier].values)
    made = Coding(labels, coding.levels, ranks=coding.ranks, crossing=crossing)
    notes = () if alone else empty_cells(rows, name, crossing)
    return Columns(values, made, (*found.base.notes, *notes))


def label_of(label: str, crossing: Crossing, level: int | None) -> str:
    """Return the label of a column: the covariate's, and the level of the modifier, or its name."""
    if level is None:
        return label
    return (
        f"{label}, {crossing.modifier}[{crossing.levels[level]}]"
        if crossing.levels
        else f"{label}, {crossing.modifier}"
    )


def empty_cells(rows: AnalysisRows, name: str, crossing: Crossing) -> tuple[str, ...]:
    """Name the levels of the modifier in which a level of the covariate has no patient, with the counts of all."""
    found = []
    for level, code in zip(crossing.levels, crossing.codes, strict=True):
        counts = cell_counts(rows, name, rows.covariates[crossing.modifier].values == code)
        if not all(counts.values()):
            held = ", ".join(f"{one} {patients}" for one, patients in counts.items())
            found.append(f"{crossing.modifier} {level} ({held})")
    if not found:
        return ()
    basis = "the common effect and the prior alone" if crossing.common else "the prior alone"
    return (
        f"{name}: a level has no patient in {'; '.join(found)}; hazard ratios of it there have no data of their "
        f"own and rest on {basis}",
    )


def cell_counts(rows: AnalysisRows, name: str, inside: NDArray[np.bool_]) -> dict[str, int]:
    """Return the patients of each level of a covariate that occurs, among rows ``inside``; nothing for a number."""
    covariate = rows.covariates[name]
    if not covariate.schema.categorical:
        return {}
    return {
        covariate.schema.levels[int(code)]: rows.patients_in((covariate.values == code) & inside)
        for code in np.unique(covariate.values)
    }


def told_cells(found: Crossed, rows: AnalysisRows, name: str) -> tuple[tuple[int, int], ...]:
    """Return (column, level of the modifier) for what the data compare: of each level, all but one that occur there.

    The one without a column is the reference of the covariate wherever it occurs.
    """
    covariate, other = rows.covariates[name].values, rows.covariates[found.crossing.modifier].values
    cells: list[tuple[int, int]] = []
    for k, code in enumerate(found.crossing.codes):
        here = covariate[other == code]
        if found.base.coding.numeric:
            cells += [(0, k)] if np.ptp(here) > 0.0 else []
            continue
        occur = [j for j, own in enumerate(found.base.coding.ranks) if (here == own).any()]
        with_reference = bool((~np.isin(here, found.base.coding.ranks)).any())
        cells += [(j, k) for j in (occur if with_reference else occur[1:])]
    return tuple(cells)


def base_contrasts(name: str, coding: Coding) -> tuple[Contrast, ...]:
    """Return every level over the reference, or the number per its scale."""
    levels = coding.levels[0]
    return tuple(Contrast(name, one, levels[0]) for one in levels[1:]) if levels else (Contrast(name),)


def within_each(one: Contrast, crossing: Crossing) -> tuple[Contrast, ...]:
    """Return a contrast within each level of the modifier; then, of few levels, each divided by that in the first.

    Of a modifier that is a number: at its center and one scale above, and the ratio of the two.
    """
    words = crossing.levels or tuple(f"{value:.15g}" for value in (crossing.center, crossing.center + crossing.scale))
    apart = tuple(replace(one, within=word) for word in words)
    if len(words) > MOST_COMPARED:
        return apart
    return (*apart, *(replace(one, within=word, within_versus=words[0]) for word in words[1:]))


def plain(coding: Coding) -> int:
    """Return the number of columns that are not within a level of the other covariate, which come first."""
    assert coding.crossing is not None
    return sum(level is None for _, level in coding.crossing.parts)
