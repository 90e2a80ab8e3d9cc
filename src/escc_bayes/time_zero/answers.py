"""Hazard ratios of one analysis by Cox and by the posterior, and of several reconstructions as one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import Estimate, joined_notes, ratio_summary
from escc_bayes.foundation.errors import CohortError, LandmarkError, SpecError
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan
from escc_bayes.time_zero.views import ASSUMES, Refused, View

COX = ("cox", "cox_stratified")
# Standard errors between posterior and Cox from which on a row says so.
FAR = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of ``time_zero.csv``.

    Attributes
    ----------
    analysis, landmark : which analysis; NaN without a landmark.
    term, contrast, method : whose hazard over whose, by what; empty where there is no ratio.
    hr, lower, upper, level, interval : the ratio and its limits.
    n, rows, events, dropped : patients analysed, their rows at risk, their events, patients left out.
    model, clock, verdict, note : of the fit.
    grace : months of a grace period; NaN without.
    log_hr, log_sd : of ``cox``, what reconstructions are pooled by.
    draws : of the log ratio, of a posterior or a bootstrap; None otherwise.
    """

    analysis: str
    landmark: float
    term: str
    contrast: str
    method: str
    hr: float
    lower: float
    upper: float
    level: float
    interval: str
    n: int
    rows: int
    events: int
    dropped: int
    model: str
    clock: str
    note: str
    verdict: str = "ok"
    grace: float = math.nan
    log_hr: float = math.nan
    log_sd: float = math.nan
    draws: FloatArray | None = None

    @property
    def assumes(self) -> str:
        """What the analysis assumes."""
        return ASSUMES[self.analysis]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What the answers of several reconstructions have in common."""
        return (self.analysis, f"{self.landmark:g}", self.contrast, self.method)


def refused_answer(refused: Refused, term: str, level: float) -> Answer:
    """Return the row of an analysis that there is not."""
    nothing = (math.nan, math.nan, math.nan)
    return Answer(
        refused.analysis, refused.landmark, term, "", "", *nothing, level, "", 0, 0, 0, 0, "", "", refused.why
    )


def answers(view: View | Refused, spec: ModelSpec, term: str, *, level: float, seed: Seed) -> list[Answer]:
    """Return the hazard ratios of an analysis by Cox and by the posterior; where there are none, a row says why."""
    if isinstance(view, Refused):
        return [refused_answer(view, term, level)]
    try:
        plan = make_plan(replace(spec, outcome=view.outcome), view.cohort)
    except (CohortError, LandmarkError, SpecError) as error:
        return [refused_answer(Refused(view.analysis, str(error), view.landmark), term, level)]
    classical = fit_classical_plan(plan)
    seed = stream(seed, view.analysis, f"{view.landmark:g}")
    posterior = fit_or_replace(plan, RunSettings("laplace"), seed=seed)
    found = []
    for asked in standard_contrasts(plan.design):
        if asked.term != term:
            continue
        by_cox = next(e for e in classical.ratios(asked, level) if e.method in COX)
        found.append(answer(view, plan, by_cox))
        own = answer(view, plan, posterior.estimate(asked, level=level))
        apart = apart_words(by_cox, own.log_hr)
        found.append(replace(own, draws=posterior.draws(asked), note=joined_notes(own.note, apart)))
    return found


def apart_words(by_cox: Estimate, log_hr: float) -> str:
    """Say how far a posterior's log hazard ratio lies from Cox's where prior or baseline must have moved it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> apart_words(SimpleNamespace(log_mean=0.1, log_sd=0.3), -0.2)
    '1.0 standard errors below Cox: moved by the baseline (more cuts, other smoothing) or by a prior of the model'
    """
    if not (math.isfinite(by_cox.log_mean) and by_cox.log_sd > 0.0):
        return ""
    distance = (log_hr - by_cox.log_mean) / by_cox.log_sd
    side = "below" if distance < 0.0 else "above"
    words = "moved by the baseline (more cuts, other smoothing) or by a prior of the model"
    return f"{abs(distance):.1f} standard errors {side} Cox: {words}" if abs(distance) > FAR else ""


def answer(view: View, plan: ModelPlan, e: Estimate) -> Answer:
    """Return an estimate as an answer, with who was left out."""
    gone = tuple(f"{dropped.patients} {dropped.reason}" for dropped in plan.rows.dropped)
    left_out = f"left out: {'; '.join(gone)}" if gone else ""
    return Answer(
        analysis=view.analysis,
        landmark=view.landmark,
        term=e.term,
        contrast=e.contrast,
        method=e.method,
        hr=e.value,
        lower=e.lower,
        upper=e.upper,
        level=e.level,
        interval=e.interval_kind,
        n=e.n,
        rows=e.rows,
        events=e.events,
        dropped=sum(dropped.patients for dropped in plan.rows.dropped),
        model=e.model,
        clock=e.clock,
        note=joined_notes(view.note, left_out, e.remark),
        verdict=e.verdict,
        log_hr=e.log_mean,
        log_sd=e.log_sd,
    )


def pooled(members: Sequence[Sequence[Answer]]) -> list[Answer]:
    """Return the answers of several reconstructions as one: Rubin's rules for Cox, equal weights for draws."""
    if len(members) == 1:
        return list(members[0])
    by_key: dict[tuple[str, str, str, str], list[Answer]] = {}
    for member in members:
        for one in member:
            by_key.setdefault(one.key, []).append(one)
    return [pool(found, len(members)) for found in by_key.values()]


