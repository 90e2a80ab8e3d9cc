"""What is asked of ``match``: the treatment, what it depended on, how the groups are made alike, whose effect."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.kinds import LEVEL, SEED
from escc_bayes.foundation.seeds import Seed

type Method = Literal["nearest", "optimal", "full", "exact", "cem", "overlap", "iptw", "entropy", "none"]
type EstimandWord = Literal["att", "ate", "ato"]
type ScoreWord = Literal["logistic", "bayes"]
type Extent = Literal["whole", "effect", "classical"]

METHODS: tuple[Method, ...] = get_args(Method.__value__)
ESTIMANDS: tuple[EstimandWord, ...] = get_args(EstimandWord.__value__)
SCORES: tuple[ScoreWord, ...] = get_args(ScoreWord.__value__)
# Whose effect it is where patients are compared as they are: those of the file, if they were randomised or matched.
GIVEN = "given"
# Whose effect each design can be of; the first where none is asked for.
POSSIBLE: dict[str, tuple[str, ...]] = {
    "nearest": ("att",),
    "optimal": ("att",),
    "full": ("att", "ate"),
    "exact": ("att", "ate"),
    "cem": ("att", "ate"),
    "overlap": ("ato",),
    "iptw": ("ate", "att"),
    "entropy": ("att", "ate"),
    "none": (GIVEN,),
}
CALIPERED = ("nearest", "optimal", "full")
PAIRED = ("nearest", "optimal")
SETS = ("nearest", "optimal", "full", "exact", "cem")
MOST_CONTROLS = 20


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes
    ----------
    endpoint, treatment : of the cohort; the treatment has two levels, the first is the control.
    on : covariates that the treatment may have depended on; of ``none`` those whose balance is shown.
    method : how the groups are made alike; ``none``: they are compared as they are, randomised or matched before.
    caliper : largest distance of a pair, in standard deviations of the score over all patients; None: any.
    ratio : controls for each treated patient, of ``nearest`` and ``optimal``.
    estimand : att | ate | ato; None: the first that the method can have.
    score : how the propensity score is fitted.
    truncate : share of the weights of each group cut off at either end, of ``iptw``.
    designs : how many are behind the row that carries their uncertainty; 0: none.
    subgroups : covariates within whose levels the effect is looked at.
    landmarks, grace : of a treatment that starts during follow-up, as for ``time_zero``.
    cuts : months at which periods of the hazard ratio end; None: 6, 12 and 24, where there are events enough.
    extent : whole | effect (without analyses by the start of the treatment, which no design changes) | classical (the
        design, its balance, and the ratios of Cox and Weibull alone).
    level, seed : of intervals, of everything random.
    """

    endpoint: str
    treatment: str
    on: tuple[str, ...]
    method: Method = "nearest"
    caliper: float | None = None
    ratio: int = 1
    estimand: EstimandWord | None = None
    score: ScoreWord = "logistic"
    truncate: float = 0.0
    designs: int = 100
    subgroups: tuple[str, ...] = ()
    landmarks: tuple[float, ...] = ()
    grace: float | None = None
    cuts: tuple[float, ...] | None = None
    extent: Extent = "whole"
    level: float = LEVEL
    seed: Seed = SEED

    def __post_init__(self) -> None:
        refuse_words(self)
        refuse_subgroups(self)
        refuse_numbers(self)

    @property
    def whose(self) -> str:
        """The estimand that the weights are made for."""
        return self.estimand or POSSIBLE[self.method][0]

    @property
    def calipered(self) -> bool:
        """Whether a caliper limits the pairs."""
        return self.caliper is not None


def refuse_words(asked: Request) -> None:
    """Raise ``InputError`` for a word that is none, or does not go with the method."""
    for name, word, known in (("method", asked.method, METHODS), ("score", asked.score, SCORES)):
        if word not in known:
            raise InputError(f"match: {name} '{word}' is unknown; one of {', '.join(known)}")
    if asked.estimand is not None and asked.estimand not in ESTIMANDS:
        raise InputError(f"match: estimand '{asked.estimand}' is unknown; one of {', '.join(ESTIMANDS)}")
    possible = POSSIBLE[asked.method]
    if asked.whose not in possible:
        can = [name for name, words in POSSIBLE.items() if asked.whose in words]
        raise InputError(
            f"match: {asked.method} is of the estimand {' or '.join(possible)}, and {asked.whose} is asked for; "
            f"{', '.join(can)} can be of {asked.whose}"
        )
    if not asked.on and asked.method != "none":
        raise InputError(
            "match: no covariate is named to make the groups alike on; give on=(NAME, ..) (--on a,b,c), or method none "
            "to compare patients as they are, randomised or matched before"
        )
    twice = {name for name in asked.on if asked.on.count(name) > 1}
    if twice:
        raise InputError(f"match: '{min(twice)}' stands twice among the covariates to match on; keep one")
    if asked.treatment in asked.on:
        raise InputError(f"match: '{asked.treatment}' is the treatment; leave it out of the covariates to match on")


def refuse_subgroups(asked: Request) -> None:
    """Raise ``InputError`` for subgroups of the treatment itself, or named twice."""
    if asked.treatment in asked.subgroups:
        raise InputError(f"match: '{asked.treatment}' is the treatment; it has no effect within itself")
    twice = {name for name in asked.subgroups if asked.subgroups.count(name) > 1}
    if twice:
        raise InputError(f"match: '{min(twice)}' stands twice among the subgroups; keep one")


def refuse_numbers(asked: Request) -> None:
    """Raise ``InputError`` for a number that cannot be, or does not go with the method."""
    if asked.caliper is not None:
        if asked.method not in CALIPERED:
            raise InputError(f"match: a caliper belongs to {', '.join(CALIPERED)}; {asked.method} has no distances")
        if not 0.0 < asked.caliper < math.inf:
            raise InputError(f"match: caliper is {asked.caliper:g}; give standard deviations of the score, above 0")
    if not 1 <= asked.ratio <= MOST_CONTROLS:
        raise InputError(f"match: ratio is {asked.ratio}; give 1 to {MOST_CONTROLS} controls for each treated patient")
    if asked.ratio > 1 and asked.method not in PAIRED:
        raise InputError(f"match: a ratio belongs to {' and '.join(PAIRED)}; {asked.method} takes every control it can")
    if not 0.0 <= asked.truncate < 0.5:
        raise InputError(f"match: truncate is {asked.truncate:g}; give the share cut off at either end, 0 to below 0.5")
    if asked.truncate and asked.method != "iptw":
        raise InputError(f"match: weights of {asked.method} are not truncated; leave truncate out, or take iptw")
    if not 0.0 < asked.level < 1.0:
        raise InputError(f"match: level is {asked.level:g}; give a share between 0 and 1")
    if asked.designs < 0:
        raise InputError(f"match: designs is {asked.designs}; give 0 (none) or more")
