"""Survival after failure: Kaplan-Meier in months since failure and the illness-death posterior beside the print."""

from collections.abc import Callable

import numpy as np

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.classical.aalen_johansen import since_progression
from escc_bayes.classical.km import kaplan_meier
from escc_bayes.estimand.states import median_after
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import months, percent
from escc_bayes.study import middle as km
from escc_bayes.study.counted import HEAD, Counted
from escc_bayes.study.ici_crt.states import state_spec
from escc_bayes.study.middle import Middle
from escc_bayes.study.of_draws import DRAWS, of_draws
from escc_bayes.study.part import Row, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import fitted

ENDPOINT, ARM = "OS after failure", "patients with treatment failure"
LATER = (12.0, 24.0)
NOT_EVIDENCE = (
    "None of the printed survival after failure can be had beside the paper's other numbers (the audit says why): what "
    "the reconstructions say of it is no reproduction, and not evidence about these patients."
)


def after_table(subject: Subject) -> tuple[StudyTable, tuple[str, ...]]:
    """Return survival at one and two years and the median after failure, and what to know of them."""
    posterior = fitted(subject, state_spec(subject), ())
    members = posterior.members if isinstance(posterior, EnsemblePosterior) else (posterior,)
    rows = [since_progression(member.plan.rows) for member in members]
    curves = [kaplan_meier(r.time, r.event, level=subject.level) for r in rows]
    fewer, longest = posterior.thinned(DRAWS), min(float(curve.time[-1]) for curve in curves)
    draws = fewer.after_progression(np.array(LATER))
    lines: list[tuple[str, str, Middle, FloatArray, Callable[[float], str]]] = [
        (f"survival at {month:g} months, %", f"S({month:g})", km.survival(curves, month), draws[:, place], percent)
        for place, month in enumerate(LATER)
    ]
    lines.append(
        ("median, months", "median", km.median(curves), median_after(fewer.after_progression, longest), months)
    )
    of_failed = Counted(tuple(float(r.n) for r in rows), tuple(float(r.events) for r in rows))
    found: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for what, target, classical, of, form in lines:
        bayes = of_draws(np.asarray(of), subject.level)
        printed, mark = printed_of(subject, target)
        cells.append((what, of_failed.words, printed, mark, classical.words(form), bayes.words(form)))
        found += [
            {**row_of(subject, what, *one, printed, mark), **of_failed.row}
            for one in (("km", classical), ("bayes", bayes))
        ]
    level = f"{100 * subject.level:g} %"
    head = (
        "",
        HEAD,
        "Printed",
        "Reconstructions",
        f"Kaplan-Meier ({level} confidence)",
        f"Posterior ({level} credible)",
    )
    caption = "survival after failure, months since failure"
    missed = any(row["reached"] == "not reached" for row in found)
    note = NOT_EVIDENCE if missed else "Posterior: illness-death model without covariates."
    return table_of("table6_after_failure", caption, found, head, cells, note=note), ((NOT_EVIDENCE,) if missed else ())


def printed_of(subject: Subject, target: str) -> tuple[str, str]:
    """Return the printed number of a target, with its limits, and whether it was reached."""
    curve = next((s for s in subject.study.survivals if s.endpoint == ENDPOINT), None)
    mark = subject.printed.mark(ENDPOINT, f"{target}, {ARM}")
    if curve is None:
        return "", mark
    if target == "median":
        return f"{curve.median} ({curve.median_ci_low} to {curve.median_ci_high})", mark
    return next((f"{100 * one.s:.1f}" for one in curve.landmarks if f"S({one.t:g})" == target), ""), mark


def row_of(subject: Subject, quantity: str, method: str, found: Middle, printed: str, mark: str) -> Row:
    """Return the numbers of one quantity by one method."""
    return {
        "quantity": quantity,
        "method": method,
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "level": subject.level,
        "printed": printed,
        "reached": mark,
        "members": len(subject.members),
    }