def pool(found: Sequence[Answer], members: int) -> Answer:
    """Return one answer of several cohorts."""
    first = found[0]
    if not first.method:
        return first
    estimable = [one for one in found if math.isfinite(one.log_hr) or one.draws is not None]
    if not estimable:
        return first
    draws = [one.draws for one in estimable if one.draws is not None]
    if draws:
        kept = np.concatenate(draws)
        hr, lower, upper = ratio_summary(kept, first.level)
        log_hr, log_sd = float(kept.mean()), float(kept.std())
    else:
        kept = None
        log_hr, log_sd = rubin([one.log_hr for one in estimable], [one.log_sd for one in estimable])
        z = float(ndtri(0.5 + first.level / 2.0))
        hr, lower, upper = (math.exp(log_hr + sign * z * log_sd) for sign in (0.0, -1.0, 1.0))
    n, rows, events, dropped = ([getattr(one, word) for one in found] for word in ("n", "rows", "events", "dropped"))
    spread = f"{span('n', n)}{span('events', events)}{span('dropped', dropped)}"
    few = sum("few data" in one.note for one in found)
    said = (
        f"{len(estimable)} of {members} reconstructions pooled{spread}",
        f"fewer than 5 events in a group in {few} of {len(found)}" if few else "",
    )
    return replace(
        first,
        hr=hr,
        lower=lower,
        upper=upper,
        n=round(float(np.median(n))),
        rows=round(float(np.median(rows))),
        events=round(float(np.median(events))),
        dropped=round(float(np.median(dropped))),
        note=joined_notes(*said),
        log_hr=log_hr,
        log_sd=log_sd,
        draws=kept,
        verdict=next((one.verdict for one in found if one.verdict != "ok"), "ok"),
    )


def span(word: str, values: Sequence[int]) -> str:
    """Say from where to where a count goes over the reconstructions; nothing where it is the same in all."""
    return f", {word} {min(values)} to {max(values)}" if min(values) < max(values) else ""


def rubin(estimates: Sequence[float], errors: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard error by Rubin's rules.

    Examples
    --------
    >>> mean, error = rubin([0.0, 1.0], [1.0, 1.0])
    >>> mean, round(error**2, 6)
    (0.5, 1.75)
    """
    within = float(np.mean(np.square(errors)))
    between = float(np.var(estimates, ddof=1)) if len(estimates) > 1 else 0.0
    return float(np.mean(estimates)), math.sqrt(within + (1.0 + 1.0 / len(estimates)) * between)
