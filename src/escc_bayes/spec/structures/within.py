"""A free effect within each level of another covariate that the data tell of: what maximum likelihood fits.

psi_jk = b_jk in level k; a level in which nobody, or everybody, has the covariate has none; where the other covariate
is a number u, psi = b_j + r_j u. Not a word of specifications: ``subgroup`` and ``interaction`` state it as what they
are without priors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import NoContrastError
from escc_bayes.spec.prior import NEUTRAL, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import place
from escc_bayes.spec.structures.crossing import base_contrasts, crossed, crossed_columns, told_cells, within_each
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.keys import NORMAL, covariate
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key
from escc_bayes.spec.structures.words import over, per_words


@careful_class
@dataclass(frozen=True, slots=True)
class Within:
    """A free effect in each level of ``within``; ``prior`` on each."""

    name: str
    covariates: tuple[str, ...]
    within: str
    prior: Normal = NEUTRAL

    WORD: ClassVar[str] = "within"
    KINDS: ClassVar[tuple[str, ...]] = ("ordered", "nominal", "binary", "continuous")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {
        "within": Key(covariate, '"stage", a covariate of the model'),
        "prior": NORMAL,
    }

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return the covariate's columns within each level in which they differ between patients, or times a number."""
        name = self.covariates[0]
        found = crossed(rows, name, self.within)
        if not found.crossing.levels:
            return crossed_columns(found, (*found.plain(), *found.within(first=0)), rows, name, alone=True)
        cells = told_cells(found, rows, name)
        if not cells:
            raise NoContrastError(
                f"{place(rows.covariates[name].schema, rows)} differs between the patients of no level of "
                f"'{self.within}': the data tell nothing of its effect within levels",
                "leave it out",
            )
        return crossed_columns(found, cells, rows, name, alone=True)

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return b, one for each column."""
        return (Free(f"b_{self.name}", self.prior, coding.width, f"{self.name}_column", coding.labels),)

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = b."""
        return (Term(f"b_{self.name}", np.eye(coding.width)),)

    def words(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say within what, who over whom, and the prior."""
        whose = per_words(self.covariates[0], schemas) if coding.numeric else over(coding.levels[0])
        return f"{self.name}: a free effect in each level of {self.within}; {whose}: {self.prior.hazard_ratio_words()}."

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return each hazard ratio within each level, and its ratio to that in the first."""
        assert coding.crossing is not None
        crossing = coding.crossing
        return tuple(c for one in base_contrasts(self.covariates[0], coding) for c in within_each(one, crossing))

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple["Within", ...]:
        """Return the same."""
        return (Within(self.name, self.covariates, self.within),)
