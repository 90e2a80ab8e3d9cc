"""A part that cannot be computed for a cohort or a model says so in one row, and in one sentence."""

from collections.abc import Callable

from escc_bayes.foundation.sentence import capital
from escc_bayes.sensitivity.part import Row, Rows
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.structures.registry import LAST_VALUE

NOT_COMPUTED = "not computed:"
SEVERAL_ROWS = "patients have several rows (start and stop), and this looks at patients whole"
OVER_TIME = "an effect changes over time, and this takes each hazard ratio to be one for all times"
CURVES = "the log hazard ratio of a number is a curve, and this takes levels and numbers per unit"

TRANSITIONS = (
    "the model has several transitions, and this looks at one event of each patient; examine a model of each endpoint, "
    "or refit this one (refit_many with leave_one_out, each_model or each_cohort)"
)
STRATA = "every stratum has a baseline of its own, and this takes one for all"
INTERVALS = (
    "events lie between two months, and this takes each to have one; examine the same model at right ends, or refit "
    "this one (refit_many with leave_one_out, each_model or each_cohort)"
)
SOURCES = (
    "survivors of other sources are in the likelihood, and this knows patients alone; examine the same model without "
    "[[external]], or refit this one (refit_many)"
)
EXCESS = (
    "hazards are in excess of a life table, and this takes each to be of all causes; examine the same model without "
    "[background], or refit this one (refit_many)"
)
CURED = (
    "a share never has the event, and this takes one hazard for all; examine the same model without [cure], or refit "
    "this one (refit_many)"
)
TRAJECTORY = (
    "each patient has a trajectory, which engine nuts alone fits, and this refits by laplace; examine the last value "
    f'carried forward, structure = "{LAST_VALUE}"; report shows a sceptical prior'
)
ENDPOINTS = (
    "patients are in each of several endpoints, and this would count them twice; examine a model of each endpoint"
)
OWN_TERMS = (SOURCES, EXCESS, CURED)
# What those refuse that take patients of several transitions whole, with all their rows.
WHOLE = (SEVERAL_ROWS, ENDPOINTS, STRATA, INTERVALS, TRAJECTORY)
# What every part that looks at one event of each patient refuses.
NOT_ONE_EVENT_EACH = (*WHOLE, TRANSITIONS)
CROSSED = "a hazard ratio differs with another covariate, and this takes each to be one for all patients"

MANY = "many covariates are shrunk together, and this takes effects one by one"
WEIGHTED = "patients have sampling weights, and simulated cohorts, in which everybody counts once, would not be theirs"
OWN_SCALES = (
    "many covariates are shrunk together, each with a scale of its own, and this refits by laplace, whose grid over "
    "scales is soon too large; examine a few covariates with priors of their own"
)


def kinds_of(plan: ModelPlan) -> tuple[str, ...]:
    """Return what sets a plan apart from one row a patient and one hazard ratio a contrast."""
    rows, spec = plan.rows, plan.spec
    several = rows.transitions is not None
    found = {
        TRANSITIONS: several and not rows.marginal,
        ENDPOINTS: rows.marginal,
        TRAJECTORY: plan.course is not None,
        SEVERAL_ROWS: rows.patient is not None and not several and plan.course is None,
        STRATA: bool(rows.within),
        INTERVALS: rows.left is not None,
        SOURCES: bool(spec.external),
        EXCESS: spec.background is not None,
        CURED: spec.cure is not None,
        OVER_TIME: bool(plan.design.segment_ends.size),
        CURVES: plan.course is None and any(block.coding.curve is not None for block in plan.design.blocks),
        MANY: any(block.coding.shrinkage is not None for block in plan.design.blocks),
        OWN_SCALES: any(block.coding.shrinkage is not None for block in plan.design.blocks),
        CROSSED: any(block.coding.crossing is not None for block in plan.design.blocks),
    }
    return tuple(kind for kind, present in found.items() if present)


def except_of(
    kinds: tuple[str, ...], run: Callable[[Subject, Tell], Rows], columns: tuple[str, ...]
) -> Callable[[Subject, Tell], Rows]:
    """Return a part's ``run`` that says why, and does nothing, for plans of some kinds."""

    def guarded(subject: Subject, tell: Tell) -> Rows:
        why = [kind for kind in kinds_of(subject.plan) if kind in kinds]
        return [refusal(subject, "; ".join(why), columns)] if why else run(subject, tell)

    return guarded


def refusal(subject: Subject, why: str, columns: tuple[str, ...]) -> Row:
    """Return the row that says why nothing was computed."""
    said = {
        "endpoint": subject.plan.rows.endpoint,
        "model": subject.spec.name,
        "note": f"{NOT_COMPUTED} {why}",
    }
    return {name: said.get(name, "") for name in columns}


def refusals(rows: Rows) -> tuple[str, ...]:
    """Return what the rows without a kind say was not computed, each once.

    Examples
    --------
    >>> refusals([{"kind": "", "note": "not computed: residuals: why"}, {"kind": "prediction", "note": ""}])
    ('Not computed: residuals: why.',)
    """
    said = (str(row["note"]) for row in rows if not row["kind"] and str(row["note"]).startswith(NOT_COMPUTED))
    return tuple(dict.fromkeys(f"{capital(one)}." for one in said))


def or_refusal(words: Callable[[Rows], tuple[str, ...]]) -> Callable[[Rows], tuple[str, ...]]:
    """Return a part's ``words`` that repeats a refusal.

    Examples
    --------
    >>> or_refusal(lambda rows: ("said",))([{"model": "m", "note": "not computed: no events"}])
    ('not computed: no events',)
    """

    def said(rows: Rows) -> tuple[str, ...]:
        if len(rows) == 1 and str(rows[0]["note"]).startswith(NOT_COMPUTED):
            return (str(rows[0]["note"]),)
        return words(rows)

    return said
