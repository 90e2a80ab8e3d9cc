"""The verb ``complete_cohorts``: cohorts whose missing covariates are drawn from what a model and the data say of them.

Substantive-model-compatible full conditional specification, with the model's own priors: docs/methods/missing.md.
"""

from dataclasses import replace

import numpy as np

from escc_bayes.bayes.imputation.sweep import completed_with, swept
from escc_bayes.bayes.sampling.settings import Progress, silent
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import COMPLETED, Ensemble
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.kinds import SEED
from escc_bayes.foundation.seeds import Seed, generator, stream
from escc_bayes.spec.column_values import refuse_other_columns
from escc_bayes.spec.imputable import Imputable, imputable
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import make_plan

# Of each completed cohort, from observed values drawn at random: as many as smcfcs takes.
SWEEPS = 10


@careful
def complete_cohorts(
    spec: ModelSpec, cohort: Cohort, *, seed: Seed = SEED, sweeps: int = SWEEPS, progress: Progress = silent
) -> Ensemble:
    """Return completed cohorts: missing covariates imputed given the other covariates and the outcome.

    Substantive-model-compatible fully conditional specification (Bartlett et al. 2015): each value is drawn in
    proportion to its regression on the other covariates times the likelihood of the patient's follow-up under the
    hazard of ``spec``, whose parameters are drawn from their posterior in every sweep. docs/methods/missing.md.

    Parameters
    ----------
    spec : with ``[missing] method = "imputation"``.
    cohort : from ``read_cohort``.
    seed : the same seed gives the same cohorts.
    sweeps : over all missing values, from values drawn at random among those observed.
    progress : called with (what, done, total, divergences).

    Returns
    -------
    Ensemble of ``spec.missing.completed`` cohorts; ``notes`` say how many values of each covariate are imputed, and
    whose are not, since they were never measured.

    Raises
    ------
    SpecError, CohortError, LandmarkError : the model does not impute, or what it names cannot be imputed.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> import numpy as np
    >>> from dataclasses import replace
    >>> from escc_bayes.spec.missing import Missing
    >>> spec, whole = replace(eb.load_spec("larynx_piecewise"), missing=Missing(2)), eb.example_cohort("larynx")
    >>> age = whole.covariate("age")
    >>> gone = replace(age, values=np.where(np.arange(90) % 9 == 0, np.nan, age.values))
    >>> eb.complete_cohorts(spec, replace(whole, covariates={**whole.covariates, "age": gone}), seed=1).notes
    ('age: 10 of 90 values imputed (11 %)',)
    """
    if spec.missing is None:
        raise SpecError(
            f"model '{spec.name}' is of complete cases; write [missing] with method = \"imputation\" in its file"
        )
    missing, plain = imputable(spec, cohort), spec.complete_cases
    members = []
    for k in range(spec.missing.completed):
        own = stream(seed, "completed", str(k))
        started = first_values(cohort, missing, generator(own, "first"))
        if k == 0:
            refuse_other_columns(make_plan(plain, started), tuple(one.name for one in missing))
        members.append(completed(plain, started, missing, own, sweeps))
        progress("Completed cohorts", k + 1, spec.missing.completed, 0)
    named = [replace(member, name=f"{cohort.name}, completed {k}") for k, member in enumerate(members, start=1)]
    return Ensemble(cohort.name, tuple(named), tuple(one.sentence for one in missing), COMPLETED, spec.digest)


def completed(plain: ModelSpec, started: Cohort, missing: tuple[Imputable, ...], seed: Seed, sweeps: int) -> Cohort:
    """Return a cohort after its sweeps."""
    rng, held = generator(seed, "values"), started
    for sweep in range(sweeps):
        held = swept(plain, held, missing, rng, stream(seed, "hazard", str(sweep)))
    return held


def first_values(cohort: Cohort, missing: tuple[Imputable, ...], rng: np.random.Generator) -> Cohort:
    """Return the cohort with each missing value drawn at random among those observed."""
    found = {}
    for one in missing:
        data = cohort.covariate(one.name)
        found[one.name] = rng.choice(data.values[~data.missing], size=one.where.size)
    return completed_with(cohort, found, missing)
