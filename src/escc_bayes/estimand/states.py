"""States of an illness-death model, draw by draw: who is where, survival after progression, months in each state.

Each is an average over patients, standardised (everyone set to a group) or of a group as it is. Formulas:
docs/methods/illness_death.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from escc_bayes.estimand.contrast import located
from escc_bayes.estimand.estimand import check_group, check_population
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.baseline import PiecewiseHazard
from escc_bayes.hazard.cells import distinct_rows
from escc_bayes.hazard.patients import NODES, PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.states import entering, incidence, progressed, spent_before
from escc_bayes.hazard.weibull import nodes
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.transitions import PROGRESSION, Transitions

# Patients x draws x months at a time.
HELD = 1_000_000
# Months at which a smooth hazard is looked at: probabilities are then right to about 1e-4.
SMOOTH = 48
# Months at which a curve is read for its median.
READ = 60


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom an average is over: patients alike share a row.

    Attributes
    ----------
    columns : (transitions, c, p + 1) centred columns in each transition, and the code of its baseline.
    share : (c,) what they count for, 1 in all.
    """

    columns: FloatArray
    share: FloatArray


def transitions_of(plan: ModelPlan) -> Transitions:
    """Return the rows of a plan of several transitions; raise ``EstimandError`` for one of one endpoint."""
    if plan.rows.transitions is None:
        raise EstimandError(
            f"model '{plan.spec.name}' is of one endpoint, '{plan.rows.endpoint}', and has no states; ask for "
            'SurvivalAt, MedianSurvival or RMSTDifference, or fit an outcome of kind = "illness_death"'
        )
    if plan.rows.marginal:
        raise EstimandError(
            f"model '{plan.spec.name}' is of several endpoints, each by itself, and has no states; fit an outcome of "
            'kind = "illness_death" for them'
        )
    return plan.rows.transitions


def averaged_over(plan: ModelPlan, term: str, group: str, population: str) -> Whom:
    """Return whom to average over.

    Parameters
    ----------
    term, group : a covariate with levels and one of them; empty: all patients.
    population : ``everyone``, each set to the group, or ``group``, those in it as they are.

    Raises
    ------
    EstimandError : the model has no states, lacks the term or the group, or the population is neither.
    """
    transitions_of(plan)
    rows = plan.rows
    check_group("states", term, group)
    check_population(population)
    weight = rows.weight[rows.first_rows()]
    whole = patient_columns(plan)
    if term:
        check_level(plan, term, group)
        own = rows.covariates[term]
        inside = own.values[rows.first_rows()] == own.schema.levels.index(group)
        if population == "group" and not inside.any():
            raise EstimandError(
                f"nobody starts with {term} = {group}, which changes during follow-up; ask of everyone set to it "
                'throughout (population = "everyone")'
            )
        if population == "group":
            whole, weight = whole[inside], weight[inside]
        else:
            whole = set_to(plan, whole, term, group)
    distinct, place = distinct_rows(whole)
    counted = np.bincount(place, weight, len(distinct))
    return Whom(in_each(plan, distinct), counted / counted.sum())


def described(plan: ModelPlan) -> Whom:
    """Return the one patient whom the baselines describe, of the first stratum: the average one, or the reference."""
    return Whom(in_each(plan, np.append(plan.design.center, 0.0)[None]), np.ones(1))


def check_level(plan: ModelPlan, term: str, group: str) -> None:
    """Raise ``EstimandError`` where nobody analysed is in a group."""
    if term == plan.rows.strata and plan.rows.within:
        levels = plan.rows.within
    else:
        block, place = located(term, plan.design)
        levels = block.levels[place]
    if group not in levels:
        known = ", ".join(levels) or "numbers, and no groups"
        raise EstimandError(f"'{term}' has no group '{group}' among the patients analysed; it has: {known}")


def patient_columns(plan: ModelPlan) -> FloatArray:
    """Return the columns of every patient, uncentred, as if each acted in every transition, and the stratum.

    (n, p + 1); the stratum is one of those within transitions, 0 where there are none.
    """
    rows = plan.rows
    parts = [block.effect.columns(rows).values for block in plan.design.blocks]
    stratum = rows.own_stratum if rows.within else np.zeros(rows.time.size)
    return np.asarray(np.column_stack([*parts, stratum])[rows.first_rows()], dtype=np.float64)


