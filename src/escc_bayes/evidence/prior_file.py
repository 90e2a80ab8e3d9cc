"""The file ``prior.toml``: a pooled prior on a log hazard ratio as a normal mixture, written and read back exactly.

schema = 1
[prior]
effect, endpoint, components = [{ weight, mean, sd }], robust_weight, effective_events, studies, statements
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from escc_bayes.evidence.effective_events import UNIT_INFORMATION_SD, EffectiveEvents, effective_events
from escc_bayes.evidence.map_prior import robustify
from escc_bayes.evidence.mixture import NormalMixture, mixture_of
from escc_bayes.evidence.published_effect import EvidenceError
from escc_bayes.foundation import checks
from escc_bayes.foundation.toml import read_toml

KEYS = (
    "effect",
    "endpoint",
    "components",
    "robust_weight",
    "effective_events",
    "effective_events_moment",
    "studies",
    "statements",
)
COMPONENT_KEYS = ("weight", "mean", "sd")


@dataclass(frozen=True, slots=True)
class EvidencePrior:
    """A prior on the log hazard ratio of ``effect`` on ``endpoint``.

    ``robust_weight`` is the weight of the vague component, which is then the last of ``mixture``; 0 where there
    is none. ``studies`` is empty for a prior that rests on no study.
    """

    effect: str
    endpoint: str
    mixture: NormalMixture
    robust_weight: float
    studies: tuple[str, ...]
    statements: tuple[str, ...]

    @property
    def effective_events(self) -> EffectiveEvents:
        """Worth of the prior in events of a 1:1 trial."""
        return effective_events(self.mixture)

    def robustified(self, weight: float) -> "EvidencePrior":
        """Return the prior with a unit-information component at HR 1; refused if it already holds a robust one."""
        if self.robust_weight > 0.0:
            raise EvidenceError(
                f"prior of {self.effect} on {self.endpoint}: already holds a robust component of weight "
                f"{self.robust_weight:g}; leave 'robust' away, or pool again without one"
            )
        if not 0.0 <= weight < 1.0:
            raise EvidenceError(f"robust weight {weight:g}: must be from 0 to below 1")
        return replace(self, mixture=robustify(self.mixture, weight=weight, mean=0.0), robust_weight=weight)


def weak_prior(effect: str, endpoint: str, *, sd: float) -> EvidencePrior:
    """Return N(0, ``sd``) for an effect without usable evidence; it says that it rests on no study."""
    if not 0.0 < sd < math.inf:
        raise EvidenceError(f"weak prior of {effect} on {endpoint}: sd is {sd:g}; give a positive number")
    said = f"No study of {effect} on {endpoint} was pooled; N(0, {sd:g}) on the log HR was asked for."
    return EvidencePrior(effect, endpoint, mixture_of([(1.0, 0.0, sd)]), 0.0, (), (said,))


def prior_toml(prior: EvidencePrior) -> str:
    """Return the text of ``prior.toml``; numbers with all their digits."""
    mixture, worth = prior.mixture, prior.effective_events
    triples = zip(mixture.weights.tolist(), mixture.means.tolist(), mixture.sds.tolist(), strict=True)
    components = [f"  {{ weight = {w!r}, mean = {m!r}, sd = {s!r} }},\n" for w, m, s in triples]
    lines = [
        "schema = 1\n\n[prior]\n",
        f"effect = {quoted(prior.effect)}\nendpoint = {quoted(prior.endpoint)}\n",
        f"# On the log hazard ratio.\ncomponents = [\n{''.join(components)}]\n",
        f"# Weight of the vague component, the last one; its sd by default is {UNIT_INFORMATION_SD:g}, one event.\n",
        f"robust_weight = {prior.robust_weight!r}\n",
        "# Events of a 1:1 trial: expected local information ratio, and 4 / variance.\n",
        f"effective_events = {worth.elir!r}\neffective_events_moment = {worth.moment!r}\n",
        f"studies = [{', '.join(quoted(study) for study in prior.studies)}]\n",
        "statements = [\n" + "".join(f"  {quoted(said)},\n" for said in prior.statements) + "]\n",
    ]
    return "".join(lines)


def quoted(text: str) -> str:
    """Return a TOML basic string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_prior(path: Path) -> EvidencePrior:
    """Read ``prior.toml``.

    Raises
    ------
    TomlError, EvidenceError : with the file, the key, what was given and what to do.
    """
    raw = read_toml(path)
    checks.refuse_unknown_keys(raw, ("prior",), str(path))
    where = f"{path}, [prior]"
    body = checks.table(raw.get("prior"), where)
    checks.refuse_unknown_keys(body, KEYS, where)
    robust = checks.number(body.get("robust_weight", 0.0), f"{where}, robust_weight", above=-1e-300, below=1.0)
    return EvidencePrior(
        effect=checks.text(body.get("effect"), f"{where}, effect"),
        endpoint=checks.text(body.get("endpoint"), f"{where}, endpoint"),
        mixture=components_from(body.get("components"), f"{where}, components"),
        robust_weight=robust,
        studies=listed(body, "studies", where),
        statements=listed(body, "statements", where),
    )


def listed(body: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    """Return a list of words, empty where the list is empty or absent."""
    return checks.words(body[key], f"{where}, {key}") if body.get(key) else ()


def components_from(value: object, where: str) -> NormalMixture:
    """Return the mixture of ``[{ weight, mean, sd }]``; weights must sum to one."""
    if not isinstance(value, list) or not value:
        raise EvidenceError(f"{where}: expected a list of {{ weight, mean, sd }}, was given {value!r}")
    triples = []
    for index, item in enumerate(value, start=1):
        at = f"{where}, component {index}"
        part = checks.table(item, at)
        checks.refuse_unknown_keys(part, COMPONENT_KEYS, at)
        weight = checks.number(part.get("weight"), f"{at}, weight", above=0.0)
        mean = checks.number(part.get("mean"), f"{at}, mean")
        triples.append((weight, mean, checks.number(part.get("sd"), f"{at}, sd", above=0.0)))
    total = sum(weight for weight, _, _ in triples)
    if abs(total - 1.0) > 1e-6:
        raise EvidenceError(f"{where}: the weights sum to {total:.6g}; they must sum to 1")
    return mixture_of(triples)
