"""Bayesian survival modelling of small cohorts, beside Kaplan-Meier and Cox.

Names are loaded when they are first used: importing the package imports neither PyMC nor matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "Cohort": "data.cohort",
    "CohortSchema": "data.schema",
    "read_cohort": "data.cohort",
    "example_cohort": "data.bundled",
    "example_ensemble": "data.bundled",
    "load_schema": "data.schema",
    "ModelSpec": "spec.model",
    "Structure": "spec.structures.protocol",
    "register_structure": "spec.structures.registry",
    "Fixed": "spec.structures.registry",
    "Linear": "spec.structures.registry",
    "Ordered": "spec.structures.registry",
    "Exchangeable": "spec.structures.registry",
    "Pooled": "spec.structures.registry",
    "RandomIntercept": "spec.structures.registry",
    "TimeVarying": "spec.structures.registry",
    "Spline": "spec.structures.registry",
    "AcrossTransitions": "spec.structures.registry",
    "Changepoint": "spec.structures.registry",
    "Monotone": "spec.structures.registry",
    "Horseshoe": "spec.structures.registry",
    "Interaction": "spec.structures.registry",
    "PerDoubling": "spec.structures.registry",
    "Subgroup": "spec.structures.registry",
    "Trajectory": "spec.structures.registry",
    "load_spec": "spec.reading",
    "model": "spec.formula",
    "HazardRatio": "estimand.estimand",
    "SurvivalAt": "estimand.estimand",
    "MedianSurvival": "estimand.estimand",
    "RMSTDifference": "estimand.estimand",
    "Estimate": "estimand.estimate",
    "Posterior": "bayes.posterior.posterior",
    "ModelPlan": "spec.plan",
    "make_plan": "spec.plan",
    "RunSettings": "bayes.sampling.settings",
    "fit": "bayes.posterior.fit",
    "fit_plan": "bayes.posterior.fit",
    "Sampler": "bayes.sampling.sampler",
    "register_sampler": "bayes.engines.registry",
    "load_posterior": "bayes.posterior.reload",
    "prior_check": "bayes.posterior.prior_check",
    "prior_check_plan": "bayes.posterior.prior_check",
    "RefitRequest": "bayes.refits.requests",
    "prior_grid": "bayes.refits.requests",
    "leave_one_out": "bayes.refits.requests",
    "each_cohort": "bayes.refits.requests",
    "each_model": "bayes.refits.requests",
    "refit_many": "bayes.refits.refit_many",
    "RefitTable": "bayes.refits.table",
    "load_refits": "bayes.refits.table",
    "ClassicalFit": "classical.fit",
    "fit_classical": "classical.fit",
    "fit_classical_plan": "classical.fit",
    "baselines": "classical.baselines",
    "Comparison": "compare.comparison",
    "compare": "compare.comparison",
    "covariate_forms": "compare.covariate_forms",
    "CovariateForms": "compare.form_results",
    "match": "matching.run",
    "Match": "matching.run",
    "time_zero": "time_zero.asked",
    "TimeZero": "time_zero.run",
    "guarantee_time": "time_zero.asked",
    "GuaranteeRules": "data.guarantee",
    "report": "report.verbs.report",
    "write_report": "report.verbs.report",
    "Study": "data.study",
    "read_study": "data.study",
    "Finding": "evidence.finding",
    "audit": "evidence.audit",
    "pool_evidence": "evidence.pooling.pool",
    "PoolRequest": "evidence.pooling.pool",
    "PublishedEffect": "evidence.pooling.published_effect",
    "EvidencePrior": "spec.evidence_prior",
    "read_prior": "spec.evidence_prior",
    "publish": "evidence.publish",
    "read_digitised_curves": "evidence.digitised",
    "read_numbers_at_risk": "evidence.digitised",
    "patients_from_curve": "evidence.guyot",
    "cohort_from_curves": "evidence.curve_cohort",
    "Ensemble": "data.ensemble",
    "read_ensemble": "data.ensemble",
    "EnsemblePosterior": "bayes.posterior.ensemble_posterior",
    "fit_ensemble": "bayes.posterior.ensemble",
    "load_ensemble_posterior": "bayes.posterior.ensemble_reload",
    "complete_cohorts": "bayes.imputation.complete",
    "fit_imputed": "compare.imputed",
    "Imputed": "compare.imputed",
    "TrialDesign": "trial.design.design",
    "DecisionRule": "trial.design.rule",
    "load_design": "trial.reading.design",
    "OperatingCharacteristics": "trial.simulation.operating_characteristics",
    "operating_characteristics": "trial.simulation.operating_characteristics",
    "monitor": "trial.monitoring.monitor",
    "EsccBayesError": "foundation.errors",
    "InputError": "foundation.errors",
}
__all__ = sorted(_HOMES)
_MODULES = ("plot",)

if TYPE_CHECKING:
    from escc_bayes import plot as plot
    from escc_bayes.bayes.engines.registry import register_sampler as register_sampler
    from escc_bayes.bayes.imputation.complete import complete_cohorts as complete_cohorts
    from escc_bayes.bayes.posterior.ensemble import fit_ensemble as fit_ensemble
    from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior as EnsemblePosterior
    from escc_bayes.bayes.posterior.ensemble_reload import load_ensemble_posterior as load_ensemble_posterior
    from escc_bayes.bayes.posterior.fit import fit as fit
    from escc_bayes.bayes.posterior.fit import fit_plan as fit_plan
    from escc_bayes.bayes.posterior.posterior import Posterior as Posterior
    from escc_bayes.bayes.posterior.prior_check import prior_check as prior_check
    from escc_bayes.bayes.posterior.prior_check import prior_check_plan as prior_check_plan
    from escc_bayes.bayes.posterior.reload import load_posterior as load_posterior
    from escc_bayes.bayes.refits.refit_many import refit_many as refit_many
    from escc_bayes.bayes.refits.requests import RefitRequest as RefitRequest
    from escc_bayes.bayes.refits.requests import each_cohort as each_cohort
    from escc_bayes.bayes.refits.requests import each_model as each_model
    from escc_bayes.bayes.refits.requests import leave_one_out as leave_one_out
    from escc_bayes.bayes.refits.requests import prior_grid as prior_grid
    from escc_bayes.bayes.refits.table import RefitTable as RefitTable
    from escc_bayes.bayes.refits.table import load_refits as load_refits
    from escc_bayes.bayes.sampling.sampler import Sampler as Sampler
    from escc_bayes.bayes.sampling.settings import RunSettings as RunSettings
    from escc_bayes.classical.baselines import baselines as baselines
    from escc_bayes.classical.fit import ClassicalFit as ClassicalFit
    from escc_bayes.classical.fit import fit_classical as fit_classical
    from escc_bayes.classical.fit import fit_classical_plan as fit_classical_plan
    from escc_bayes.compare.comparison import Comparison as Comparison
    from escc_bayes.compare.comparison import compare as compare
    from escc_bayes.compare.covariate_forms import covariate_forms as covariate_forms
    from escc_bayes.compare.form_results import CovariateForms as CovariateForms
    from escc_bayes.compare.imputed import Imputed as Imputed
    from escc_bayes.compare.imputed import fit_imputed as fit_imputed
    from escc_bayes.data.bundled import example_cohort as example_cohort
    from escc_bayes.data.bundled import example_ensemble as example_ensemble
    from escc_bayes.data.cohort import Cohort as Cohort
    from escc_bayes.data.cohort import read_cohort as read_cohort
    from escc_bayes.data.ensemble import Ensemble as Ensemble
    from escc_bayes.data.ensemble import read_ensemble as read_ensemble
    from escc_bayes.data.guarantee import GuaranteeRules as GuaranteeRules
    from escc_bayes.data.schema import CohortSchema as CohortSchema
    from escc_bayes.data.schema import load_schema as load_schema
    from escc_bayes.data.study import Study as Study
    from escc_bayes.data.study import read_study as read_study
    from escc_bayes.estimand.estimand import HazardRatio as HazardRatio
    from escc_bayes.estimand.estimand import MedianSurvival as MedianSurvival
    from escc_bayes.estimand.estimand import RMSTDifference as RMSTDifference
    from escc_bayes.estimand.estimand import SurvivalAt as SurvivalAt
    from escc_bayes.estimand.estimate import Estimate as Estimate
    from escc_bayes.evidence.audit import audit as audit
    from escc_bayes.evidence.curve_cohort import cohort_from_curves as cohort_from_curves
    from escc_bayes.evidence.digitised import read_digitised_curves as read_digitised_curves
    from escc_bayes.evidence.digitised import read_numbers_at_risk as read_numbers_at_risk
    from escc_bayes.evidence.finding import Finding as Finding
    from escc_bayes.evidence.guyot import patients_from_curve as patients_from_curve
    from escc_bayes.evidence.pooling.pool import PoolRequest as PoolRequest
    from escc_bayes.evidence.pooling.pool import pool_evidence as pool_evidence
    from escc_bayes.evidence.pooling.published_effect import PublishedEffect as PublishedEffect
    from escc_bayes.evidence.publish import publish as publish
    from escc_bayes.foundation.errors import EsccBayesError as EsccBayesError
    from escc_bayes.foundation.errors import InputError as InputError
    from escc_bayes.matching.run import Match as Match
    from escc_bayes.matching.run import match as match
    from escc_bayes.report.verbs.report import report as report
    from escc_bayes.report.verbs.report import write_report as write_report
    from escc_bayes.spec.evidence_prior import EvidencePrior as EvidencePrior
    from escc_bayes.spec.evidence_prior import read_prior as read_prior
    from escc_bayes.spec.formula import model as model
    from escc_bayes.spec.model import ModelSpec as ModelSpec
    from escc_bayes.spec.plan import ModelPlan as ModelPlan
    from escc_bayes.spec.plan import make_plan as make_plan
    from escc_bayes.spec.reading import load_spec as load_spec
    from escc_bayes.spec.structures.protocol import Structure as Structure
    from escc_bayes.spec.structures.registry import AcrossTransitions as AcrossTransitions
    from escc_bayes.spec.structures.registry import Changepoint as Changepoint
    from escc_bayes.spec.structures.registry import Exchangeable as Exchangeable
    from escc_bayes.spec.structures.registry import Fixed as Fixed
    from escc_bayes.spec.structures.registry import Horseshoe as Horseshoe
    from escc_bayes.spec.structures.registry import Interaction as Interaction
    from escc_bayes.spec.structures.registry import Linear as Linear
    from escc_bayes.spec.structures.registry import Monotone as Monotone
    from escc_bayes.spec.structures.registry import Ordered as Ordered
    from escc_bayes.spec.structures.registry import PerDoubling as PerDoubling
    from escc_bayes.spec.structures.registry import Pooled as Pooled
    from escc_bayes.spec.structures.registry import RandomIntercept as RandomIntercept
    from escc_bayes.spec.structures.registry import Spline as Spline
    from escc_bayes.spec.structures.registry import Subgroup as Subgroup
    from escc_bayes.spec.structures.registry import TimeVarying as TimeVarying
    from escc_bayes.spec.structures.registry import Trajectory as Trajectory
    from escc_bayes.spec.structures.registry import register_structure as register_structure
    from escc_bayes.time_zero.asked import guarantee_time as guarantee_time
    from escc_bayes.time_zero.asked import time_zero as time_zero
    from escc_bayes.time_zero.run import TimeZero as TimeZero
    from escc_bayes.trial.design.design import TrialDesign as TrialDesign
    from escc_bayes.trial.design.rule import DecisionRule as DecisionRule
    from escc_bayes.trial.monitoring.monitor import monitor as monitor
    from escc_bayes.trial.reading.design import load_design as load_design
    from escc_bayes.trial.simulation.operating_characteristics import (
        OperatingCharacteristics as OperatingCharacteristics,
    )
    from escc_bayes.trial.simulation.operating_characteristics import (
        operating_characteristics as operating_characteristics,
    )


def __getattr__(name: str) -> object:
    """Import the home of a public name when it is first used."""
    if name in _MODULES:
        return import_module(f"escc_bayes.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'escc_bayes' has no attribute '{name}'")
    return getattr(import_module(f"escc_bayes.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, *_MODULES, "__version__"]
