"""The words of a criterion: a small closed grammar, read into what a rule asks."""

import re
from collections.abc import Callable

from escc_bayes.trial.design.criterion import (
    Criterion,
    EstimateCriterion,
    FinalTestCriterion,
    GainCriterion,
    LogRankCriterion,
    PosteriorCriterion,
)
from escc_bayes.trial.design.futility import (
    BetaCriterion,
    ConditionalCriterion,
    FutilityCriterion,
    PredictiveCriterion,
    ZCriterion,
)
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.reading.scope import refuse_endpoints
from escc_bayes.trial.significance.measures import GainProbability, MaxComboZ, RmstGain, SurvivalGain, WeightedZ

type Reader[C] = Callable[[re.Match[str], str], C]

NUMBER = r"([0-9.]+)"
SIGNED = r"([-−]?[0-9.]+)"
FH = rf"FH\(\s*{NUMBER}\s*,\s*{NUMBER}\s*\)"
LEVEL = rf"one-sided {NUMBER}"
USUAL_COMBINATION = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
FORMS = (
    '"P(HR < 1 | data) > 0.975", "P(RMST difference to 24 > 0 | data) > 0.975", "P(survival difference at 24 > 0.05 | '
    'data) > 0.8", "log-rank one-sided 0.025", "log-rank one-sided 0.025 margin 1.3", "cox one-sided 0.025 margin '
    '1.3", "FH(0, 1) log-rank one-sided 0.025", "MaxCombo one-sided 0.025", "RMST difference to 24 one-sided 0.025", '
    '"RMST difference to 24 one-sided 0.025 margin -2", "RMST difference to 24 > 2", "survival difference at 24 '
    'one-sided 0.025 margin -0.1" or "survival difference at 24 > 0.1", joined by "and"'
)
FUTILITY_FORMS = (
    '"P(HR < 1 | data) < 0.1", "P(RMST difference to 24 > 0 | data) < 0.1", "predictive probability < 0.1", '
    '"conditional power < 0.2", "log-rank Z < 0" or "log-rank beta 0.2"'
)


def posterior_from(found: re.Match[str], where: str) -> PosteriorCriterion:
    """Read P(HR < c | data) > q."""
    hr, threshold = plain_number(found[1], where), probability(found[3], where)
    if not hr > 0.0:
        raise DesignError(f"{where}: a hazard ratio is above 0, was given {found[1]} in '{found[0]}'")
    return PosteriorCriterion(hr, found[2] == ">", threshold)


def gain_from(found: re.Match[str], where: str) -> GainCriterion:
    """Read P(RMST difference to 24 > 0 | data) > q, or of survival at a month."""
    month, kind = month_from(found[2], found[0], where), found[1].upper()
    limit = signed(found[3], where)
    if kind != "RMST" and not abs(limit) < 1.0:
        raise DesignError(f"{where}: a difference of survival lies between -1 and 1, was given {found[3]}; 5 % is 0.05")
    measure = GainProbability("rmst" if kind == "RMST" else "survival", month, limit)
    return GainCriterion(measure, found[4] == ">", probability(found[5], where))


def log_rank_from(found: re.Match[str], where: str) -> LogRankCriterion:
    """Read a log-rank test or a test of the Cox model, against equal hazards or a margin."""
    margin = plain_number(found[4], where) if found[4] is not None else 1.0
    if not margin > 0.0:
        raise DesignError(f"{where}: a margin is a hazard ratio above 0, was given {found[4]} in '{found[0]}'")
    return LogRankCriterion(level(found[3], where), found[1] is not None, margin, found[2].lower() == "cox")


def weighted_from(found: re.Match[str], where: str) -> FinalTestCriterion:
    """Read a Fleming-Harrington test."""
    return FinalTestCriterion(WeightedZ(exponent(found[1], where), exponent(found[2], where)), level(found[3], where))


def g_rho_from(found: re.Match[str], where: str) -> FinalTestCriterion:
    """Read a G^rho test: FH(rho, 0)."""
    return FinalTestCriterion(WeightedZ(exponent(found[1], where), 0.0), level(found[2], where))


def max_combo_from(found: re.Match[str], where: str) -> FinalTestCriterion:
    """Read a MaxCombo test with its weights, or with the usual four."""
    pairs = re.findall(FH, found[1], re.IGNORECASE)
    if len(pairs) < found[1].upper().count("FH"):
        raise DesignError(f"{where}: '{found[1].strip()}' cannot be understood; write FH(0, 0) FH(0, 1)")
    weights = tuple((exponent(rho, where), exponent(gamma, where)) for rho, gamma in pairs) or USUAL_COMBINATION
    if len(set(weights)) < max(len(weights), 2):
        raise DesignError(f"{where}: MaxCombo joins two or more different weights, was given '{found[0]}'")
    return FinalTestCriterion(MaxComboZ(weights), level(found[2], where))


def difference_from(found: re.Match[str], where: str) -> FinalTestCriterion | EstimateCriterion:
    """Read a difference of restricted means or of survival: tested, against 0 or a margin, or held against a limit."""
    month = month_from(found[2], found[0], where)
    kind = RmstGain if found[1].upper() == "RMST" else SurvivalGain
    limit = next((signed(text, where) for text in (found[4], found[5]) if text is not None), 0.0)
    if kind is SurvivalGain and not abs(limit) < 1.0:
        raise DesignError(f"{where}: a difference of survival lies between -1 and 1, was given {limit:g}; 5 % is 0.05")
    alpha = found[3] or found[6]
    if alpha is not None:
        return FinalTestCriterion(kind(month, scaled=True, margin=limit), level(alpha, where))
    return EstimateCriterion(kind(month, scaled=False), limit)


