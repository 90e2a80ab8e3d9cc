"""A model specification: what is asked of a cohort, immutable, with a digest. Files are read in ``reading``."""

import dataclasses
from dataclasses import dataclass

from escc_bayes.foundation.record import digest
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.prior import Gamma, HalfNormal, Normal, SurvivalStatement

FAMILIES = ("piecewise_exponential", "weibull")
STRUCTURES = ("fixed", "linear", "ordered", "exchangeable", "pooled", "random_intercept")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which endpoint, and from when.

    Attributes
    ----------
    endpoint : name of the endpoint.
    landmark : months after time zero at which the clock restarts; None: no landmark.
    naive : analyse covariates known later than time zero as if known at time zero; every output says NAIVE.
    """

    endpoint: str
    landmark: float | None = None
    naive: bool = False

    @property
    def clock(self) -> str:
        """Say where the clock starts."""
        if self.naive:
            return "NAIVE time zero"
        return "time zero" if self.landmark is None else f"landmark at {self.landmark:g} months"


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
    """

    cuts: tuple[float, ...]
    pieces: int | None
    at: str
    smoothing: str
    steps: str
    sd: HalfNormal | None
    prior: SurvivalStatement | Normal | Gamma

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
    """

    reference_time: float
    at: str
    prior: SurvivalStatement | Normal
    log_shape: Normal

    @property
    def family(self) -> str:
        """The family's word in a specification."""
        return "weibull"


@dataclass(frozen=True, slots=True)
class Effect:
    """How one covariate (or several pooled ones) acts on the log hazard.

    Attributes
    ----------
    name : the covariate's name, or a name for the pooled set.
    covariates : one name; several for ``pooled``.
    structure : one of ``STRUCTURES``.
    prior : on the log hazard ratio: of each level against the reference (``fixed``), per scale or per
        step (``linear``), of the last level against the first (``ordered``), of the mean over the covariates
        (``pooled``); None for ``exchangeable`` and ``random_intercept``. Published evidence serves where the
        effect is one contrast of two groups.
    sd : half-normal on the SD between levels, centres or pooled covariates; None for the others.
    """

    name: str
    covariates: tuple[str, ...]
    structure: str
    prior: Normal | EvidencePrior | None = None
    sd: HalfNormal | None = None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as requested; fit it to a cohort with ``fit``."""

    name: str
    outcome: Outcome
    baseline: PiecewiseBaseline | WeibullBaseline
    effects: tuple[Effect, ...]
    variants: tuple[str, ...] = ()
    title: str = ""

    @property
    def digest(self) -> str:
        """Digest of all that changes a result: 12 hexadecimal digits."""
        content = dataclasses.asdict(self)
        for key in ("name", "title", "variants"):
            content.pop(key)
        return digest(content | {"family": self.baseline.family})

    @property
    def covariates(self) -> tuple[str, ...]:
        """Every covariate that the model uses, in order."""
        return tuple(name for effect in self.effects for name in effect.covariates)

    @property
    def intercepts(self) -> tuple[str, ...]:
        """Covariates with a random intercept, such as centres."""
        return tuple(effect.covariates[0] for effect in self.effects if effect.structure == "random_intercept")

    def __repr__(self) -> str:
        effects = ", ".join(f"{e.name} ({e.structure})" for e in self.effects) or "none"
        return (
            f"model {self.name} [{self.digest}]: {self.outcome.endpoint}, {self.baseline.family}, "
            f"{self.outcome.clock}; effects: {effects}"
        )
