"""Which covariate is the treatment that a report compares, and what its choice depended on: [treatment] of a schema."""

from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SchemaError

KEYS = ("covariate", "on")


@dataclass(frozen=True, slots=True)
class TreatmentSchema:
    """What a report compares where nothing else is asked for.

    Attributes
    ----------
    covariate : a binary covariate; its second level is the treated.
    on : covariates that its choice depended on; none: patients are compared as they are.
    """

    covariate: str
    on: tuple[str, ...] = ()


def treatment_from(raw: Mapping[str, object], known: Mapping[str, CovariateSchema], where: str) -> TreatmentSchema:
    """Build the treatment of a schema from its table.

    Raises
    ------
    SchemaError : a name that is no covariate, a treatment that has not two levels, or one that stands in its own `on`.
    """
    at = f"{where}, [treatment]"
    checks.refuse_unknown_keys(raw, KEYS, at)
    if "covariate" not in raw:
        raise SchemaError(f"{at}: the key 'covariate' is missing; name the covariate that is the treatment")
    name = checks.text(raw["covariate"], f"{at}, covariate")
    on = checks.words(raw["on"], f"{at}, on") if "on" in raw else ()
    for key, word in (("covariate", name), *(("on", one) for one in on)):
        if word not in known:
            raise SchemaError(f"{at}, {key}: '{word}' is no covariate; {checks.suggestion(word, known)}")
    if len(known[name].levels) != 2:
        raise SchemaError(f"{at}, covariate: '{name}' has not two levels; a report compares two groups")
    if name in on:
        raise SchemaError(f"{at}, on: '{name}' is the treatment; leave it out of what it depended on")
    return TreatmentSchema(name, on)
