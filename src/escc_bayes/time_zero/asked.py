"""What users ask from Python: ``eb.time_zero`` and ``eb.guarantee_time``, of a cohort or of all its reconstructions."""

from collections.abc import Sequence

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.data.guarantee import GuaranteeRules
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.model import ModelSpec
from escc_bayes.time_zero import run
from escc_bayes.time_zero.guarantee_rows import SIMULATIONS, guarantee_rows
from escc_bayes.time_zero.request import Request
from escc_bayes.time_zero.run import TimeZero

LEVEL, SEED = 0.95, 20251


@careful
def time_zero(
    cohort: Cohort | Ensemble,
    endpoint: str,
    covariate: str,
    *,
    landmarks: Sequence[float] = (),
    grace: float | None = None,
    model: ModelSpec | None = None,
    level: float = LEVEL,
    seed: Seed = SEED,
) -> TimeZero:
    """Put naive, landmark, time-updated, delayed-entry and cloned analyses of one covariate side by side.

    Parameters
    ----------
    cohort : a cohort, or an ensemble, whose members are pooled.
    endpoint, covariate : of the cohort; the covariate becomes known, or changes, after time zero.
    landmarks : months at which a clock restarts; none: those at which a marker is measured.
    grace : months of the strategies "started by this month" and "never"; None: no clones.
    model : with an effect of the covariate; None: the weakly informative one of ``docs/methods/time_zero.md``.
    level, seed : of intervals; of everything random.

    Raises
    ------
    CohortError, LandmarkError, SpecError : nothing can be analysed; the message says why.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> found = eb.time_zero(eb.example_cohort("escc79"), "os", "alc_mid", landmarks=[1.0])
    >>> list(dict.fromkeys(row["analysis"] for row in found.rows))
    ['naive', 'landmark', 'delayed_entry', 'time_updated']
    """
    months = tuple(sorted({float(month) for month in landmarks}))
    asked = Request(endpoint, covariate, months, grace, model, level, seed, called=cohort.name)
    return run.time_zero(members_of(cohort), asked)


@careful
def guarantee_time(
    cohort: Cohort | Ensemble,
    endpoint: str,
    covariate: str,
    rules: GuaranteeRules | None = None,
    *,
    level: float = LEVEL,
    seed: Seed = SEED,
    simulations: int = SIMULATIONS,
) -> list[Row]:
    """Return the hazard ratios that rules of inclusion make by themselves, without any effect: rows by contrast.

    Parameters
    ----------
    cohort : a cohort, or an ensemble, whose members are pooled with equal weights.
    endpoint, covariate : of the cohort.
    rules : cycles that patients had to receive; None: ``guarantee`` of the covariate in the schema.
    level, seed : of the range over simulated cohorts; of everything random.
    simulations : SIMULATED cohorts in all.

    Raises
    ------
    CohortError : there are no rules, or they name a level that there is not.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> rules = eb.GuaranteeRules({"IV": 4.0}, interval=0.7)
    >>> row = eb.guarantee_time(eb.example_cohort("larynx"), "os", "stage", rules, simulations=200)[-1]
    >>> row["contrast"], round(row["guaranteed"], 2), row["hr"] < 1.0
    ('IV vs I', 2.8, True)
    """
    members = members_of(cohort)
    rules = rules if rules is not None else members[0].covariate(covariate).schema.guarantee
    if rules is None:
        raise CohortError(
            f"{members[0].source}: the schema states no rules of inclusion for '{covariate}'; give rules, or write in "
            f"[covariates.{covariate}] guarantee = {{ cycles = 4, interval = 0.69 }}"
        )
    return guarantee_rows(members, endpoint, covariate, rules, level=level, seed=seed, simulations=simulations)


def members_of(cohort: Cohort | Ensemble) -> tuple[Cohort, ...]:
    """Return the cohort alone, or the members of an ensemble."""
    return tuple(cohort.members) if isinstance(cohort, Ensemble) else (cohort,)
