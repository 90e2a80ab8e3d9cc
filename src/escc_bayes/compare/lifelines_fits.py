"""Fitted models of lifelines as methods beside ours: read, never refitted; each row is what lifelines prints.

Wald limits of a Cox model, log-log limits of Kaplan-Meier and delta limits of a Weibull are lifelines' own.
"""

import math
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.estimand.behind import counted
from escc_bayes.estimand.contrast import complete
from escc_bayes.estimand.estimand import Estimand, HazardRatio, MedianSurvival, SurvivalAt, contrast_words
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.evaluate import NAMES, time_of
from escc_bayes.foundation.errors import EstimandError, some_of
from escc_bayes.foundation.record import Record
from escc_bayes.spec.plan import ModelPlan

METHODS = {
    "KaplanMeierFitter": "lifelines_km",
    "CoxPHFitter": "lifelines_cox",
    "WeibullFitter": "lifelines_weibull",
}


@runtime_checkable
class LifelinesFit(Protocol):
    """What every fitted model of lifelines has."""

    alpha: float
    durations: Any
    event_observed: Any


@dataclass(frozen=True, slots=True)
class Adopted:
    """A fitted model of lifelines on the rows of a plan.

    Attributes
    ----------
    fit : as lifelines fitted it.
    plan, record : of the fit beside which it stands.
    """

    fit: Any
    plan: ModelPlan
    record: Record

    @property
    def name(self) -> str:
        """The class of lifelines."""
        return type(self.fit).__name__

    @property
    def method(self) -> str:
        """The word of the method in tables."""
        return METHODS[self.name]

    def estimate(self, asked: Estimand, *, level: float) -> tuple[Estimate, ...]:
        """Return what the model answers; nothing to a question that it cannot be asked."""
        if isinstance(asked, HazardRatio):
            return self.ratio(asked, level) if self.name == "CoxPHFitter" else ()
        if self.name == "CoxPHFitter" or asked.term or not isinstance(asked, SurvivalAt | MedianSurvival):
            return ()
        self.refuse_other_level(level)
        found = self.survival(asked.time) if isinstance(asked, SurvivalAt) else self.median()
        return (self.told(asked, found, level),)

    def told(
        self, asked: Estimand, found: tuple[float, float, float], level: float, *, note: str = "", **more: Any
    ) -> Estimate:
        """Return numbers as an estimate of the plan's patients; ``note`` says why there are none."""
        rows, counts = self.plan.rows, counted(asked, self.plan.rows)
        return Estimate(
            endpoint=rows.endpoint,
            estimand=NAMES[type(asked)],
            term=asked.term,
            contrast=contrast_words(asked),
            time=time_of(asked),
            method=self.method,
            model=self.plan.spec.name,
            value=found[0],
            lower=found[1],
            upper=found[2],
            level=level,
            interval_kind="confidence",
            population="" if isinstance(asked, HazardRatio) else asked.population,
            n=counts.n,
            rows=counts.rows,
            events=counts.events,
            clock=rows.clock,
            record=self.record,
            note=note or f"as fitted by lifelines, {self.name}",
            **more,
        )

    def ratio(self, asked: HazardRatio, level: float) -> tuple[Estimate, ...]:
        """Return exp(w'b) with Wald limits, w the columns of the contrast; no value, and why, without such columns."""
        asked = complete(asked, self.plan.design)
        weights = self.columns_of(asked)
        if weights is None:
            return (self.told(asked, (math.nan,) * 3, level, note=self.why_none(asked)),)
        if other := self.other_values(asked):
            return (self.told(asked, (math.nan,) * 3, level, note=other),)
        log_ratio = float(weights @ self.fit.params_.to_numpy())
        se = math.sqrt(float(weights @ self.fit.variance_matrix_.to_numpy() @ weights))
        half = float(ndtri(0.5 + level / 2.0)) * se
        found = (math.exp(log_ratio), math.exp(log_ratio - half), math.exp(log_ratio + half))
        p = 2.0 * float(ndtr(-abs(log_ratio / se)))
        return (self.told(asked, found, level, p_value=p, log_mean=log_ratio, log_sd=se),)

    def why_none(self, asked: HazardRatio) -> str:
        """Say that no column is one of a covariate, and how it would have to be called."""
        held = some_of([str(name) for name in self.fit.params_.index], most=6)
        if asked.modifier:
            return f"not answered: what {self.name} calls the products of an interaction, no convention says ({held})"
        called = asked.term if asked.per is not None else f"{asked.term}_LEVEL or {asked.term}[T.LEVEL]"
        return f"not answered: no column of {self.name} is called {called}; it has {held}"

    def other_values(self, asked: HazardRatio) -> str:
        """Say which column holds other values than ours: on another scale, or another level under its name."""
        values = self.plan.rows.covariates[asked.term].values
        names = [str(name) for name in self.fit.params_.index]
        if asked.per is not None:
            columns = {names.index(asked.term): values}
        else:
            levels = self.plan.rows.covariates[asked.term].schema.levels
            found = {place_of(asked.term, level, names): code for code, level in enumerate(levels)}
            columns = {place: (values == code) * 1.0 for place, code in found.items() if place is not None}
        for place, ours in columns.items():
            theirs = float(self.fit._norm_mean.iloc[place]), float(self.fit._norm_std.iloc[place])
            if not np.allclose(theirs, (ours.mean(), ours.std(ddof=1)), rtol=1e-6, atol=1e-9):
                return (
                    f"not answered: the column '{names[place]}' of {self.name} has mean {theirs[0]:.3g} and SD "
                    f"{theirs[1]:.3g}, ours {ours.mean():.3g} and {ours.std(ddof=1):.3g}: another scale or level"
                )
        return ""

    def columns_of(self, asked: HazardRatio) -> Any:
        """Return the weights of a contrast on lifelines' coefficients; None if none is of the covariate.

        A level goes by ``term_level`` (pandas' dummies) or ``term[T.level]`` (a formula); one without is the reference.
        """
        if asked.modifier:  # How the products are called, no convention says.
            return None
        names = [str(name) for name in self.fit.params_.index]
        weights = np.zeros(len(names))
        if asked.per is not None:
            if asked.term not in names:
                return None
            weights[names.index(asked.term)] = asked.per
            return weights
        levels = self.plan.rows.covariates[asked.term].schema.levels
        places = {level: place for level in levels if (place := place_of(asked.term, level, names)) is not None}
        for level, sign in ((asked.level, 1.0), (asked.versus, -1.0)):
            if level in places:
                weights[places[level]] = sign
        if not places:
            return None
        lacking = [level for level in levels if level not in places]
        if len(lacking) > 1:
            raise EstimandError(
                f"CoxPHFitter has no columns for {', '.join(lacking)} of '{asked.term}'; code every level but one as "
                f"{asked.term}_LEVEL (pandas.get_dummies) or by a formula"
            )
        return weights

    def survival(self, month: float) -> tuple[float, float, float]:
        """Return survival at a month with the limits that lifelines has there."""
        if month > float(np.max(self.fit.durations)):
            return math.nan, math.nan, math.nan
        if self.name == "KaplanMeierFitter":
            value = float(self.fit.survival_function_at_times(month).iloc[0])
            limits = self.fit.confidence_interval_survival_function_
            lower, upper = limits.loc[limits.index <= month].iloc[-1]
            return value, float(lower), float(upper)
        return self.weibull_survival(month)

    def weibull_survival(self, month: float) -> tuple[float, float, float]:
        """Return S(t) = exp(-(t/lambda)^rho) and S -+ z SE, as lifelines has it: delta method, on the scale of S."""
        scale, shape = float(self.fit.lambda_), float(self.fit.rho_)
        cumulative = (month / scale) ** shape
        value = math.exp(-cumulative)
        slope = value * cumulative * np.array([shape / scale, -math.log(month / scale)])
        se = math.sqrt(float(slope @ self.fit.variance_matrix_.to_numpy() @ slope))
        half = float(ndtri(1.0 - self.fit.alpha / 2.0)) * se
        return value, value - half, value + half

    def median(self) -> tuple[float, float, float]:
        """Return the median; of Kaplan-Meier with the months at which its limits come down to a half."""
        from lifelines.utils import median_survival_times

        value = float(self.fit.median_survival_time_)
        lower = upper = math.nan
        if self.name == "KaplanMeierFitter":
            found = median_survival_times(self.fit.confidence_interval_survival_function_)
            lower, upper = sorted(float(x) for x in found.to_numpy().ravel())
        value, lower, upper = (math.nan if math.isinf(x) else x for x in (value, lower, upper))
        return value, lower, upper

    def refuse_other_level(self, level: float) -> None:
        """Raise where the limits were computed at another level."""
        if not math.isclose(1.0 - self.fit.alpha, level):
            raise EstimandError(
                f"{self.name} has {100 * (1 - self.fit.alpha):g} % limits, asked were {100 * level:g} %; fit it with "
                f"alpha={1 - level:g}"
            )


