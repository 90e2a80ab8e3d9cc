"""Compare models by leave-one-patient-out predictive density: Vehtari, Gelman & Gabry 2017, Stat Comput 27:1413."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.numeric.leave_one_out import left_out, stacking
from escc_bayes.bayes.posterior.inference_groups import MOST_VALUES, patient_log_likelihood
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.foundation.labels import numbered
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.same_patients import other_outcomes

NO_LOO = (
    "model '{model}' has sampling weights, and a pseudo-posterior has no predictive density of a patient left out; "
    "compare models by what they say with and without each other's effects"
)

NO_JOINT = (
    "model '{model}' is of several endpoints, whose likelihoods together are no probability of a patient left out; "
    "compare models of each endpoint alone, or illness-death models"
)


@dataclass(frozen=True, slots=True)
class LooRow:
    """One model's place.

    Attributes
    ----------
    model : name.
    rank : 0 is best.
    elpd : expected log predictive density, summed over patients; higher is better.
    elpd_se, elpd_diff, diff_se : its standard error; its distance from the best (0 or negative), and the SE of that.
    weight : stacking weight.
    n, events, patients : whose observations the densities are of; rows of other ``patients`` are not comparable.
    p_loo : effective number of parameters, log predictive density within the sample less elpd.
    pareto_k_max : largest k over patients; above 0.7 the row is unreliable.
    """

    model: str
    rank: int
    elpd: float
    elpd_se: float
    elpd_diff: float
    diff_se: float
    weight: float
    p_loo: float
    pareto_k_max: float
    n: int
    events: int
    patients: str


def compare_loo(posteriors: Sequence[Posterior]) -> tuple[LooRow, ...]:
    """Return models of one endpoint on the same patients, best first; different fits of one name are numbered.

    Raises
    ------
    EstimandError : fewer than two models; other patients, clocks or follow-up (covariates may differ); sampling
        weights.
    """
    refuse_other_patients(posteriors)
    names = numbered(
        [p.plan.spec.name for p in posteriors],
        [(p.record.spec_digest, p.record.engine, p.record.seed, p.record.settings) for p in posteriors],
    )
    single = dict(zip(names, posteriors, strict=True))
    if len(single) < 2:
        raise EstimandError(f"a comparison of models needs two or more posteriors, was given '{names[0]}' only")
    found = {name: left_out(densities(posterior)) for name, posterior in single.items()}
    weights = dict(zip(found, stacking(np.stack([one.elpd for one in found.values()])), strict=True))
    ranked = sorted(found, key=lambda name: -found[name].elpd.sum())
    rows = posteriors[0].plan.rows
    return tuple(
        LooRow(
            model=name,
            rank=rank,
            elpd=float(found[name].elpd.sum()),
            elpd_se=standard_error(found[name].elpd),
            elpd_diff=float((found[name].elpd - found[ranked[0]].elpd).sum()),
            diff_se=standard_error(found[name].elpd - found[ranked[0]].elpd),
            weight=float(weights[name]),
            p_loo=float((found[name].within - found[name].elpd).sum()),
            pareto_k_max=float(found[name].k.max()),
            n=rows.n,
            events=rows.events,
            patients=rows.patients_digest,
        )
        for rank, name in enumerate(ranked)
    )


def refuse_other_patients(posteriors: Sequence[Posterior]) -> None:
    """Raise where densities of patients cannot be compared, or there are none."""
    if len(posteriors) < 2:
        raise EstimandError("a comparison of models needs two or more posteriors")
    for posterior in posteriors[1:]:
        differ = other_outcomes(posteriors[0].plan.rows, posterior.plan.rows)
        if differ:
            given = ", ".join(f"{p.plan.spec.name}: {p.plan.rows.n} patients" for p in (posteriors[0], posterior))
            raise EstimandError(
                f"leave-one-out compares models on the same patients, endpoint and clock; given {given}: {differ}"
            )
    joined = [p.plan.spec.name for p in posteriors if p.plan.rows.marginal]
    if joined:
        raise EstimandError(NO_JOINT.format(model=joined[0]))
    weighted = [p.plan.spec.name for p in posteriors if p.plan.rows.sampled]
    if weighted:
        raise EstimandError(NO_LOO.format(model=weighted[0]))


def densities(posterior: Posterior) -> FloatArray:
    """Return log-likelihoods (draws, patients), of fewer draws where there are many patients."""
    found = posterior.thinned(MOST_VALUES // posterior.plan.rows.n)
    drawn = patient_log_likelihood(found.plan, found.values)
    return drawn.reshape(-1, drawn.shape[-1])


def standard_error(pointwise: FloatArray) -> float:
    """Return the standard error of a sum over patients."""
    return float(np.sqrt(pointwise.size) * pointwise.std(ddof=1))
