"""Keys of ``[[effect]]`` that several structures share."""

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec import prior as priors
from escc_bayes.spec.evidence_prior import EvidencePrior, named_prior
from escc_bayes.spec.structures.protocol import Key, Reading, Structure


def normal_or_evidence(value: object, at: str, reading: Reading) -> priors.Normal | EvidencePrior:
    """Read a prior on a log hazard ratio: a normal, or published evidence."""
    raw = checks.table(value, at)
    if "evidence" not in raw:
        return priors.effect_prior(raw, at)
    return named_prior(raw, at, folder=reading.folder, endpoint=reading.endpoint)


def per_unit_or_evidence(value: object, at: str, reading: Reading) -> priors.Normal | EvidencePrior:
    """Read a prior on the log hazard ratio per unit of a number: a normal of any size, or published evidence."""
    raw = checks.table(value, at)
    return normal_or_evidence(raw, at, reading) if "evidence" in raw else priors.per_unit_prior(raw, at)


def half_normal(value: object, at: str, _: Reading) -> priors.HalfNormal:
    """Read a half-normal on an SD."""
    return priors.half_normal(value, at)


def covariate(value: object, at: str, _: Reading) -> str:
    """Read the name of a covariate."""
    return checks.text(value, at)


def normal_prior(value: object, at: str, _: Reading) -> priors.Normal:
    """Read a normal on a log hazard ratio that published evidence, of two groups of all patients, is not about."""
    raw = checks.table(value, at)
    if "evidence" in raw:
        raise SpecError(
            f"{at}: published evidence is of one hazard ratio between two groups, and this effect differs with another "
            "covariate; state { normal = [mean, sd] }"
        )
    return priors.per_unit_prior(raw, at)


PRIOR = Key(normal_or_evidence, "{ normal = [0.0, 1.0] }")
PER_UNIT = Key(per_unit_or_evidence, "{ normal = [0.0, 1.0] }")
SD = Key(half_normal, "{ halfnormal = 0.5 }")
NORMAL = Key(normal_prior, "{ normal = [0.0, 1.0] }")


def stated(effect: Structure) -> tuple[str, ...]:
    """Return the keys of an effect that a file states: all but those with their usual value."""
    return tuple(name for name, key in effect.KEYS.items() if key.usual is None or getattr(effect, name) != key.usual)
