"""Models that answer the same questions, compared: which they are, and every method's answers."""

from collections.abc import Mapping
from dataclasses import replace

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.compare.comparison import Comparison, compare
from escc_bayes.estimand.estimand import Estimand, RMSTDifference, SurvivalAt
from escc_bayes.estimand.questions import standard_questions

# Draws behind survival of everyone set to a group and behind differences of restricted means: a limit then moves by
# less than a thirtieth of the interval's width.
AVERAGED = 5000


def comparable(posteriors: Mapping[str, Posterior]) -> dict[str, list[str]]:
    """Group the models that answer the same questions on the same patients and events, by endpoint and clock."""
    same: dict[tuple[object, ...], list[str]] = {}
    for name, posterior in posteriors.items():
        rows, spec = posterior.plan.rows, posterior.plan.spec
        between = None if rows.left is None else rows.left.tobytes()
        # Months since progression are no months since time zero: models of the two clocks have other rows.
        counted = None if rows.transitions is None else rows.transitions.clock
        key = (rows.endpoint, rows.clock, rows.ids, frozenset(spec.covariates), spec.strata, between, counted)
        same.setdefault(key, []).append(name)
    labels = [f"{key[0]} from {key[1]}" for key in same]
    groups = zip(labels, same.values(), strict=True)
    return {label if labels.count(label) == 1 else f"{label} ({names[0]})": names for label, names in groups}


def compared(
    names: list[str],
    posteriors: Mapping[str, Posterior],
    classical: Mapping[str, ClassicalFit],
    level: float,
) -> Comparison:
    """Return every method's answers for models of one endpoint: posteriors, then one classical fit.

    What averages over all patients, draw by draw, takes fewer draws: it is the most of the work.
    """
    asked = standard_questions(posteriors[names[0]].plan)
    heavy = [question for question in asked if averages(question)]
    light = [question for question in asked if not averages(question)]
    fits, beside = [posteriors[name] for name in names], classical[names[0]]
    first = compare(light, *fits, beside, level=level)
    if not heavy:
        return first
    rest = compare(heavy, *(fit.thinned(AVERAGED) for fit in fits), beside, level=level)
    return replace(first, estimates=(*first.estimates, *rest.estimates))


def averages(question: Estimand) -> bool:
    """Whether an answer is averaged over many patients at many times: everyone set to a group, restricted means."""
    of_everyone = isinstance(question, SurvivalAt) and question.population == "everyone"
    return of_everyone or isinstance(question, RMSTDifference)
