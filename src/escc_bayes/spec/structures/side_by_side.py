"""Several covariates side by side, a free log hazard ratio for each: what maximum likelihood fits of many.

A covariate of two levels is an indicator, a number or an ordered covariate one column per scale or per level. Not a
word of specifications: ``horseshoe`` states it as what it is without a prior.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.careful import careful_class
from escc_bayes.spec.prior import NEUTRAL, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import against_reference, level_columns, number_column
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.keys import NORMAL
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key


@careful_class
@dataclass(frozen=True, slots=True)
class SideBySide:
    """A free effect of each covariate; ``prior`` on each."""

    name: str
    covariates: tuple[str, ...]
    prior: Normal = NEUTRAL

    WORD: ClassVar[str] = "side_by_side"
    KINDS: ClassVar[tuple[str, ...]] = ("continuous", "binary", "ordered")
    SEVERAL: ClassVar[bool] = True
    KEYS: ClassVar[Mapping[str, Key]] = {"prior": NORMAL}

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return a column of each covariate."""
        return one_each(rows, self.covariates)

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return b, one for each column."""
        return (Free(f"b_{self.name}", self.prior, coding.width, f"{self.name}_column", coding.labels),)

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = b."""
        return (Term(f"b_{self.name}", np.eye(coding.width)),)

    def words(self, *_: object) -> str:
        """Say the covariates and the prior."""
        return f"{self.name}: a free effect of each of {', '.join(self.covariates)}: {self.prior.hazard_ratio_words()}."

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return each second level over the first, each number per its scale."""
        return against_reference(self.covariates, coding)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple["SideBySide", ...]:
        """Return the same."""
        return (SideBySide(self.name, self.covariates),)


def one_each(rows: AnalysisRows, names: tuple[str, ...]) -> Columns:
    """Return one column for each covariate: an indicator of the second of two levels, or a number."""
    parts = [one_of(rows, name, rows.covariates[name].schema) for name in names]
    labels = tuple(label for part in parts for label in part.coding.labels)
    levels = tuple(level for part in parts for level in part.coding.levels)
    notes = tuple(note for part in parts for note in part.notes)
    return Columns(np.hstack([part.values for part in parts]), Coding(labels, levels), notes)


def one_of(rows: AnalysisRows, name: str, schema: CovariateSchema) -> Columns:
    """Return the column of one covariate."""
    return level_columns(rows, name) if schema.kind == "binary" else number_column(rows, name)
