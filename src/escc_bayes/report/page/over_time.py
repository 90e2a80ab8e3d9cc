"""Hazard ratios that change over time: which they are, and their rows in files.

Each posterior with Cox on the same segments beside, and the events behind each. docs/methods/time_varying.md.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.tables import Row, computed_by, limits, remarks
from escc_bayes.report.page.own_cox import own_cox

if TYPE_CHECKING:
    from escc_bayes.report.page.outcomes import Outcome


def over_time(estimates: Iterable[Estimate]) -> tuple[Estimate, ...]:
    """Return the hazard ratios that change over time: of posteriors, and of Cox."""
    return own_cox(e for e in estimates if e.months is not None)


def posterior_over_time(posterior: Posterior, level: float) -> tuple[Estimate, ...]:
    """Return a posterior's hazard ratios that change over time, and Cox's; none where none does."""
    if not posterior.plan.design.segment_ends.size:
        return ()
    from escc_bayes.classical.fit import fit_classical_plan

    classical = fit_classical_plan(posterior.plan).hazard_ratios(level=level)
    return over_time((*posterior.hazard_ratios(level=level), *classical))


def time_varying_rows(estimates: Iterable[Estimate]) -> list[Row]:
    """Return rows of ``time_varying.csv``, from estimates that have months; ``transition`` where any has one."""
    held = [e for e in estimates if e.months is not None]
    several = any(e.transition for e in held)
    return [
        {**row_of(e, *e.months), **({"transition": e.transition} if several else {})}
        for e in held
        if e.months is not None
    ]


def row_of(e: Estimate, start: float, stop: float) -> Row:
    """Return one row of ``time_varying.csv``."""
    return {
        **computed_by(e),
        "contrast": plain_contrast(e),
        "start": start,
        "stop": stop,
        "hr": e.value,
        **limits(e),
        "prob_gt_1": e.prob_gt_1,
        "log_hr_mean": e.log_mean,
        "log_hr_sd": e.log_sd,
        "n": e.n,
        "events": e.events,
        "rows": e.rows,
        **remarks(e),
    }


def plain_contrast(e: Estimate) -> str:
    """Return the contrast without its months, which stand beside it."""
    return e.contrast.rpartition(", ")[0]


def of_one(e: Estimate) -> tuple[str, str, str]:
    """Return what tells one curve over time from another: its term, transition and contrast."""
    return e.term, e.transition, plain_contrast(e)


def of_outcome(outcome: "Outcome") -> tuple[Estimate, ...]:
    """Return the hazard ratios of an outcome that change over time."""
    return over_time(outcome.comparison.of("hazard_ratio"))


def in_order(estimates: Iterable[Estimate]) -> list[Estimate]:
    """Return estimates contrast by contrast, the segments of each in the order of time."""
    contrasts = list(dict.fromkeys(of_one(e) for e in estimates))
    return sorted(estimates, key=lambda e: (contrasts.index(of_one(e)), e.months))
