"""What a specification asks of an outcome and of the baseline: immutable, as read."""

import dataclasses
from dataclasses import dataclass

from escc_bayes.foundation.sentence import counted
from escc_bayes.spec.prior import Gamma, HalfNormal, Normal, SurvivalStatement
from escc_bayes.spec.transitions import CompetingCauses, IllnessDeath, SeveralEndpoints
from escc_bayes.spec.visits import Visits

FAMILIES = ("piecewise_exponential", "weibull")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which endpoint, or which states, and from when.

    Attributes
    ----------
    endpoint : name of the endpoint; of states the kind of the outcome.
    landmark : months after time zero at which the clock restarts; None: no landmark.
    naive : analyse covariates known later than time zero as if known at time zero; every output says NAIVE.
    states : of an illness-death model, of competing causes, or several endpoints; None: one endpoint.
    visits : when visits were planned, between which progressions lie; None: events have the months of the cohort.
    """

    endpoint: str
    landmark: float | None = None
    naive: bool = False
    states: IllnessDeath | CompetingCauses | SeveralEndpoints | None = None
    visits: Visits | None = None

    @property
    def content(self) -> dict[str, object]:
        """Return all that a digest knows of it: states and visits where there are any."""
        content = dataclasses.asdict(self)
        return {name: value for name, value in content.items() if name not in ("states", "visits") or value}

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints of the schema that it is made of."""
        return (self.endpoint,) if self.states is None else self.states.endpoints

    @property
    def clock(self) -> str:
        """Say where the clock starts."""
        if self.naive:
            return "NAIVE time zero"
        return "time zero" if self.landmark is None else f"landmark at {counted(self.landmark, 'month')}"


@dataclass(frozen=True, slots=True)
class PiecewiseBaseline:
    """Piecewise-constant baseline.

    Attributes
    ----------
    cuts : months; empty with ``pieces`` set: cuts at event quantiles of the rows analysed.
    pieces : number of pieces, or None where ``cuts`` are given.
    at : ``mean`` (columns centred) or ``reference``: whom baseline and its prior describe.
    smoothing : ``random_walk`` or ``independent``.
    steps : ``length`` (step variance grows with the distance in years between midpoints) or ``equal``.
    sd : prior on the SD of one step; None for independent pieces.
    prior : on survival, on the log rate (first piece of a random walk, or every piece), or a gamma on each rate.
    strata : a covariate each of whose levels has rates of its own, with the SD of steps in common; empty: one baseline.
    """

    cuts: tuple[float, ...]
    pieces: int | None
    at: str
    smoothing: str
    steps: str
    sd: HalfNormal | None
    prior: SurvivalStatement | Normal | Gamma
    strata: str = ""

    @property
    def family(self) -> str:
        """The family's word in a specification."""
        return "piecewise_exponential"


@dataclass(frozen=True, slots=True)
class WeibullBaseline:
    """Weibull baseline H(t) = exp(b0) (t / reference_time)^k.

    Attributes
    ----------
    reference_time : months.
    at : ``mean`` or ``reference``.
    prior : on survival, or on b0.
    log_shape : on log k.
    strata : what has a level and a shape of its own, each with this prior: transitions; empty: one baseline.
    """

    reference_time: float
    at: str
    prior: SurvivalStatement | Normal
    log_shape: Normal
    strata: str = ""

    @property
    def family(self) -> str:
        """The family's word in a specification."""
        return "weibull"
