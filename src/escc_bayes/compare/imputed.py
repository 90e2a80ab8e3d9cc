"""The verb ``fit_imputed``: a model on completed cohorts, by Bayes and by maximum likelihood, complete cases beside.

docs/methods/missing.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from escc_bayes.bayes.imputation.complete import SWEEPS, complete_cohorts
from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import CHAINS, TUNE, Progress, RunSettings, silent
from escc_bayes.classical.fit import ClassicalFit, fit_classical_plan
from escc_bayes.classical.rubin import pooled_ratios
from escc_bayes.compare.comparison import Comparison
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.as_read import levels_in
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import Estimand, HazardRatio
from escc_bayes.estimand.estimate import Estimate, ratio_words
from escc_bayes.estimand.questions import standard_questions
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import CohortError, EstimandError, SpecError
from escc_bayes.foundation.kinds import LEVEL, SEED
from escc_bayes.foundation.record import Record
from escc_bayes.foundation.seeds import Seed
from escc_bayes.spec.imputable import Imputable, imputable
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import make_plan


@dataclass(frozen=True, slots=True, repr=False)
class Imputed:
    """A model with missing covariates imputed, and its complete cases.

    Attributes
    ----------
    spec : the model, whose ``missing`` says how.
    missing : each covariate with missing values: how many are imputed, and who never had one.
    completed : the completed cohorts.
    pooled : the posterior over all of them.
    classical : Kaplan-Meier, Cox and Weibull of each.
    complete_cases : posterior and classical fit of the patients who lack nothing; None where they cannot be fitted.
    why_none : why they cannot.
    """

    spec: ModelSpec
    missing: tuple[Imputable, ...]
    completed: Ensemble
    pooled: EnsemblePosterior
    classical: tuple[ClassicalFit, ...]
    complete_cases: tuple[Posterior, ClassicalFit] | None
    why_none: str = ""

    @careful
    def comparison(self, asked: Sequence[Estimand] = (), *, level: float = LEVEL) -> Comparison:
        """Return every answer: imputed by Bayes and, of hazard ratios, by Cox and Weibull (Rubin's rules); complete
        cases by every method.

        Parameters
        ----------
        asked : estimands; by default those of a report.
        level : of every interval.
        """
        questions = tuple(asked) or standard_questions(self.pooled.plan)
        found = [
            answer
            for question, pooled in zip(questions, self.pooled.estimates(questions, level=level), strict=True)
            for answer in (pooled, *self.by_rubin(question, level), *self.of_complete_cases(question, level))
        ]
        return Comparison(tuple(found), levels_in(self.pooled.plan.rows))

    @careful
    def hazard_ratios(self, *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return every hazard ratio, imputed and of complete cases, by every method."""
        return self.comparison(standard_contrasts(self.pooled.plan.design), level=level).estimates

    def by_rubin(self, asked: Estimand, level: float) -> tuple[Estimate, ...]:
        """Return a hazard ratio over all completed cohorts by maximum likelihood."""
        if not isinstance(asked, HazardRatio):
            return ()
        return pooled_ratios(self.classical, asked, self.pooled.record, self.pooled.about, level=level)

    def of_complete_cases(self, asked: Estimand, level: float) -> tuple[Estimate, ...]:
        """Return what the complete cases say; nothing where they lack a level that is asked for."""
        if self.complete_cases is None:
            return ()
        posterior, classical = self.complete_cases
        try:
            return (posterior.estimate(asked, level=level), *classical.estimate(asked, level=level))
        except (EstimandError, SpecError):
            return ()

    @property
    def posteriors(self) -> tuple[Posterior, ...]:
        """The posterior of every completed cohort, then that of the complete cases."""
        return (*self.pooled.members, *(() if self.complete_cases is None else self.complete_cases[:1]))

    @property
    def records(self) -> tuple[Record, ...]:
        """Of the pool, and of the complete cases."""
        return (self.pooled.record, *(() if self.complete_cases is None else (self.complete_cases[0].record,)))

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each posterior, by model name."""
        found = {self.spec.name: self.pooled.verdict}
        return found | ({} if self.complete_cases is None else {self.cases_name: self.complete_cases[0].verdict})

    @property
    def cases_name(self) -> str:
        """The name of the model of complete cases."""
        return self.spec.complete_cases.name

    def sentences(self) -> tuple[str, ...]:
        """Say who was analysed, which values are imputed, and who the complete cases are."""
        cases = self.complete_cases
        beside = f"none: {self.why_none}" if cases is None else cases[0].plan.rows.sentence()
        return (*self.pooled.sentences(), f"Complete cases beside: {beside}")

    def __repr__(self) -> str:
        return "\n".join([*self.sentences(), *(f"  {e.model}: {ratio_words(e)}" for e in self.hazard_ratios())])


def beside(comparison: Comparison, found: Imputed, level: float) -> Comparison:
    """Return a comparison of complete cases with the answers of completed cohorts first, question by question."""
    answers: dict[tuple[object, ...], list[Estimate]] = {}
    for question in standard_questions(found.pooled.plan):
        for e in (found.pooled.estimate(question, level=level), *found.by_rubin(question, level)):
            answers.setdefault(asked_of(e), []).append(e)
    joined: list[Estimate] = []
    for e in comparison.estimates:
        joined += [*answers.pop(asked_of(e), ()), e]
    return replace(comparison, estimates=(*joined, *(e for rest in answers.values() for e in rest)))


def asked_of(e: Estimate) -> tuple[object, ...]:
    """Return what an estimate answers."""
    return e.estimand, e.term, e.contrast, f"{e.time:g}", e.population


@careful
def fit_imputed(
    spec: ModelSpec,
    cohort: Cohort,
    *,
    seed: Seed = SEED,
    engine: str = "laplace",
    draws: int | None = None,
    tune: int = TUNE,
    chains: int = CHAINS,
    sweeps: int = SWEEPS,
    progress: Progress = silent,
) -> Imputed:
    """Impute missing covariates, fit the model to every completed cohort and pool; fit its complete cases beside.

    Parameters
    ----------
    spec : with ``[missing] method = "imputation"``.
    cohort : from ``read_cohort``.
    seed, engine, tune, chains, progress : as for ``fit``.
    draws : of each chain of each completed cohort; by default 1,000 (``laplace``).
    sweeps : as for ``complete_cohorts``.

    Returns
    -------
    Imputed.

    Raises
    ------
    SpecError, CohortError, LandmarkError : as ``complete_cohorts``.

    Warns
    -----
    NotFitForUseWarning : as for ``fit_ensemble``.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> import numpy as np
    >>> from dataclasses import replace
    >>> from escc_bayes.spec.missing import Missing
    >>> spec, whole = replace(eb.load_spec("larynx_piecewise"), missing=Missing(2)), eb.example_cohort("larynx")
    >>> age = whole.covariate("age")
    >>> gone = replace(age, values=np.where(np.arange(90) % 9 == 0, np.nan, age.values))
    >>> found = eb.fit_imputed(spec, replace(whole, covariates={**whole.covariates, "age": gone}), seed=1)
    >>> found.pooled.plan.rows.n, found.complete_cases[0].plan.rows.n
    (90, 80)
    """
    completed = complete_cohorts(spec, cohort, seed=seed, sweeps=sweeps, progress=progress)
    pooled = fit_ensemble(
        spec, completed, seed=seed, engine=engine, draws=draws, tune=tune, chains=chains, progress=progress
    )
    classical = tuple(fit_classical_plan(member.plan) for member in pooled.members)
    missing, plain = imputable(spec, cohort), spec.complete_cases
    try:
        plan = make_plan(plain, cohort)
        settings = RunSettings(engine, None, draws, tune, chains)
        cases = fit_or_replace(plan, settings, seed=seed, progress=progress)
        return Imputed(spec, missing, completed, pooled, classical, (cases, fit_classical_plan(plan)))
    except (CohortError, SpecError) as error:
        return Imputed(spec, missing, completed, pooled, classical, None, str(error))
