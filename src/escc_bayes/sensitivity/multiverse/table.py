"""``multiverse.csv``: every specification's answer to every hazard ratio of the model, and what they say together."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import HazardRatio, contrast_in
from escc_bayes.foundation.chunks import Progress, run_chunks
from escc_bayes.foundation.scheduler import Arrays, Scheduler, Serial
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.multiverse.answers import (
    Answered,
    PosteriorWork,
    Ratio,
    answered,
    classical_plan,
    cox_of,
    cox_ratio,
)
from escc_bayes.sensitivity.multiverse.chosen_by_outcome import Chosen, chosen_covariates, chosen_cuts
from escc_bayes.sensitivity.multiverse.permutation import Permuted
from escc_bayes.sensitivity.multiverse.scores import p_values
from escc_bayes.sensitivity.multiverse.specifications import OWN, Specification, specifications
from escc_bayes.sensitivity.multiverse.stacking import stacking_weights
from escc_bayes.sensitivity.multiverse.state_specifications import state_specifications
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan, make_plan

COLUMNS = (
    "specification", "provenance", "endpoint", "model", "term", "contrast", "compared", "coding", "cuts",
    "covariates", "clock", "baseline", "prior", "method", "selected_by_outcome", "patients", "events", "hr",
    "lower", "upper", "level", "interval", "p_value", "prob_gt_1", "p_permutation", "p_adjusted_term", "p_adjusted",
    "permutations", "elpd", "pareto_k", "stacking_weight", "optimism", "selected_share", "note",
)  # fmt: skip
PERMUTATIONS = 199
COX, SCREENED, STACKED = "cox", "cox_screened", "stacked"

type Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Multiverse:
    """The rows of ``multiverse.csv``, and how many specifications they are of."""

    rows: tuple[Row, ...]
    specifications: int


def multiverse(
    spec: ModelSpec,
    cohort: Cohort,
    *,
    level: float,
    seed: Seed,
    permutations: int = PERMUTATIONS,
    thorough: bool = False,
    scheduler: Scheduler | None = None,
    progress: Progress | None = None,
) -> Multiverse:
    """Return every specification's answers, with P values over all of them.

    Parameters
    ----------
    spec, cohort : the model and the patients; the alternatives are read from the model and the schema.
    level : of all intervals.
    seed : of permutations, resampling and posteriors.
    permutations : of whole patients' outcomes.
    thorough : posteriors at every landmark.
    scheduler : where posteriors are computed; None: here.
    progress : called with chunks of posteriors done and to do.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> spec, cohort = eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx")
    >>> found = multiverse(spec, cohort, level=0.95, seed=1, permutations=19)
    >>> found.specifications, found.rows[0]["coding"], found.rows[-1]["method"]
    (41, 'as in the model', 'stacked')
    """
    states = spec.outcome.states is not None
    every = state_specifications(spec, cohort) if states else specifications(spec, cohort, thorough=thorough)
    headlines = standard_contrasts(make_plan(spec, cohort).design)
    rows = list(cox_rows(every, headlines, level, permutations, seed))
    asked, plans, answers = questions(every, headlines)
    work = PosteriorWork(plans, answers, level, stream(seed, "multiverse"))
    arrays: Arrays = {}
    for part in run_chunks(work, len(work), scheduler=scheduler or Serial(), progress=progress):
        arrays |= part
    bayes, stacked = posterior_rows(asked, work, arrays, headlines)
    rows += [*bayes, *stacked]
    numbered = with_numbers(rows)
    count = len({row["specification"] for row in numbered if row["method"] != STACKED})
    return Multiverse(tuple({name: row.get(name, "") for name in COLUMNS} for row in numbered), count)


def questions(
    every: Sequence[Specification], headlines: tuple[HazardRatio, ...]
) -> tuple[tuple[Specification, ...], tuple[ModelPlan, ...], tuple[tuple[Answered, ...], ...]]:
    """Return the specifications whose posterior is computed, with their plans and the contrasts that each answers.

    One that answers none, such as the intercepts of centres alone, is left out.
    """
    asked = tuple(one for one in every if one.posterior)
    plans = tuple(make_plan(one.spec, one.cohort) for one in asked)
    answers = tuple(answered(one, headlines, plan.design) for one, plan in zip(asked, plans, strict=True))
    kept = [place for place, found in enumerate(answers) if found]
    return tuple(asked[i] for i in kept), tuple(plans[i] for i in kept), tuple(answers[i] for i in kept)


def with_numbers(rows: list[Row]) -> list[Row]:
    """Return the rows with their specifications numbered from 1, in order."""
    keys = ("endpoint", "coding", "covariates", "clock", "baseline", "prior", "method")
    number: dict[tuple[object, ...], int] = {}
    for row in rows:
        if row["method"] == STACKED:
            continue
        key = tuple(row[name] for name in keys)
        row["specification"] = number.setdefault(key, len(number) + 1)
    return rows


def described(one: Specification, plan: ModelPlan, headline: HazardRatio, answer: Answered | None, level: float) -> Row:
    """Return what a row says of its specification."""
    compared = "" if answer is None else contrast_in(answer.asked)
    # An effect of a number or a rank is per step; where the scale runs down to the last level, per step down.
    turned = answer is not None and answer.turned
    rows = plan.rows.in_transition(headline.transition)
    return {
        "provenance": plan.rows.provenance,
        "endpoint": plan.rows.endpoint,
        "model": plan.spec.name,
        "term": headline.term,
        "contrast": contrast_in(headline),
        "compared": f"{compared} down" if turned else compared,
        "coding": one.coding,
        "cuts": one.cuts,
        "covariates": one.covariates,
        "clock": plan.rows.clock,
        "baseline": one.baseline,
        "prior": one.prior,
        "selected_by_outcome": "no",
        "patients": rows.n,
        "events": rows.events,
        "level": level,
    }


def numbers(found: Ratio) -> Row:
    """Return the numbers of an answer; what does not exist stays empty."""
    cells = {"hr": found.hr, "lower": found.lower, "upper": found.upper, "p_value": found.p_value}
    cells["prob_gt_1"] = found.prob_gt_1
    known: Row = {name: "" if math.isnan(value) else value for name, value in cells.items()}
    return known | {"note": found.note}


def cox_rows(
    every: Sequence[Specification], headlines: tuple[HazardRatio, ...], level: float, count: int, seed: Seed
) -> Iterator[Row]:
    """Yield the rows of Cox, those chosen by the outcome last, with P values by permutation."""
    base = every[0]
    # Outcomes of several transitions, or with sampling weights, are not permuted.
    observed = base.cohort.sampled or base.spec.outcome.states is not None
    permuted = None if observed else Permuted.of(base.cohort, count, seed)
    rows: list[Row] = []
    tests: list[FloatArray] = []
    for one in every:
        if not one.classical:
            continue
        plan = classical_plan(one)
        answers = answered(one, headlines, plan.design)
        if not answers:
            continue
        rows += cox_answers(one, plan, answers, headlines, level)
        if permuted is not None:
            tests.append(permuted.tested(one, answers))
    if permuted is not None:
        for chosen in by_outcome(every, headlines, permuted, seed):
            rows += chosen_rows(chosen, headlines, level)
            tests.append(chosen.statistics)
        add_p_values(rows, np.concatenate(tests), permuted.order.shape[0] - 1)
    yield from rows


def by_outcome(
    every: Sequence[Specification], headlines: tuple[HazardRatio, ...], permuted: Permuted, seed: Seed
) -> Iterator[Chosen]:
    """Yield what the outcome chooses, endpoint by endpoint, from the model's own clock."""
    own = every[0].spec.outcome
    for one in every:
        plain = (one.coding, one.baseline, one.prior) == (OWN, OWN, OWN) and one.covariates == every[0].covariates
        if plain and one.spec.outcome == replace(own, endpoint=one.spec.outcome.endpoint):
            named = stream(seed, one.spec.outcome.endpoint)
            yield from chosen_cuts(one, headlines, permuted, named)
            screening = chosen_covariates(one, headlines, permuted, named)
            if screening is not None:
                yield screening


