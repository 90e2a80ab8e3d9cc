"""What is asked of ``time-zero``."""

from dataclasses import dataclass

from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.model import ModelSpec

TIMES = (12.0, 24.0, 36.0)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes
    ----------
    endpoint, covariate : of the cohort.
    landmarks : months; none: those at which a marker is measured.
    grace : months of the strategies ``by month g``; None: no clones.
    model : None: the weakly informative one.
    level, seed : of intervals, of everything random.
    times : months at which risks of strategies are read.
    called : name of the cohort, or of the reconstructions together; empty: that of the first.
    """

    endpoint: str
    covariate: str
    landmarks: tuple[float, ...] = ()
    grace: float | None = None
    model: ModelSpec | None = None
    level: float = 0.95
    seed: Seed = 20251
    times: tuple[float, ...] = TIMES
    called: str = ""
