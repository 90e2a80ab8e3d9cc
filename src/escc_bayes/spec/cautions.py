"""What the data of a plan can carry: sentences beside every verdict, which says only how well it was computed.

Whom a result is of, what it rests on, and what it cannot tell apart. An empty list calls for no caution.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.errors import some_of
from escc_bayes.spec.in_months import thin_segments
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.registry import FOR_CLUSTERS
from escc_bayes.spec.thin import FEW_EVENTS
from escc_bayes.spec.transitions import in_words

HEADING = "What the data can carry"
# Months at which survival is read by default, as far as everyone's follow-up reaches.
MONTHS_READ = (12.0, 24.0, 36.0)
NOTHING = "nothing here calls for caution"
# Sets of columns that determine each other, and columns of a set, that are named one by one.
MANY_SETS, MANY_NAMES = 3, 6


def verdict_words(verdict: str) -> str:
    """Return a verdict that says what it is about: the computing, and not what the data can carry."""
    return f"{verdict} (computed reliably)" if verdict == "ok" else verdict


def cautions(plan: ModelPlan) -> tuple[str, ...]:
    """Return every caution of a plan: of its patients, then of its columns."""
    alone = independence_words(plan)
    return (
        *of_patients(plan.rows, "" if plan.course is None else plan.course.name),
        *trajectory_words(plan),
        *((f"in a posterior {alone}",) if alone else ()),
        *plan.notes,
        *((plan.spec.background.words(),) if plan.spec.background is not None else ()),
        *short_groups(plan),
        *(sentence for block in plan.design.blocks for sentence in thin_segments(block, plan.rows)),
        *collinear_sentences(plan),
    )


def short_groups(plan: ModelPlan) -> tuple[str, ...]:
    """Name the groups in which nobody is followed to a month at which survival of everyone is read."""
    found = []
    longest = float(plan.rows.time.max())
    asked = max((month for month in MONTHS_READ if month <= longest), default=0.0)
    for block in plan.design.blocks:
        for term, levels in zip(block.effect.covariates if block.shown else (), block.levels, strict=False):
            covariate = plan.rows.covariates[term]
            for level in levels:
                inside = covariate.values == covariate.schema.levels.index(level)
                last = float(plan.rows.time[inside].max(initial=0.0))
                if 0.0 < last < asked:
                    found.append(
                        f"{term} = {level}: nobody is followed beyond {last:.1f} months (everyone: {longest:.1f}); "
                        "numbers beyond are extrapolated"
                    )
    # A covariate has a block of columns in each transition, and its levels are followed for as long in all.
    return tuple(dict.fromkeys(found))


def independence_words(plan: ModelPlan) -> str:
    """Say that a posterior without sampling weights takes clusters apart; empty where there are none to be taken."""
    column = plan.rows.weighting.cluster
    modelled = any(plan.rows.covariates[name].schema.column == column for name in plan.spec.intercepts)
    if not column or plan.rows.sampled or modelled:
        return ""
    return f"patients of one '{column}' count as independent; a {FOR_CLUSTERS} for it would let them differ"


def caution_words(plan: ModelPlan) -> str:
    """Return the cautions of a plan in one cell."""
    return "; ".join(cautions(plan))


def caution_lines(plan: ModelPlan) -> tuple[str, ...]:
    """Return the cautions of a plan below their heading, for a print."""
    return lines_of(cautions(plan))


def lines_of(found: Sequence[str]) -> tuple[str, ...]:
    """Return cautions below their heading."""
    return (f"{HEADING}: {NOTHING}",) if not found else (f"{HEADING}:", *(f"  - {sentence}" for sentence in found))


def shared_cautions(plans: Sequence[ModelPlan]) -> tuple[str, ...]:
    """Return the cautions of one model on several cohorts: what all share, and in how many a level is thin."""
    each = [set(cautions(plan)) for plan in plans]
    kept = [sentence for sentence in cautions(plans[0]) if all(sentence in found for found in each)]
    thin = Counter((level.covariate, level.level, level.transition) for plan in plans for level in plan.rows.thin)
    thin = Counter({key: count for key, count in thin.items() if key[0] not in plans[0].spec.intercepts})
    said = {level.sentence for plan in plans for level in plan.rows.thin}
    few = f"fewer than {FEW_EVENTS} events"
    counted = [
        f"{covariate} = {level}: {few}{f' of {in_words(transition)}' if transition else ''} in {count} of {len(plans)} "
        "cohorts"
        for (covariate, level, transition), count in thin.items()
    ]
    return (*(sentence for sentence in kept if sentence not in said), *counted)


def of_patients(rows: AnalysisRows, trajectory: str = "") -> tuple[str, ...]:
    """Return who was left out, and what the clock, the entries, the weights and the number of events ask for.

    ``trajectory`` names the covariate in whose place a trajectory stands.
    """
    changing = [c.schema for c in rows.covariates.values() if c.schema.changes and c.schema.name != trajectory]
    late = int((rows.one_each.entry > 0.0).sum())
    gone = sum(dropped.patients for dropped in rows.dropped)
    reasons = "; ".join(f"{dropped.patients} {dropped.reason}" for dropped in rows.dropped)
    clusters = rows.weighting.cluster_words(rows.cluster)
    whole = f"{gone} of {rows.total} patients are " if rows.patient is None else ""
    stacked = rows.transitions is not None
    each = f"{rows.n} patients{rows.row_words}: each row holds its covariates; curves hold those of the first"
    within = f" within every {'endpoint' if rows.marginal else 'transition'}" if stacked else ""
    strata = (
        f"a baseline hazard of its own in each stratum of {rows.strata}{within}; curves average over strata as "
        "patients lie"
    )
    found = {
        f"{rows.clock}: patients had to live to have a value, and its effect is not one at time zero": rows.naive,
        f"{whole}left out: {reasons}": gone > 0,
        each: rows.patient is not None and not stacked and (bool(changing) or not trajectory),
        **dict.fromkeys(map(change_words, changing), True),
        strata: bool(rows.strata) and (not stacked or bool(rows.within)),
        **dict.fromkeys(transition_words(rows), True),
        f"{late} of {rows.n} patients enter late (delayed entry): who died before entry is not among them": late > 0,
        f"{rows.weight_words()}; errors are robust, and a posterior is a pseudo-posterior": rows.sampled,
        rows.weighting.counted: bool(rows.weighting.counted),
        f"{rows.interval_words()}; Kaplan-Meier, log-rank and Cox take each at the later": rows.left is not None,
        clusters: bool(clusters),
        f"{in_all(rows)}, fewer than {FEW_EVENTS}: the model and its prior say most": few(rows),
    }
    return tuple(sentence for sentence, holds in found.items() if holds)


def transition_words(rows: AnalysisRows) -> tuple[str, ...]:
    """Name the transitions with fewer than five events, and whose deaths are of no transition."""
    if rows.transitions is None:
        return ()
    each = {name: rows.in_transition(name) for name in rows.transitions.names}
    thin = [f"{in_words(name)}: {in_all(own)}: its hazard rests on the prior" for name, own in each.items() if few(own)]
    gone = rows.transitions.unknown
    late = (
        f"{gone} of {rows.n} patients died after follow-up for progression had ended: whether they had progressed is "
        "not known, and they count as free of it until then"
    )
    return (*thin, *empty_words(rows), *held_words(rows), *((late,) if gone else ()))


def held_words(rows: AnalysisRows) -> tuple[str, ...]:
    """Say which values states hold of covariates that change, and what stands beside them."""
    names = [name for name, held in rows.covariates.items() if held.schema.changes]
    if not names or not rows.has_states:
        return ()
    return (
        f"{' and '.join(names)}: states and incidences of all patients, and of groups of other covariates, hold each "
        "patient's first value to the end; Aalen-Johansen beside them is of the courses as they were, and the two need "
        "not agree",
    )


def empty_words(rows: AnalysisRows) -> tuple[str, ...]:
    """Name the strata within transitions that have no event: their baselines rest on the prior."""
    if not rows.within:
        return ()
    events = np.bincount(rows.stratum, rows.event, len(rows.stratum_levels))
    empty = [name for name, found in zip(rows.stratum_levels, events, strict=True) if not found]
    said = f"no event of {', '.join(empty)}: these baselines rest on the prior and on what they share with others"
    return (said,) if empty else ()


def trajectory_words(plan: ModelPlan) -> tuple[str, ...]:
    """Say from how many measurements trajectories are known, and whose curves are shown."""
    course = plan.course
    if course is None:
        return ()
    counted = ", ".join(
        f"{int(n)} at {m:g}" for m, n in zip(course.measured.months, course.measured.counts, strict=True)
    )
    return (
        f"{course.name}: the current value of each patient's own trajectory, from values at time zero and later "
        f"(patients measured, by month: {counted}); what is missing is taken to be so at random given the values "
        "before and the event; curves follow each patient's own trajectory; methods of maximum likelihood carry the "
        "last value forward",
    )


def change_words(schema: CovariateSchema) -> str:
    """Say from when which value of a covariate that changes counts."""
    if schema.starts_at is not None:
        before, after = schema.levels
        return f"{schema.name}: '{before}' until the month in '{schema.starts_at}', '{after}' after it"
    months = ", ".join(month if isinstance(month, str) else f"{month:g}" for _, month in schema.measured)
    return (
        f"{schema.name}: the last value measured is carried forward (months {months}); nobody is at risk before the "
        "first value"
    )


def in_all(rows: AnalysisRows) -> str:
    """Count the events in words."""
    return f"{rows.events} event{'' if rows.events == 1 else 's'} in all"


def few(rows: AnalysisRows) -> bool:
    """Whether there are fewer than five events in all."""
    return rows.events < FEW_EVENTS


def collinear_sentences(plan: ModelPlan, term: str = "") -> tuple[str, ...]:
    """Say which columns determine each other, of a covariate or of all; of many sets, how many there are."""
    sets = plan.design.collinear
    mine = [names for names in sets if not term or any(of_term(name, term) for name in names)]
    if not mine or len(sets) <= MANY_SETS:
        return tuple(collinear_sentence(names, plan) for names in mine)
    columns = [f"'{name}'" for name in dict.fromkeys(name for names in sets for name in names)]
    return (
        f"{len(sets)} of {len(columns)} columns ({some_of(columns, most=5)}) are combinations "
        f"of the others among the {plan.rows.n} patients: only a prior tells their effects apart",
    )


def of_term(name: str, term: str) -> bool:
    """Whether a column belongs to a covariate."""
    return name == term or name.startswith((f"{term}[", f"{term}, "))


def collinear_sentence(names: tuple[str, ...], plan: ModelPlan) -> str:
    """Say that columns determine each other."""
    quoted = [f"'{name}'" for name in names]
    named = " and ".join(quoted) if len(quoted) <= MANY_NAMES else some_of(quoted, most=MANY_NAMES)
    return f"{named} determine each other among the {plan.rows.n} patients: only a prior tells their effects apart"


def caution_of(plan: ModelPlan, term: str, groups: tuple[str, ...], transition: str = "") -> str:
    """Return what an estimate of some groups of a covariate, or per unit of it, rests on; empty if on enough.

    Parameters
    ----------
    term : the covariate; empty: all patients.
    groups : the levels compared or shown; of a number none.
    transition : the one that is asked for; empty: all.
    """
    found = few_words(plan.rows, term, groups, transition)
    return "; ".join((*found, *collinear_sentences(plan, term))) if term else "; ".join(found)


def few_words(rows: AnalysisRows, term: str, groups: tuple[str, ...], transition: str = "") -> tuple[str, ...]:
    """Return the thin levels among some groups, and that there are few events in all."""
    own = [level for level in rows.thin if level.transition in ("", transition)]
    thin = [level for level in own if level.covariate == term and level.level in groups]
    rows = rows.in_transition(transition)
    words = (f"few data: {', '.join(level.words for level in thin)}",) if thin else ()
    return (*words, f"few data: {in_all(rows)}") if few(rows) else words