def cox_answers(
    one: Specification,
    plan: ModelPlan,
    answers: tuple[Answered, ...],
    headlines: tuple[HazardRatio, ...],
    level: float,
    method: str = COX,
) -> list[Row]:
    """Return the rows of one Cox fit."""
    found = cox_of(plan)
    return [
        described(one, plan, headlines[a.place], a, level)
        | {"method": method, "interval": "confidence"}
        | numbers(cox_ratio(found, a.asked, plan.design, level, turned=a.turned))
        for a in answers
    ]


def chosen_rows(chosen: Chosen, headlines: tuple[HazardRatio, ...], level: float) -> list[Row]:
    """Return the rows of a specification chosen by the outcome; covariates that screening drops have no ratio."""
    screening = not np.isnan(chosen.share).all()
    method, kept = (SCREENED if screening else COX), chosen.one.spec.covariates
    plan = classical_plan(chosen.one)
    inside = tuple(a for a in chosen.answers if a.asked.term in kept)
    rows = (
        dict(zip(inside, cox_answers(chosen.one, plan, inside, headlines, level, method), strict=True)) if kept else {}
    )
    found = []
    for answer, share in zip(chosen.answers, chosen.share.tolist(), strict=True):
        dropped = described(chosen.one, plan, headlines[answer.place], answer, level)
        row = rows.get(answer) or dropped | {"method": method, "interval": "confidence", "note": "not selected"}
        row["selected_by_outcome"] = "yes"
        row["optimism"] = "" if math.isnan(chosen.optimism) else chosen.optimism
        row["selected_share"] = "" if math.isnan(share) else share
        row["note"] = "; ".join(part for part in (str(row["note"]), chosen.note) if part)
        found.append(row)
    return found


