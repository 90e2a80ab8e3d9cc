"""What the verb ``evidence`` is told in words: pairs such as ``GROUP=reason``, and numbers with commas."""

from collections.abc import Mapping, Sequence

from escc_bayes.evidence.pooling.bias import BiasTerm
from escc_bayes.evidence.pooling.direction import SENSES, Sense
from escc_bayes.evidence.pooling.exact import MeanPrior
from escc_bayes.evidence.pooling.published_effect import BIAS_WORDS, BiasWord, EvidenceError, log_hr_from_interval
from escc_bayes.foundation.checks import suggestion
from escc_bayes.spec.prior import HalfNormal, Normal


def pairs(given: Sequence[str], option: str, form: str) -> dict[str, str]:
    """Return ``NAME=TEXT`` as a dictionary; each name once.

    Examples
    --------
    >>> pairs(["keynote590=squamous"], "--subgroup", "STUDY=WORDS")
    {'keynote590': 'squamous'}
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise EvidenceError(f"{option} {text}: write {option} {form}")
        if name in found:
            raise EvidenceError(f"{option} {text}: '{name}' is given twice; keep one")
        found[name] = value
    return found


def numbers(text: str, option: str, form: str, counts: tuple[int, ...]) -> tuple[float, ...]:
    """Return numbers separated by commas, as many as ``counts`` allows."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) not in counts:
        raise EvidenceError(f"{option} {text}: write {option} {form}, numbers separated by commas")
    return found


def bias_terms(given: Sequence[str]) -> Mapping[BiasWord, BiasTerm]:
    """Return bias terms from ``WORD=MEAN,SD``."""
    form = "WORD=MEAN,SD, such as observational=-0.1,0.2"
    stated = pairs(given, "--bias", form)
    for word in stated:
        if word not in BIAS_WORDS:
            raise EvidenceError(f"--bias {word}: no bias is called so; {suggestion(word, BIAS_WORDS)}")
    words: tuple[BiasWord, ...] = ("observational", "immortal_time", "indirect_endpoint")
    return {word: BiasTerm(*numbers(stated[word], "--bias", form, (2,))) for word in words if word in stated}


def directions(given: Sequence[str]) -> Mapping[str, Sense]:
    """Return directions from ``STUDY=as_printed`` or ``STUDY=reversed``."""
    stated = pairs(given, "--direction", "STUDY=as_printed or STUDY=reversed")
    for study, word in stated.items():
        if word not in SENSES:
            raise EvidenceError(f"--direction {study}={word}: {suggestion(word, SENSES)}")
    return {study: sense for study, word in stated.items() for sense in SENSES if sense == word}


def accepted(given: Sequence[str]) -> Mapping[str, str]:
    """Return the reasons to let a study in that contradicts itself, from ``STUDY="reason"``."""
    return pairs(given, "--accept", 'STUDY="reason"')


def mean_prior(text: str) -> MeanPrior:
    """Return the prior on the mean log hazard ratio: ``flat`` or ``MEAN,SD``."""
    if text == "flat":
        return "flat"
    mean, sd = numbers(text, "--mean-prior", "flat or MEAN,SD", (2,))
    if not 0.0 < sd < float("inf"):
        raise EvidenceError(f"--mean-prior {text}: the sd must be a positive number")
    return Normal(mean, sd)


def tau_prior(sd: float) -> HalfNormal:
    """Return the half-normal on the between-study standard deviation."""
    if not 0.0 < sd < float("inf"):
        raise EvidenceError(f"--tau-prior {sd:g}: the scale must be a positive number")
    return HalfNormal(sd)


def new_estimate(text: str) -> tuple[float, float]:
    """Return log hazard ratio and standard error of ``HR,LOWER,UPPER[,LEVEL]``; the level is 0.95 unless said."""
    ratio, lower, upper, *rest = numbers(text, "--against", "HR,LOWER,UPPER or HR,LOWER,UPPER,LEVEL", (3, 4))
    return log_hr_from_interval(ratio, lower, upper, ci_level=rest[0] if rest else 0.95)
