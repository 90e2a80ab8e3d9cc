"""The free parameters of an effect, and the terms that make log hazard ratios of them."""

from dataclasses import dataclass

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.prior import Gamma, HalfCauchy, HalfNormal, LogGamma, Normal


@dataclass(frozen=True, slots=True)
class Standard:
    """Independent standard normals: latents that a scale multiplies."""


@dataclass(frozen=True, slots=True)
class Simplex:
    """Uniform on the simplex: shares that add up to 1."""


type FreePrior = Normal | EvidencePrior | HalfNormal | HalfCauchy | Gamma | Standard | LogGamma | Simplex


def variable(name: str) -> str:
    """Return the name of a variable for the name of a covariate: any text but a slash, which parts paths in files.

    Examples
    --------
    >>> variable("b_ALC (10^9/L)")
    'b_ALC (10^9∕L)'
    """
    return name.replace("/", "\N{DIVISION SLASH}")


@dataclass(frozen=True, slots=True)
class Free:
    """A free parameter: its prior, its number of elements, and their dimension with a label each.

    A single number has no dimension.
    """

    name: str
    prior: FreePrior
    size: int = 1
    dim: str = ""
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", variable(self.name))
        object.__setattr__(self, "dim", variable(self.dim))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one draw."""
        return (self.size,)

    @property
    def dims(self) -> dict[str, list[str]]:
        """The dimension and its labels; nothing for a single number."""
        return {} if self.size == 1 else {self.dim: list(self.labels)}


@dataclass(frozen=True, slots=True)
class Term:
    """scales x cumulative shares x (loading @ parameter), added to the effect's log hazard ratios.

    Attributes
    ----------
    parameter : name of a normal, mixture, standard or log gamma parameter.
    loading : (coefficients, size of the parameter).
    scales : names of half-normal or half-Cauchy parameters that multiply it: numbers, or one for each coefficient
        where the loading is diagonal.
    shares : name of a simplex whose cumulative sums multiply it; or nothing.
    ranks : for each coefficient, up to which share, counted from 1; the last is the whole.
    slab : where above 0, the product s of the scales is at most so large: 1 / sqrt(1 / s^2 + 1 / slab^2).
    """

    parameter: str
    loading: FloatArray
    scales: tuple[str, ...] = ()
    shares: str = ""
    ranks: tuple[int, ...] = ()
    slab: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameter", variable(self.parameter))
        object.__setattr__(self, "scales", tuple(map(variable, self.scales)))
        object.__setattr__(self, "shares", variable(self.shares))
