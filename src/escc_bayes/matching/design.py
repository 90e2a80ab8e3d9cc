"""A design: who stays, with which weight, in which matched set."""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.weights import effective_size
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.matching.pairing import Pairs, full, nearest, optimal
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import PAIRED, Request
from escc_bayes.matching.score import (
    Score,
    ScorePosterior,
    bayes_score,
    logistic_score,
    refuse_separated,
    separated,
    standard_design,
)
from escc_bayes.matching.strata import coarse_strata, exact_strata
from escc_bayes.matching.weighting import Weights, entropy, inverse_probability, of_sets, overlap

# Methods that need no score: without overlap they still can say who is comparable.
WEAK = (
    "The covariates part the groups without error: the score is finite by its prior alone, and some patients have "
    "nobody to be compared with."
)
WITHOUT_SCORE = ("exact", "cem", "entropy")


@dataclass(frozen=True, slots=True)
class Design:
    """Two groups made alike.

    Attributes
    ----------
    method, estimand : ``estimand`` is ``atm``, of the matched, where a caliper or too few controls leave treated out.
    weight : (n,) 0: left out.
    group : (n,) number of the matched set or stratum from 0; -1: in none.
    pairs : of matching; None for strata and weights.
    score : (n,); None where there is none.
    weights : with how they move with what was estimated.
    """

    method: str
    estimand: str
    weight: FloatArray
    group: IntArray
    pairs: Pairs | None
    score: FloatArray | None
    weights: Weights

    @property
    def sets(self) -> int:
        """Number of matched sets."""
        return int(self.group.max(initial=-1)) + 1

    @property
    def clusters(self) -> IntArray:
        """Independent units of those who stay, (kept,): pairs or sets where there are pairs, else patients."""
        kept = self.weight > 0.0
        if self.pairs is None:
            return np.arange(int(kept.sum()))
        return np.asarray(np.unique(self.group[kept], return_inverse=True)[1])

    def effective(self, inside: np.ndarray) -> float:
        """Return Kish's effective number of the patients ``inside`` (n,) who stay."""
        own = self.weight[inside & (self.weight > 0.0)]
        return effective_size(own) if own.size else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """The score of the design, and a posterior of it where one is asked for; sentences on both."""

    score: Score | None
    posterior: ScorePosterior | None
    notes: tuple[str, ...]


def scores_of(patients: Patients, asked: Request) -> Scores:
    """Fit the score by maximum likelihood or take its posterior mean; draw from its posterior.

    Raises
    ------
    CohortError : the groups do not overlap, and the method needs a score by maximum likelihood.
    """
    if asked.method == "none":
        return Scores(None, None, ())
    posterior = None
    if asked.score == "bayes" or (asked.designs and asked.method not in ("exact", "cem")):
        posterior = bayes_score(patients.terms, patients.treated, draws=asked.designs, seed=asked.seed)
    design = standard_design(patients.terms)
    apart = separated(design, patients.treated)
    if asked.score == "bayes":
        assert posterior is not None
        said = "The score is the posterior mean under normal priors of SD 2.5 for each SD of a covariate."
        notes = (said, WEAK) if apart else (said,)
        return Scores(Score(design, posterior.centre, posterior.mean), posterior, notes)
    if apart and asked.method in WITHOUT_SCORE:
        return Scores(None, None, ("The covariates part the groups without error: there is no propensity score.",))
    where = patients.cohort.source
    shown = [(column.name, column.values) for column in patients.shown]
    refuse_separated(design, patients.treated, shown, patients.levels, where)
    return Scores(logistic_score(patients.terms, patients.treated), posterior, ())


def design_of(patients: Patients, asked: Request, score: Score | None) -> Design:
    """Return the design that the method makes of a score.

    Raises
    ------
    CohortError : nobody can be matched.
    """
    method, treated = asked.method, patients.treated
    pairs: Pairs | None = None
    group = np.full(patients.n, -1, dtype=np.int64)
    if method in ("nearest", "optimal", "full"):
        assert score is not None
        pairs = paired(patients, asked, score.probability)
        group = pairs.group
        weights = of_sets(group, treated, asked.whose, estimated=False)
    elif method in ("exact", "cem"):
        group = strata_of(patients, method)
        weights = of_sets(group, treated, asked.whose, estimated=True)
    elif method == "none":
        weights = Weights(np.ones(patients.n), None)
    else:
        weights = weights_of(patients, asked, score)
    found = Design(
        method=method,
        estimand=asked.whose,
        weight=weights.weight,
        group=group,
        pairs=pairs,
        score=None if score is None else score.probability,
        weights=weights,
    )
    refuse_empty(patients, asked, found)
    left_out = bool((found.weight[treated] == 0.0).any())
    # Who has no match is left out: the effect is then of those who have one.
    return replace(found, estimand="atm") if asked.calipered or left_out else found


def paired(patients: Patients, asked: Request, score: FloatArray) -> Pairs:
    """Return the pairs or sets of a score."""
    if asked.method == "full":
        return full(score, patients.treated, caliper=asked.caliper)
    make = nearest if asked.method == "nearest" else optimal
    return make(score, patients.treated, caliper=asked.caliper, ratio=asked.ratio)


def strata_of(patients: Patients, method: str) -> IntArray:
    """Return strata of patients alike, or alike coarsely."""
    if method == "exact":
        return exact_strata(patients.strata, patients.treated)
    return coarse_strata(patients.strata, patients.categorical, patients.treated)


def weights_of(patients: Patients, asked: Request, score: Score | None) -> Weights:
    """Return the weights of a method that keeps everybody."""
    if asked.method == "entropy":
        return entropy(standard_design(patients.terms), patients.treated, asked.whose, patients.cohort.source)
    assert score is not None
    if asked.method == "overlap":
        found = overlap(score, patients.treated)
    else:
        found = inverse_probability(score, patients.treated, asked.whose, asked.truncate)
    # A posterior mean is no root of the estimating equations of maximum likelihood.
    return replace(found, estimated=None) if asked.score == "bayes" else found


def refuse_empty(patients: Patients, asked: Request, found: Design) -> None:
    """Raise where nobody of a group stays."""
    if (found.weight > 0.0).any():
        return
    first, second = patients.levels
    remedy = "a wider caliper" if asked.calipered else "fewer covariates, or another method"
    raise CohortError(
        f"{patients.cohort.source}: {asked.method} matches nobody: no patient with {second} has one with {first} like "
        f"them; try {remedy}"
    )


def controls_short(patients: Patients, asked: Request) -> str:
    """Say that there are too few controls for everybody's."""
    controls, cases = int((~patients.treated).sum()), int(patients.treated.sum())
    if asked.method not in PAIRED or controls >= cases * asked.ratio:
        return ""
    return (
        f"{counted(controls, 'patient')} with {patients.read[0]}: fewer than {asked.ratio} for each of {cases} with "
        f"{patients.read[1]}, and who comes last goes without."
    )
