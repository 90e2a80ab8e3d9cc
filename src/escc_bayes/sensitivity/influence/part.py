"""``influence.csv``: who and what an answer hangs on. docs/methods/influence.md.

Rows by ``kind``: each patient left out; the smallest set of patients whose removal, or whose event's recoding, moves
P(HR > 1) through 0.95 (0.05); each centre left out; events misclassified at random; informative censoring by arm.
"""

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.refits.requests import leave_one_out
from escc_bayes.bayes.refits.table import RefitTable
from escc_bayes.bayes.refits.weighted_draws import WeightedDraws, weighted_draws, without
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio, contrast_in
from escc_bayes.foundation.labels import numbered
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.influence.censoring import (
    DELTAS,
    MOST_DELTA,
    moved,
    observed,
    probability,
    tipping_delta,
)
from escc_bayes.sensitivity.influence.centres import centres
from escc_bayes.sensitivity.influence.changed import (
    RECODING,
    REMOVAL,
    Refits,
    one_step,
    recoded_events,
    without_patients,
)
from escc_bayes.sensitivity.influence.conclusion import passed, towards
from escc_bayes.sensitivity.influence.fragility import Fragile, Search, fragility
from escc_bayes.sensitivity.influence.misclassified import RECODINGS, recodings
from escc_bayes.sensitivity.influence.words import words
from escc_bayes.sensitivity.information import as_number
from escc_bayes.sensitivity.not_computed import (
    CURED,
    EXCESS,
    OVER_TIME,
    OWN_SCALES,
    WHOLE,
    except_of,
    kinds_of,
    or_refusal,
    refusal,
)
from escc_bayes.sensitivity.part import Part, Row, Rows
from escc_bayes.sensitivity.subject import Subject, Tell

COLUMNS = (
    "kind", "who", "endpoint", "model", "term", "contrast", "patients_changed", "whom", "at_least", "hr", "lower",
    "upper", "level", "prob_gt_1", "prob_gt_1_before", "passes", "hr_psis", "prob_gt_1_psis", "pareto_k", "elpd",
    "elpd_psis", "rate", "delta", "tipping_delta", "refits", "note",
)  # fmt: skip
KEYS = ("kind", "who", "endpoint", "model", "term", "contrast", "rate", "delta")
# Pairs refitted, and recodings of single patients, by default; thorough: all.
PAIRS, RECODED, PAIRS_RECODED = 200, 30, 40
# Weighted draws where exact and importance-sampled answers stand beside each other.
DRAWS = 4000
PATIENT, CENTRE, MISCLASSIFIED = "patient left out", "centre left out", "misclassified events"
CENSORING, TIPPING = "informative censoring", "tipping point of censoring"
NO_RECODING = (
    "recoded and misclassified events, informative censoring: an event of one transition ends the follow-up of another "
    "and begins that of a third, and no one recoding of it is the question"
)
SMALLEST = {REMOVAL: "smallest removal", RECODING: "smallest recoding"}


def run(subject: Subject, tell: Tell) -> Rows:
    """Return the rows of ``influence.csv``."""
    drawn = weighted_draws(subject.plan, subject.stream("influence"), draws=DRAWS)
    counted = Counted(tell)
    refits = Refits(
        subject.plan,
        subject.contrasts,
        lambda request: subject.refit(request, counted, part="influence", draws=DRAWS),
    )
    exact = subject.refit(leave_one_out(subject.spec, subject.cohort), counted, part="influence", draws=DRAWS)
    before = exact.numbers[0, :, 3]
    rows = list(patient_rows(subject, exact, drawn))
    rows += smallest_removal(subject, Search(drawn, before, refits, REMOVAL), exact.numbers[1:])
    if subject.plan.rows.has_states:
        return [*rows, *centre_rows(subject, refits, before), refusal(subject, NO_RECODING, COLUMNS)]
    rows += smallest_recoding(subject, Search(drawn, before, refits, RECODING))
    rows += centre_rows(subject, refits, before)
    rows += misclassified_rows(subject, refits, before)
    rows += censoring_rows(subject, drawn, exact.numbers[0])
    return rows


class Counted:
    """Tells of several rounds of refits as of one: what was done in those before counts."""

    def __init__(self, tell: Tell) -> None:
        self.tell, self.before, self.last = tell, 0, (0, 0)

    def __call__(self, done: int, total: int) -> None:
        """Tell what is done in all."""
        if done < self.last[0] or total != self.last[1]:
            self.before += self.last[0]
        self.last = (done, total)
        self.tell(self.before + done, self.before + total)


