"""An intercept for each level, about the average one: psi = sd z. For centres, whose contrasts nobody asks for.

Normal: z ~ N(0, 1). Gamma: psi = log w, w ~ Gamma of mean 1 and SD sd (variance theta = sd^2): docs/methods/frailty.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful_class
from escc_bayes.spec.prior import HalfNormal, LogGamma
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import level_columns
from escc_bayes.spec.structures.fixed import Fixed
from escc_bayes.spec.structures.free import Free, Standard, Term, variable
from escc_bayes.spec.structures.keys import SD
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key, Reading
from escc_bayes.spec.structures.words import TWO_LEVELS, frailty_words, spread_words

NORMAL, GAMMA = "normal", "gamma"


def distribution(value: object, at: str, _: Reading) -> str:
    """Read what the levels are a sample from."""
    return checks.one_of(value, (NORMAL, GAMMA), at)


DISTRIBUTION = Key(distribution, '"normal" or "gamma"', usual=NORMAL)


@careful_class
@dataclass(frozen=True, slots=True)
class RandomIntercept:
    """Intercepts of levels; ``sd`` on the SD between them. Not centred: the baseline describes an average level.

    ``distribution``: of intercepts (``normal``) or of factors on the hazard (``gamma``, whose ``sd`` is on their SD).
    """

    name: str
    covariates: tuple[str, ...]
    sd: HalfNormal
    distribution: str = NORMAL

    WORD: ClassVar[str] = "random_intercept"
    KINDS: ClassVar[tuple[str, ...]] = ("ordered", "nominal", "binary")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {"sd": SD, "distribution": DISTRIBUTION}

    @property
    def said(self) -> str:
        """What tables call it."""
        return "gamma frailty" if self.distribution == GAMMA else "random intercept"

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return an indicator for every level."""
        return level_columns(rows, self.covariates[0], reference=False, centred=False)

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return the SD and a latent for each level."""
        prior = LogGamma(variable(f"sd_{self.name}")) if self.distribution == GAMMA else Standard()
        latents = Free(f"z_{self.name}", prior, coding.width, f"{self.name}_column", coding.labels)
        return Free(f"sd_{self.name}", self.sd), latents

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = sd z."""
        return (Term(f"z_{self.name}", np.eye(coding.width), scales=(f"sd_{self.name}",)),)

    def words(self, coding: Coding, _: Mapping[str, CovariateSchema]) -> str:
        """Say how many levels there are and how far apart they may lie."""
        if self.distribution == GAMMA:
            return (
                f"{self.name}: a factor on the hazard of each of {len(coding.levels[0])} levels, gamma with mean 1 (a "
                f"gamma frailty); {frailty_words(self.sd, TWO_LEVELS)}."
            )
        spread = spread_words(self.sd, TWO_LEVELS)
        return f"{self.name}: a random intercept for each of {len(coding.levels[0])} levels; {spread}."

    def contrasts(self, _: Coding) -> tuple[Contrast, ...]:
        """Return none: levels are a nuisance."""
        return ()

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple[Fixed, ...]:
        """Return nothing: maximum likelihood has no place for intercepts without a distribution."""
        return ()
