"""All that a report shows, computed: fits, tables, comparisons. Nothing is drawn or written here."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.fallback import fit_or_replace, replaced
from escc_bayes.bayes.posterior.fit import fit_plan
from escc_bayes.bayes.posterior.loo import LooRow, compare_loo
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.prior_check import PriorCheck, prior_check_plan
from escc_bayes.bayes.sampling.settings import TUNE, Progress, RunSettings, silent
from escc_bayes.classical.baselines import Baselines, baselines
from escc_bayes.classical.competing import competing_tables
from escc_bayes.classical.fit import ClassicalFit, fit_classical_plan
from escc_bayes.compare.agreement import Agreement, agreement, agreement_sentence
from escc_bayes.compare.comparison import Comparison
from escc_bayes.compare.imputed import Imputed, beside
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.errors import NotFitForUseWarning
from escc_bayes.foundation.executors import Executor, Serial
from escc_bayes.foundation.record import Record
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.report.page.behind import information_of
from escc_bayes.report.page.compared import comparable, compared
from escc_bayes.report.page.other_analyses import OtherAnalyses, other_analyses
from escc_bayes.report.page.reconstructions import Reconstructions, pool_reconstructions
from escc_bayes.report.page.sceptics import sceptics_of
from escc_bayes.report.page.state_groups import Fitted
from escc_bayes.report.page.state_tables import state_tables
from escc_bayes.report.page.state_words import StateTables
from escc_bayes.sensitivity.attribution import AttributionStep, attribute
from escc_bayes.sensitivity.part import Rows
from escc_bayes.spec.cautions import NOTHING, cautions, shared_cautions
from escc_bayes.spec.names import refuse_same_names
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.transitions import CompetingCauses

if TYPE_CHECKING:
    from escc_bayes.study.part import StudyChapter
    from escc_bayes.study.treatment.gather import Treatment

type Stage = Callable[[str], Progress]

SERIAL = Serial()
# Iterations of warm-up and draws of each chain that confirms, and the acceptance that has most effective draws for its
# CPU.
WARMING, CONFIRMING, ACCEPTING = 250, 500, 0.85


@dataclass(frozen=True, slots=True)
class Bundle:
    """Results of several models on one cohort.

    Attributes
    ----------
    cohort : as read.
    posteriors : by model name, in the order asked.
    confirmations : headline models fitted again by ``nuts``, by model name; empty where one engine was asked for.
    classical : by model name, on the same rows.
    comparisons : by endpoint and clock in words, such as ``os from time zero``: every method's answers.
    loo : by the same key; absent where an endpoint has one model only.
    attribution : why Cox and the posterior differ, by model name.
    baselines : by endpoint.
    prior_checks : by model name.
    level : of every interval.
    seed : of the whole run.
    reconstructions : where the cohort is one of an ensemble: the headline models over all of it.
    sceptics : hazard ratios of the headline models under a sceptical prior, by model name.
    information : what stands behind each hazard ratio, by model name.
    states : of models of several transitions the tables of states, incidences and time after progression, by model name
        and by the name of their file.
    pooled_states : the same over all reconstructions, of the headline models; empty of one cohort.
    other_analyses : of models with events between two months, or with survivors of other sources: the same without,
        by model name.
    grouping : the covariate in whose groups characteristics are shown; empty: of all patients alone.
    imputed : models fitted to completed cohorts, by name; all other results are then of their complete cases.
    study : the tables of a paper on the cohort; None: no paper was named.
    treatment : the chapter on one treatment, where one is asked for.
    """

    cohort: Cohort
    posteriors: Mapping[str, Posterior]
    confirmations: Mapping[str, Posterior]
    classical: Mapping[str, ClassicalFit]
    comparisons: Mapping[str, Comparison]
    loo: Mapping[str, tuple[LooRow, ...]]
    attribution: Mapping[str, tuple[AttributionStep, ...]]
    baselines: Mapping[str, Baselines]
    prior_checks: Mapping[str, PriorCheck]
    level: float
    seed: Seed
    reconstructions: Reconstructions | None = None
    sceptics: Mapping[str, tuple[Estimate, ...]] = field(default_factory=dict)
    information: Mapping[str, Rows] = field(default_factory=dict)
    states: Mapping[str, StateTables] = field(default_factory=dict)
    pooled_states: Mapping[str, StateTables] = field(default_factory=dict)
    grouping: str = ""
    other_analyses: Mapping[str, OtherAnalyses] = field(default_factory=dict)
    imputed: Mapping[str, Imputed] = field(default_factory=dict)
    study: "StudyChapter | None" = None
    treatment: "Treatment | None" = None

    @property
    def pooled(self) -> Mapping[str, EnsemblePosterior]:
        """The headline models over all reconstructions, by model name; none of one cohort."""
        return {} if self.reconstructions is None else self.reconstructions.pooled

    @property
    def fits(self) -> tuple[Posterior, ...]:
        """Every posterior: of the models in the order asked, then those that confirm."""
        return (*self.posteriors.values(), *self.confirmations.values())

    @property
    def records(self) -> list[Record]:
        """The record of every fit, those over completed cohorts first, the designs of a treatment last."""
        own = self.treatment.records if self.treatment is not None else []
        return [*(found.pooled.record for found in self.imputed.values()), *(p.record for p in self.fits), *own]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each fit, by model name; of a confirmation with its method, of a treatment with its design."""
        first = {name: found.pooled.verdict for name, found in self.imputed.items()}
        first |= {name: p.diagnostics.verdict for name, p in self.posteriors.items()}
        first |= self.treatment.verdicts if self.treatment is not None else {}
        return first | {f"{name} ({p.method})": p.diagnostics.verdict for name, p in self.confirmations.items()}

    @property
    def faults(self) -> tuple[str, ...]:
        """Models that must not be used, with the reasons; confirmations that confirm nothing."""
        unfit = [f"{name}: {verdict}" for name, verdict in self.verdicts.items() if verdict != "ok"]
        differing = [
            agreement_sentence(rows, self.confirmations[name])
            for name, rows in self.agreements.items()
            if not all(row.close for row in rows)
        ]
        return (*unfit, *differing, *(self.reconstructions.faults if self.reconstructions is not None else ()))

    @property
    def answered(self) -> Mapping[str, Comparison]:
        """The comparisons, with the answers of completed cohorts where covariates are imputed."""
        found = dict(self.comparisons)
        for label, comparison in self.comparisons.items():
            for each in self.imputed.values():
                if any(e.model == each.cases_name for e in comparison.estimates):
                    found[label] = beside(found[label], each, self.level)
        return found

    @property
    def carried(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What the data can carry: names of models, and the sentences that are true of them all."""
        each: dict[str, list[str]] = {}
        said = [(name, cautions(posterior.plan)) for name, posterior in self.posteriors.items()]
        if self.reconstructions is not None:
            said += [
                (
                    f"{name}, all {len(pooled.members)} reconstructions",
                    shared_cautions([m.plan for m in pooled.members]),
                )
                for name, pooled in self.reconstructions.pooled.items()
            ]
        for name, sentences in said:
            for sentence in sentences or (NOTHING,):
                each.setdefault(sentence, []).append(name)
        grouped: dict[str, list[str]] = {}
        for sentence, names in each.items():
            grouped.setdefault(", ".join(names), []).append(sentence)
        return tuple((names, tuple(sentences)) for names, sentences in grouped.items())

    @property
    def agreements(self) -> dict[str, tuple[Agreement, ...]]:
        """How far each headline model's posterior and its confirmation agree, by model name."""
        pairs = ((name, self.posteriors[name], second) for name, second in self.confirmations.items())
        return {name: agreement(first, second, level=self.level) for name, first, second in pairs}

    @property
    def remarks(self) -> tuple[str, ...]:
        """Which engines answered: replacements with their reasons, and how far confirmations agree."""
        stands_in = ((name, p.method, replaced(p)) for name, p in self.posteriors.items())
        instead = [f"{name}: {method} answers instead of {other}." for name, method, other in stands_in if other]
        agree = [agreement_sentence(rows, self.confirmations[name]) for name, rows in self.agreements.items() if rows]
        return (*instead, *agree)


def quiet(what: str) -> Progress:  # noqa: ARG001 - the shape of a stage
    """Report nothing."""
    return silent


def strata_asked(endpoint: str, cohort: Cohort, plans: Sequence[ModelPlan]) -> tuple[str, ...]:
    """Return the strata of the schema, and those of an endpoint's models."""
    single = (plan.rows for plan in plans if plan.rows.transitions is None)
    own = (rows.strata for rows in single if rows.endpoint == endpoint and rows.strata)
    return tuple(dict.fromkeys((*cohort.strata, *own)))


def causes_of(plans: Sequence[ModelPlan]) -> tuple[str, ...]:
    """Return the covariates that say the cause of an event in some model: no groups of patients at risk."""
    states = (plan.spec.outcome.states for plan in plans)
    return tuple(dict.fromkeys(each.cause for each in states if isinstance(each, CompetingCauses)))


def gather(
    cohort: Cohort,
    plans: Sequence[ModelPlan],
    settings: RunSettings,
    *,
    seed: Seed,
    level: float,
    confirming: RunSettings | None = None,
    ensemble: Ensemble | None = None,
    stage: Stage = quiet,
    executor: Executor = SERIAL,
) -> Bundle:
    """Fit every plan and answer every standard question.

    Parameters
    ----------
    cohort : as read.
    plans : one of each model on the cohort, made once for all that is computed of it.
    settings : of every model's fit.
    confirming : of a second fit of the first model of each outcome; None: there is none.
    ensemble : all reconstructions, where the cohort is one of them; the first model of each outcome is pooled over it.
    stage : called with the name of each piece of work; returns the progress function of its fit.
    executor : who samples what confirms and pools reconstructions, meanwhile or in between.

    Raises
    ------
    SpecError : two models share a name: every table and file goes by it.
    """
    refuse_same_names([plan.spec for plan in plans])
    named = {plan.spec.name: plan for plan in plans}
    posteriors = {
        name: fit_or_replace(plan, settings, seed=stream(seed, name), progress=stage(name))
        for name, plan in named.items()
    }
    classical = {name: fit_classical_plan(plan) for name, plan in named.items()}
    groups = comparable(posteriors)
    endpoints = dict.fromkeys(endpoint for plan in plans for endpoint in plan.spec.outcome.endpoints)
    headline = [posteriors[names[0]] for names in groups.values()]
    sampling = {
        p.plan.spec.name: confirmation(p.plan, confirming, seed, stage, executor)
        for p in headline
        if confirming is not None and not replaced(p)
    }
    pooling = None
    if ensemble is not None:
        progress = stage(f"All {len(ensemble)} reconstructions")
        first = [p.plan.spec for p in headline]
        pooling = executor.start(
            pool_reconstructions, ensemble, first, seed, level, silent if executor.apart else progress
        )
    sceptics = sceptics_of([p.plan for p in headline], ensemble, seed, level)
    return Bundle(
        cohort=cohort,
        posteriors=posteriors,
        classical=classical,
        comparisons={key: compared(names, posteriors, classical, level) for key, names in groups.items()},
        loo=compared_by_loo(groups, posteriors),
        attribution={name: attribute(posteriors[name], classical[name], cohort) for name in posteriors},
        baselines={
            endpoint: baselines(
                cohort, endpoint, level=level, strata=strata_asked(endpoint, cohort, plans), causes=causes_of(plans)
            )
            for endpoint in endpoints
        },
        prior_checks={
            name: prior_check_plan(plan, seed=stream(seed, name), level=level) for name, plan in named.items()
        },
        # Last: until now another process may have been at work on these.
        confirmations={name: sampled() for name, sampled in sampling.items()},
        level=level,
        seed=seed,
        reconstructions=(pooled := None if pooling is None else pooling()),
        sceptics=sceptics,
        information=information_of(cohort, posteriors, classical, seed, level),
        states=states_of(posteriors, level, classical),
        pooled_states=states_of(pooled.pooled if pooled is not None else {}, level),
        other_analyses={name: other_analyses(posterior, level) for name, posterior in posteriors.items()},
    )


def compared_by_loo(
    groups: Mapping[str, Sequence[str]], posteriors: Mapping[str, Posterior]
) -> dict[str, tuple[LooRow, ...]]:
    """Return the models of each outcome compared by patients left out, where there are several with such a density."""
    return {
        key: compare_loo([posteriors[name] for name in names])
        for key, names in groups.items()
        if len(names) > 1 and not posteriors[names[0]].plan.rows.pseudo
    }


def states_of(
    posteriors: Mapping[str, Fitted], level: float, classical: Mapping[str, ClassicalFit] = MappingProxyType({})
) -> dict[str, StateTables]:
    """Return the tables of each model of several transitions; with Gray's test and Fine-Gray where fitted beside."""
    several = {name: p for name, p in posteriors.items() if p.plan.rows.has_states}
    return {
        name: {
            **state_tables([posterior], level),
            **(competing_tables(classical[name], level) if name in classical else {}),
        }
        for name, posterior in several.items()
    }


def confirmation(
    plan: ModelPlan, settings: RunSettings, seed: Seed, stage: Stage, executor: Executor
) -> Callable[[], Posterior]:
    """Begin to fit a headline model again; the function returned waits for the posterior."""
    progress = stage(f"{plan.spec.name}, confirmed by {settings.engine}")
    return executor.start(confirmed, plan, settings, seed, silent if executor.apart else progress)


def few(settings: RunSettings) -> RunSettings:
    """Return settings of as few iterations as confirm."""
    accept = ACCEPTING if settings.target_accept is None else settings.target_accept
    return replace(settings, draws=CONFIRMING, tune=WARMING, target_accept=accept)


def confirmed(plan: ModelPlan, settings: RunSettings, seed: Seed, progress: Progress) -> Posterior:
    """Return the posterior that confirms, with a random stream of its own.

    Where no number of iterations was asked for, as few as confirm: about 1,000 effective draws place a mean within 0.03
    SD. Chains that fail are run as long as those of any fit.
    """
    own = stream(seed, plan.spec.name, "confirmation")
    if settings.draws is None and settings.tune == TUNE:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotFitForUseWarning)
            found = fit_plan(plan, few(settings), seed=own, progress=progress)
        if found.diagnostics.fit_for_use:
            return found
    return fit_plan(plan, settings, seed=own, progress=progress)
