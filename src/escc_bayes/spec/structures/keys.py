"""Keys of ``[[effect]]`` that several structures share."""

from escc_bayes.foundation import checks
from escc_bayes.spec import prior as priors
from escc_bayes.spec.evidence_prior import EvidencePrior, named_prior
from escc_bayes.spec.structures.protocol import Key, Reading


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


PRIOR = Key(normal_or_evidence, "{ normal = [0.0, 1.0] }")
PER_UNIT = Key(per_unit_or_evidence, "{ normal = [0.0, 1.0] }")
SD = Key(half_normal, "{ halfnormal = 0.5 }")
