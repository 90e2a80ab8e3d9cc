"""The baseline hazard of a specification and its priors, from TOML."""

from collections.abc import Mapping
from dataclasses import replace

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import CutError, SpecError
from escc_bayes.spec import prior as priors
from escc_bayes.spec.reading_states import refuse_outcome_as_effect
from escc_bayes.spec.request import FAMILIES, Outcome, PiecewiseBaseline, WeibullBaseline
from escc_bayes.spec.transitions import ENDPOINT, TRANSITION, SeveralEndpoints

PIECEWISE_KEYS = ("family", "cuts", "pieces", "at", "smoothing", "steps", "sd", "strata")
WEIBULL_KEYS = ("family", "at", "reference_time")


def baseline_from(raw: Mapping[str, object], where: str, outcome: Outcome) -> PiecewiseBaseline | WeibullBaseline:
    """Read ``[baseline]``; of states each transition has one of its own."""
    found = of_family(raw, where)
    if outcome.states is None:
        return found
    together = isinstance(outcome.states, SeveralEndpoints)
    refuse_outcome_as_effect(outcome.states, (found.strata,), f"{where}, [baseline], strata")
    return replace(found, strata=found.strata or (ENDPOINT if together else TRANSITION))


def of_family(raw: Mapping[str, object], where: str) -> PiecewiseBaseline | WeibullBaseline:
    """Read ``[baseline]`` and the baseline priors that go with its family."""
    at = f"{where}, [baseline]"
    body = checks.table(raw["baseline"], at)
    if "family" not in body:
        raise SpecError(f"{at}: 'family' is missing; one of {', '.join(FAMILIES)}")
    family = checks.one_of(body["family"], FAMILIES, f"{at}, family")
    stated = checks.table(raw.get("priors", {}), f"{where}, [priors]")
    if family == "weibull":
        return weibull_from(body, stated, where)
    return piecewise_from(body, stated, where)


def piecewise_from(body: Mapping[str, object], stated: Mapping[str, object], where: str) -> PiecewiseBaseline:
    """Read a piecewise-constant baseline."""
    at = f"{where}, [baseline]"
    checks.refuse_unknown_keys(body, PIECEWISE_KEYS, at)
    if ("cuts" in body) == ("pieces" in body):
        raise SpecError(f"{at}: give either cuts = [months, ..] or pieces = a number, not both and not neither")
    smoothing = checks.one_of(body.get("smoothing", "random_walk"), ("random_walk", "independent"), f"{at}, smoothing")
    if smoothing == "random_walk" and "sd" not in body:
        raise SpecError(f"{at}: a random walk needs sd = {{ halfnormal = 0.5 }}, the prior on the SD of one step")
    if smoothing == "independent" and ("sd" in body or "steps" in body):
        raise SpecError(f"{at}: 'sd' and 'steps' belong to a random walk; remove them or change smoothing")
    cuts = body.get("cuts", [])
    return PiecewiseBaseline(
        cuts=checks.increasing(cuts, f"{at}, cuts", error=CutError, above=0.0) if cuts != [] else (),
        pieces=checks.whole_number(body["pieces"], f"{at}, pieces", least=1, most=checks.MOST_NUMBERS)
        if "pieces" in body
        else None,
        at=checks.one_of(body.get("at", "mean"), ("mean", "reference"), f"{at}, at"),
        smoothing=smoothing,
        steps=checks.one_of(body.get("steps", "length"), ("length", "equal"), f"{at}, steps"),
        sd=priors.half_normal(body["sd"], f"{at}, sd") if smoothing == "random_walk" else None,
        prior=piecewise_prior(stated, smoothing, f"{where}, [priors]"),
        strata=checks.text(body["strata"], f"{at}, strata") if "strata" in body else "",
    )


def piecewise_prior(
    stated: Mapping[str, object], smoothing: str, at: str
) -> priors.SurvivalStatement | priors.Normal | priors.Gamma:
    """Read the one baseline prior of a piecewise model."""
    key = only_key(stated, ("baseline_survival", "baseline_log_rate", "baseline_rate"), at)
    where = f"{at}, {key}"
    if key == "baseline_survival":
        return priors.survival_statement(stated[key], where)
    if key == "baseline_log_rate":
        return priors.plain_normal(stated[key], where)
    if smoothing == "random_walk":
        raise SpecError(f'{where}: a gamma on each rate needs smoothing = "independent"')
    return priors.gamma(stated[key], where)


def weibull_from(body: Mapping[str, object], stated: Mapping[str, object], where: str) -> WeibullBaseline:
    """Read a Weibull baseline."""
    at = f"{where}, [baseline]"
    if "strata" in body:
        raise SpecError(
            f"{at}, strata: a Weibull baseline has one level and one shape for all patients of an endpoint (of several "
            "transitions one of each in every transition, without strata); for a baseline of its own "
            'in each stratum write family = "piecewise_exponential"'
        )
    checks.refuse_unknown_keys(body, WEIBULL_KEYS, at)
    if "reference_time" not in body:
        raise SpecError(f"{at}: 'reference_time' is missing; write months, such as reference_time = 24.0")
    shape_at = f"{where}, [priors], log_shape"
    if "log_shape" not in stated:
        raise SpecError(f"{shape_at}: is missing; write log_shape = {{ normal = [0.0, 0.5] }}")
    others = {key: value for key, value in stated.items() if key != "log_shape"}
    key = only_key(others, ("baseline_survival", "baseline_log_cumulative_hazard"), f"{where}, [priors]")
    read_prior = priors.survival_statement if key == "baseline_survival" else priors.plain_normal
    return WeibullBaseline(
        reference_time=checks.number(body["reference_time"], f"{at}, reference_time", above=0.0),
        at=checks.one_of(body.get("at", "mean"), ("mean", "reference"), f"{at}, at"),
        prior=read_prior(others[key], f"{where}, [priors], {key}"),
        log_shape=priors.plain_normal(stated["log_shape"], shape_at),
    )


def only_key(stated: Mapping[str, object], known: tuple[str, ...], at: str) -> str:
    """Return the single key of a table."""
    checks.refuse_unknown_keys(stated, known, at)
    if not stated:
        raise SpecError(f"{at}: a baseline prior is missing; state one of {', '.join(known)}")
    if len(stated) > 1:
        raise SpecError(f"{at}: {', '.join(stated)} exclude each other; keep one")
    return next(iter(stated))
