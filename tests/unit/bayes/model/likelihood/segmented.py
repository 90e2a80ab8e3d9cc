"""A structure of two free log hazard ratios, before and after a month: what cells need of effects that change."""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.spec.prior import Normal
from escc_bayes.spec.structures.coding import against_reference, level_columns
from escc_bayes.spec.structures.free import Free, Term


@dataclass(frozen=True, slots=True)
class Segmented:
    """A free effect of each level in each segment."""

    name: str
    covariates: tuple[str, ...]
    prior: Normal
    ends: tuple[float, ...]

    WORD = "segmented"
    KINDS = ("ordered", "nominal", "binary")
    SEVERAL = False
    KEYS = {}  # noqa: RUF012 - what the protocol asks for

    def columns(self, rows):
        found = level_columns(rows, self.covariates[0])
        return replace(found, coding=replace(found.coding, segments=self.ends))

    def free(self, coding):
        labels = tuple(str(j) for j in range(coding.size))
        return (Free(f"b_{self.name}", self.prior, coding.size, f"{self.name}_part", labels),)

    def terms(self, coding):
        return (Term(f"b_{self.name}", np.eye(coding.size)),)

    def words(self, *_):
        return ""

    def contrasts(self, coding):
        return against_reference(self.covariates, coding)

    def by_construction(self, *_):
        return ""

    def unshrunk(self):
        return ()
