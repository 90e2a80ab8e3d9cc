"""What the treatment is worth beside one hazard ratio: over time, in months lived, at milestones, as probabilities.

Kaplan-Meier and Cox with the weights and matched sets of the design, and the weighted posteriors, side by side.
docs/methods/matching.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.cox import cox
from escc_bayes.classical.cox_robust import with_robust_errors
from escc_bayes.classical.km import KaplanMeier, kaplan_meier, quantile, survival_at
from escc_bayes.classical.rmst import Rmst, rmst, rmst_difference
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.estimand.estimate import joined_notes, ratio_summary, summary
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import CohortError, CutError, LandmarkError, SpecError
from escc_bayes.foundation.seeds import stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.answer import Answer
from escc_bayes.matching.bootstrap import METHOD, drawn_curves
from escc_bayes.matching.design import Design
from escc_bayes.matching.followed import Followed, followed
from escc_bayes.matching.matched_cohort import matched_cohort
from escc_bayes.matching.models import changing_model
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import Request
from escc_bayes.spec.plan import make_plan

MILESTONES = (12.0, 24.0, 36.0)
CUTS = (6.0, 12.0, 24.0)
# Events within a period below which it is joined to the one before.
FEWEST = 5
GAIN = 3.0
PROPORTIONAL = "under proportional hazards"
CHANGES = "bayes_time_varying"


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


class Rows:
    """Makes rows of one design: what they have in common stands here."""

    def __init__(self, patients: Patients, design: Design, asked: Request, own: Followed) -> None:
        self.patients, self.design, self.asked, self.own = patients, design, asked, own
        self.control, self.treatment = patients.levels
        last = [float(own.time[own.of_group(treated)].max()) for treated in (1, 0)]
        self.known_until = min(last)

    @property
    def contrast(self) -> str:
        """Who over, or less, whom."""
        return f"{self.treatment} vs {self.control}"

    def row(
        self,
        quantity: str,
        group: str,
        time: float,
        method: str,
        value: tuple[float, float, float],
        *,
        of: tuple[int, int] | None = None,
        note: str = "",
    ) -> Row:
        """Return one row: value, lower, upper; ``of`` patients and events, or all of the design."""
        n, events = (self.own.time.size, self.own.events) if of is None else of
        return {
            "endpoint": self.asked.endpoint,
            "term": self.asked.treatment,
            "quantity": quantity,
            "group": group,
            "time": time,
            "method": method,
            "design": self.design.method,
            "value": value[0],
            "lower": value[1],
            "upper": value[2],
            "level": self.asked.level,
            "interval": "credible" if method.startswith("bayes") else "confidence",
            "n": n,
            "events": events,
            "clock": self.patients.clock(self.asked.treatment),
            "provenance": self.patients.cohort.provenance,
            "note": note,
        }

    def curve(self, treated: int) -> KaplanMeier:
        """Return the weighted Kaplan-Meier curve of a group."""
        own, inside = self.own, self.own.of_group(treated)
        return kaplan_meier(
            own.time[inside],
            own.event[inside],
            entry=None if own.entry is None else own.entry[inside],
            weight=own.weight[inside],
            cluster=own.cluster[inside],
            level=self.asked.level,
        )

    def mean(self, treated: int, until: float) -> Rmst:
        """Return the weighted restricted mean of a group."""
        own, inside = self.own, self.own.of_group(treated)
        return rmst(
            own.time[inside],
            own.event[inside],
            until=until,
            entry=None if own.entry is None else own.entry[inside],
            weight=own.weight[inside],
            cluster=own.cluster[inside],
        )

    def counts(self, treated: int) -> tuple[int, int]:
        """Return patients and events of a group."""
        inside = self.own.of_group(treated)
        return int(inside.sum()), int(self.own.event[inside].sum())


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


def periods(own: Followed, asked: Request) -> list[tuple[float, float]]:
    """Return the months (start, stop] in which the hazard ratio is looked at."""
    cuts = usual_cuts(own.time[own.event == 1.0], FEWEST) if asked.cuts is None else asked.cuts
    return list(zip([0.0, *cuts], [*cuts, math.inf], strict=True))


def usual_cuts(months: FloatArray, fewest: int) -> tuple[float, ...]:
    """Return the ends of periods that have ``fewest`` of the events at some months (d,), each and thereafter.

    Examples
    --------
    >>> usual_cuts(np.array([1.0, 2.0, 7.0, 8.0, 13.0, 14.0, 15.0]), 2)
    (6.0, 12.0)
    """
    cuts: list[float] = []
    for cut in CUTS:
        inside = (months > (cuts[-1] if cuts else 0.0)) & (months <= cut)
        if int(inside.sum()) >= fewest and int((months > cut).sum()) >= fewest:
            cuts.append(cut)
    return tuple(cuts)


def changing_posterior(row: Rows, cuts: tuple[float, ...]) -> Posterior | None:
    """Return the posterior whose hazard ratio is a random walk over periods; None where there is one period only."""
    if not cuts:
        return None
    cohort = matched_cohort(row.patients, row.asked.treatment, row.design, sampling=True)
    try:
        plan = make_plan(changing_model(cohort, row.asked.endpoint, row.asked.treatment, cuts), cohort)
    except (CohortError, CutError, LandmarkError, SpecError):
        return None
    return fit_or_replace(plan, RunSettings("laplace"), seed=stream(row.asked.seed, CHANGES))


def ratio_rows(row: Rows, posterior: Posterior) -> list[Row]:
    """Return the hazard ratio of each period."""
    found = []
    for ratio in standard_contrasts(posterior.plan.design):
        start, stop = ratio.months or (0.0, math.inf)
        value = ratio_summary(posterior.draws(ratio), row.asked.level)
        note = "" if posterior.verdict == "ok" else posterior.verdict
        group = f"{row.contrast}, {span(start, stop)}"
        of = within(row.own, start, stop)
        found.append(row.row("hazard_ratio", group, start, CHANGES, value, of=of, note=note))
    return found


def span(start: float, stop: float) -> str:
    """Return a period in words."""
    return f"after month {start:g}" if math.isinf(stop) else f"months {start:g} to {stop:g}"


def within(own: Followed, start: float, stop: float) -> tuple[int, int]:
    """Return patients at risk in a period, and events."""
    inside = own.time > start
    return int(inside.sum()), int((inside & (own.time <= stop) & (own.event == 1.0)).sum())


def cox_within(row: Rows, start: float, stop: float) -> Row:
    """Return the hazard ratio of Cox among those at risk in a period."""
    own = row.own
    inside = own.time > start
    event = np.where(own.time <= stop, own.event, 0.0)[inside]
    entry = np.full(own.time.size, start) if own.entry is None else np.maximum(own.entry, start)
    group = f"{row.contrast}, {span(start, stop)}"
    counts = within(own, start, stop)
    nothing = (math.nan, math.nan, math.nan)
    if not all(event[own.treated[inside] == code].any() for code in (0.0, 1.0)):
        return row.row("hazard_ratio", group, start, "cox", nothing, of=counts, note="a group has no events here")
    time = np.minimum(own.time, stop)[inside]
    late, weight, X = entry[inside], own.weight[inside], own.column[inside]
    cluster = np.unique(own.cluster[inside], return_inverse=True)[1]
    fit = with_robust_errors(
        cox(X, time, event, entry=late, weight=weight), X, time, event, entry=late, weight=weight, cluster=cluster
    )
    if bool(fit.infinite[0]):
        return row.row("hazard_ratio", group, start, "cox", nothing, of=counts, note="the ratio is infinite here")
    z, b, se = float(ndtri(0.5 + row.asked.level / 2.0)), float(fit.coef[0]), math.sqrt(float(fit.covariance[0, 0]))
    value = (math.exp(b), math.exp(b - z * se), math.exp(b + z * se))
    return row.row("hazard_ratio", group, start, "cox", value, of=counts)


def probability_rows(row: Rows, months: Sequence[float], fitted: Sequence[Fitted]) -> list[Row]:
    """Return the probability that months gained exceed 3, by each month."""
    found = []
    for month in months:
        for one in fitted:
            value = (float((gain(row, one.posterior, month) > GAIN).mean()), math.nan, math.nan)
            group = f"{row.contrast}: more than {GAIN:g} months gained"
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
        group = f"{row.contrast}: more than {GAIN:g} months gained"
        share = (float((lived > GAIN).mean()), math.nan, math.nan)
        found.append(row.row("probability", group, month, METHOD, share))
    return found


def quantiles(months: FloatArray, level: float) -> tuple[float, float, float]:
    """Return the median and limits of months that may be infinite; NaN for what is not reached."""
    ordered, tail = np.sort(months), (1.0 - level) / 2.0
    places = [min(int(p * ordered.size), ordered.size - 1) for p in (0.5, tail, 1.0 - tail)]
    middle, lower, upper = (float(ordered[i]) if np.isfinite(ordered[i]) else math.nan for i in places)
    return middle, lower, upper


def probabilities_of(answers: Sequence[Answer], row_of: "Rows") -> list[Row]:
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