def add_p_values(rows: list[Row], tested: FloatArray, count: int) -> None:
    """Add P values by permutation, from statistics (rows, orders): alone, over the term's specifications, over all."""
    alone, over_all = p_values(tested), p_values(tested, tested.max(axis=0))
    terms = [row["term"] for row in rows]
    over_term = np.empty(len(rows))
    for term in dict.fromkeys(terms):
        own = np.array([t == term for t in terms])
        over_term[own] = p_values(tested[own], tested[own].max(axis=0))
    for place, row in enumerate(rows):
        row["p_permutation"], row["p_adjusted_term"] = float(alone[place]), float(over_term[place])
        row["p_adjusted"], row["permutations"] = float(over_all[place]), count


def posterior_rows(
    asked: Sequence[Specification], work: PosteriorWork, arrays: Arrays, headlines: tuple[HazardRatio, ...]
) -> tuple[list[Row], list[Row]]:
    """Return the rows of posteriors, and of stacked averages over those that foretell the same patients."""
    weight, level = stacked_weights(work.plans, arrays), work.level
    rows: list[Row] = []
    kept: dict[tuple[object, ...], list[tuple[float, FloatArray, Row]]] = {}
    for place, (one, plan) in enumerate(zip(asked, work.plans, strict=True)):
        own = {a.place: a for a in work.asked[place]}
        checks: Row = {
            "elpd": "" if plan.rows.sampled else float(arrays[f"{place} elpd"].sum()),
            "pareto_k": float(arrays[f"{place} k"][1 if plan.rows.sampled else 0]),
            "stacking_weight": weight.get(place, ""),
        }
        for line, headline in enumerate(arrays[f"{place} headlines"].tolist()):
            value, lower, upper, above = arrays[f"{place} numbers"][line].tolist()
            row = described(one, plan, headlines[headline], own[headline], level)
            row |= checks | {"method": "bayes_laplace", "interval": "credible"}
            row |= numbers(Ratio(value, lower, upper, prob_gt_1=above))
            rows.append(row)
            if place in weight and row["compared"] == row["contrast"]:
                key = (plan.rows.endpoint, plan.rows.clock, headline)
                kept.setdefault(key, []).append((weight[place], arrays[f"{place} kept"][line], row))
    return rows, [averaged(parts, level) for parts in kept.values() if len(parts) > 1]


def stacked_weights(plans: Sequence[ModelPlan], arrays: Arrays) -> dict[int, float]:
    """Return the stacking weight of each posterior that shares its patients, endpoint and clock with another."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for place, plan in enumerate(plans):
        if not plan.rows.sampled:
            key = (plan.rows.endpoint, plan.rows.clock, arrays[f"{place} positions"].tobytes())
            alike.setdefault(key, []).append(place)
    found: dict[int, float] = {}
    for places in alike.values():
        if len(places) > 1:
            elpd = np.stack([arrays[f"{place} elpd"] for place in places], axis=1)
            found |= dict(zip(places, stacking_weights(elpd).tolist(), strict=True))
    return found


def averaged(parts: list[tuple[float, FloatArray, Row]], level: float) -> Row:
    """Return the mixture of the posteriors of one hazard ratio, each with its stacking weight."""
    shares = np.array([share for share, _, _ in parts])
    shares = shares / shares.sum() if shares.sum() > 0.0 else np.full(shares.size, 1.0 / shares.size)
    drawn = np.concatenate([kept for _, kept, _ in parts])
    weight = np.repeat(shares / parts[0][1].size, parts[0][1].size)
    order = np.argsort(drawn)
    reached = np.cumsum(weight[order]) - 0.5 * weight[order]
    tail = (1.0 - level) / 2.0
    hr, lower, upper = np.exp(np.interp((0.5, tail, 1.0 - tail), reached, drawn[order])).tolist()
    first = parts[0][2]
    same = ("provenance", "endpoint", "model", "term", "contrast", "compared", "clock", "patients", "events")
    row: Row = {name: first[name] for name in same}
    row |= dict.fromkeys(("specification", "coding", "covariates", "baseline", "prior", "method"), STACKED)
    row |= numbers(Ratio(hr, lower, upper, prob_gt_1=float(weight @ (drawn > 0.0))))
    row |= {"selected_by_outcome": "no", "level": level, "interval": "credible", "stacking_weight": 1.0}
    return row | {"note": f"average of {len(parts)} posteriors with stacking weights"}
