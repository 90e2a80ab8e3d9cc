"""What the treatment is worth beside one hazard ratio: over time, in months lived, at milestones, as probabilities.

Kaplan-Meier and Cox with the weights and matched sets of the design, and the weighted posteriors, side by side.
docs/methods/matching.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.km import quantile, survival_at
from escc_bayes.classical.rmst import rmst_difference
from escc_bayes.estimand.estimand import MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.estimand.estimate import joined_notes, summary
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.answer import Answer
from escc_bayes.matching.bootstrap import METHOD, drawn_curves
from escc_bayes.matching.contrast_row import Rows
from escc_bayes.matching.design import Design
from escc_bayes.matching.followed import followed
from escc_bayes.matching.over_time import CHANGES, changing_posterior, cox_within, periods, ratio_rows
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import Request

MILESTONES = (12.0, 24.0, 36.0)
GAIN = 3.0
PROPORTIONAL = "under proportional hazards"


def contrast_rows(patients: Patients, design: Design, asked: Request, posterior: Posterior | None) -> list[Row]:
    """Return the rows of ``contrasts.csv``.

    ``posterior`` has proportional hazards; a second one, whose hazard ratio changes over time, stands beside it.
    """
    own = followed(patients, asked.endpoint, design)
    row = Rows(patients, design, asked, own)
    months = [month for month in MILESTONES if month <= row.known_until] or [row.known_until]
    spans = periods(own, asked)
    changing = changing_posterior(row, tuple(stop for _, stop in spans[:-1]))
    fitted = [
        Fitted(method, one, note)
        for method, one, note in (("bayes_piecewise", posterior, PROPORTIONAL), (CHANGES, changing, ""))
        if one is not None
    ]
    return [
        *median_rows(row, fitted),
        *survival_rows(row, months, fitted),
        *rmst_rows(row, months, fitted),
        *(cox_within(row, start, stop) for start, stop in spans),
        *(ratio_rows(row, changing) if changing is not None else []),
        *probability_rows(row, months, fitted),
        *without_model(row, months),
    ]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A posterior by its name in the table, with what a reader must know of it."""

    method: str
    posterior: Posterior
    note: str


def median_rows(row: Rows, fitted: Sequence[Fitted]) -> list[Row]:
    """Return the median of each group."""
    found = []
    for treated, word in ((1, row.treatment), (0, row.control)):
        of = row.counts(treated)
        q = quantile(row.curve(treated))
        found.append(row.row("median", word, math.nan, "kaplan_meier", (q.value, q.lower, q.upper), of=of))
        for one in fitted:
            e = one.posterior.estimate(MedianSurvival(row.asked.treatment, word), level=row.asked.level)
            note = joined_notes(one.note, e.note)
            found.append(row.row("median", word, math.nan, one.method, (e.value, e.lower, e.upper), of=of, note=note))
    return found


def survival_rows(row: Rows, months: Sequence[float], fitted: Sequence[Fitted]) -> list[Row]:
    """Return survival of each group at each month, and the difference."""
    found = []
    z = float(ndtri(0.5 + row.asked.level / 2.0))
    curves = {treated: row.curve(treated) for treated in (1, 0)}
    for month in months:
        at = {}
        for treated, word in ((1, row.treatment), (0, row.control)):
            point = survival_at(curves[treated], np.array([month]))
            value = (float(point.survival[0]), float(point.lower[0]), float(point.upper[0]))
            place = int(np.searchsorted(curves[treated].time, month, side="right")) - 1
            log_error = float(curves[treated].log_std_error[place]) if place >= 0 else 0.0
            at[treated] = (value[0], value[0] * log_error)
            found.append(row.row("survival", word, month, "kaplan_meier", value, of=row.counts(treated)))
        difference, error = at[1][0] - at[0][0], math.hypot(at[1][1], at[0][1])
        limits = (difference, difference - z * error, difference + z * error)
        note = "the groups taken as independent"
        found.append(row.row("survival_difference", row.contrast, month, "kaplan_meier", limits, note=note))
        for one in fitted:
            first, second = (
                one.posterior.draws(SurvivalAt(month, row.asked.treatment, word))
                for word in (row.treatment, row.control)
            )
            value = summary(first - second, row.asked.level)
            found.append(row.row("survival_difference", row.contrast, month, one.method, value, note=one.note))
    return found