def place_of(term: str, level: str, names: list[str]) -> int | None:
    """Return the place of a level's column among lifelines' coefficients; None if it has none."""
    spelled = (f"{term}_{level}", f"{term}[T.{level}]", f"{term}[{level}]")
    return next((names.index(name) for name in spelled if name in names), None)


def adopted(fit: LifelinesFit, plan: ModelPlan, record: Record) -> Adopted:
    """Return a fitted model of lifelines as a method on the rows of a plan.

    Raises
    ------
    EstimandError : another class of lifelines; strata, weights or entries; other patients or events.
    """
    name = type(fit).__name__
    if name not in METHODS:
        raise EstimandError(f"compare takes {', '.join(METHODS)} of lifelines, was given {name}")
    refuse_other_rows(fit, plan, name)
    return Adopted(fit, plan, replace(record, engine="lifelines"))


def refuse_other_rows(fit: Any, plan: ModelPlan, name: str) -> None:
    """Raise unless lifelines was given the follow-up and events of the plan's rows, each once, in months."""
    rows = plan.rows
    months, event = np.asarray(fit.durations, dtype=float), np.asarray(fit.event_observed, dtype=float)
    weights = np.asarray(fit.weights, dtype=float)
    entry = getattr(fit, "entry", None)
    late = entry is not None and bool((np.asarray(entry, dtype=float) > 0.0).any())
    if late or rows.delayed or (weights != 1.0).any() or rows.sampled or rows.strata or getattr(fit, "strata", None):
        raise EstimandError(
            f"{name}: delayed entry, weights and strata are not compared with lifelines; fit both without them"
        )
    ours = f"{plan.spec.name}: {rows.n} patients, {rows.events} events"
    told = f"{name}: {months.size} patients, {event.sum():g} events; {ours}"
    if months.size != rows.time.size or event.sum() != rows.events:
        raise EstimandError(f"compare needs fits of the same patients, was given {told} ({rows.sentence()})")
    mine, theirs = (np.lexsort(pair) for pair in ((rows.event, rows.time), (event, months)))
    same = np.allclose(rows.time[mine], months[theirs], rtol=1e-9, atol=1e-9)
    if not same or (rows.event[mine] != event[theirs]).any():
        raise EstimandError(
            f"compare needs fits of the same follow-up, was given others for as many patients ({told}); give lifelines "
            f"months from {rows.clock}, as in posterior.plan.rows.time and .event"
        )
