"""A part that cannot be computed for a cohort or a model says so in one row, and in one sentence."""

from collections.abc import Callable

from escc_bayes.foundation.sentence import capital
from escc_bayes.sensitivity.part import Row, Rows
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.spec.plan import ModelPlan

NOT_COMPUTED = "not computed:"
SEVERAL_ROWS = "patients have several rows (start and stop), and this looks at patients whole"
OVER_TIME = "an effect changes over time, and this takes each hazard ratio to be one for all times"
CURVES = "the log hazard ratio of a number is a curve, and this takes levels and numbers per unit"

TRANSITIONS = (
    "the model has several transitions, and this looks at one event of each patient; examine a model of each endpoint, "
    "or refit this one (refit_many with leave_one_out, each_model or each_cohort)"
)
STRATA = "every stratum has a baseline of its own, and this takes one for all"
OTHER_TERMS = (
    "the likelihood has more than patients with the month of each event (events between two months, survivors of other "
    "sources, a life table), and this knows no other; compare and refit_many take it"
)
# What every part that looks at patients one by one refuses.
NOT_ONE_EVENT_EACH = (SEVERAL_ROWS, TRANSITIONS, STRATA, OTHER_TERMS)
# What those refuse that take patients of several transitions whole, with all their rows.
WHOLE = (SEVERAL_ROWS, STRATA, OTHER_TERMS)
CROSSED = "a hazard ratio differs with another covariate, and this takes each to be one for all patients"

MANY = "many covariates are shrunk together, and this takes effects one by one"


def kinds_of(plan: ModelPlan) -> tuple[str, ...]:
    """Return what sets a plan apart from one row a patient and one hazard ratio a contrast."""
    rows, spec = plan.rows, plan.spec
    several = rows.transitions is not None
    found = {
        TRANSITIONS: several,
        SEVERAL_ROWS: rows.patient is not None and not several,
        STRATA: bool(rows.within),
        OTHER_TERMS: rows.left is not None
        or bool(spec.external)
        or spec.background is not None
        or spec.cure is not None,
        OVER_TIME: bool(plan.design.segment_ends.size),
        CURVES: any(block.coding.curve is not None for block in plan.design.blocks),
        MANY: any(block.coding.shrinkage is not None for block in plan.design.blocks),
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
