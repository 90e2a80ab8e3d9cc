"""Levels shrunk towards each other: psi = sd B z, B an orthonormal basis of the vectors that sum to zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.careful import careful_class
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.prior import HalfNormal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import against_reference, level_columns
from escc_bayes.spec.structures.fixed import Fixed, plain
from escc_bayes.spec.structures.free import Free, Standard, Term
from escc_bayes.spec.structures.keys import SD
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key
from escc_bayes.spec.structures.words import TWO_LEVELS, spread_words


@careful_class
@dataclass(frozen=True, slots=True)
class Exchangeable:
    """Exchangeable levels, log hazard ratios that sum to zero; ``sd`` on the SD between them."""

    name: str
    covariates: tuple[str, ...]
    sd: HalfNormal

    WORD: ClassVar[str] = "exchangeable"
    KINDS: ClassVar[tuple[str, ...]] = ("ordered", "nominal", "binary")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {"sd": SD}

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return an indicator for every level."""
        return level_columns(rows, self.covariates[0], reference=False)

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return the SD and a latent for each direction that sums to zero."""
        size = coding.width - 1
        basis = tuple(str(j + 1) for j in range(size))
        return Free(f"sd_{self.name}", self.sd), Free(f"z_{self.name}", Standard(), size, f"{self.name}_basis", basis)

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = sd B z."""
        return (Term(f"z_{self.name}", zero_sum_basis(coding.width), scales=(f"sd_{self.name}",)),)

    def words(self, coding: Coding, _: Mapping[str, CovariateSchema]) -> str:
        """Say the levels and how far apart they may lie."""
        return (
            f"{self.name}: exchangeable levels {', '.join(coding.levels[0])}, log hazard ratios that sum to zero and "
            f"are shrunk towards each other; {spread_words(self.sd, TWO_LEVELS)}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return every level over the first."""
        return against_reference(self.covariates, coding)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple[Fixed, ...]:
        """Return a free effect for each level."""
        return (plain(self.covariates[0]),)


def zero_sum_basis(levels: int) -> FloatArray:
    """Return an orthonormal basis (levels, levels - 1) of the vectors that sum to zero (Helmert)."""
    basis = np.zeros((levels, levels - 1))
    for j in range(1, levels):
        basis[:j, j - 1] = 1.0
        basis[j, j - 1] = -j
        basis[:, j - 1] /= np.sqrt(j * (j + 1.0))
    return basis
