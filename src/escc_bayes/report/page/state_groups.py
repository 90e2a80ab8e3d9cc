"""Whom the tables of several transitions are of: groups, populations, draws, months, and who stands behind a number."""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.aalen_johansen import stays
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.states import averaged_over
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows

type Fitted = Posterior | EnsemblePosterior

# Draws that states are computed of: limits are right to about 0.04 of a posterior SD; of many patients who differ,
# followed for many months, as few as ``FEWEST``, and limits are right to 0.09.
DRAWS, FEWEST = 4000, 1000
# Patients who differ x months x draws of one table: about a second of one core.
MOST = 60_000_000
EVERYONE, GROUP = "everyone", "group"
# What a covariate that changes is set to, from the start of the clock to the end of follow-up.
THROUGHOUT = ", throughout"


@dataclass(frozen=True, slots=True)
class Asked:
    """A group of a covariate, or all patients, in one population.

    ``throughout``: a value of a covariate that changes, held from the start of the clock to the end of follow-up.
    """

    term: str
    group: str
    population: str
    throughout: bool = False

    @property
    def label(self) -> str:
        """What tables call the group."""
        return f"{self.group}{THROUGHOUT}" if self.throughout else self.group

    @property
    def options(self) -> dict[str, str]:
        """The group and population as a posterior's methods take them."""
        return {"term": self.term, "group": self.group, "population": self.population}


def asked_of(plan: ModelPlan) -> tuple[Asked, ...]:
    """Return all patients, then every group: standardised over everyone, and as it is.

    A covariate that changes during follow-up has no groups, as who is in one now was in another before: everyone is set
    to each of its values throughout.
    """
    found = [Asked("", "", EVERYONE)]
    for block in plan.design.blocks:
        if block.shown:
            for term, levels in zip(block.effect.covariates, block.levels, strict=True):
                if plan.design.schemas[term].changes:
                    found += [Asked(term, level, EVERYONE, throughout=True) for level in levels]
                    continue
                found += [Asked(term, level, whose) for whose in (EVERYONE, GROUP) for level in levels]
    return tuple(dict.fromkeys(found))


def cohorts_of(posterior: Fitted) -> tuple[AnalysisRows, ...]:
    """Return the rows of the cohort, or of each member of an ensemble."""
    members = posterior.members if isinstance(posterior, EnsemblePosterior) else (posterior,)
    return tuple(member.plan.rows for member in members)


def fewer_draws(posterior: Fitted) -> Fitted:
    """Return the posterior with the draws that states are computed of."""
    first = posterior.members[0] if isinstance(posterior, EnsemblePosterior) else posterior
    differ = averaged_over(first.plan, "", "", EVERYONE).share.size
    return posterior.thinned(min(DRAWS, max(FEWEST, MOST // (differ * months_of(posterior).size))))


def months_of(posterior: Fitted) -> FloatArray:
    """Return the months 0, 1, 2, ... to the end of follow-up since time zero; the shortest of an ensemble's."""
    last = min(max(float(stay.time.max()) for stay in stays(rows)) for rows in cohorts_of(posterior))
    return np.arange(math.floor(last) + 1.0)


def counted(posterior: Fitted, asked: Asked, transition: str) -> dict[str, int]:
    """Return patients at risk of a transition and its events in a group; the means of an ensemble's."""
    found = [of_group(rows, asked.term, asked.group, transition=transition) for rows in cohorts_of(posterior)]
    return {"n": round(np.mean([one.n for one in found])), "events": round(np.mean([one.events for one in found]))}


def quantiles(draws: FloatArray, level: float) -> FloatArray:
    """Return median and limits of draws (D, ...), (3, ...); those beyond every number are infinite."""
    tail = (1.0 - level) / 2.0
    return np.asarray(np.quantile(draws, [0.5, tail, 1.0 - tail], axis=0, method="nearest"))


def head_of(plan: ModelPlan, method: str, asked: Asked) -> dict[str, object]:
    """Return the columns that every row begins with."""
    model = plan.spec.name
    return {
        "endpoint": plan.rows.endpoint,
        "model": model,
        "method": method,
        "term": asked.term,
        "group": asked.label,
    }


def members(rows: AnalysisRows, asked: Asked) -> np.ndarray | None:
    """Return which patients are in a group; None: all."""
    if not asked.term:
        return None
    covariate = rows.covariates[asked.term]
    return np.asarray(covariate.values[rows.first_rows()] == covariate.schema.levels.index(asked.group))
