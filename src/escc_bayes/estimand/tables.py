"""Estimates as rows of the tables that others rely on: fixed column names, full precision, nothing merged."""

from collections.abc import Iterable, Mapping

from escc_bayes.estimand.estimate import Estimate

type Row = Mapping[str, object]


def origin(e: Estimate) -> dict[str, object]:
    """Return the columns that every table ends with: where the number comes from and whether it may be used."""
    return {**remarks(e), "spec_digest": e.record.spec_digest, "data_digest": e.record.data_digest}


def remarks(e: Estimate) -> dict[str, object]:
    """Return the columns that say how a number may be read: real or not, time from when, whether fit for use."""
    return {"provenance": e.record.provenance, "clock": e.clock, "verdict": e.verdict, "note": e.remark}


def computed_by(e: Estimate) -> dict[str, object]:
    """Return the columns that the tables of a model begin with: of what, by which model and method."""
    return {"endpoint": e.endpoint, "model": e.model, "method": e.method, "term": e.term}


def limits(e: Estimate) -> dict[str, object]:
    """Return the columns that follow a value: its limits, their level and kind."""
    return {"lower": e.lower, "upper": e.upper, "level": e.level, "interval": e.interval_kind}


def counted(e: Estimate) -> dict[str, object]:
    """Return the columns that say how much a number rests on."""
    return {"n": e.n, "events": e.events, "rows": e.rows, "last_follow_up": e.last_follow_up}


def tidy_rows(estimates: Iterable[Estimate]) -> list[Row]:
    """Return rows of few columns, one for each answer: what was asked, by which method, value and limits."""
    return [
        {
            "estimand": e.estimand,
            "term": e.term,
            "contrast": e.contrast,
            "time": e.time,
            "method": e.method,
            "model": e.model,
            "value": e.value,
            "lower": e.lower,
            "upper": e.upper,
            "interval": e.interval_kind,
        }
        for e in estimates
    ]


def tidy_ratio_rows(ratios: Iterable[Estimate]) -> list[Row]:
    """Return rows of few columns, one for each hazard ratio of a likelihood method."""
    return [
        {
            "term": e.term,
            "contrast": e.contrast,
            "method": e.method,
            "hr": e.value,
            "lower": e.lower,
            "upper": e.upper,
            "p_value": e.p_value,
            "n": e.n,
            "events": e.events,
        }
        for e in ratios
    ]


def hazard_ratio_rows(estimates: Iterable[Estimate]) -> list[Row]:
    """Return rows of ``hazard_ratios.csv``; with the column ``transition`` where any is of an illness-death model."""
    held = tuple(estimates)
    several = any(e.transition and e.transition != e.endpoint for e in held)
    return [
        {
            **computed_by(e),
            "contrast": e.contrast,
            **({"transition": "" if e.transition == e.endpoint else e.transition} if several else {}),
            "hr": e.value,
            **limits(e),
            "prob_gt_1": e.prob_gt_1,
            "p_value": e.p_value,
            "log_hr_mean": e.log_mean,
            "log_hr_sd": e.log_sd,
            **counted(e),
            "groups": e.groups,
            "strata": e.strata,
            **origin(e),
        }
        for e in held
    ]


def survival_rows(estimates: Iterable[Estimate]) -> list[Row]:
    """Return rows of ``survival.csv``."""
    return [
        {
            **computed_by(e),
            "group": e.contrast,
            "time": e.time,
            "survival": e.value,
            **limits(e),
            "population": e.population,
            **counted(e),
            **origin(e),
        }
        for e in estimates
    ]


def comparison_rows(estimates: Iterable[Estimate]) -> list[Row]:
    """Return rows of ``comparison.csv``: one estimand and method each; ``transition`` where any has one."""
    held = tuple(estimates)
    several = any(e.transition for e in held)
    return [
        {
            "endpoint": e.endpoint,
            "estimand": e.estimand,
            "term": e.term,
            "contrast": e.contrast,
            **({"transition": e.transition} if several else {}),
            "time": e.time,
            "method": e.method,
            "model": e.model,
            "value": e.value,
            **limits(e),
            "population": e.population,
            "p_value": e.p_value,
            **counted(e),
            "groups": e.groups,
            **origin(e),
        }
        for e in held
    ]