def set_to(plan: ModelPlan, columns: FloatArray, term: str, group: str) -> FloatArray:
    """Return columns with every patient in one group: of a covariate, wherever it acts, or of the strata."""
    changed = np.array(columns)
    if term == plan.rows.strata:
        changed[:, -1] = plan.rows.within.index(group)
    for block in plan.design.blocks:
        if term not in block.effect.covariates:
            continue
        place = block.effect.covariates.index(term)
        index = block.levels[place].index(group) - (0 if block.full else 1)
        for name in block.coding.copies or block.within[:1]:
            inside = plan.design.columns_of(term, name)
            changed[:, inside] = 0.0
            if index >= 0:
                changed[:, inside.start + index] = 1.0
    return changed


def in_each(plan: ModelPlan, columns: FloatArray) -> FloatArray:
    """Return centred columns with the code of their baseline, (K, c, p + 1): 0 where a column does not act.

    ``columns`` (c, p + 1) end with the stratum.
    """
    names = plan.rows.transition_names
    found = np.zeros((len(names), *columns.shape))
    centred = columns[:, :-1] - plan.design.center
    for code, name in enumerate(names):
        for block in plan.design.blocks:
            for within, own in block.parts:
                if name in within:
                    found[code, :, own] = centred[:, own]
        found[code, :, -1] = code * max(1, len(plan.rows.within)) + columns[:, -1]
    return found


def cumulative_incidence(plan: ModelPlan, hazards: PatientHazards, whom: Whom, times: FloatArray) -> FloatArray:
    """Return the cumulative incidence of each cause at months (t,) in each draw, (D, t, causes)."""
    if not transitions_of(plan).competing:
        raise EstimandError(
            f"model '{plan.spec.name}' is an illness-death model; ask posterior.states(months) for its states"
        )
    until = float(times.max(initial=0.0))
    grid = np.union1d(within(knots(hazards, until), until), times)
    at = np.searchsorted(grid, times)
    found = np.empty((hazards.draws, times.size, len(whom.columns)))
    for part in draw_blocks(hazards, whom, grid):
        own = hazards.part(part)
        causes = np.stack([own.cumulative(columns, grid) for columns in whom.columns])
        found[part] = np.einsum("n,kndt->dtk", whom.share, incidence(causes)[..., at])
    return found


def refuse_causes(plan: ModelPlan) -> None:
    """Raise ``EstimandError`` for competing causes, where nothing comes after the event."""
    if transitions_of(plan).competing:
        raise EstimandError(
            f"model '{plan.spec.name}' is of competing causes and has no states after the event; ask "
            "posterior.cumulative_incidence(months)"
        )


def occupation(plan: ModelPlan, hazards: PatientHazards, whom: Whom, times: FloatArray) -> FloatArray:
    """Return the probabilities of start, progressed and dead at months (t,) in each draw, (D, t, 3)."""
    refuse_causes(plan)
    reset = plan.rows.transitions is not None and plan.rows.transitions.clock == "reset"
    until = float(times.max(initial=0.0))
    grid = np.union1d(within(knots(hazards, until), until), times)
    at = np.searchsorted(grid, times)
    found = np.empty((hazards.draws, times.size, 3))
    for part in draw_blocks(hazards, whom, grid):
        own = hazards.part(part)
        one, two, three = (own.cumulative(columns, grid) for columns in whom.columns)
        start = np.exp(-(one + two))[..., at]
        after = since_progression(own, whom, times) if reset else progressed(one, one + two, three)[..., at]
        found[part, :, 0] = np.einsum("n,ndt->dt", whom.share, start)
        found[part, :, 1] = np.einsum("n,ndt->dt", whom.share, after)
    found[..., 2] = 1.0 - found[..., 0] - found[..., 1]
    return found


def since_progression(hazards: PatientHazards, whom: Whom, times: FloatArray) -> FloatArray:
    """Return the probability of being alive after progression, clock reset: the hazard then counts from progression."""
    found = np.zeros((whom.share.size, hazards.draws, times.size))
    for place, month in enumerate(times.tolist()):
        own = knots(hazards, month)
        edges = within(np.concatenate([own, month - own]), month)
        found[..., place] = arrived(hazards, whom, edges, month - edges)
    return found


def arrived(hazards: PatientHazards, whom: Whom, edges: FloatArray, later: FloatArray) -> FloatArray:
    """Return the integral over progressions at u of survival for ``later`` months after each, (c, D); clock reset."""
    one, two = (hazards.cumulative(whom.columns[code], edges) for code in range(2))
    rising, place = np.unique(later, return_inverse=True)
    after = hazards.cumulative(whom.columns[2], rising)[..., place]
    return entering(one, one + two + after)


def knots(hazards: PatientHazards, until: float) -> FloatArray:
    """Return the months between which hazards are taken to keep their ratio to each other.

    Those at which a hazard may jump; of a Weibull, which never stands still, ``SMOOTH`` months, closer where it moves
    most.
    """
    if isinstance(hazards.hazard, PiecewiseHazard):
        return hazards.breaks
    return until * (np.arange(1, SMOOTH) / SMOOTH) ** 2


