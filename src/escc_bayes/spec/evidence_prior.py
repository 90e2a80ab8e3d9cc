"""A prior on a log hazard ratio that rests on published studies: a normal mixture, and the file that holds it.

schema = 1
[prior]
effect, endpoint, hazard_of, versus, components = [{ weight, mean, sd }], robust_weight, effective_events, studies,
statements

``escc-bayes evidence`` writes the file; ``prior = { evidence = "rt_added", robust = 0.3 }`` in a model reads it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from escc_bayes.data.shipped import find_prior
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.foundation.errors import InputError, SpecError
from escc_bayes.foundation.toml import read_toml
from escc_bayes.spec.effective_events import UNIT_INFORMATION_SD, EffectiveEvents, effective_events
from escc_bayes.spec.mixture import NormalMixture, mixture_of
from escc_bayes.spec.prior import refuse_no_prior

KEYS = (
    "effect",
    "endpoint",
    "hazard_of",
    "versus",
    "components",
    "robust_weight",
    "effective_events",
    "effective_events_moment",
    "studies",
    "statements",
)
COMPONENT_KEYS = ("weight", "mean", "sd")
# What a specification may say of the file it names.
REFERENCE_KEYS = ("evidence", "endpoint", "robust", "flip")

type Components = tuple[tuple[float, float, float], ...]


@careful_class
@dataclass(frozen=True, slots=True)
class EvidencePrior:
    """A prior on the log hazard ratio of ``effect`` on ``endpoint``.

    Attributes
    ----------
    components : (weight, mean, sd) of each normal, on the log hazard ratio; weights sum to one.
    robust_weight : weight of the vague component, which is then the last; 0 where there is none.
    hazard_of, versus : the hazard ratio is that of the first over the second; empty where not stated.
    studies : empty for a prior that rests on no study.
    statements : how the prior came about.
    """

    effect: str
    endpoint: str
    components: Components
    robust_weight: float = 0.0
    hazard_of: str = ""
    versus: str = ""
    studies: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        weights = math.fsum(weight for weight, _, _ in self.components)
        for _, mean, sd in self.components:
            refuse_no_prior("EvidencePrior, a component", mean, sd)
        if abs(weights - 1.0) > 1e-6 or min((w for w, _, _ in self.components), default=0.0) < 0.0:
            raise SpecError(f"EvidencePrior: the weights of components sum to {weights:g}; give weights that sum to 1")
        if not 0.0 <= self.robust_weight < 1.0:
            raise SpecError(f"EvidencePrior: robust_weight is {self.robust_weight}; give a number from 0 to below 1")

    @property
    def mixture(self) -> NormalMixture:
        """The components as arrays, for computing."""
        return mixture_of(self.components)

    @property
    def mean(self) -> float:
        """Mean of the log hazard ratio."""
        return self.mixture.mean

    @property
    def sd(self) -> float:
        """Standard deviation of the log hazard ratio."""
        return self.mixture.sd

    @property
    def effective_events(self) -> EffectiveEvents:
        """Worth of the prior in events of a 1:1 trial."""
        return effective_events(self.mixture)

    @property
    def direction(self) -> str:
        """Say whose hazard over whose, as the studies have it."""
        if self.hazard_of:
            return f"{self.hazard_of} over {self.versus}"
        symmetric = all(mean == 0.0 for _, mean, _ in self.components)
        return "the same in both directions" if symmetric else "direction not stated in its file"

    def hazard_ratio_words(self) -> str:
        """Say median, 95 % range, where the prior comes from, in which direction, and its worth."""
        low, middle, high = (math.exp(self.mixture.quantile(p)) for p in (0.025, 0.5, 0.975))
        several = "study" if len(self.studies) == 1 else "studies"
        source = f"from {len(self.studies)} {several}" if self.studies else "which rests on no study"
        vague = f", {self.robust_weight:g} of it vague" if self.robust_weight else ""
        return (
            f"hazard ratio {middle:.2f}, 95 % prior interval {low:.2f} to {high:.2f}: evidence on {self.effect}, "
            f"{self.endpoint} ({self.direction}), {source}, worth {self.effective_events.elir:.1f} events{vague}"
        )

    @careful
    def robustified(self, weight: float) -> "EvidencePrior":
        """Return the prior with a unit-information component at hazard ratio 1.

        Raises
        ------
        SpecError : the prior already holds a robust component, or the weight is none.
        """
        if self.robust_weight > 0.0:
            raise SpecError(
                f"prior of {self.effect} on {self.endpoint}: already holds a robust component of weight "
                f"{self.robust_weight:g}; leave 'robust' away, or pool again without one"
            )
        if not 0.0 <= weight < 1.0:
            raise SpecError(f"robust weight {weight:g}: must be from 0 to below 1")
        return replace(self, components=robustified(self.components, weight, 0.0), robust_weight=weight)

    def flipped(self) -> "EvidencePrior":
        """Return the prior on the hazard ratio of ``versus`` over ``hazard_of``."""
        turned = tuple((weight, -mean if mean else 0.0, sd) for weight, mean, sd in self.components)
        return replace(self, components=turned, hazard_of=self.versus, versus=self.hazard_of)


def robustified(components: Components, weight: float, mean: float) -> Components:
    """Return the components scaled down, and a last one of ``weight`` at ``mean`` that is worth one event.

    Schmidli et al. 2014, Biometrics 70:1023.
    """
    if weight == 0.0:
        return components
    kept = tuple(((1.0 - weight) * share, m, s) for share, m, s in components)
    return (*kept, (weight, mean, UNIT_INFORMATION_SD))


def named_prior(raw: Mapping[str, object], where: str, *, folder: Path, endpoint: str) -> EvidencePrior:
    """Return the prior of ``{ evidence = "rt_added", endpoint = "OS", robust = 0.3, flip = true }``.

    Parameters
    ----------
    raw : ``evidence`` is a bundled name, or a path that ends in .toml, relative to ``folder``. ``endpoint`` is the
        prior's own; it must be said where the model's differs. ``robust`` adds a vague component of that weight.
        ``flip`` turns the hazard ratio round.
    endpoint : of the model.

    Raises
    ------
    SpecError, TomlError : no such prior, a prior on another endpoint, an unknown key or a wrong value.
    """
    checks.refuse_unknown_keys(raw, REFERENCE_KEYS, where)
    name = checks.text(raw["evidence"], f"{where}, evidence")
    flip = raw.get("flip", False)
    if not isinstance(flip, bool):
        raise SpecError(f"{where}, flip: expected true or false, was given {flip!r}")
    weight = checks.number(raw.get("robust", 0.0), f"{where}, robust")
    try:
        found = read_prior(find_prior(name, near=folder))
        found = found.robustified(weight) if weight else found
    except InputError as error:
        raise SpecError(f"{where}: {error}") from None
    refuse_other_endpoint(found, raw, where, endpoint)
    return found.flipped() if flip else found


def refuse_other_endpoint(found: EvidencePrior, raw: Mapping[str, object], where: str, endpoint: str) -> None:
    """Raise if the prior is on another endpoint than the reference says, or than the model's where it says none."""
    if "endpoint" in raw:
        stated = checks.text(raw["endpoint"], f"{where}, endpoint")
        if stated.casefold() != found.endpoint.casefold():
            raise SpecError(
                f"{where}, endpoint: '{raw['evidence']}' is a prior on {found.endpoint}, not on '{stated}'; "
                "write that endpoint, or name another file"
            )
    elif found.endpoint.casefold() != endpoint.casefold():
        raise SpecError(
            f"{where}: '{raw['evidence']}' is a prior on {found.endpoint}, the model's endpoint is '{endpoint}'; if it "
            f'serves here too, say so: endpoint = "{found.endpoint}"'
        )