def row(subject: Subject, asked: HazardRatio, kind: str, who: str, **cells: object) -> Row:
    """Return one row; what is not said of it stays empty."""
    head: dict[str, object] = {
        "kind": kind,
        "who": who,
        "endpoint": subject.plan.rows.endpoint,
        "model": subject.spec.name,
        "term": asked.term,
        "contrast": contrast_in(asked),
        "level": subject.asked.level,
    }
    return {name: (head | cells).get(name, "") for name in COLUMNS}


def ratio_cells(numbers: FloatArray, before: float) -> dict[str, object]:
    """Return the cells of a refit's numbers (6,), and whether P(HR > 1) has passed its limit."""
    value, lower, upper, prob = numbers[:4].tolist()
    if math.isnan(value):
        return {"prob_gt_1_before": before}
    passes = "yes" if bool(passed(before, prob)) else "no"
    return {
        "hr": value, "lower": lower, "upper": upper, "prob_gt_1": prob, "prob_gt_1_before": before, "passes": passes,
    }  # fmt: skip


def patient_rows(subject: Subject, exact: RefitTable, drawn: WeightedDraws) -> Iterator[Row]:
    """Yield a row for each patient and hazard ratio: the exact refit, and what PSIS says from one fit."""
    left = without(drawn, drawn.log_likelihood) if not subject.plan.rows.sampled else None
    marginal = exact.checks[:, 3]
    for q, asked in enumerate(subject.contrasts):
        log_hr = drawn.coefficients @ weights(asked, subject.plan.design)
        medians = np.zeros(0) if left is None else np.exp(weighted_medians(log_hr, left.weight))
        for place, who in enumerate(subject.plan.rows.ids):
            cells = ratio_cells(exact.numbers[place + 1, q], float(exact.numbers[0, q, 3]))
            cells |= {"patients_changed": 1}
            if left is not None:
                cells |= {
                    "hr_psis": float(medians[place]),
                    "prob_gt_1_psis": float((log_hr > 0.0) @ left.weight[:, place]),
                    "pareto_k": float(left.k[place]),
                    "elpd": float(marginal[0] - marginal[place + 1]),
                    "elpd_psis": float(left.elpd[place]),
                }
            yield row(subject, asked, PATIENT, who, **cells)


