"""Coverage within each stage, drawn towards a common effect: the shipped model on the cohort's own columns."""

from dataclasses import replace
from types import MappingProxyType

from escc_bayes.bayes.posterior.ensemble import fit_ensemble
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.seeds import stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.reading import load_spec
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import DRAWS, Fitted

NAMES = ("stage", "coverage")


def within_draws(subject: Subject, endpoint: str) -> FloatArray:
    """Return draws of the log hazard ratio of coverage within the last stage."""
    shipped = load_spec("coverage_within_stage")
    outcome = replace(shipped.outcome, endpoint=subject.endpoints[endpoint])
    spec = replace(shipped, name=f"{endpoint}_coverage_within_stage", outcome=outcome)
    members = tuple(named(subject, member) for member in subject.members)
    seed = stream(subject.seed, "study", spec.name)
    found: Fitted = (
        fit_ensemble(spec, Ensemble(subject.study.id, members), seed=seed, draws=DRAWS)
        if subject.several
        else fit(spec, members[0], engine="laplace", seed=seed)
    )
    stage, coverage = (members[0].covariates[name].schema.levels for name in NAMES)
    return found.draws(HazardRatio("coverage", coverage[1], versus=coverage[0], within=stage[-1]))


def named(subject: Subject, member: Cohort) -> Cohort:
    """Return a member with stage and coverage alone, under the names that the model has for them."""
    own = {name: member.covariates[subject.covariates[name]] for name in NAMES}
    data = {name: replace(d, schema=replace(d.schema, name=name, column=name)) for name, d in own.items()}
    schemas = MappingProxyType({name: d.schema for name, d in data.items()})
    schema = replace(member.schema, covariates=schemas, strata=())
    return replace(member, covariates=MappingProxyType(data), schema=schema)
