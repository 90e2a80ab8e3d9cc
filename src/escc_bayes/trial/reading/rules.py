"""Read the decision rules of a design."""

from collections.abc import Mapping
from dataclasses import replace

from escc_bayes.foundation import checks
from escc_bayes.trial.design.criterion import FinalTestCriterion, GainCriterion, PosteriorCriterion
from escc_bayes.trial.design.futility import BetaCriterion, FutilityCriterion
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.reading.criteria import criteria, futility_criteria
from escc_bayes.trial.reading.priors import yes_or_no
from escc_bayes.trial.significance.alpha_spending import CLASSICAL, FAMILIES, AlphaSpending
from escc_bayes.trial.significance.spending_functions import SPENDING

SPENDING_FORMS = f"{', '.join(SPENDING)}, {{ hwang_shih_decani = -4.0 }} or {{ kim_demets = 2.0 }}"
BOUNDARY_FORMS = f"{', '.join(CLASSICAL)} or {{ wang_tsiatis = 0.25 }}"
# Least and largest parameter of each family; beyond, boundaries are those of the ends to all digits.
FAMILY_RANGES = {"hwang_shih_decani": (-40.0, 40.0), "kim_demets": (0.0, 20.0), "wang_tsiatis": (-1.0, 1.0)}
KEYS = ("name", "success", "futility", "spending", "boundaries", "borrow")


def rules_from(value: object, where: str, looks: int, *, borrowing: bool = False) -> tuple[DecisionRule, ...]:
    """Read the list under ``[[rule]]``; with ``borrowing`` posterior rules borrow unless they say otherwise."""
    if not isinstance(value, list) or not value:
        raise DesignError(f"{where}: write each rule as [[rule]] with double brackets")
    rules = tuple(
        rule_from(checks.table(body, f"{where}, [[rule]]"), where, looks, borrowing=borrowing) for body in value
    )
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise DesignError(f"{where}: two rules are called '{name}'; name them apart")
    return rules


def rule_from(raw: Mapping[str, object], where: str, looks: int, *, borrowing: bool) -> DecisionRule:
    """Read one rule; several looks need a log-rank test that shares its alpha."""
    name = checks.identifier(raw.get("name"), f"{where}, [[rule]], name")
    at = f"{where}, rule '{name}'"
    checks.refuse_unknown_keys(raw, KEYS, at)
    success = criteria(checks.text(raw.get("success"), f"{at}, success"), f"{at}, success")
    futility: tuple[FutilityCriterion, ...] = ()
    if "futility" in raw:
        futility = futility_criteria(checks.text(raw["futility"], f"{at}, futility"), f"{at}, futility")
    rule = DecisionRule(
        name=name,
        success=success,
        futility=futility,
        spending=spending_from(raw, at),
    )
    rule = replace(rule, borrows=borrows(raw, rule, at, borrowing=borrowing))
    refuse_wrong_way(rule, at)
    refuse_both(rule, at)
    refuse_confused(rule, at, looks)
    refuse_futility(rule, at, looks)
    return rule


def borrows(raw: Mapping[str, object], rule: DecisionRule, at: str, *, borrowing: bool) -> bool:
    """Read whether the rule's posterior borrows."""
    if "borrow" not in raw:
        return borrowing and rule.asks_posterior
    if not (borrowing and rule.asks_posterior):
        why = "the rule asks no posterior" if borrowing else "there is no [borrowing]"
        raise DesignError(f"{at}, borrow: {why}; remove it")
    return yes_or_no(raw["borrow"], f"{at}, borrow")


def spending_from(raw: Mapping[str, object], at: str) -> AlphaSpending | None:
    """Read ``spending`` or ``boundaries``; None where neither is stated."""
    if "spending" in raw and "boundaries" in raw:
        raise DesignError(f"{at}: 'spending' and 'boundaries' exclude each other; keep one")
    if "boundaries" in raw:
        if isinstance(raw["boundaries"], dict):
            return family_from(raw["boundaries"], f"{at}, boundaries", ("wang_tsiatis",), classical=True)
        return AlphaSpending(checks.one_of(raw["boundaries"], tuple(CLASSICAL), f"{at}, boundaries"), classical=True)
    if "spending" not in raw:
        return None
    given = raw["spending"]
    if not isinstance(given, dict):
        return AlphaSpending(checks.one_of(given, tuple(SPENDING), f"{at}, spending"))
    return family_from(given, f"{at}, spending", tuple(FAMILIES))


