"""Read ``[borrowing]``: historical controls, the model that borrows them, and the map over drift."""

from collections.abc import Callable, Mapping

import numpy as np

from escc_bayes.foundation import checks
from escc_bayes.spec import prior as priors
from escc_bayes.trial.borrowing import (
    Borrowing,
    BorrowingModel,
    GammaMixture,
    Historical,
    NormalisedPowerPrior,
    PowerPrior,
    RobustMixture,
)
from escc_bayes.trial.design import AnalysisPrior
from escc_bayes.trial.drift import Commensurate, HalfNormalDrift, SpikeAndSlab
from escc_bayes.trial.errors import DesignError

COMMON = ("model", "events", "months", "drifts", "tolerated_error", "map_trials")
DRIFTS = (0.5, 0.65, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
TOLERATED = 0.05
TRIALS = 4_000


def borrowing_from(raw: Mapping[str, object], at: str, prior: AnalysisPrior) -> Borrowing:
    """Read historical controls in the pieces of the analysis, and one of seven models."""
    word = checks.one_of(raw.get("model"), tuple(MODELS), f"{at}, model")
    keys, reader = MODELS[word]
    checks.refuse_unknown_keys(raw, (*COMMON, *keys), at)
    refuse_other_analyses(prior, at)
    historical = historical_from(raw, at, prior.pieces)
    drifts: tuple[float, ...] = DRIFTS
    if "drifts" in raw:
        drifts = checks.increasing(raw["drifts"], f"{at}, drifts", above=0.0)
    return Borrowing(
        historical,
        reader(raw, at),
        drifts,
        checks.number(raw.get("tolerated_error", TOLERATED), f"{at}, tolerated_error", above=0.0, below=1.0),
        checks.whole_number(raw.get("map_trials", TRIALS), f"{at}, map_trials", least=100),
    )


def refuse_other_analyses(prior: AnalysisPrior, at: str) -> None:
    """Raise unless the trial is analysed in fixed pieces whose hazards are the control's."""
    if prior.cuts is None:
        raise DesignError(
            f"{at}: historical controls need the same pieces in every trial; state cuts = [..] in [analysis_prior], "
            "baseline ([] is one piece)"
        )
    if prior.by_stratum or prior.weibull is not None:
        raise DesignError(f"{at}: borrowing is known for hazards in pieces without strata; remove 'by_stratum'")
    if prior.baseline.at != "reference":
        raise DesignError(
            f'{at}: the prior is then on the control\'s hazard; write at = "reference" in [analysis_prior], baseline'
        )


def historical_from(raw: Mapping[str, object], at: str, pieces: int) -> Historical:
    """Read events and person-months of each piece."""
    columns = []
    for key in ("events", "months"):
        given = raw.get(key)
        if not isinstance(given, list) or len(given) != pieces:
            count = f"{pieces} number{'s' if pieces > 1 else ''}"
            raise DesignError(f"{at}, {key}: give {count}, one for each piece of the analysis; was given {given!r}")
        columns.append(np.array([checks.number(value, f"{at}, {key}", above=0.0) for value in given]))
    return Historical(*columns)


def power_from(raw: Mapping[str, object], at: str) -> BorrowingModel:
    """Read the discount of a power prior, from 0 to 1."""
    return PowerPrior(share(raw, "discount", at, ends=True))


def normalised_from(raw: Mapping[str, object], at: str) -> BorrowingModel:
    """Read ``discount = { beta = [1, 1] }``."""
    body = checks.table(raw.get("discount"), f"{at}, discount")
    checks.refuse_unknown_keys(body, ("beta",), f"{at}, discount")
    p, q = priors.pair(body.get("beta"), f"{at}, discount, beta")
    for value in (p, q):
        checks.number(value, f"{at}, discount, beta", above=0.0, below=200.0)
    return NormalisedPowerPrior(p, q)


def robust_from(raw: Mapping[str, object], at: str) -> BorrowingModel:
    """Read the weight of the historical component, and what each of its patients counts."""
    discount = share(raw, "discount", at, ends=True) if "discount" in raw else 1.0
    return RobustMixture(share(raw, "weight", at), discount)


def mixture_from_components(raw: Mapping[str, object], at: str) -> BorrowingModel:
    """Read ``components``: of each the weight, and gammas in events and person-months of every piece."""
    given = raw.get("components")
    if not isinstance(given, list) or len(given) < 2:
        raise DesignError(f"{at}, components: give two or more {{ weight = .., events = [..], months = [..] }}")
    events = raw.get("events")
    pieces = len(events) if isinstance(events, list) else 0
    weights, shapes, rates = [], [], []
    for number, body in enumerate(given, start=1):
        where = f"{at}, component {number}"
        part = checks.table(body, where)
        checks.refuse_unknown_keys(part, ("weight", "events", "months"), where)
        weights.append(share(part, "weight", where))
        gammas = historical_from(part, where, pieces)
        shapes.append(tuple(gammas.events.tolist()))
        rates.append(tuple(gammas.months.tolist()))
    if abs(sum(weights) - 1.0) > 1e-9:
        raise DesignError(f"{at}, components: the weights add up to {sum(weights):g}, not to 1; correct them")
    return GammaMixture(tuple(weights), tuple(shapes), tuple(rates))


def commensurate_from(raw: Mapping[str, object], at: str) -> BorrowingModel:
    """Read the SD of the log drift."""
    return Commensurate(checks.number(raw.get("sd"), f"{at}, sd", above=0.0))


def spike_from(raw: Mapping[str, object], at: str) -> BorrowingModel:
    """Read the probability of no drift, and the SD of the slab."""
    return SpikeAndSlab(share(raw, "weight", at), checks.number(raw.get("sd"), f"{at}, sd", above=0.0))


def half_normal_from(raw: Mapping[str, object], at: str) -> BorrowingModel:
    """Read the scale of the half-normal on the SD of the log drift."""
    return HalfNormalDrift(checks.number(raw.get("scale"), f"{at}, scale", above=0.0))


def share(raw: Mapping[str, object], key: str, at: str, *, ends: bool = False) -> float:
    """Return a number between 0 and 1; ``ends``: or one of them."""
    value = checks.number(raw.get(key), f"{at}, {key}")
    if not (0.0 < value < 1.0 or (ends and value in (0.0, 1.0))):
        raise DesignError(f"{at}, {key}: must lie {'from' if ends else 'between'} 0 {'to' if ends else 'and'} 1")
    return value


MODELS: dict[str, tuple[tuple[str, ...], Callable[[Mapping[str, object], str], BorrowingModel]]] = {
    "power": (("discount",), power_from),
    "normalised_power": (("discount",), normalised_from),
    "robust_mixture": (("weight", "discount"), robust_from),
    "gamma_mixture": (("components",), mixture_from_components),
    "commensurate": (("sd",), commensurate_from),
    "spike_and_slab": (("weight", "sd"), spike_from),
    "half_normal": (("scale",), half_normal_from),
}
