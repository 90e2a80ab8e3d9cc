"""Explicit bias terms: what a printed log hazard ratio may owe to its design.

printed = true + sum of biases + error, bias_b ~ N(mean_b, sd_b). So the estimate becomes printed - sum of means and
its standard error sqrt(se^2 + sum of sd_b^2). Biases are independent between studies (docs/methods/pooling.md says
what that leaves out). Turner et al. 2009, J R Stat Soc A 172:21.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from escc_bayes.evidence.pooling.published_effect import BIAS_WORDS, BiasWord, EvidenceError, PublishedEffect
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.checks import suggestion


@careful_class
@dataclass(frozen=True, slots=True)
class BiasTerm:
    """Normal on how far a design moves the printed log hazard ratio; mean below 0 means that it flatters."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and 0.0 <= self.sd < math.inf):
            raise EvidenceError(f"bias term with mean {self.mean} and sd {self.sd}: give finite numbers, sd at least 0")


@dataclass(frozen=True, slots=True)
class AdjustedEffect:
    """A published effect with its bias terms taken off.

    ``log_hr`` and ``se`` go into the pool; ``applied`` are the words whose terms were used, ``unstated`` those that the
    study carries and for which no term was given.
    """

    study: str
    printed_log_hr: float
    printed_se: float
    log_hr: float
    se: float
    applied: tuple[BiasWord, ...]
    unstated: tuple[BiasWord, ...]


def without_bias(effect: PublishedEffect, se: float, terms: Mapping[BiasWord, BiasTerm]) -> AdjustedEffect:
    """Return the effect shifted by minus the mean biases and widened by their sds."""
    applied = tuple(word for word in effect.biases if word in terms)
    shift = sum(terms[word].mean for word in applied)
    variance = sum(terms[word].sd ** 2 for word in applied)
    return AdjustedEffect(
        study=effect.study,
        printed_log_hr=effect.log_hr,
        printed_se=se,
        log_hr=effect.log_hr - shift,
        se=math.sqrt(se**2 + variance),
        applied=applied,
        unstated=tuple(word for word in effect.biases if word not in terms),
    )


def refuse_unknown_terms(terms: Mapping[BiasWord, BiasTerm]) -> None:
    """Raise ``EvidenceError`` for a bias term of another name."""
    for word in terms:
        if word not in BIAS_WORDS:
            raise EvidenceError(f"bias term '{word}' is not known; {suggestion(word, BIAS_WORDS)}")


def bias_statements(adjusted: Sequence[AdjustedEffect], terms: Mapping[BiasWord, BiasTerm]) -> tuple[str, ...]:
    """Say which studies each bias term moved, and which biases were left in for want of a term."""
    said = []
    for word in BIAS_WORDS:
        moved = [a.study for a in adjusted if word in a.applied]
        left = [a.study for a in adjusted if word in a.unstated]
        if moved:
            term = next(term for name, term in terms.items() if name == word)
            said.append(f"Bias {word} N({term.mean:g}, {term.sd:g}) on the log HR taken off: {', '.join(moved)}.")
        if left:
            said.append(f"Bias {word} has no stated term, so these enter as printed: {', '.join(left)}.")
    return tuple(said)