@careful
def read_prior(path: str | Path) -> EvidencePrior:
    """Read ``prior.toml``, or a bundled prior by name.

    Parameters
    ----------
    path : of a file that ``escc-bayes evidence`` wrote, or the name of a bundled prior.

    Returns
    -------
    EvidencePrior : a mixture of normals on the log hazard ratio of ``hazard_of`` over ``versus``.

    Raises
    ------
    TomlError, SpecError : with the file, the key, what was given and what to do.

    Examples
    --------
    >>> prior = read_prior("rt_added")
    >>> prior.endpoint, prior.hazard_of
    ('OS', 'ICT + RT')
    """
    file = find_prior(path)
    raw = read_toml(file)
    checks.refuse_unknown_keys(raw, ("prior",), str(file))
    where = f"{file}, [prior]"
    body = checks.table(raw.get("prior"), where)
    checks.refuse_unknown_keys(body, KEYS, where)
    robust = checks.number(body.get("robust_weight", 0.0), f"{where}, robust_weight", least=0.0, below=1.0)
    if ("hazard_of" in body) != ("versus" in body):
        raise SpecError(f"{where}: 'hazard_of' and 'versus' belong together; state both or neither")
    return EvidencePrior(
        effect=checks.text(body.get("effect"), f"{where}, effect"),
        endpoint=checks.text(body.get("endpoint"), f"{where}, endpoint"),
        components=components_from(body.get("components"), f"{where}, components"),
        robust_weight=robust,
        hazard_of=checks.text(body["hazard_of"], f"{where}, hazard_of") if "hazard_of" in body else "",
        versus=checks.text(body["versus"], f"{where}, versus") if "versus" in body else "",
        studies=listed(body, "studies", where),
        statements=listed(body, "statements", where),
    )


def listed(body: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    """Return a list of words, empty where the list is empty or absent."""
    return checks.words(body[key], f"{where}, {key}") if body.get(key) else ()


def components_from(value: object, where: str) -> Components:
    """Return the components of ``[{ weight, mean, sd }]``; weights must sum to one."""
    if not isinstance(value, list) or not value:
        raise SpecError(f"{where}: expected a list of {{ weight, mean, sd }}, was given {value!r}")
    triples = []
    for index, item in enumerate(value, start=1):
        at = f"{where}, component {index}"
        part = checks.table(item, at)
        checks.refuse_unknown_keys(part, COMPONENT_KEYS, at)
        weight = checks.number(part.get("weight"), f"{at}, weight", above=0.0)
        mean = checks.number(part.get("mean"), f"{at}, mean")
        triples.append((weight, mean, checks.number(part.get("sd"), f"{at}, sd", above=0.0)))
    total = math.fsum(weight for weight, _, _ in triples)
    if abs(total - 1.0) > 1e-6:
        raise SpecError(f"{where}: the weights sum to {total:.6g}; they must sum to 1")
    return tuple((weight / total, mean, sd) for weight, mean, sd in triples)
