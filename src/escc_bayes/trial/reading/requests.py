"""Read what a design asks beside its operating characteristics: a size, a threshold and the nulls that it must hold."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from escc_bayes.foundation import checks
from escc_bayes.trial.design.criterion import PosteriorCriterion
from escc_bayes.trial.design.design import EstimationRequest, SizingRequest, ThresholdRequest, TrialDesign
from escc_bayes.trial.design.null_truth import hazard_ratio_of, null_effect, own_null
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.errors import DesignError

NULL_SECTIONS = ("control", "effect", "accrual", "dropout", "switching")
NOT_OF_A_NULL = ("design_prior", "sizing", "threshold", "estimation", "null")
TRIALS = 10_000
OWN = "as designed"
NEAR = 1e-9

type Nulls = Callable[[DecisionRule], tuple[TrialDesign, ...]]
type Build = Callable[[Mapping[str, object], str], TrialDesign]


def sizing_from(raw: Mapping[str, object], at: str, rules: tuple[DecisionRule, ...]) -> SizingRequest:
    """Read ``[sizing]``: a rule, and the power or assurance it shall have."""
    checks.refuse_unknown_keys(raw, ("rule", "power", "assurance", "trials"), at)
    stated = [key for key in ("power", "assurance") if key in raw]
    if len(stated) != 1:
        raise DesignError(f"{at}: state either power = 0.8 or assurance = 0.6, was given {stated or 'none'}")
    target = checks.number(raw[stated[0]], f"{at}, {stated[0]}", above=0.0, below=1.0)
    return SizingRequest(rule_named(raw, rules, at).name, stated[0], target, trials_from(raw, at))


def threshold_from(
    raw: Mapping[str, object], at: str, rules: tuple[DecisionRule, ...], nulls: Nulls
) -> ThresholdRequest:
    """Read ``[threshold]``: a rule, and the type I error it shall hold; ``nulls`` builds those of a rule."""
    checks.refuse_unknown_keys(raw, ("rule", "error", "trials"), at)
    rule = rule_named(raw, rules, at)
    if not any(isinstance(c, PosteriorCriterion) and c.above for c in rule.success):
        raise DesignError(f"{at}, rule: '{rule.name}' asks for no P(HR < c | data) > q; name a rule that does")
    error = checks.number(raw.get("error"), f"{at}, error", above=0.0, below=0.5)
    return ThresholdRequest(rule.name, error, nulls(rule), trials_from(raw, at))


def estimation_from(raw: Mapping[str, object], at: str, looks: int) -> EstimationRequest:
    """Read ``[estimation]``: the level of limits, and the true hazard ratios at which estimates are judged."""
    checks.refuse_unknown_keys(raw, ("level", "hazard_ratios"), at)
    if looks == 1:
        raise DesignError(f"{at}: with one look there is nothing to adjust an estimate for; add looks, or remove it")
    level = checks.number(raw.get("level", 0.95), f"{at}, level", above=0.0, below=1.0)
    given = raw.get("hazard_ratios", [])
    if not isinstance(given, list):
        raise DesignError(f"{at}, hazard_ratios: expected a list such as [0.7, 1.0], was given {given!r}")
    ratios = tuple(checks.number(ratio, f"{at}, hazard_ratios", above=0.05, below=20.0) for ratio in given)
    return EstimationRequest(level, ratios)


def rule_named(raw: Mapping[str, object], rules: tuple[DecisionRule, ...], at: str) -> DecisionRule:
    """Return the rule that ``rule`` names."""
    name = checks.one_of(raw.get("rule"), tuple(rule.name for rule in rules), f"{at}, rule")
    return next(rule for rule in rules if rule.name == name)


def trials_from(raw: Mapping[str, object], at: str) -> int:
    """Return the simulated trials of each point."""
    return checks.whole_number(raw.get("trials", TRIALS), f"{at}, trials", least=500)


def nulls_from(raw: Mapping[str, object], where: str, rule: DecisionRule, build: Build) -> tuple[TrialDesign, ...]:
    """Return the nulls of a rule: the design at its own null, and under each ``[[null]]`` with sections replaced.

    A ``[[null]]`` that states no effect is at the rule's own null too.
    """
    given = raw.get("null", [])
    if not isinstance(given, list):
        raise DesignError(f"{where}: write each null as [[null]] with double brackets")
    plain = {key: value for key, value in raw.items() if key not in NOT_OF_A_NULL}
    found = [at_own_null(build(plain | {"name": OWN}, f"{where}, own null"), rule)]
    for body in given:
        changes = checks.table(body, f"{where}, [[null]]")
        name = checks.file_name(changes.get("name"), f"{where}, [[null]], name")
        at = f"{where}, null '{name}'"
        checks.refuse_unknown_keys(changes, ("name", *NULL_SECTIONS), at)
        if name in {null.name for null in found}:
            raise DesignError(f"{where}: two nulls are called '{name}'; name them apart")
        null = build(plain | changes, at)
        # What a null states of the effect is true of all strata.
        null = (
            replace(null, effect=replace(null.effect, by_stratum=()))
            if "effect" in changes
            else at_own_null(null, rule)
        )
        refuse_success_in_order(null, rule, at)
        found.append(null)
    return tuple(found)


def at_own_null(design: TrialDesign, rule: DecisionRule) -> TrialDesign:
    """Return the design with the rule's own null as its effect."""
    null = own_null(design, rule)
    return replace(design, effect=null_effect(null, design))


def refuse_success_in_order(null: TrialDesign, rule: DecisionRule, at: str) -> None:
    """Raise for a null under which the rule's claim is true: success there is no error."""
    own = own_null(null, rule)
    if max(null.effect.hr) < hazard_ratio_of(own, null) - NEAR:
        raise DesignError(
            f"{at}, effect: a hazard ratio of {null.effect.words()} is better than {own.words}, the null of "
            f"'{rule.name}', so success there is no error; state one at or beyond it, or leave the effect out"
        )
