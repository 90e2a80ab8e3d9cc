"""Two covariates whose effects do not add up: psi = b_j at the first level of the other, b_j + r_jk in its level k.

Of a number u, psi = b_j + r_j u. exp(r) is a ratio of hazard ratios. docs/methods/interaction.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.careful import careful_class
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.crossing import base_contrasts, crossed, crossed_columns, plain, within_each
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.keys import NORMAL, covariate
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key
from escc_bayes.spec.structures.within import Within
from escc_bayes.spec.structures.words import over, per_words


@careful_class
@dataclass(frozen=True, slots=True)
class Interaction:
    """An effect that differs with ``by``; ``prior`` at its first level or center, ``ratio`` on the ratios of HRs."""

    name: str
    covariates: tuple[str, ...]
    by: str
    prior: Normal
    ratio: Normal

    WORD: ClassVar[str] = "interaction"
    KINDS: ClassVar[tuple[str, ...]] = ("ordered", "nominal", "binary", "continuous")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {
        "by": Key(covariate, '"stage", a covariate with an effect of its own', modifier=True),
        "prior": NORMAL,
        "ratio": NORMAL,
    }

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return the covariate's columns, and their products with those of the other."""
        name = self.covariates[0]
        found = crossed(rows, name, self.by)
        return crossed_columns(found, (*found.plain(), *found.within(first=1)), rows, name)

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return b, and the logarithms of the ratios of hazard ratios."""
        first, further = coding.labels[: plain(coding)], coding.labels[plain(coding) :]
        return (
            Free(f"b_{self.name}", self.prior, len(first), f"{self.name}_column", first),
            Free(f"ratio_{self.name}", self.ratio, len(further), f"{self.name}_by", further),
        )

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = b for the covariate's columns, r for the products, which add up."""
        every, first = np.eye(coding.width), plain(coding)
        return Term(f"b_{self.name}", every[:, :first]), Term(f"ratio_{self.name}", every[:, first:])

    def words(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say with what the effect differs, where the prior stands, and the prior on the ratios."""
        assert coding.crossing is not None
        name, crossing = self.covariates[0], coding.crossing
        whose = per_words(name, schemas) if coding.numeric else over(coding.levels[0])
        at = f"in {self.by} {crossing.levels[0]}" if crossing.levels else f"at {self.by} {crossing.center:g}"
        step = (
            f"in each further level of {self.by}" if crossing.levels else f"{per_words(self.by, schemas)} of {self.by}"
        )
        return (
            f"{self.name}: an effect that differs with {self.by}; {whose} {at}: {self.prior.hazard_ratio_words()}; "
            f"{step} times a ratio of hazard ratios of {self.ratio.hazard_ratio_words()}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return each hazard ratio within each level of the other, or at its center, and their ratios."""
        assert coding.crossing is not None
        crossing = coding.crossing
        return tuple(c for one in base_contrasts(self.covariates[0], coding) for c in within_each(one, crossing))

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple[Within, ...]:
        """Return free effects within each level of the other, or at each of its values."""
        return (Within(self.name, self.covariates, self.by),)
