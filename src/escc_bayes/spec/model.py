"""A model specification: what is asked of a cohort, immutable, with a digest. Files are read in ``reading``."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.record import digest
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.prior import Gamma, HalfNormal, Normal, SurvivalStatement
from escc_bayes.spec.structures.protocol import Structure
from escc_bayes.spec.transitions import EVERY, CompetingCauses, IllnessDeath

FAMILIES = ("piecewise_exponential", "weibull")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which endpoint, or which states, and from when.

    Attributes
    ----------
    endpoint : name of the endpoint; of states the kind of the outcome.
    landmark : months after time zero at which the clock restarts; None: no landmark.
    naive : analyse covariates known later than time zero as if known at time zero; every output says NAIVE.
    states : of an illness-death model, or of competing causes; None: one endpoint.
    """

    endpoint: str
    landmark: float | None = None
    naive: bool = False
    states: IllnessDeath | CompetingCauses | None = None

    @property
    def content(self) -> dict[str, object]:
        """Return all that a digest knows of it: states where there are any."""
        return {name: value for name, value in dataclasses.asdict(self).items() if name != "states" or value}

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
    """

    reference_time: float
    at: str
    prior: SurvivalStatement | Normal
    log_shape: Normal

    @property
    def family(self) -> str:
        """The family's word in a specification."""
        return "weibull"


@careful_class
@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as requested; fit it to a cohort with ``fit``.

    ``transitions`` says of each effect in which transitions of an illness-death model, or causes, it acts: empty: by a
    coefficient of its own in each, ``EVERY``: by one in all. No entries: one endpoint.
    """

    name: str
    outcome: Outcome
    baseline: PiecewiseBaseline | WeibullBaseline
    effects: tuple[Structure, ...]
    variants: tuple[str, ...] = ()
    title: str = ""
    transitions: tuple[tuple[str, ...], ...] = ()

    @property
    def digest(self) -> str:
        """Digest of all that changes a result: 12 hexadecimal digits."""
        baseline = dataclasses.asdict(self.baseline)
        content = {
            "outcome": self.outcome.content,
            "baseline": {name: value for name, value in baseline.items() if name != "strata" or value},
            "effects": [effect_content(effect) for effect in self.effects],
            "family": self.baseline.family,
            **({"transitions": self.transitions} if self.transitions else {}),
        }
        return digest(content)

    @property
    def covariates(self) -> tuple[str, ...]:
        """Every covariate that the model uses, in order."""
        return tuple(dict.fromkeys(name for effect in self.effects for name in effect.covariates))

    @property
    def strata(self) -> str:
        """The covariate whose levels have a baseline each; empty: one baseline."""
        return self.baseline.strata if isinstance(self.baseline, PiecewiseBaseline) else ""

    @property
    def asked_of_patients(self) -> tuple[str, ...]:
        """Every covariate that a patient must have: those of effects, and that of strata."""
        own = self.strata if self.outcome.states is None else ""
        return (*self.covariates, *((own,) if own else ()))

    @property
    def intercepts(self) -> tuple[str, ...]:
        """Covariates with an intercept for each level, such as centres: strata or frailties of maximum likelihood."""
        return tuple(dict.fromkeys(effect.covariates[0] for effect in self.effects if not effect.unshrunk()))

    def acting(self, names: tuple[str, ...]) -> tuple[tuple[Structure, tuple[str, ...]], ...]:
        """Return the effects as blocks of columns have them, each with the transitions in which it acts.

        ``names`` are those of all transitions; none of one endpoint. An effect with a coefficient of its own in each of
        them stands once for each.
        """
        if not self.transitions:
            return tuple((effect, ()) for effect in self.effects)
        found: list[tuple[Structure, tuple[str, ...]]] = []
        for effect, within in zip(self.effects, self.transitions, strict=True):
            own = names if within == EVERY else within
            refuse_other_names(effect, own, names)
            found += [(effect, own)] if own else [(in_one(effect, name), (name,)) for name in names]
        return tuple(found)

    def __repr__(self) -> str:
        effects = ", ".join(f"{e.name} ({e.WORD})" for e in self.effects) or "none"
        own = "transition" if self.outcome.states is not None else f"stratum of {self.strata}"
        within = f" in each {own}" if self.strata else ""
        return (
            f"model {self.name} [{self.digest}]: {self.outcome.endpoint}, {self.baseline.family}{within}, "
            f"{self.outcome.clock}; effects: {effects}"
        )


def effect_content(effect: Structure) -> dict[str, object]:
    """Return all that a digest knows of an effect: its word, and its keys, prior and SD among them or absent."""
    fields = {name: getattr(effect, name) for name in field_names(effect)}
    plain = {name: dataclasses.asdict(v) if dataclasses.is_dataclass(v) else v for name, v in fields.items()}  # type: ignore[arg-type]
    return {"structure": effect.WORD, "prior": None, "sd": None, **plain}


def field_names(effect: Structure) -> tuple[str, ...]:
    """Return the names of an effect's fields: name, covariates and its keys."""
    return ("name", "covariates", *effect.KEYS)


def shape_of(effect: Structure) -> tuple[object, ...]:
    """Return all of an effect that is no prior: its word and the fields that decide its columns and parameters."""
    values = (getattr(effect, name) for name in field_names(effect))
    return (effect.WORD, *(v for v in values if not isinstance(v, Normal | HalfNormal | EvidencePrior)))


def refuse_other_names(effect: Structure, within: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Raise where an effect names a transition that the outcome does not have: a cause that does not occur."""
    for name in within:
        if name not in names:
            raise SpecError(f"effect '{effect.name}', transitions: no '{name}'; the outcome has: {', '.join(names)}")


def in_one(effect: Structure, transition: str) -> Structure:
    """Return the effect as it acts in one transition alone, under a name of its own."""
    return with_key(effect, "name", f"{effect.name}_{transition}")


def with_key(effect: Structure, key: str, value: object) -> Structure:
    """Return an effect with one of its keys changed."""
    make: Callable[..., Structure] = type(effect)
    return make(**{name: getattr(effect, name) for name in field_names(effect)} | {key: value})
