"""A look at a running trial of PFS and OS: which look has come, what has won, where alpha is, against which boundaries.

The whole path is walked anew from the data as they are now: Z at each look that has come, the graph over them
(``graph.py``). ``docs/methods/two_endpoints.md``.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.cox import cox
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.monitoring.look_progress import accrual, progress
from escc_bayes.trial.monitoring.look_result import LookResult
from escc_bayes.trial.two_endpoints.design import ENDPOINTS, OS, PFS, TwoEndpointDesign
from escc_bayes.trial.two_endpoints.graph import both_at, rejected_at
from escc_bayes.trial.two_endpoints.simulate import planned_looks
from escc_bayes.trial.two_endpoints.watched import BothSeen, Standing, reached, standing
from escc_bayes.trial.two_endpoints.words import NAMES


@dataclass(frozen=True, slots=True, eq=False)
class EndpointsLook:
    """What a look shows; ``won``: the look, from 0, at which each endpoint wins, infinite where it has not."""

    design: TwoEndpointDesign
    seen: BothSeen
    level: float
    won: tuple[float, float]
    findings: tuple[LookResult, ...]
    record: Record


def endpoints_look(
    design: TwoEndpointDesign, seen: BothSeen, *, seed: Seed, level: float, provenance: str, data_digest: str
) -> EndpointsLook:
    """Look at a running trial of two endpoints; blinded where ``seen`` has no arms.

    Parameters
    ----------
    seed : of the trials from which the events of looks to come are expected.
    level : of every interval.
    provenance, data_digest : of the data.
    """
    months, won = reached(design, seen), (math.inf, math.inf)
    findings: list[LookResult] = []
    if seen.treated is not None and months:
        now = standing(design, seen, months, planned_looks(design, seed)[0])
        won = first_wins(design, now)
        findings += [*judged(design, now, won), *safety(design, now, won)]
    findings.insert(0, LookResult("look", "", float(len(months)), headline(design, seen, months, won)))
    findings += ratios(design, seen, level)
    for endpoint, of in zip(ENDPOINTS, seen.each(), strict=True):
        wanted = [look.events for look in design.looks if look.endpoint == endpoint]
        final = wanted[-1] if wanted and of.events <= wanted[-1] else None
        found = progress(design.name, sum(design.patients), final, of, provenance, kind=NAMES[endpoint])
        findings += [replace(one, rule=endpoint) for one in found]
    findings += accrual(design.accrual, sum(design.patients), seen.os, None, level)
    if provenance != "observed":
        findings[0] = replace(findings[0], words=f"{provenance.upper()} data. {findings[0].words}")
    settings = (("month", seen.month), ("look", "blinded" if seen.treated is None else "open"))
    record = Record(design.digest, data_digest, seed_label(seed), provenance, "monitor", settings, versions())
    return EndpointsLook(design, seen, level, won, tuple(findings), record)


def first_wins(design: TwoEndpointDesign, now: Standing) -> tuple[float, float]:
    """Return the look at which each endpoint wins, among those that have come."""
    z, looks = (now.z[0][:, None], now.z[1][:, None]), now.z.shape[1]
    if not design.co_primary:
        pfs, os = rejected_at(*now.hypotheses, z, looks)[:, 0].tolist()
        return pfs, os
    # Each at its own alpha: what the other does moves no boundary.
    at = [both_at(one, one, (mine, mine), looks)[0] for one, mine in zip(now.hypotheses, z, strict=True)]
    return float(at[0]), float(at[1])


def headline(design: TwoEndpointDesign, seen: BothSeen, months: tuple[float, ...], won: tuple[float, float]) -> str:
    """Say which look has come, and what has won."""
    counts = f"{seen.pfs.events} PFS and {seen.os.events} OS events"
    if not months:
        return f"VERDICT before the first look (planned at {design.looks[0].words()}) with {counts}: no look is due."
    last = len(months) == len(design.looks)
    name = "the last look" if last else f"look {len(months)} of {len(design.looks)}"
    where = f"VERDICT of {name} (planned at {design.looks[len(months) - 1].words()}) with {counts}:"
    if seen.treated is None:
        return f"{where} blinded, no boundary is looked at."
    said = [f"SUCCESS of {NAMES[of]} at look {at + 1:.0f}" for of, at in zip(ENDPOINTS, won, strict=True) if at < 1e9]
    lost = [NAMES[of] for of, at in zip(ENDPOINTS, won, strict=True) if not at < 1e9]
    said += [f"no success of {' and '.join(lost)} {'' if last else 'so far'}".rstrip()] if lost else []
    if design.co_primary:
        said.append(f"co-primary: the trial {'SUCCEEDS' if not lost else 'has not succeeded'}")
    return f"{where} {'; '.join(said)}."


def judged(design: TwoEndpointDesign, now: Standing, won: tuple[float, float]) -> Iterator[LookResult]:
    """Yield, endpoint by endpoint, the alpha it is or was tested at, and every look that has come."""
    for this, test in enumerate(design.tests):
        looks = [judged_look(design, now, won, this, place) for place, look in enumerate(test.looks) if look < now.come]
        yield alpha_found(design, won, this, by_passed=any(of.crossed and of.larger for of in looks))
        for look in looks:
            about = f"look {look.look + 1}"
            yield LookResult("crossed", test.endpoint, float(look.crossed), look.words(), about, kind="success")
            yield LookResult("boundary", test.endpoint, look.boundary, "", about, kind="success")
            yield LookResult("statistic", test.endpoint, look.z, "", about, kind="success")


@dataclass(frozen=True, slots=True)
class JudgedLook:
    """An endpoint at a look, from 0; ``larger``: against the boundary with the alpha that the other passed on."""

    endpoint: str
    look: int
    events: float
    z: float
    boundary: float
    larger: bool

    @property
    def crossed(self) -> bool:
        """Whether it is crossed."""
        return self.z > self.boundary

    def words(self) -> str:
        """Say it."""
        return (
            f"{NAMES[self.endpoint]}, look {self.look + 1} ({self.events:.0f} events): log-rank Z {self.z:.3f}, "
            f"boundary above {self.boundary:.3f}{' with the alpha passed on' if self.larger else ''}: "
            f"{'CROSSED' if self.crossed else 'not crossed'}."
        )


def judged_look(
    design: TwoEndpointDesign, now: Standing, won: tuple[float, float], this: int, place: int
) -> JudgedLook:
    """Return an endpoint at one of its looks: its own boundary, or the lower one where alpha has come by then."""
    test, hypothesis = design.tests[this], now.hypotheses[this]
    look, last = test.looks[place], place == len(test.looks) - 1
    z, own, other = float(now.z[this, look]), float(hypothesis.own[place]), won[1 - this]
    # Alpha that comes at this look, or after the endpoint's last one, is asked for only where its own does not do.
    asked = other < look or (z <= own and (other == look or (last and math.isfinite(other))))
    larger = asked and not design.co_primary and bool(hypothesis.more[place] < own)
    boundary = float(hypothesis.more[place]) if larger else own
    return JudgedLook(test.endpoint, look, float(now.events[this, look]), z, boundary, larger)


def alpha_found(design: TwoEndpointDesign, won: tuple[float, float], this: int, *, by_passed: bool) -> LookResult:
    """Return the alpha an endpoint is tested at, or won at, and where it goes."""
    test, other = design.tests[this], design.tests[1 - this]
    passed = 0.0 if design.co_primary else other.passes * other.alpha
    has_won = math.isfinite(won[this])
    more = by_passed if has_won else math.isfinite(won[1 - this]) and passed > 0.0
    alpha = test.alpha + (passed if more else 0.0)
    said = f"{NAMES[test.endpoint]} {'won' if has_won else 'is tested'} at one-sided {alpha:g}"
    if more:
        said += f", {passed:g} of it from {NAMES[other.endpoint]}"
    if has_won and not design.co_primary and test.passes > 0.0:
        said += f"; it passes {test.passes * test.alpha:g} on to {NAMES[other.endpoint]}"
    return LookResult("alpha", test.endpoint, alpha, f"{said}.")


def safety(design: TwoEndpointDesign, now: Standing, won: tuple[float, float]) -> Iterator[LookResult]:
    """Yield which way OS points now, where PFS has won."""
    if not math.isfinite(won[ENDPOINTS.index(PFS)]):
        return
    z = float(now.z[ENDPOINTS.index(OS), -1])
    way = "against" if z < 0.0 else "for"
    yield LookResult(
        "os_direction", OS, z, f"OS as a safety look: it points {way} {design.arms[1]} now (log-rank Z {z:.2f})."
    )


def ratios(design: TwoEndpointDesign, seen: BothSeen, level: float) -> Iterator[LookResult]:
    """Yield the Cox hazard ratio of each endpoint, not adjusted for looks; nothing blinded, or without events."""
    if seen.treated is None:
        return
    control, treatment = design.arms
    for endpoint, of in zip(ENDPOINTS, seen.each(), strict=True):
        fitted = log_ratio(of.time, of.event.astype(np.float64), seen.treated.astype(np.float64))
        if fitted is None:
            continue
        coefficient, error = fitted
        half = float(ndtri(0.5 + level / 2.0)) * error
        middle, low, high = (math.exp(coefficient + step) for step in (0.0, -half, half))
        said = (
            f"Hazard ratio {treatment} vs {control}, {NAMES[endpoint]}: {middle:.3g} ({100 * level:g} % confidence "
            f"{low:.3g} to {high:.3g}; Cox, not adjusted for the looks)."
        )
        yield LookResult("hazard_ratio", endpoint, middle, said, "", low, high, level, "confidence")


def log_ratio(time: FloatArray, event: FloatArray, treated: FloatArray) -> tuple[float, float] | None:
    """Return the log hazard ratio and its standard error; None where there is no finite estimate."""
    if not event.any():
        return None
    fit = cox(treated[:, None], time, event)
    return None if fit.infinite.any() else (float(fit.coef[0]), math.sqrt(float(fit.covariance[0, 0])))
