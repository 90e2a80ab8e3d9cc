"""Read ``[borrowing]``: historical controls, the model that borrows them, and the map over drift."""

from collections.abc import Callable, Mapping
from pathlib import Path

from escc_bayes.foundation import checks
from escc_bayes.spec import prior as priors
from escc_bayes.trial.design.design import AnalysisPrior
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.posterior.borrowing import Borrowing, GammaMixture, Source, SourceModel
from escc_bayes.trial.posterior.commensurate_prior import Commensurate, HalfNormalDrift, PrecisionDrift, SpikeAndSlab
from escc_bayes.trial.posterior.power_prior import NormalisedPowerPrior, PowerPrior, RobustMixture
from escc_bayes.trial.reading.historical import COHORT, COUNTS, counts_from, historical_from

COMMON = ("model", "source", "drifts", "tolerated_error", "map_trials")
DRIFTS = (0.5, 0.65, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
TOLERATED = 0.05
TRIALS = 4_000
# More studies, each with an unknown of its own, would need millions of nodes; pool them into a gamma mixture first.
MOST_SOURCES = 3


def borrowing_from(raw: Mapping[str, object], at: str, prior: AnalysisPrior, folder: Path = Path()) -> Borrowing:
    """Read historical controls in the pieces of the analysis, of one study or several, and one of eight models."""
    word = checks.one_of(raw.get("model"), (*MODELS, MIXTURE), f"{at}, model")
    keys = ("components",) if word == MIXTURE else MODELS[word][0]
    checks.refuse_unknown_keys(raw, (*COMMON, *COUNTS, *COHORT, *keys), at)
    refuse_other_analyses(prior, at)
    drifts: tuple[float, ...] = DRIFTS
    if "drifts" in raw:
        drifts = checks.increasing(raw["drifts"], f"{at}, drifts", above=0.0)
    return Borrowing(
        sources_from(raw, at, prior.cuts or (), word, folder),
        mixture_from_components(raw, at, prior.pieces) if word == MIXTURE else None,
        drifts,
        checks.number(raw.get("tolerated_error", TOLERATED), f"{at}, tolerated_error", above=0.0, below=1.0),
        checks.whole_number(raw.get("map_trials", TRIALS), f"{at}, map_trials", least=100),
    )


def sources_from(
    raw: Mapping[str, object], at: str, cuts: tuple[float, ...], word: str, folder: Path
) -> tuple[Source, ...]:
    """Read the study of ``[borrowing]``, or those of ``[[borrowing.source]]``: their own keys go before common ones."""
    if "source" not in raw:
        return (source_from(raw, raw, at, cuts, word, folder),)
    given = raw["source"]
    twice = [key for key in (*COUNTS, *COHORT) if key in raw]
    if twice:
        raise DesignError(f"{at}: '{twice[0]}' belongs to each [[borrowing.source]]; move it there")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_SOURCES:
        raise DesignError(
            f"{at}: write one to {MOST_SOURCES} studies, each as [[borrowing.source]]; more of them are pooled outside "
            'and borrowed by model = "gamma_mixture"'
        )
    keys = () if word == MIXTURE else MODELS[word][0]
    found = []
    for number, body in enumerate(given, start=1):
        where = f"{at}, source {number}"
        own = checks.table(body, where)
        checks.refuse_unknown_keys(own, ("name", *COUNTS, *COHORT, *keys), where)
        found.append(source_from(own, {**raw, **own}, where, cuts, word, folder))
    return tuple(found)


def source_from(
    own: Mapping[str, object], keys: Mapping[str, object], at: str, cuts: tuple[float, ...], word: str, folder: Path
) -> Source:
    """Read one study: its counts from ``own``, its model from ``keys``."""
    historical = historical_from(own, at, cuts, folder)
    if word == MIXTURE:
        return Source(historical, PowerPrior(0.0))
    model = MODELS[word][1](keys, at)
    if historical.both_arms and isinstance(model, Commensurate | SpikeAndSlab | HalfNormalDrift | PrecisionDrift):
        raise DesignError(
            f"{at}, treated_events: treated patients are borrowed by discount, not by drift; use a power prior or a "
            "robust mixture, or leave them out"
        )
    return Source(historical, model)


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


def power_from(raw: Mapping[str, object], at: str) -> SourceModel:
    """Read the discount of a power prior, from 0 to 1."""
    return PowerPrior(share(raw, "discount", at, ends=True))


def normalised_from(raw: Mapping[str, object], at: str) -> SourceModel:
    """Read ``discount = { beta = [1, 1] }``."""
    body = checks.table(raw.get("discount"), f"{at}, discount")
    checks.refuse_unknown_keys(body, ("beta",), f"{at}, discount")
    p, q = priors.pair(body.get("beta"), f"{at}, discount, beta")
    for value in (p, q):
        checks.number(value, f"{at}, discount, beta", above=0.0, below=200.0)
    return NormalisedPowerPrior(p, q)


def robust_from(raw: Mapping[str, object], at: str) -> SourceModel:
    """Read the weight of the historical component, and what each of its patients counts."""
    discount = share(raw, "discount", at, ends=True) if "discount" in raw else 1.0
    return RobustMixture(share(raw, "weight", at), discount)


def mixture_from_components(raw: Mapping[str, object], at: str, pieces: int) -> GammaMixture:
    """Read ``components``: of each the weight, and gammas in events and person-months of every piece."""
    given = raw.get("components")
    if not isinstance(given, list) or len(given) < 2:
        raise DesignError(f"{at}, components: give two or more {{ weight = .., events = [..], months = [..] }}")
    weights, shapes, rates = [], [], []
    for number, body in enumerate(given, start=1):
        where = f"{at}, component {number}"
        part = checks.table(body, where)
        checks.refuse_unknown_keys(part, ("weight", "events", "months"), where)
        weights.append(share(part, "weight", where))
        events, months = counts_from(part, ("events", "months"), where, pieces)
        shapes.append(tuple(events.tolist()))
        rates.append(tuple(months.tolist()))
    if abs(sum(weights) - 1.0) > 1e-9:
        raise DesignError(f"{at}, components: the weights add up to {sum(weights):g}, not to 1; correct them")
    return GammaMixture(tuple(weights), tuple(shapes), tuple(rates))


def commensurate_from(raw: Mapping[str, object], at: str) -> SourceModel:
    """Read the SD of the log drift."""
    return Commensurate(checks.number(raw.get("sd"), f"{at}, sd", above=0.0))


def spike_from(raw: Mapping[str, object], at: str) -> SourceModel:
    """Read the probability of no drift, and the SD of the slab."""
    return SpikeAndSlab(share(raw, "weight", at), checks.number(raw.get("sd"), f"{at}, sd", above=0.0))


def half_normal_from(raw: Mapping[str, object], at: str) -> SourceModel:
    """Read the scale of the half-normal on the SD of the log drift."""
    return HalfNormalDrift(checks.number(raw.get("scale"), f"{at}, scale", above=0.0))


def precision_from(raw: Mapping[str, object], at: str) -> SourceModel:
    """Read ``precision = { gamma = [0.001, 0.001] }``: shape and rate."""
    found = priors.gamma(raw.get("precision"), f"{at}, precision")
    return PrecisionDrift(found.shape, found.rate)


def share(raw: Mapping[str, object], key: str, at: str, *, ends: bool = False) -> float:
    """Return a number between 0 and 1; ``ends``: or one of them."""
    value = checks.number(raw.get(key), f"{at}, {key}")
    if not (0.0 < value < 1.0 or (ends and value in (0.0, 1.0))):
        raise DesignError(f"{at}, {key}: must lie {'from' if ends else 'between'} 0 {'to' if ends else 'and'} 1")
    return value


MIXTURE = "gamma_mixture"
MODELS: dict[str, tuple[tuple[str, ...], Callable[[Mapping[str, object], str], SourceModel]]] = {
    "power": (("discount",), power_from),
    "normalised_power": (("discount",), normalised_from),
    "robust_mixture": (("weight", "discount"), robust_from),
    "commensurate": (("sd",), commensurate_from),
    "spike_and_slab": (("weight", "sd"), spike_from),
    "half_normal": (("scale",), half_normal_from),
    "gamma_precision": (("precision",), precision_from),
}
