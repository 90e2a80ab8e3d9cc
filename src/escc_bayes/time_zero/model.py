"""The model of the analyses: the user's, or a weakly informative one that is stated. docs/methods/time_zero.md."""

import json
import tomllib

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.structures.registry import LAST_VALUE, plain_effect
from escc_bayes.spec.trajectories import trajectories

DEFAULT = "time_zero"
# Says little, and is cut where the covariate changes: docs/methods/time_updated.md.
BASELINE = """[baseline]
family = "piecewise_exponential"
pieces = 6
smoothing = "independent"
[priors]
baseline_log_rate = { normal = [-3.5, 3.0] }
"""
TEXT = """name = "{name}"
[outcome]
endpoint = "{endpoint}"
{baseline}[[effect]]
covariate = {covariate}
structure = "{structure}"
prior = {{ normal = [0.0, 1.0] }}
"""


def default_text(covariate: CovariateSchema, endpoint: str) -> str:
    """Return the weakly informative model of a covariate as a specification file would state it."""
    structure = plain_effect(covariate).WORD
    # A TOML string holds letters as JSON does.
    word = json.dumps(covariate.name, ensure_ascii=False)
    return TEXT.format(name=DEFAULT, endpoint=endpoint, baseline=BASELINE, covariate=word, structure=structure)


def default_model(covariate: CovariateSchema, endpoint: str) -> ModelSpec:
    """Return the weakly informative model of a covariate."""
    return spec_from(tomllib.loads(default_text(covariate, endpoint)), "the model of time-zero")


def checked_model(spec: ModelSpec, covariate: str, endpoint: str) -> ModelSpec:
    """Return the user's model.

    Raises
    ------
    SpecError : it is of another endpoint, has what the analyses do not know, or no effect of the covariate.
    """
    if spec.outcome.endpoint != endpoint:
        raise SpecError(
            f"model '{spec.name}' is of '{spec.outcome.endpoint}', and --endpoint is '{endpoint}'; name a model of "
            "that endpoint"
        )
    unknown = {
        "[visits]": spec.outcome.visits is not None,
        "[[external]]": bool(spec.external),
        "[background]": spec.background is not None,
        "[cure]": spec.cure is not None,
    }
    for word in (word for word, there in unknown.items() if there):
        raise SpecError(f"model '{spec.name}': the analyses of time-zero know no {word}; leave it out")
    if moving := trajectories(spec):
        raise SpecError(
            f"model '{spec.name}': the analyses of time-zero take values as measured, and {moving[0].name} has a "
            f'trajectory; state structure = "{LAST_VALUE}" for it. `fit` and `report` put the trajectory beside the '
            "last value carried forward and the naive analysis"
        )
    if covariate not in spec.covariates:
        raise SpecError(
            f"model '{spec.name}' has no effect of '{covariate}'; {suggestion(covariate, spec.covariates)}, or leave "
            "--model out"
        )
    return spec


def others(spec: ModelSpec, covariate: str) -> tuple[str, ...]:
    """Return the other covariates of a model: what it adjusts for."""
    return tuple(name for name in spec.covariates if name != covariate)
