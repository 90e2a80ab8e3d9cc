"""Read the decision rules of a design."""

from collections.abc import Mapping
from dataclasses import replace

from escc_bayes.foundation import checks
from escc_bayes.foundation.sentence import counted
from escc_bayes.trial.design.criterion import (
    FinalTestCriterion,
    GainCriterion,
    LogRankCriterion,
    PosteriorCriterion,
)
from escc_bayes.trial.design.futility import BetaCriterion, FutilityCriterion
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.reading.criteria import criteria, futility_criteria
from escc_bayes.trial.reading.priors import yes_or_no
from escc_bayes.trial.reading.spending import BOUNDARY_FORMS, SPENDING_FORMS, spending_from
from escc_bayes.trial.significance.alpha_spending import BY_LOOK, NOMINAL

KEYS = ("name", "success", "futility", "futility_looks", "binding", "spending", "boundaries", "borrow")


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
        spending=spending_from(
            raw, at, looks, next((c.alpha for c in success if isinstance(c, LogRankCriterion)), None)
        ),
        futility_looks=futility_looks_from(raw, at, looks),
        binding=yes_or_no(raw.get("binding", False), f"{at}, binding"),
    )
    rule = replace(rule, borrows=borrows(raw, rule, at, borrowing=borrowing))
    refuse_wrong_way(rule, at)
    refuse_both(rule, at)
    refuse_confused(rule, at, looks)
    refuse_futility(rule, at, looks)
    refuse_binding(rule, at)
    return rule


def futility_looks_from(raw: Mapping[str, object], at: str, looks: int) -> tuple[int, ...]:
    """Read at which looks futility is asked, counted from 1; empty: at every interim look."""
    if "futility_looks" not in raw:
        return ()
    where = f"{at}, futility_looks"
    if "futility" not in raw:
        raise DesignError(f"{where}: the rule has no futility; add it, or remove the looks")
    given = raw["futility_looks"] if isinstance(raw["futility_looks"], list) else [raw["futility_looks"]]
    assert isinstance(given, list)
    found = [checks.whole_number(place, where, least=1) for place in given]
    if not found or found != sorted(set(found)) or found[-1] >= looks:
        raise DesignError(
            f"{where}: {given!r} of {looks} looks; name interim looks in order, counted from 1; the final "
            f"look, {looks}, is none of them"
        )
    return tuple(found)


def borrows(raw: Mapping[str, object], rule: DecisionRule, at: str, *, borrowing: bool) -> bool:
    """Read whether the rule's posterior borrows."""
    if "borrow" not in raw:
        return borrowing and rule.asks_posterior
    if not (borrowing and rule.asks_posterior):
        why = "the rule asks no posterior" if borrowing else "there is no [borrowing]"
        raise DesignError(f"{at}, borrow: {why}; remove it")
    return yes_or_no(raw["borrow"], f"{at}, borrow")


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
            f"{at}: a {kind} test at {counted(looks, 'look')} must share its alpha; add spending = one of "
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
        and not rule.spending.is_function
    ):
        key = "spending" if rule.spending.name == BY_LOOK else "boundaries"
        raise DesignError(f"{at}: a boundary that spends beta needs a spending function; replace '{key}'")
    if rule.asks_moments and not rule.by_normal:
        odd = next(c for c in rule.success if not isinstance(c, PosteriorCriterion))
        kind = "test" if isinstance(odd, FinalTestCriterion) else "estimate"
        raise DesignError(
            f"{at}: predictive probability is known for success by the posterior or the log-rank test, and this one "
            f'has another {kind}; use "P(HR < 1 | data) < 0.1" instead'
        )


def refuse_binding(rule: DecisionRule, at: str) -> None:
    """Raise for binding futility that no boundary of success can count on."""
    if not rule.binding:
        return
    if not rule.futility or not all(criterion.by_log_rank for criterion in rule.futility):
        raise DesignError(
            f"{at}, binding: the boundary of success can count on futility by the rule's own log-rank test alone "
            '("log-rank Z < 0", "conditional power < 0.2", "log-rank beta 0.2"); change futility, or remove it'
        )
    if rule.spending is not None and rule.spending.name == NOMINAL:
        raise DesignError(f"{at}, binding: thresholds of Z that are stated do not move; remove it, or state spending")
