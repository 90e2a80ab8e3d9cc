"""Survival had everybody had one coverage, stages as they are: g-computation from the model adjusted for stage."""

from collections.abc import Callable, Mapping

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import months, percent, probability
from escc_bayes.study.coded import Coded
from escc_bayes.study.counted import HEAD, by_group, counted, groups_words
from escc_bayes.study.middle import Middle
from escc_bayes.study.of_draws import curve_draws, of_draws
from escc_bayes.study.part import Row, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import Fitted

MONTH, UNTIL = 24.0, 36.0
NOTE = (
    "Everybody set to one coverage, averaged over the stages of all patients (docs/methods/marginal.md). Where a stage "
    "has patients of one coverage alone, what is said of it rests on the model: one ratio for all stages. Difference: "
    "part minus all."
)


def standardised_table(subject: Subject, factor: Coded, posteriors: Mapping[str, Fitted]) -> StudyTable:
    """Return survival at two years and mean months of three years under each coverage, and their difference."""
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for endpoint, posterior in posteriors.items():
        last = min(float(data.time[data.present].max()) for data in subject.followed(endpoint))
        until = min(UNTIL, last)
        curves = [
            curve_draws(posterior, until, term=factor.effect, group=g, population="everyone") for g in factor.groups
        ]
        grid = curves[0][1]
        means = [np.asarray(np.trapezoid(draws, grid, axis=1)) for draws, _ in curves]
        lines: list[tuple[str, list[FloatArray], Callable[[float], str], float]] = [
            (f"mean months of the first {until:.4g}", means, months, 1.0)
        ]
        if last >= MONTH:
            at = int(np.searchsorted(grid, MONTH))
            lines.insert(0, (f"survival at {MONTH:g} months, %", [draws[:, at] for draws, _ in curves], percent, 100.0))
        own = by_group(subject, endpoint, factor.groups, factor.values)
        everyone = counted(subject, endpoint, factor.values)
        cells.append((subject.words(endpoint).capitalize(),))
        for what, of, form, scale in lines:
            apart = of[1] - of[0]
            found = [of_draws(draws, subject.level) for draws in (*of, apart)]
            words = (*(one.words(form) for one in found[:2]), signed(found[2], scale))
            lower = float((apart < 0.0).mean())
            cells.append((what, groups_words(own), *words, probability(lower)))
            rows += [
                {
                    "endpoint": endpoint,
                    "quantity": what,
                    "coverage": group,
                    **own.get(group, everyone).row,
                    "value": one.value,
                    "lower": one.lower,
                    "upper": one.upper,
                    "level": subject.level,
                    "prob_lower": lower if group == "difference" else np.nan,
                }
                for group, one in zip((*factor.groups, "difference"), found, strict=True)
            ]
    head = (
        "",
        f"{HEAD}: {' | '.join(factor.read)}",
        *(f"All patients {group}" for group in factor.read),
        "Difference",
        "P(lower with part)",
    )
    return table_of("table3_standardised", "standardised over stage", rows, head, cells, note=NOTE)


def signed(found: Middle, scale: float) -> str:
    """Print a difference with its sign, in percentage points or months."""
    return found.words(lambda x: f"{scale * x:+.1f}")