def within(months: FloatArray, until: float) -> FloatArray:
    """Return 0, the months between 0 and ``until``, and ``until``, rising."""
    return np.unique(np.concatenate([[0.0], months[(months > 0.0) & (months < until)], [until]]))


def last_progression(rows: AnalysisRows) -> float:
    """Return the month of the last progression that was seen."""
    own = rows.in_transition(PROGRESSION)
    return float(own.time[own.event == 1.0].max())


def after_progression(plan: ModelPlan, hazards: PatientHazards, whom: Whom, times: FloatArray) -> FloatArray:
    """Return survival at months (t,) after progression in each draw, (D, t), of those who progress.

    Averaged over patients and months of progression as the model expects them, to the last progression seen.
    """
    refuse_causes(plan)
    reset = plan.rows.transitions is not None and plan.rows.transitions.clock == "reset"
    until = last_progression(plan.rows)
    found = np.empty((hazards.draws, times.size))
    for part in draw_blocks(hazards, whom, np.append(hazards.breaks, times[:1])):
        own = hazards.part(part)
        everyone = whom.share @ ever(own, whom, until)
        for place, month in enumerate(times.tolist()):
            alive = constant(own, whom, until, month) if reset else lasting(own, whom, until, month)
            found[part, place] = whom.share @ alive / everyone
    return found


def ever(hazards: PatientHazards, whom: Whom, until: float) -> FloatArray:
    """Return the probability of progression by a month, (c, D)."""
    edges = within(knots(hazards, until), until)
    one, two = (hazards.cumulative(whom.columns[code], edges) for code in range(2))
    return entering(one, one + two)


def constant(hazards: PatientHazards, whom: Whom, until: float, month: float) -> FloatArray:
    """Return the probability of progression by ``until`` and survival for ``month`` months, (c, D); clock reset."""
    alive = np.exp(-hazards.cumulative(whom.columns[2], np.array([month]))[..., 0])
    return ever(hazards, whom, until) * alive


def lasting(hazards: PatientHazards, whom: Whom, until: float, month: float) -> FloatArray:
    """Return the probability of progression by ``until`` and survival for ``month`` months, (c, D); clock forward."""
    edges = within(np.concatenate([knots(hazards, until), hazards.breaks - month]), until)
    one, two, three = (hazards.cumulative(columns, edges) for columns in whom.columns)
    after = hazards.cumulative(whom.columns[2], edges + month) - three
    return entering(one, one + two + after)


def months_in_states(plan: ModelPlan, hazards: PatientHazards, whom: Whom, until: float) -> FloatArray:
    """Return mean months in start, progressed and dead to ``until`` in each draw, (D, 3), which add up to it.

    The start state in closed form, the progressed one by Gauss-Legendre between the months where hazards jump.
    """
    ends = np.union1d(hazards.breaks[hazards.breaks < until], [until])
    times, width, _ = nodes(ends, NODES, NODES)
    found = np.empty((hazards.draws, 3))
    found[:, 1] = occupation(plan, hazards, whom, times)[..., 1] @ width
    edges = within(knots(hazards, until), until)
    for part in draw_blocks(hazards, whom, edges):
        own = hazards.part(part)
        one, two = (own.cumulative(whom.columns[code], edges) for code in range(2))
        found[part, 0] = whom.share @ spent_before(one + two, edges)
    found[:, 2] = until - found[:, 0] - found[:, 1]
    return found


def median_after(curve: Callable[[FloatArray], FloatArray], until: float) -> FloatArray:
    """Return the median of survival curves (D, t) of months, (D,): infinite where it lies beyond ``until``.

    Read off the curve month by month, of more than ``READ`` months at as many; in between the logarithm of survival is
    taken as linear.
    """
    months = np.append(np.arange(0.0, until, max(1.0, np.ceil(until / READ))), until)
    logs = np.log(np.maximum(curve(months), np.finfo(float).tiny))
    below = logs <= np.log(0.5)
    place = np.where(below.any(axis=1), below.argmax(axis=1), 0)
    draws = np.arange(len(logs))
    first, second = logs[draws, place - 1], logs[draws, place]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (np.log(0.5) - first) / (second - first)
    found = months[place - 1] + part * (months[place] - months[place - 1])
    return np.where(below.any(axis=1), found, np.inf)


def draw_blocks(hazards: PatientHazards, whom: Whom, grid: FloatArray) -> Iterator[slice]:
    """Yield the draws, a block at a time."""
    size = max(16, HELD // max(1, whom.share.size * grid.size))
    return (slice(low, low + size) for low in range(0, hazards.draws, size))
