"""Read what is believed: the design prior, and the prior of the trial's own analysis."""

from collections.abc import Mapping
from pathlib import Path

from escc_bayes.foundation import checks
from escc_bayes.spec import prior as priors
from escc_bayes.spec.evidence_prior import named_prior
from escc_bayes.spec.log_hr_prior import LogHrPrior, stated_mixture
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.design.design import AnalysisPrior
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.posterior.exact_posterior import SHARE, GammaBaseline
from escc_bayes.trial.posterior.weibull_analysis import WeibullShape

DEFAULT_PIECES = 6
BASELINE_KEYS = ("pieces", "cuts", "weibull", "gamma", "at", "by_stratum")
FORMS = ("pieces", "cuts", "weibull")


def log_hr_prior(value: object, at: str, folder: Path) -> LogHrPrior:
    """Read a prior on the log hazard ratio: a normal, in clinical words, a mixture, or published evidence."""
    raw = checks.table(value, at)
    if "mixture" in raw:
        checks.refuse_unknown_keys(raw, ("mixture",), at)
        return stated_mixture(raw["mixture"], f"{at}, mixture")
    if "evidence" not in raw:
        return priors.effect_prior(raw, at)
    if "endpoint" not in raw:
        raise DesignError(f'{at}: say which endpoint the evidence is on: endpoint = "OS"')
    return named_prior(raw, at, folder=folder, endpoint=str(raw["endpoint"]))


def design_prior_from(raw: Mapping[str, object], at: str, folder: Path) -> tuple[LogHrPrior, Normal | None]:
    """Read ``[design_prior]``: what is believed of the log hazard ratio, and the bias of that evidence."""
    checks.refuse_unknown_keys(raw, ("log_hr", "bias"), at)
    bias = priors.plain_normal(raw["bias"], f"{at}, bias") if "bias" in raw else None
    return log_hr_prior(raw.get("log_hr"), f"{at}, log_hr", folder), bias


def analysis_prior_from(raw: Mapping[str, object], at: str, folder: Path) -> AnalysisPrior:
    """Read ``[analysis_prior]``: on the log hazard ratio, and on the baseline hazard."""
    checks.refuse_unknown_keys(raw, ("log_hr", "baseline"), at)
    body, where = checks.table(raw.get("baseline"), f"{at}, baseline"), f"{at}, baseline"
    checks.refuse_unknown_keys(body, BASELINE_KEYS, where)
    stated = [key for key in FORMS if key in body]
    if len(stated) > 1:
        raise DesignError(f"{where}: '{stated[0]}' and '{stated[1]}' exclude each other; keep one")
    if "gamma" not in body:
        raise DesignError(f"{where}: 'gamma' is missing; write gamma = [0.5, 10.0], events and person-months")
    gamma = priors.gamma({"gamma": body["gamma"]}, where)
    at_word = checks.one_of(body.get("at", "mean"), tuple(SHARE), f"{where}, at")
    cuts = None
    if "cuts" in body:
        cuts = checks.increasing(body["cuts"], f"{where}, cuts", above=0.0) if body["cuts"] != [] else ()
    pieces = checks.whole_number(
        body.get("pieces", DEFAULT_PIECES), f"{where}, pieces", least=1, most=checks.MOST_NUMBERS
    )
    return AnalysisPrior(
        log_hr=log_hr_prior(raw.get("log_hr"), f"{at}, log_hr", folder),
        baseline=GammaBaseline(gamma.shape, gamma.rate, at_word),
        pieces=pieces if cuts is None else len(cuts) + 1,
        cuts=cuts,
        by_stratum=yes_or_no(body.get("by_stratum", False), f"{where}, by_stratum"),
        weibull=shape_from(body["weibull"], f"{where}, weibull") if "weibull" in body else None,
    )


def shape_from(value: object, at: str) -> WeibullShape:
    """Read ``{ log_shape = { normal = [0.0, 0.5] }, reference = 12.0 }``."""
    raw = checks.table(value, at)
    checks.refuse_unknown_keys(raw, ("log_shape", "reference"), at)
    for key in ("log_shape", "reference"):
        if key not in raw:
            raise DesignError(
                f"{at}: '{key}' is missing; write {{ log_shape = {{ normal = [0.0, 0.5] }}, reference = 12.0 }}, months"
            )
    reference = checks.number(raw["reference"], f"{at}, reference", above=0.0)
    return WeibullShape(priors.plain_normal(raw["log_shape"], f"{at}, log_shape"), reference)


def yes_or_no(value: object, at: str) -> bool:
    """Return a TOML boolean."""
    if not isinstance(value, bool):
        raise DesignError(f"{at}: expected true or false, was given {value!r}")
    return value
