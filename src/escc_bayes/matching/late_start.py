"""How late a treatment whose start is not known would have had to begin for immortal time alone to make its ratio.

Three months, of each reconstruction by itself: the last in which all who had it could have begun together, since one of
them dies or is lost then; that from which Cox's time-updated ratio is 1 or more; and the months that they would have
had to live for no effect at all to give the naive ratio. docs/methods/treatment.md.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.classical.coding import classical_design
from escc_bayes.classical.ratios import cox_coefficients
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import CohortError, SpecError
from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.assumed_start import AssumedStart, starting
from escc_bayes.matching.models import adjusted_model
from escc_bayes.spec.plan import ModelPlan, make_plan
from escc_bayes.spec.selection import select_rows
from escc_bayes.time_zero.guarantee import no_effect
from escc_bayes.time_zero.guarantee_limit import limit_ratio

TOGETHER, NO_BENEFIT, NO_EFFECT = "latest_common_start", "time_updated_ratio_1", "naive_ratio_without_effect"
QUESTIONS = (TOGETHER, NO_BENEFIT, NO_EFFECT)
# Months are found to this.
EXACT = 0.01
ABOVE = "the naive ratio is 1 or more, and immortal time lowers a ratio: it does not make this one"


@dataclass(frozen=True, slots=True)
class Member:
    """One cohort: naive log ratio, and the answer to each question.

    ``months``: infinite where no month of the follow-up will do; ``logs``: Cox's log ratio there; ``shorter``: treated
    patients followed for no longer.
    """

    naive: float
    months: tuple[float, ...]
    logs: tuple[float, ...]
    shorter: tuple[int, ...]
    n: int
    events: int


def late_start_rows(cohorts: Sequence[Cohort], asked: AssumedStart) -> list[Row]:
    """Return rows of ``late_start.csv``, one for each question; none where no cohort has a ratio."""
    members = [found for cohort in cohorts if (found := member_of(cohort, asked)) is not None]
    if not members:
        return []
    control, treated = cohorts[0].covariate(asked.treatment).schema.levels
    head = {"endpoint": asked.endpoint, "term": asked.treatment, "contrast": f"{treated} vs {control}"}
    return [
        {**head, **answer(question, place, members), "provenance": cohorts[0].provenance}
        for place, question in enumerate(QUESTIONS)
    ]


def member_of(cohort: Cohort, asked: AssumedStart) -> Member | None:
    """Return the answers of one cohort; None where Cox has no ratio."""
    try:
        plan = make_plan(adjusted_model(cohort, asked.endpoint, asked.treatment, asked.on), cohort)
    except (CohortError, SpecError):
        return None
    naive = cox_log_ratio(plan, asked.treatment)
    rows = plan.rows
    treated = rows.covariates[asked.treatment].values == 1.0
    if not math.isfinite(naive) or not treated.any() or treated.all():
        return None
    followed = rows.time[treated]
    first, last = float(followed.min()), float(followed.max())

    def updated(month: float) -> float:
        own = starting(cohort, asked, month)
        spec = adjusted_model(own, asked.endpoint, asked.treatment, asked.on)
        return cox_log_ratio(make_plan(spec, own), asked.treatment)

    without = without_effect(cohort, asked)
    months = (first, month_of(updated, last), month_of(lambda month: naive - without(month), last))
    logs = (updated(first * (1.0 - 1e-9)), 0.0, naive)
    shorter = tuple(int((followed <= month).sum()) if math.isfinite(month) else 0 for month in months)
    return Member(naive, months, logs, shorter, rows.n, rows.events)


def cox_log_ratio(plan: ModelPlan, treatment: str) -> float:
    """Return Cox's log ratio of the treatment; NaN where there is none."""
    design, _ = classical_design(plan.spec, plan.rows)
    fitted = cox_coefficients(replace(plan, design=design), "cox")
    place = design.columns_of(treatment).start
    return math.nan if bool(fitted.infinite[place]) else float(fitted.coef[place])


def without_effect(cohort: Cohort, asked: AssumedStart) -> Callable[[float], float]:
    """Return the log ratio that Cox's model tends to without an effect, as a function of the months lived for sure."""
    rows = select_rows(cohort, asked.endpoint, (asked.treatment,), naive=True)
    treated = rows.covariates[asked.treatment].values == 1.0
    share = (float((~treated).mean()), float(treated.mean()))

    def of(month: float) -> float:
        guaranteed: FloatArray = np.where(treated, month, 0.0)
        ratio = limit_ratio(no_effect(rows, guaranteed), (0.0, month), share)
        return math.log(ratio) if ratio > 0.0 else -math.inf

    return of


def month_of(log_ratio: Callable[[float], float], last: float) -> float:
    """Return the month at which a log ratio that is below 0 at the start reaches 0; infinite where it never does.

    A ratio of 1 or more at the start needs no month: NaN.
    """
    low, high = EXACT, last * (1.0 - 1e-9)
    if log_ratio(low) >= 0.0:
        return math.nan
    at_last = log_ratio(high)
    return root(log_ratio, low, high, absolute=EXACT) if at_last >= 0.0 else math.inf


def answer(question: str, place: int, members: Sequence[Member]) -> Row:
    """Return the answer to one question over all members: medians and range of months, mean log ratios."""
    naive = math.exp(float(np.mean([one.naive for one in members])))
    known = [one for one in members if not math.isnan(one.months[place])]
    above = question != TOGETHER and naive >= 1.0
    months = [one.months[place] for one in known] if not above else []
    reached = [month for month in months if math.isfinite(month)]
    middle = float(np.median(months)) if months else math.nan
    said = f"{len(reached)} of {len(members)} reconstructions have such a month within follow-up"
    if len(members) == 1 and months and not reached:
        said = "no month within follow-up"
    logs = [one.logs[place] for one in known if math.isfinite(one.logs[place])]
    return {
        "question": question,
        "month": middle if math.isfinite(middle) else math.nan,
        "month_low": min(reached, default=math.nan),
        "month_high": max(reached) if reached and len(reached) == len(months) else math.nan,
        "hr_naive": naive,
        "hr": math.exp(float(np.mean(logs))) if logs and not above else math.nan,
        "shorter": float(np.median([one.shorter[place] for one in known])) if math.isfinite(middle) else math.nan,
        "n": round(float(np.median([one.n for one in members]))),
        "events": round(float(np.median([one.events for one in members]))),
        "members": len(members),
        "note": ABOVE if above else (said if len(reached) < len(members) else ""),
    }
