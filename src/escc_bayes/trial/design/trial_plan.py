"""The plan of a design: what follows from it before anything is simulated, made once and read by all."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.normal_power import NormalRule, is_one_ratio, normal_rule, planned_log_ratio
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.design.null_truth import null_effect, own_null
from escc_bayes.trial.design.prior_events import PriorWorth, prior_worth
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan, rule_plan
from escc_bayes.trial.significance.closed_forms import information_per_event
from escc_bayes.trial.truth.data_generating import Effect
from escc_bayes.trial.truth.expected_events import expected_events


@dataclass(frozen=True, slots=True)
class ExpectedLook:
    """A look under one effect: calendar ``month`` at which it comes (infinite: never), and ``events`` of its data.

    ``data``: the month to which these reach, the design's reporting lag before.
    """

    month: float
    events: float
    data: float


@dataclass(frozen=True, slots=True, eq=False)
class PlannedRule:
    """One rule of a design.

    Attributes
    ----------
    null : its own: of those of its criteria, the one at which treatment does worst; ``null_effect`` is that truth.
    boundaries : at the planned information.
    on_z : the rule as boundaries on one normal estimate; None where it has no such form.
    """

    design: TrialDesign
    rule: DecisionRule
    null: Null
    null_effect: Effect
    boundaries: RulePlan
    on_z: NormalRule | None

    def scaled(self, scale: float) -> NormalRule | None:
        """Return ``on_z`` with ``scale`` times the events at every look."""
        return normal_rule(self.design, self.rule, self.boundaries, scale=scale)

    @property
    def assurance(self) -> float | None:
        """The probability of success under the design prior by the normal approximation; None where there is none."""
        if self.design.believed is None or self.on_z is None or not is_one_ratio(self.design, self.design.effect):
            return None
        return self.on_z.assurance(self.design.believed)

    def power(self, effect: Effect) -> float | None:
        """Return the probability of success under an effect by the normal approximation; None where there is none."""
        log_ratio = planned_log_ratio(self.design, effect)
        return None if self.on_z is None or log_ratio is None else self.on_z.power(log_ratio)


@dataclass(frozen=True, eq=False)
class TrialPlan:
    """What follows from a design.

    Attributes
    ----------
    looks : under the design's effect.
    events : of each look, as stated, or as expected at its month.
    fractions : share of the final events at each look; the last is 1.
    information : on the log hazard ratio, (looks,).
    log_ratio : that one final look sees on average under the design's effect; None where there is no such number.
    rules : in the order of the design.
    """

    design: TrialDesign
    looks: tuple[ExpectedLook, ...]
    events: tuple[float, ...]
    fractions: tuple[float, ...]
    information: FloatArray
    log_ratio: float | None
    rules: tuple[PlannedRule, ...]

    @cached_property
    def worth(self) -> PriorWorth | None:
        """What borrowed controls are worth before the trial has data, found when first asked for; None without."""
        return prior_worth(self.design, self.looks[-1].data)

    def of(self, name: str) -> PlannedRule:
        """Return a rule by its name."""
        return next(planned for planned in self.rules if planned.rule.name == name)


def planned(design: TrialDesign) -> TrialPlan:
    """Return the plan of a design.

    Examples
    --------
    >>> from escc_bayes.trial.reading.design import load_design
    >>> plan = planned(load_design("rt_consolidation"))
    >>> plan.events, plan.rules[0].null.words
    ((247.0,), 'hazard ratio 1')
    """
    looks = expected_looks(design, design.effect)
    events = tuple(
        float(look.events)
        if look.events is not None and look.month is None and look.follow_up is None
        else expected.events
        for look, expected in zip(design.looks, looks, strict=True)
    )
    fractions = tuple(count / events[-1] for count in events)
    information = np.array(events) * information_per_event(design.allocation)
    rules = tuple(planned_rule(design, rule, fractions, information) for rule in design.rules)
    return TrialPlan(design, looks, events, fractions, information, planned_log_ratio(design, design.effect), rules)


def planned_rule(
    design: TrialDesign, rule: DecisionRule, fractions: tuple[float, ...], information: FloatArray
) -> PlannedRule:
    """Return the plan of one rule."""
    boundaries, null = rule_plan(rule, fractions, information), own_null(design, rule)
    on_z = normal_rule(design, rule, boundaries)
    return PlannedRule(design, rule, null, null_effect(null, design), boundaries, on_z)


def expected_looks(design: TrialDesign, effect: Effect) -> tuple[ExpectedLook, ...]:
    """Return when each look is expected under an effect, and with how many events."""
    arms, found = design.arms_under(effect), []
    for look in design.looks:
        data = design.data_month(look, effect)
        events = sum(expected_events(data, *arm) for arm in arms) if math.isfinite(data) else math.nan
        found.append(ExpectedLook(data + design.lag, events, data))
    return tuple(found)
