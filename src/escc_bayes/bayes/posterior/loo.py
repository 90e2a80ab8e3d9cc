"""Compare models by leave-one-patient-out predictive density: Vehtari, Gelman & Gabry 2017, Stat Comput 27:1413."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.foundation.labels import numbered
from escc_bayes.spec.same_patients import other_outcomes

NO_LOO = (
    "model '{model}' has sampling weights, and a pseudo-posterior has no predictive density of a patient left out; "
    "compare models by what they say with and without each other's effects"
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
    pareto_k_max : largest k over patients; above 0.7 the row is unreliable.
    """

    model: str
    rank: int
    elpd: float
    elpd_se: float
    elpd_diff: float
    diff_se: float
    weight: float
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
    if len(posteriors) < 2:
        raise EstimandError("a comparison of models needs two or more posteriors")
    for posterior in posteriors[1:]:
        differ = other_outcomes(posteriors[0].plan.rows, posterior.plan.rows)
        if differ:
            given = ", ".join(f"{p.plan.spec.name}: {p.plan.rows.n} patients" for p in (posteriors[0], posterior))
            raise EstimandError(
                f"leave-one-out compares models on the same patients, endpoint and clock; given {given}: {differ}"
            )
    weighted = [p.plan.spec.name for p in posteriors if p.plan.rows.sampled]
    if weighted:
        raise EstimandError(NO_LOO.format(model=weighted[0]))
    import arviz_stats as azs

    from escc_bayes.bayes.posterior.datatree import datatree
    from escc_bayes.bayes.posterior.inference_groups import MOST_VALUES

    names = numbered(
        [p.plan.spec.name for p in posteriors],
        [(p.record.spec_digest, p.record.engine, p.record.seed, p.record.settings) for p in posteriors],
    )
    if len(set(names)) < 2:
        raise EstimandError(f"a comparison of models needs two or more posteriors, was given '{names[0]}' only")
    trees = {
        name: datatree(p.thinned(MOST_VALUES // p.plan.rows.n), "posterior", "log_likelihood")
        for name, p in zip(names, posteriors, strict=True)
    }
    with warnings.catch_warnings():
        # ArviZ warns of a Pareto k above 0.7; every row carries its largest k, which says the same.
        warnings.simplefilter("ignore", UserWarning)
        single = {name: azs.loo(tree, var_name="time", pointwise=True) for name, tree in trees.items()}
        table = azs.compare(single, round_to="none")
    return tuple(
        LooRow(
            model=str(name),
            rank=int(line["rank"]),
            elpd=float(line["elpd"]),
            elpd_se=float(line["se"]),
            elpd_diff=float(line["elpd_diff"]),
            diff_se=float(line["dse"]),
            weight=float(line["weight"]),
            pareto_k_max=float(single[str(name)].pareto_k.max()),
            n=posteriors[0].plan.rows.n,
            events=posteriors[0].plan.rows.events,
            patients=posteriors[0].plan.rows.patients_digest,
        )
        for name, line in table.iterrows()
    )