def family_from(
    raw: Mapping[str, object], at: str, families: tuple[str, ...], *, classical: bool = False
) -> AlphaSpending:
    """Read one of a family of spending functions or shapes by its parameter, such as ``{ kim_demets = 2.0 }``."""
    checks.refuse_unknown_keys(raw, families, at)
    if len(raw) != 1:
        raise DesignError(f"{at}: state one of {', '.join(families)} with its parameter, was given {list(raw)}")
    ((name, value),) = raw.items()
    low, high = FAMILY_RANGES[name]
    parameter = checks.number(value, f"{at}, {name}", above=low, below=high)
    if name == "hwang_shih_decani" and parameter == 0.0:
        raise DesignError(f"{at}: Hwang-Shih-DeCani takes a gamma other than 0, such as -4.0 or 1.0")
    return AlphaSpending(name, classical, parameter)


def refuse_wrong_way(rule: DecisionRule, at: str) -> None:
    """Raise for a success by a small probability of benefit, or futility by a large one."""
    for role, criteria_, right in (("success", rule.success, True), ("futility", rule.futility, False)):
        for criterion in criteria_:
            if isinstance(criterion, PosteriorCriterion | GainCriterion) and criterion.above != right:
                turned = replace(criterion, above=right).words()
                raise DesignError(
                    f"{at}, {role}: '{criterion.words()}' is the wrong way round: {role} asks for a "
                    f"{'large' if right else 'small'} probability that treatment is better; write '{turned}'"
                )


def refuse_both(rule: DecisionRule, at: str) -> None:
    """Raise if the same data make the rule succeed and stop for futility, by two thresholds of one probability.

    Success P(HR < c) > q and futility P(HR < c') < q', c' at or above c: both hold between the thresholds if q' > q,
    never if q' <= q. One pair that never holds keeps all apart.
    """
    pairs = [
        (won, lost)
        for won in rule.success
        for lost in rule.futility
        if isinstance(won, PosteriorCriterion | GainCriterion)
        and isinstance(lost, PosteriorCriterion | GainCriterion)
        and is_weaker(lost, won)
    ]
    wrong = [(won, lost) for won, lost in pairs if lost.threshold > won.threshold]
    if wrong and len(wrong) == len(pairs):
        won, lost = wrong[0]
        raise DesignError(
            f"{at}: success '{won.words()}' and futility '{lost.words()}' hold together, for a probability between "
            f"{won.threshold:g} and {lost.threshold:g}; lower the threshold of futility to {won.threshold:g} at most"
        )


def is_weaker(lost: PosteriorCriterion | GainCriterion, won: PosteriorCriterion | GainCriterion) -> bool:
    """Return whether what ``lost`` gives a probability to follows from what ``won`` does: it is never less likely."""
    if isinstance(lost, PosteriorCriterion) and isinstance(won, PosteriorCriterion):
        return lost.hr >= won.hr
    if isinstance(lost, GainCriterion) and isinstance(won, GainCriterion):
        one, other = lost.measure, won.measure
        return (one.kind, one.month) == (other.kind, other.month) and one.limit <= other.limit
    return False


def refuse_confused(rule: DecisionRule, at: str, looks: int) -> None:
    """Raise for success criteria that cannot stand together, or whose alpha is not shared."""
    if len(rule.tests) > 1:
        raise DesignError(f"{at}: two log-rank tests in one rule, Cox tests among them; keep one, or make two rules")
    if rule.spending is not None and not rule.tests:
        key = "boundaries" if rule.spending.classical else "spending"
        raise DesignError(f"{at}: '{key}' belongs to a log-rank test or one of the Cox model; remove it")
    if rule.tests and looks > 1 and rule.spending is None:
        kind = "Cox" if rule.test is not None and rule.test.cox else "log-rank"
        raise DesignError(
            f"{at}: a {kind} test at {looks} looks must share its alpha; add spending = one of "
            f"{SPENDING_FORMS}, or boundaries = one of {BOUNDARY_FORMS}"
        )


def refuse_futility(rule: DecisionRule, at: str, looks: int) -> None:
    """Raise for futility that cannot act, or asks for what the rule does not have."""
    if not rule.futility:
        return
    if looks == 1:
        raise DesignError(f"{at}: futility acts at interim looks, and there is one look; add looks or remove it")
    if rule.goes_by_log_rank and not rule.tests:
        raise DesignError(f"{at}: its futility goes by a log-rank test, and its success has none; add one")
    if (
        any(isinstance(c, BetaCriterion) for c in rule.futility)
        and rule.spending is not None
        and rule.spending.classical
    ):
        raise DesignError(f"{at}: a boundary that spends beta needs a spending function; replace 'boundaries'")
    if rule.asks_moments and not rule.by_normal:
        odd = next(c for c in rule.success if not isinstance(c, PosteriorCriterion))
        kind = "test" if isinstance(odd, FinalTestCriterion) else "estimate"
        raise DesignError(
            f"{at}: predictive probability is known for success by the posterior or the log-rank test, and this one "
            f'has another {kind}; use "P(HR < 1 | data) < 0.1" instead'
        )
