"""A formula as a short way to a simple model: ``os ~ stage + coverage``."""

import math
import re

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.kinds import month_of
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import Z975, HalfNormal, Normal
from escc_bayes.spec.request import Outcome, PiecewiseBaseline
from escc_bayes.spec.structures.protocol import Structure
from escc_bayes.spec.structures.registry import usual_structure
from escc_bayes.spec.usual import (
    CHANGING_LOG_RATE,
    CHANGING_PIECES,
    LEVELS_SD,
    LEVELS_UPPER,
    NUMBER_UPPER,
    STEP_SD,
    usual_cuts,
    usual_survival,
)

FORM = "write such as os ~ stage + age, and a name that holds such signs within `backticks`"
BEYOND = "a formula adds covariates and no more; print the model of a plain formula, save it and write the rest in TOML"
SIDES = re.compile(r"\s*(`[^`]*`\s*|[^~`]*)~(.*)", re.DOTALL)
# A term, then the sign that joins it to the next; what stands within backticks is one name.
TERM = re.compile(r"\s*(`[^`]*`|[^+`]*)\s*(\+|$)")


@careful
def model(formula: str, cohort: Cohort, *, landmark: float | None = None) -> ModelSpec:
    """Return the model of a formula: a piecewise exponential one with weakly informative priors.

    Parameters
    ----------
    formula : an endpoint, ``~``, and covariates of the cohort's schema joined by ``+``; ``1`` for none of them.
    cohort : whose endpoints, covariates and follow-up it is written for.
    landmark : months at which the clock restarts; needed where a covariate becomes known after time zero.

    Returns
    -------
    ModelSpec: printed, it is a TOML file with every prior stated; save that to change what you know better. The
    hazard ratio of the last level over the first, of a number per its scale: median 1, 97.5 % point 4 and 2; levels
    without an order are shrunk towards each other; survival at 12 months: median 0.60, 2.5 % point 0.15. Where a
    covariate changes during follow-up the baseline says less: six pieces with rates of their own, cut at events and
    where values change (docs/methods/time_updated.md).

    Raises
    ------
    SpecError, CohortError, LandmarkError : it is no such formula, names what the cohort lacks, or needs a landmark.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> model("os ~ stage + age", example_cohort("larynx")).covariates
    ('stage', 'age')
    """
    endpoint, names = read_formula(formula)
    if endpoint not in cohort.endpoints:
        raise SpecError(
            f"formula '{formula}': no endpoint '{endpoint}' in {cohort.name}; {suggestion(endpoint, cohort.endpoints)}"
        )
    for name in names:
        refuse_unknown(name, cohort, formula)
    clock = None if landmark is None else month_of(landmark, "model", "landmark")
    data = cohort.endpoints[endpoint]
    follow_up = float(np.max(data.time[data.present], initial=0.0)) - (clock or 0.0)
    changing = cohort.patient is not None or any(cohort.covariates[name].changes is not None for name in names)
    baseline = PiecewiseBaseline(
        cuts=() if changing else usual_cuts(follow_up),
        pieces=CHANGING_PIECES if changing else None,
        at="mean",
        smoothing="independent" if changing else "random_walk",
        steps="length",
        sd=None if changing else HalfNormal(STEP_SD),
        prior=CHANGING_LOG_RATE if changing else usual_survival(follow_up),
    )
    spec = ModelSpec(
        name=f"{re.sub(r'[^A-Za-z0-9_]+', '', endpoint) or 'endpoint'}_formula",
        outcome=Outcome(endpoint, clock),
        baseline=baseline,
        effects=tuple(usual_effect(name, cohort) for name in names),
        title=f"{formula.strip()}; weakly informative priors",
    )
    make_plan(spec, cohort)
    return spec


def read_formula(formula: str) -> tuple[str, tuple[str, ...]]:
    """Return the endpoint and the covariates of a formula.

    Examples
    --------
    >>> read_formula("os ~ stage + `ALC (10^9/L)`")
    ('os', ('stage', 'ALC (10^9/L)'))
    """
    sides = SIDES.fullmatch(formula)
    left, right = (sides[1].strip(), sides[2]) if sides is not None else ("", "")
    if not left or not right.strip():
        raise SpecError(f"formula '{formula}': an endpoint, ~ and covariates are needed; {FORM}")
    names: list[str] = []
    place = 0
    while place < len(right) or not names:
        found = TERM.match(right, place)
        if found is None or not found[1].strip():
            raise SpecError(f"formula '{formula}': a term is missing or not joined by +; {FORM}")
        names.append(found[1].strip())
        place = found.end()
        if found[2] == "+" and not right[place:].strip():
            raise SpecError(f"formula '{formula}': a term is missing after the last +; {FORM}")
    bare = [name.strip("`").strip() for name in names if name != "1"]
    twice = next((name for name in bare if bare.count(name) > 1), None)
    if twice is not None:
        raise SpecError(f"formula '{formula}': '{twice}' stands twice; leave one out")
    return left.strip("`"), tuple(bare)


def refuse_unknown(name: str, cohort: Cohort, formula: str) -> None:
    """Raise unless a term is the name of a covariate: with the reason where it is more than a name."""
    if name in cohort.covariates:
        return
    at = f"formula '{formula}'"
    if re.search(r"[*:]", name):
        raise SpecError(f"{at}: '{name}' is an interaction; {BEYOND}. Subgroups: baselines(.., interaction=(A, B))")
    if re.search(r"^-|\s-|[()^|]", name):
        raise SpecError(f"{at}: '{name}' is more than the name of a covariate; {BEYOND}")
    raise SpecError(f"{at}: no covariate '{name}' in {cohort.name}; {suggestion(name, cohort.covariates)}")


def usual_effect(name: str, cohort: Cohort) -> Structure:
    """Return the effect of a covariate, of the structure that is usual for its kind."""
    kind = cohort.covariates[name].schema.kind
    structure = usual_structure(kind)
    upper = NUMBER_UPPER if kind == "continuous" else LEVELS_UPPER
    given = {"prior": Normal(0.0, math.log(upper) / Z975), "sd": HalfNormal(LEVELS_SD)}
    return structure(name=name, covariates=(name,), **{key: given[key] for key in structure.KEYS})  # type: ignore[call-arg]
