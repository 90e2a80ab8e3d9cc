"""The models of the posterior rows, weakly informative and stated. docs/methods/matching.md."""

import json
import tomllib

from escc_bayes.data.cohort import Cohort
from escc_bayes.matching.matched_cohort import PAIR
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.structures.registry import RandomIntercept, Subgroup, TimeVarying, plain_effect

PIECEWISE = """[baseline]
family = "piecewise_exponential"
pieces = 4
sd = { halfnormal = 0.5 }
[priors]
baseline_log_rate = { normal = [-3.5, 1.5] }
"""
WEIBULL = """[baseline]
family = "weibull"
reference_time = 12.0
[priors]
baseline_survival = { at = 12.0, median = 0.5, lower = 0.05 }
log_shape = { normal = [0.0, 0.5] }
"""
TREATMENT = """[[effect]]
covariate = {name}
structure = "fixed"
prior = {{ normal = [0.0, 1.0] }}
"""
SETS = """[[effect]]
covariate = "{name}"
structure = "{word}"
sd = {{ halfnormal = 0.5 }}
"""
PLAIN = """[[effect]]
covariate = {name}
structure = "{word}"
prior = {{ normal = [0.0, 1.0] }}
"""
CHANGING = """[[effect]]
covariate = {name}
structure = "{word}"
cuts = [{cuts}]
prior = {{ normal = [0.0, 1.0] }}
sd = {{ halfnormal = 0.5 }}
"""
WITHIN = """[[effect]]
covariate = {name}
structure = "{word}"
within = {within}
prior = {{ normal = [0.0, 1.0] }}
sd = {{ halfnormal = 0.5 }}
"""


def spec_text(endpoint: str, baseline: str, effects: str, *, naive: bool) -> str:
    """Return a specification as its file would state it."""
    clock = 'time_zero = "naive"\n' if naive else ""
    return (
        f'name = "match"\n[outcome]\nendpoint = {json.dumps(endpoint, ensure_ascii=False)}\n{clock}{baseline}{effects}'
    )


def treatment_text(treatment: str) -> str:
    """Return the effect of a treatment."""
    return TREATMENT.format(name=json.dumps(treatment, ensure_ascii=False))


def model_of(
    cohort: Cohort, endpoint: str, treatment: str, *, baseline: str = PIECEWISE, sets: bool = False
) -> ModelSpec:
    """Return the model of a treatment; with a frailty of matched sets where asked."""
    effects = treatment_text(treatment) + (SETS.format(name=PAIR, word=RandomIntercept.WORD) if sets else "")
    naive = cohort.covariate(treatment).known_later
    return spec_from(tomllib.loads(spec_text(endpoint, baseline, effects, naive=naive)), "the model of match")


def changing_model(cohort: Cohort, endpoint: str, treatment: str, cuts: tuple[float, ...]) -> ModelSpec:
    """Return the model in which the treatment's hazard ratio changes at some months."""
    effects = CHANGING.format(
        name=json.dumps(treatment, ensure_ascii=False),
        word=TimeVarying.WORD,
        cuts=", ".join(f"{cut:g}" if cut % 1 else f"{cut:.1f}" for cut in cuts),
    )
    naive = cohort.covariate(treatment).known_later
    return spec_from(tomllib.loads(spec_text(endpoint, PIECEWISE, effects, naive=naive)), "the model of match")


def subgroup_model(cohort: Cohort, endpoint: str, treatment: str, within: str) -> ModelSpec:
    """Return the model of a treatment's effect within each level of a covariate, shrunk towards a common one."""
    effects = plain_text(cohort, within) + WITHIN.format(
        name=json.dumps(treatment, ensure_ascii=False),
        word=Subgroup.WORD,
        within=json.dumps(within, ensure_ascii=False),
    )
    naive = any(cohort.covariate(name).known_later for name in (treatment, within))
    return spec_from(tomllib.loads(spec_text(endpoint, PIECEWISE, effects, naive=naive)), "the model of match")


def plain_text(cohort: Cohort, name: str) -> str:
    """Return the effect of a covariate as it is."""
    return PLAIN.format(
        name=json.dumps(name, ensure_ascii=False), word=plain_effect(cohort.covariate(name).schema).WORD
    )


def adjusted_model(
    cohort: Cohort, endpoint: str, treatment: str, on: tuple[str, ...], *, baseline: str = PIECEWISE
) -> ModelSpec:
    """Return the model of a treatment with the covariates that it depended on, for the analyses of its start."""
    effects = treatment_text(treatment) + "".join(plain_text(cohort, name) for name in on)
    return spec_from(tomllib.loads(spec_text(endpoint, baseline, effects, naive=False)), "the model of match")
