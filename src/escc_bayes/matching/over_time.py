"""The hazard ratio of a design over time: Cox within periods, and a posterior whose log ratio is a random walk."""

import math

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.cox import cox
from escc_bayes.classical.cox_robust import with_robust_errors
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import ratio_summary
from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.errors import CohortError, CutError, LandmarkError, SpecError
from escc_bayes.foundation.seeds import stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.contrast_row import Rows
from escc_bayes.matching.followed import Followed
from escc_bayes.matching.matched_cohort import matched_cohort
from escc_bayes.matching.models import changing_model
from escc_bayes.matching.request import Request
from escc_bayes.spec.plan import make_plan

CUTS = (6.0, 12.0, 24.0)
# Events within a period below which it is joined to the next.
FEWEST = 5
CHANGES = "bayes_time_varying"


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