def signed(text: str, where: str) -> float:
    """Return the number that ``text`` is, its minus sign typed either way."""
    return plain_number(text.replace("−", "-"), where)


GAIN = (
    rf"P\(\s*(RMST|survival) difference (?:to|at) {NUMBER}(?: months)?\s*>\s*{SIGNED}\s*\|\s*data\s*\)"
    rf"\s*([<>])\s*{NUMBER}"
)
POSTERIOR = rf"P\(\s*HR\s*<\s*{NUMBER}\s*\|\s*data\s*\)\s*([<>])\s*{NUMBER}"
SUCCESS: tuple[tuple[str, Reader[Criterion]], ...] = (
    (POSTERIOR, posterior_from),
    (GAIN, gain_from),
    (rf"(stratified )?(log-?rank|cox) {LEVEL}(?: margin {NUMBER})?", log_rank_from),
    (rf"{FH} log-?rank {LEVEL}", weighted_from),
    (rf"G\^{NUMBER} log-?rank {LEVEL}", g_rho_from),
    (rf"MaxCombo((?:\s+FH\([^)]*\))*)\s+{LEVEL}", max_combo_from),
    (
        rf"(RMST|survival) difference (?:to|at) {NUMBER}(?: months)?\s*"
        rf"(?:{LEVEL}(?: margin {SIGNED})?|>\s*{SIGNED}(?:\s+{LEVEL})?)",
        difference_from,
    ),
)
FUTILITY: tuple[tuple[str, Reader[FutilityCriterion]], ...] = (
    (POSTERIOR, posterior_from),
    (GAIN, gain_from),
    (rf"predictive probability\s*<\s*{NUMBER}", lambda m, where: PredictiveCriterion(probability(m[1], where))),
    (rf"conditional power\s*<\s*{NUMBER}", lambda m, where: ConditionalCriterion(probability(m[1], where))),
    (rf"log-?rank Z\s*<\s*{SIGNED}", lambda m, where: ZCriterion(signed(m[1], where))),
    (rf"log-?rank beta {NUMBER}", lambda m, where: BetaCriterion(probability(m[1], where))),
)


def criteria(text: str, where: str) -> tuple[Criterion, ...]:
    """Read the criteria of success, joined by "and".

    Raises
    ------
    DesignError : words outside the grammar, or a number that is no probability.
    """
    return read_all(text, where, SUCCESS, FORMS)


def futility_criteria(text: str, where: str) -> tuple[FutilityCriterion, ...]:
    """Read the criteria of futility, joined by "and"."""
    return read_all(text, where, FUTILITY, FUTILITY_FORMS)


def read_all[C](text: str, where: str, known: tuple[tuple[str, Reader[C]], ...], forms: str) -> tuple[C, ...]:
    """Read criteria joined by "and", each by the first of the ``known`` patterns that it matches."""
    return tuple(read_one(part.strip(), where, known, forms) for part in re.split(r"\band\b", text))


def refuse_harm(text: str, where: str) -> None:
    """Raise for a probability that treatment is worse: every rule asks for one that it is better."""
    if re.match(r"P\(\s*HR\s*>|P\(\s*(?:RMST|survival) difference [^|<]*<", text, re.IGNORECASE):
        raise DesignError(
            f"{where}: '{text}' is the wrong way round: it asks how likely treatment is worse. Write the probability "
            "that it is better, of a hazard ratio below or a difference above a number: P(HR < 1 | data) is "
            "1 - P(HR > 1 | data)"
        )


def read_one[C](text: str, where: str, known: tuple[tuple[str, Reader[C]], ...], forms: str) -> C:
    """Read one criterion."""
    for pattern, reader in known:
        if found := re.fullmatch(pattern, text, re.IGNORECASE):
            return reader(found, where)
    refuse_endpoints(text, where)
    refuse_harm(text, where)
    raise DesignError(f"{where}: '{text}' cannot be understood; write {forms}")


def month_from(text: str, criterion: str, where: str) -> float:
    """Return a month above 0."""
    month = plain_number(text, where)
    if not month > 0.0:
        raise DesignError(f"{where}: the month must be above 0, was given {text} in '{criterion}'")
    return month


def level(text: str, where: str) -> float:
    """Return a one-sided level."""
    alpha = probability(text, where)
    if not alpha < 0.5:
        raise DesignError(f"{where}: a one-sided level is below 0.5, was given {text}; such as 0.025")
    return alpha


def exponent(text: str, where: str) -> float:
    """Return an exponent of a Fleming-Harrington weight."""
    value = plain_number(text, where)
    if value > 5.0:
        raise DesignError(f"{where}: FH(rho, gamma) takes exponents from 0 to 5, was given {text}; such as FH(0, 1)")
    return value


def probability(text: str, where: str) -> float:
    """Return a number strictly between 0 and 1."""
    value = plain_number(text, where)
    if not 0.0 < value < 1.0:
        raise DesignError(f"{where}: {text} is no probability between 0 and 1; such as 0.975")
    return value


def plain_number(text: str, where: str) -> float:
    """Return the number that ``text`` is."""
    try:
        return float(text)
    except ValueError:
        raise DesignError(f"{where}: '{text}' is no number") from None
