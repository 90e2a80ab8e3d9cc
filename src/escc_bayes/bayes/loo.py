"""Compare models by leave-one-patient-out predictive density: Vehtari, Gelman & Gabry 2017, Stat Comput 27:1413."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.bayes.posterior import Posterior
from escc_bayes.foundation.errors import EstimandError

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


def compare_loo(posteriors: Sequence[Posterior]) -> tuple[LooRow, ...]:
    """Return models of one endpoint on the same patients, best first.

    Raises
    ------
    EstimandError : fewer than two models, other patients or clocks, or sampling weights.
    """
    if len(posteriors) < 2:
        raise EstimandError("a comparison of models needs two or more posteriors")
    rows = [p.plan.rows for p in posteriors]
    if len({(r.endpoint, r.clock, r.ids) for r in rows}) > 1:
        names = ", ".join(f"{p.plan.spec.name}: {p.plan.rows.n} patients" for p in posteriors)
        raise EstimandError(f"leave-one-out compares models on the same patients, endpoint and clock; given {names}")
    weighted = [p.plan.spec.name for p in posteriors if p.plan.rows.sampled]
    if weighted:
        raise EstimandError(NO_LOO.format(model=weighted[0]))
    import arviz_stats as azs

    from escc_bayes.bayes.datatree import datatree
    from escc_bayes.bayes.groups import MOST_VALUES

    trees = {
        p.plan.spec.name: datatree(p.thinned(MOST_VALUES // p.plan.rows.n), "posterior", "log_likelihood")
        for p in posteriors
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
        )
        for name, line in table.iterrows()
    )