def weighted_medians(drawn: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the medians of draws (m,) under several sets of weights (m, sets)."""
    order = np.argsort(drawn)
    own = weight[order]
    reached = np.cumsum(own, axis=0) - 0.5 * own
    return np.array([np.interp(0.5, column, drawn[order]) for column in reached.T])


def smallest_removal(subject: Subject, search: Search, singles: FloatArray) -> list[Row]:
    """Return the smallest set of patients whose removal moves each answer."""
    n = subject.plan.rows.n
    most = n * (n - 1) // 2 if subject.asked.thorough else PAIRS
    found = fragility(search, singles, [(i,) for i in range(n)], most_pairs=most)
    return [smallest_row(subject, search, q, one) for q, one in enumerate(found)]


def smallest_recoding(subject: Subject, search: Search) -> list[Row]:
    """Return the smallest set of patients whose event's recoding moves each answer."""
    n = subject.plan.rows.n
    quick = one_step(search.drawn, subject.contrasts, RECODING)
    moved_by = np.array([towards(float(b), p) for b, p in zip(search.before, quick.single, strict=True)])
    # The patients who move any answer most, the hazard ratios taking turns.
    order = np.argsort(-moved_by, axis=1).T.ravel()
    chosen = list(dict.fromkeys(order.tolist()))[: n if subject.asked.thorough else RECODED]
    sets = [(i,) for i in chosen]
    most = n * (n - 1) // 2 if subject.asked.thorough else PAIRS_RECODED
    found = fragility(search, search.of(sets), sets, most_pairs=most)
    return [smallest_row(subject, search, q, one) for q, one in enumerate(found)]


def smallest_row(subject: Subject, search: Search, q: int, one: Fragile) -> Row:
    """Return the row of the smallest set found for a hazard ratio."""
    ids = subject.plan.rows.ids
    note = "" if one.who else "no set was found"
    if one.who and not one.exact:
        note = "greedy: a smaller set may exist" if len(one.who) > 2 else "no single patient suffices"
    return row(
        subject,
        subject.contrasts[q],
        SMALLEST[search.change],
        "",
        patients_changed=len(one.who) or "",
        whom=", ".join(ids[i] for i in one.who),
        at_least=one.at_least,
        refits=one.pairs,
        note=note,
        **ratio_cells(one.ratio, float(search.before[q])),
    )


def centre_rows(subject: Subject, refits: Refits, before: FloatArray) -> list[Row]:
    """Return a row for each centre left out."""
    found = list(centres(subject.cohort, subject.plan))
    if not found:
        return []
    table = refits.of([without_patients(subject.plan, who) for _, who in found], [name for name, _ in found])
    return [
        row(
            subject,
            asked,
            CENTRE,
            name,
            patients_changed=len(who),
            **ratio_cells(table.numbers[place, q], float(before[q])),
        )
        for q, asked in enumerate(subject.contrasts)
        for place, (name, who) in enumerate(found)
    ]


def misclassified_rows(subject: Subject, refits: Refits, before: FloatArray) -> list[Row]:
    """Return the answers averaged over random recodings, for each kind and rate."""
    count = RECODINGS * (10 if subject.asked.thorough else 1)
    sets = recodings(subject.plan, subject.stream("misclassified"), count)
    flat = [who for each in sets.values() for who in each]
    names = numbered([str(i) for i in range(len(flat))], list(range(len(flat))))
    table = refits.of([recoded_events(subject.plan, who) for who in flat], names)
    rows = []
    for q, asked in enumerate(subject.contrasts):
        for turn, (kind, rate) in enumerate(sets):
            own = table.numbers[turn * count : (turn + 1) * count, q]
            mean = np.concatenate([np.exp(np.log(own[:, :3]).mean(axis=0)), own[:, 3:].mean(axis=0)])
            cells = ratio_cells(mean, float(before[q])) | {"rate": rate, "refits": count}
            share = float(np.mean(passed(float(before[q]), own[:, 3])))
            note = f"{100 * share:.0f} % of recodings move the answer"
            rows.append(row(subject, asked, MISCLASSIFIED, kind, note=note, **cells))
    return rows


def arms(subject: Subject, asked: HazardRatio) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the two groups that a hazard ratio compares, or everybody for a number's."""
    covariate = subject.plan.rows.covariates[asked.term]
    if as_number(subject.plan, asked):
        yield "everybody", np.ones(subject.plan.rows.n, dtype=bool)
        return
    for level in (str(asked.level), str(asked.versus)):
        yield level, covariate.values == covariate.schema.levels.index(level)


def censoring_rows(subject: Subject, drawn: WeightedDraws, base: FloatArray) -> Iterator[Row]:
    """Yield what informative censoring of one arm does: at fixed factors, and the factor that moves the answer."""
    if {OVER_TIME, EXCESS, CURED} & set(kinds_of(subject.plan)):
        return  # What is written here stands on hazards that are proportional, and of all patients.
    found = observed(drawn)
    half = float(ndtri(0.5 + subject.asked.level / 2.0))
    for q, asked in enumerate(subject.contrasts):
        w = weights(asked, subject.plan.design)
        start, mean, sd = base[q, 3:].tolist()
        for arm, inside in arms(subject, asked):
            for delta in DELTAS:
                log_hr = mean + float(w @ (moved(found, inside, delta) - found.mean)[: w.size])
                limits = np.exp([log_hr, log_hr - half * sd, log_hr + half * sd])
                numbers = np.array([*limits, probability(found, w, sd, start, inside, delta)])
                yield row(subject, asked, CENSORING, arm, delta=delta, **ratio_cells(numbers, start))
            yield tipping_row(subject, asked, arm, tipping_delta(found, w, sd, start, inside), start)


def tipping_row(subject: Subject, asked: HazardRatio, arm: str, delta: float, start: float) -> Row:
    """Return the row of the factor that moves an answer; a note where there is none."""
    none = math.isnan(delta)
    note = f"none from {1 / MOST_DELTA:g} to {MOST_DELTA:g}" if none else ""
    cells: dict[str, object] = {"tipping_delta": "" if none else delta, "prob_gt_1_before": start, "note": note}
    return row(subject, asked, TIPPING, arm, **cells)


PART = Part(
    "influence",
    "influence and fragility",
    COLUMNS,
    KEYS,
    except_of((*WHOLE, OWN_SCALES), run, COLUMNS),
    or_refusal(words),
)