def rmst_rows(row: Rows, months: Sequence[float], fitted: Sequence[Fitted]) -> list[Row]:
    """Return differences of months lived by each month."""
    found = []
    for month in months:
        try:
            d = rmst_difference(row.mean(1, month), row.mean(0, month), row.asked.level)
            value, note = (d.value, d.lower, d.upper), ""
        except ValueError as error:
            value, note = (math.nan, math.nan, math.nan), str(error)
        found.append(row.row("rmst_difference", row.contrast, month, "kaplan_meier", value, note=note))
        for one in fitted:
            value = summary(gain(row, one.posterior, month), row.asked.level)
            found.append(row.row("rmst_difference", row.contrast, month, one.method, value, note=one.note))
    return found


def gain(row: Rows, posterior: Posterior, month: float) -> FloatArray:
    """Return draws of the difference of months lived by a month."""
    return posterior.draws(RMSTDifference(row.asked.treatment, row.treatment, row.control, month))


def probability_rows(row: Rows, months: Sequence[float], fitted: Sequence[Fitted]) -> list[Row]:
    """Return the probability that months gained exceed 3, by each month."""
    found = []
    for month in months:
        for one in fitted:
            value = (float((gain(row, one.posterior, month) > GAIN).mean()), math.nan, math.nan)
            group = f"{row.contrast}: more than {counted(GAIN, 'month')} gained"
            found.append(row.row("probability", group, month, one.method, value, note=one.note))
    return found


def without_model(row: Rows, months: Sequence[float]) -> list[Row]:
    """Return medians, differences at months and probabilities by the Bayesian bootstrap, which has no model."""
    control, treated = drawn_curves(row.own, row.asked.seed)
    found, level = [], row.asked.level
    for code, word, curve in ((1, row.treatment, treated), (0, row.control, control)):
        value = quantiles(curve.median(), level)
        found.append(row.row("median", word, math.nan, METHOD, value, of=row.counts(code)))
    for month in months:
        apart, lived = treated.at(month) - control.at(month), treated.lived(month) - control.lived(month)
        found.append(row.row("survival_difference", row.contrast, month, METHOD, summary(apart, level)))
        found.append(row.row("rmst_difference", row.contrast, month, METHOD, summary(lived, level)))
        group = f"{row.contrast}: more than {counted(GAIN, 'month')} gained"
        share = (float((lived > GAIN).mean()), math.nan, math.nan)
        found.append(row.row("probability", group, month, METHOD, share))
    return found


def quantiles(months: FloatArray, level: float) -> tuple[float, float, float]:
    """Return the median and limits of months that may be infinite; NaN for what is not reached."""
    ordered, tail = np.sort(months), (1.0 - level) / 2.0
    places = [min(int(p * ordered.size), ordered.size - 1) for p in (0.5, tail, 1.0 - tail)]
    middle, lower, upper = (float(ordered[i]) if np.isfinite(ordered[i]) else math.nan for i in places)
    return middle, lower, upper


def probabilities_of(answers: Sequence[Answer], row_of: Rows) -> list[Row]:
    """Return Pr(HR < 1) and Pr(HR < 0.8) of each posterior."""
    found = []
    for answer in answers:
        for word, value in (("HR below 1", answer.prob_lt_1), ("HR below 0.8", answer.prob_lt_08)):
            if not math.isnan(value):
                group = f"{row_of.contrast}: {word}"
                note = joined_notes(answer.note)
                found.append(
                    row_of.row(
                        "probability",
                        group,
                        math.nan,
                        answer.method,
                        (value, math.nan, math.nan),
                        of=(answer.n, answer.events),
                        note=note,
                    )
                )
    return found
