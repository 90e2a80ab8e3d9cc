"""A model of several coded factors at once: piecewise or Weibull, over all reconstructions, from a landmark."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.foundation.seeds import stream
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.prior import Z975, HalfNormal, Normal
from escc_bayes.spec.request import Outcome, PiecewiseBaseline, WeibullBaseline
from escc_bayes.spec.structures.protocol import Structure
from escc_bayes.spec.structures.registry import usual_structure
from escc_bayes.spec.usual import LEVELS_SD, LEVELS_UPPER, STEP_SD, usual_cuts, usual_survival
from escc_bayes.study.coded import Coded, coded_cohort
from escc_bayes.study.subject import Subject

type Fitted = Posterior | EnsemblePosterior
type Family = Literal["piecewise", "weibull"]
# Of each chain of each member: 20 members then hold 20,000.
DRAWS = 250
# SD of the logarithm of the Weibull shape: 95 % between 0.38 and 2.7.
SHAPE_SD = 0.5
PRIOR_WORDS = (
    "Posterior medians, credible intervals. "
    f"Priors: each hazard ratio has median 1 and 97.5 % point {LEVELS_UPPER:g}, for a level or a step alike; clock "
    "from the month at which all factors are known."
)


def whole_spec(subject: Subject, endpoint: str, factors: Sequence[Coded], family: Family, name: str) -> ModelSpec:
    """Return the model of these factors; the clock starts when all of them are known."""
    landmark = max((factor.known_at for factor in factors), default=0.0)
    data = subject.followed(endpoint)[0]
    reach = float(np.max(data.time[data.present])) - landmark
    return ModelSpec(
        name=name,
        outcome=Outcome(subject.endpoints[endpoint], landmark or None),
        baseline=piecewise(reach) if family == "piecewise" else weibull(reach),
        effects=tuple(effect_of(factor) for factor in factors),
        title=f"{subject.words(endpoint)}, every factor at once, {family}",
    )


def effect_of(factor: Coded) -> Structure:
    """Return the effect of a factor: levels without an order are shrunk towards each other."""
    given = {"prior": Normal(0.0, math.log(LEVELS_UPPER) / Z975), "sd": HalfNormal(LEVELS_SD)}
    structure = usual_structure(factor.kind)
    keys = {key: given[key] for key in structure.KEYS}
    return structure(name=factor.effect, covariates=(factor.effect,), **keys)  # type: ignore[call-arg]


def piecewise(reach: float) -> PiecewiseBaseline:
    """Return a smoothed piecewise baseline over so many months."""
    cuts, prior = usual_cuts(reach), usual_survival(reach)
    return PiecewiseBaseline(cuts, None, "mean", "random_walk", "length", HalfNormal(STEP_SD), prior)


def weibull(reach: float) -> WeibullBaseline:
    """Return a Weibull baseline over so many months."""
    return WeibullBaseline(12.0, "mean", usual_survival(reach), Normal(0.0, SHAPE_SD))


def fitted(subject: Subject, spec: ModelSpec, factors: Sequence[Coded]) -> Fitted:
    """Return the posterior by ``laplace``, pooled over the reconstructions where there are several."""
    members = tuple(coded_cohort(member, place, factors) for place, member in enumerate(subject.members))
    seed = stream(subject.seed, "study", spec.name)
    if not subject.several:
        return fit(spec, members[0], engine="laplace", seed=seed)
    ensemble = Ensemble(subject.study.id, members)
    return fit_ensemble(spec, ensemble, seed=seed, draws=DRAWS)
