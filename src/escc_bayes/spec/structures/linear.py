"""A number, or the rank of an ordered level, on the log hazard: psi = b per scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.careful import careful_class
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.prior import NEUTRAL, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import against_reference, number_column
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.keys import PER_UNIT
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key
from escc_bayes.spec.structures.words import per_words


@careful_class
@dataclass(frozen=True, slots=True)
class Linear:
    """A straight line; ``prior`` on the log hazard ratio per scale of a number, or per level."""

    name: str
    covariates: tuple[str, ...]
    prior: Normal | EvidencePrior

    WORD: ClassVar[str] = "linear"
    KINDS: ClassVar[tuple[str, ...]] = ("continuous", "ordered", "binary")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {"prior": PER_UNIT}

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return (value - center) / scale, or the rank."""
        return number_column(rows, self.covariates[0])

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return b."""
        return (Free(f"b_{self.name}", self.prior, coding.width, f"{self.name}_column", coding.labels),)

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = b."""
        return (Term(f"b_{self.name}", np.eye(coding.width)),)

    def words(self, _: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say per how much, and the prior."""
        per = per_words(self.covariates[0], schemas)
        return f"{self.name}: linear on the log hazard, {per}: {self.prior.hazard_ratio_words()}."

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return the number per its scale."""
        return against_reference(self.covariates, coding)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple["Linear", ...]:
        """Return the same; the prior plays no part there."""
        return (Linear(self.covariates[0], self.covariates, NEUTRAL),)
