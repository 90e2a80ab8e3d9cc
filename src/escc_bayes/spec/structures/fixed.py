"""A free log hazard ratio for each level against the reference: psi = b."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.careful import careful_class
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.prior import NEUTRAL, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import against_reference, level_columns
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.keys import PRIOR
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key
from escc_bayes.spec.structures.words import over


@careful_class
@dataclass(frozen=True, slots=True)
class Fixed:
    """A free effect of each level; ``prior`` on the log hazard ratio of each over the reference."""

    name: str
    covariates: tuple[str, ...]
    prior: Normal | EvidencePrior

    WORD: ClassVar[str] = "fixed"
    KINDS: ClassVar[tuple[str, ...]] = ("ordered", "nominal", "binary")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {"prior": PRIOR}

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return an indicator for each level but the first."""
        return level_columns(rows, self.covariates[0])

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return b, one for each column."""
        return (Free(f"b_{self.name}", self.prior, coding.width, f"{self.name}_column", coding.labels),)

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = b."""
        return (Term(f"b_{self.name}", np.eye(coding.width)),)

    def words(self, coding: Coding, _: Mapping[str, CovariateSchema]) -> str:
        """Say who over whom, and the prior."""
        return (
            f"{self.name}: a free effect for each level; {over(coding.levels[0])}: {self.prior.hazard_ratio_words()}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return every level over the reference."""
        return against_reference(self.covariates, coding)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple["Fixed", ...]:
        """Return the same."""
        return (plain(self.covariates[0]),)


@cache
def plain(covariate: str) -> Fixed:
    """Return free effects of a covariate's levels, for methods in which a prior plays no part."""
    return Fixed(covariate, (covariate,), NEUTRAL)
