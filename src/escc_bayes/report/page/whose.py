"""Whose a row of a posterior's own tables is: the columns that it begins with, and those that it ends with."""

from typing import TYPE_CHECKING

import numpy as np

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.tables import Row

if TYPE_CHECKING:
    from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior

type Fitted = Posterior | EnsemblePosterior


def posteriors_of(posterior: Fitted) -> tuple[Posterior, ...]:
    """Return the posterior alone, or those of the members of an ensemble."""
    return (posterior,) if isinstance(posterior, Posterior) else posterior.members


def begun(posterior: Fitted) -> Row:
    """Return endpoint, model and method."""
    plan = posterior.plan
    return {"endpoint": plan.rows.endpoint, "model": plan.spec.name, "method": posterior.method}


def ended(posterior: Fitted, share_between: float = 0.0) -> Row:
    """Return patients, events and where they come from; of an ensemble their means, and what lies between members."""
    members = posteriors_of(posterior)
    row: dict[str, object] = {
        "n": round(float(np.mean([member.plan.rows.n for member in members]))),
        "events": round(float(np.mean([member.plan.rows.events for member in members]))),
        "provenance": posterior.record.provenance,
        "clock": posterior.plan.rows.clock,
        "verdict": posterior.verdict,
    }
    pooled = {"members": len(members), "share_between": share_between}
    return row if isinstance(posterior, Posterior) else row | pooled
