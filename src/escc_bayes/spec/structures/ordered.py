"""Levels over which the hazard moves in one direction: psi_j = b (share_1 + .. + share_r), b that of the last level.

r is the number of declared levels from the first up to that of column j: one between without patients has no column,
but a step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import some_of
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import against_reference, level_columns
from escc_bayes.spec.structures.fixed import Fixed, plain
from escc_bayes.spec.structures.free import Free, Simplex, Term
from escc_bayes.spec.structures.keys import PRIOR
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key


@careful_class
@dataclass(frozen=True, slots=True)
class Ordered:
    """A monotone effect; ``prior`` on the log hazard ratio of the last level over the first, shares uniform."""

    name: str
    covariates: tuple[str, ...]
    prior: Normal | EvidencePrior

    WORD: ClassVar[str] = "ordered"
    KINDS: ClassVar[tuple[str, ...]] = ("ordered", "binary")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {"prior": PRIOR}

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return an indicator for each level but the first; say which level without patients keeps its step."""
        found = level_columns(rows, self.covariates[0])
        declared = rows.covariates[self.covariates[0]].schema.levels
        between = absent(found.coding, declared)
        if found.coding.width == 1 or not between:
            return found
        kept = f", but the step of {some_of(between)} is kept: declared levels count in an ordered effect"
        return replace(found, notes=tuple(f"{note}{kept}" for note in found.notes))

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return b, and with several levels over the first the share of each step between declared levels."""
        total = Free(f"b_{self.name}", self.prior)
        if coding.width == 1:
            return (total,)
        named = dict(zip(coding.ranks, coding.levels[0][1:], strict=True))
        steps = tuple(named.get(step, f"step {step} (no patients)") for step in range(1, coding.ranks[-1] + 1))
        return total, Free(f"share_{self.name}", Simplex(), len(steps), f"{self.name}_step", steps)

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = b times the shares up to each level."""
        loading = np.ones((coding.width, 1))
        if coding.width == 1:
            return (Term(f"b_{self.name}", loading),)
        return (Term(f"b_{self.name}", loading, shares=f"share_{self.name}", ranks=coding.ranks),)

    def words(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say the direction, who over whom, and the prior."""
        levels = coding.levels[0]
        passed = schemas[self.covariates[0]].levels[: coding.ranks[-1] + 1]
        return (
            f"{self.name}: ordered, the hazard moves in one direction over {', '.join(passed)}; {levels[-1]} over "
            f"{levels[0]}: {self.prior.hazard_ratio_words()}; shares of the steps between uniform."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return every level over the reference."""
        return against_reference(self.covariates, coding)

    def by_construction(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say that levels share P(HR > 1): every contrast of a later with an earlier level has the sign of b."""
        if coding.width == 1:
            return ""
        term, levels = self.covariates[0], coding.levels[0]
        between = absent(coding, schemas[term].levels)
        nobody = f" (nobody is in {', '.join(between)}, whose step is kept)" if between else ""
        return (
            f"ordered effect: P(HR > 1) is one number for all levels of {term} by construction, and the levels "
            f"between {levels[0]} and {levels[-1]} are no findings of their own{nobody}"
        )

    def unshrunk(self) -> tuple[Fixed, ...]:
        """Return a free effect for each level."""
        return (plain(self.covariates[0]),)


def absent(coding: Coding, declared: tuple[str, ...]) -> list[str]:
    """Return the declared levels between others that have no patient."""
    return [level for level in declared[: coding.ranks[-1] + 1] if level not in coding.levels[0]]
